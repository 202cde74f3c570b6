// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crstack/base/clock.hpp"

/// What happens while a command runs, for whoever shows it. Events carry facts; only `ui` makes words of
/// them.
namespace crstack::event {

/// The kinds of things that progress is shown for.
enum class ResourceKind { network, volume, image, container, service, secret };

/// What is being done to it, in the reference's vocabulary (`Creating`, `Created`, …): `ui` writes it out.
enum class Activity {
  pulling,
  pulled,
  pull_skipped,
  building,
  built,
  pushing,
  pushed,
  creating,
  created,
  starting,
  started,
  running,
  waiting,
  healthy,
  exited,
  recreating,
  recreated,
  restarting,
  restarted,
  stopping,
  stopped,
  killing,
  killed,
  removing,
  removed,
  pausing,
  paused,
  unpausing,
  unpaused,
  copying,
  copied,
  skipped,
  interrupted,  ///< given up because something else failed
  left,         ///< was not removed; `detail` says why
  warning,      ///< went on without it; `detail` says why
  error
};

/// Whether an activity tells of a wait for a container's condition: that it began, or what was met.
constexpr bool is_wait(Activity activity) {
  return activity == Activity::waiting || activity == Activity::healthy || activity == Activity::exited;
}

/// Whether the activity has begun, is over, or failed.
enum class Phase { working, done, failed };

/// Identifies a line of progress.
struct Subject {
  ResourceKind kind = ResourceKind::container;
  /// As the engine knows it (container, network, volume name). Where an image is pulled, pushed or built the
  /// name of its service; where it is removed its own.
  std::string name;
  std::string service;  ///< the service it belongs to, or empty
  auto operator<=>(const Subject&) const = default;
};

/// A subject's state has changed.
struct Progress {
  Subject subject;
  Activity activity = Activity::creating;
  Phase phase = Phase::working;
  /// Why ("image changed"), or an error's text. A skipped pull's reason, as in `Skipped - No image to be
  /// pulled`.
  std::string detail;
};

/// Bytes of a pull, push or build so far; `total` 0 while unknown. `layer` empty: the whole.
struct Transfer {
  Subject subject;
  std::string layer, status;
  std::int64_t current = 0, total = 0;
};

/// A line that a build wrote.
struct BuildOutput {
  Subject subject;
  std::string line;
  /// said: the line itself tells it. record: the line is a JSON record of BuildKit's.
  enum class Whose { unsaid, said, record } whose = Whose::unsaid;
};

/// What a service that can't start yet waits for. Once per change of the list, with an empty list when it is
/// over.
/// (`Progress` with `Activity::waiting` is about the container that is waited for, as docker compose prints
/// it.)
struct Waiting {
  Subject subject;
  std::vector<std::string> for_services;  ///< `db (healthy)`
};

/// The newest health probe of a starting container.
struct Probe {
  Subject subject;
  int exit_code = 0;
  std::string output;  ///< its last line
  bool own = false;    ///< crstack's own probe, not the engine's
};

/// Something the user should know; no failure.
struct Warning {
  std::string message;
  enum class Level { warning, info, last_word } level = Level::warning;  ///< last_word: told bare, at the end
};

/// A health probe, for a report.
struct ProbeRecord {
  std::string at;  ///< RFC 3339
  int exit_code = 0;
  std::string output;
};

/// Why an `up` failed: everything that somebody needs to see next.
struct FailureReport {
  std::string service, container;
  std::string what;     ///< `exited with code 137`, `port 8080 is already in use`
  std::string meaning;  ///< what the exit code means, in words
  std::optional<int> exit_code;
  std::vector<ProbeRecord> probes;
  std::vector<std::string> log_lines;    ///< the last 20
  std::vector<std::string> not_started;  ///< services that were therefore not started
  std::string hint;
};

/// One link of the chain of steps that decided how long the run took.
struct CriticalLink {
  std::string what;  ///< `vault healthy`
  Duration took{};
};

/// The run is over.
struct Finished {
  bool ok = true;
  Duration took{};
  std::vector<CriticalLink> critical_path;
};

using Event = std::variant<Progress, Transfer, BuildOutput, Waiting, Probe, Warning, FailureReport, Finished>;

/// Takes events. Called from several threads at once; an implementation locks for itself and never throws.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void emit(const Event& event) = 0;
};

}  // namespace crstack::event
