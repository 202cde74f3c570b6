// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line/arguments.hpp"
#include "crstack/base/clock.hpp"
#include "crstack/base/environment.hpp"
#include "crstack/engine/docker_engine.hpp"
#include "crstack/engine/engine.hpp"
#include "crstack/event/event.hpp"
#include "crstack/manifest/load.hpp"
#include "crstack/ui/renderer.hpp"

namespace crstack::cli {

/// By which name the program was called: it decides how usage lines and `version` read.
enum class CalledAs { crstack, docker_compose, docker_plugin };

/// A project as a command sees it that also works without a manifest (`-p NAME down`).
struct ProjectScope {
  std::string name;
  const project::Project* project = nullptr;  ///< nullptr: known by name only
};

/// Throws Error (`no such service: x`) unless the manifest, where there is one, has each of the services.
void require_services(const ProjectScope& scope, const std::vector<std::string>& services);

class Screen;

/// What a command works with. Everything is made on first use, so that `config` needs no engine and `ls` no
/// manifest. Lives in `main`; used by one thread, but `engine()` and `events()` give thread-safe objects.
class Context {
 public:
  Context(Arguments global, bool dry_run, Environment environment, std::string current_directory,
          CalledAs called_as);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  [[nodiscard]] const Arguments& global() const { return global_; }
  [[nodiscard]] CalledAs called_as() const { return called_as_; }
  /// Only say what would be done. The engine that `engine()` gives then refuses every changing call.
  [[nodiscard]] bool dry_run() const { return dry_run_; }
  /// The caller's environment variables, over those of `.env` once a manifest is loaded.
  [[nodiscard]] const Environment& environment() const;
  /// The value of one of them, or empty.
  [[nodiscard]] std::string variable(const std::string& name) const;
  /// A variable read as a switch (`1`, `true`, `yes`, `on`).
  [[nodiscard]] bool switched_on(const std::string& name) const;
  [[nodiscard]] const std::string& current_directory() const { return current_directory_; }
  /// How many engine calls may run at once (`--parallel`, COMPOSE_PARALLEL_LIMIT); 0: no limit.
  [[nodiscard]] int parallel_limit() const;

  /// The global options as the loader wants them; a command may change the rest before `load`.
  [[nodiscard]] manifest::LoadOptions load_options() const;
  /// Loads the manifest once; its warnings go to `events()`. `services` are active whatever their profiles.
  const manifest::Loaded& load(const std::vector<std::string>& services = {});
  /// Before a load whose services are to run side by side: no two may have the same container name.
  void require_distinct_container_names() { distinct_container_names_ = true; }
  const project::Project& project(const std::vector<std::string>& services = {}) {
    return *load(services).project;
  }
  /// The project, or only its name where there is no manifest to read and a name is known. A manifest that
  /// can't be used, or lacks one of the services, is left out where COMPOSE_PROJECT_NAME names the project.
  ProjectScope scope(const std::vector<std::string>& services = {});

  /// The engine, connected on first use.
  engine::Engine& engine();
  /// Where that is: `unix:///var/run/docker.sock`.
  const std::string& engine_address() { return host().url; }
  /// `environment()`, and which engine the global options choose: for programs that talk to it as
  /// well.
  [[nodiscard]] Environment engine_environment() const;
  /// Where progress goes: the renderer that `--progress` and the terminal choose.
  event::EventSink& events();
  /// Overrides `--progress`, before the first event (`--quiet`).
  void use_progress(ui::ProgressMode mode);
  /// Standard output and standard error, as terminals or not.
  Screen& screen();
  /// Writes a line for people where progress goes; end the renderer first where it has begun.
  void say(std::string_view line);
  /// Ends the renderer: the terminal is as it was, nothing more is written by it.
  void finish_events();
  [[nodiscard]] const Clock& clock() const { return clock_; }

 private:
  ProjectScope scope_by_manifest(const std::vector<std::string>& services);
  const engine::HostAddress& host();

  Arguments global_;
  bool dry_run_;
  bool distinct_container_names_ = false;
  Environment environment_;
  std::string current_directory_;
  CalledAs called_as_;
  RealClock clock_;
  std::optional<manifest::Loaded> loaded_;
  std::optional<std::string> by_name_;  ///< the manifest is left out
  std::optional<engine::HostAddress> host_;
  std::unique_ptr<engine::Engine> real_engine_, engine_;
  std::unique_ptr<Screen> screen_;
};

/// For commands that need a manifest: reads it, with the services' env files. Throws UsageError where there
/// is none.
void require_manifest(Context& context, const std::vector<std::string>& services);

/// What a load has found to remark, as events; by docker compose's name as that one says it.
void tell(Context& context, const std::vector<manifest::Diagnostic>& warnings);

/// Writes data on standard output. Throws Error where it can't be written (a full disk); a closed pipe ends
/// the program as it ends any filter.
void write_out(std::string_view text);

/// Writes a line for people on standard error; end the renderer first.
void write_error(std::string_view text);

}  // namespace crstack::cli
