// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "crstack/base/environment.hpp"
#include "crstack/engine/demux.hpp"
#include "crstack/engine/engine.hpp"

namespace crstack::cli {

enum class Input { none, forward };

/// How this process's terminal or pipes are joined to a container's.
struct SessionOptions {
  engine::Terminal terminal = engine::Terminal::no;  ///< of the other side
  Input input = Input::forward;
  std::string detach_keys = "ctrl-p,ctrl-q";  ///< with a terminal only; empty: none
  std::function<void(int rows, int columns)> resize;
  /// Lets the other side begin. The terminal is raw and signals are heard before it, input is taken after it;
  /// what it throws ends the session.
  std::function<void()> start;
  /// `redraw`: the size changes once more at the start, so that what runs there already draws itself anew.
  enum class Begin { as_it_is, redraw } begin = Begin::as_it_is;
  /// Gets each signal that asks to end or to act (not SIGWINCH); false, or unset: the signal ends the
  /// session, if it asks for an end.
  std::function<bool(int signal)> on_signal;
};

struct SessionResult {
  /// `unheard`: what it wrote couldn't be written here.
  enum class End { ended, detached, interrupted, unheard } end = End::ended;
  int signal = 0;  ///< that interrupted it
  int error = 0;   ///< of the output that is closed or full
};

/// Throws Error in docker compose's words where nobody hears the other side any more.
void require_heard(const SessionResult& result);

/// Carries bytes between standard input, output and error and the stream until the other side ends, the
/// detach keys are typed or a signal interrupts. A terminal on standard input is raw meanwhile, if the other
/// side has one as well, and as it was on every way out. The end of a piped input is passed on (half-close).
/// Throws EngineError; UsageError for detach keys that are none. Memory is bounded.
SessionResult run_session(engine::Duplex& stream, const SessionOptions& options);

/// The keys that the user's Docker configuration detaches by, or `ctrl-p,ctrl-q`.
std::string configured_detach_keys(const Environment& environment);

/// Whether a container's process gets a terminal: as asked for, else where standard input and output are
/// ones. Throws Error where one is asked for and standard input is none.
bool gives_terminal(std::optional<bool> asked);

/// Finds a sequence of keys in typed bytes.
class DetachKeys {
 public:
  /// `ctrl-p,ctrl-q`, `a,ctrl-[`. Throws UsageError.
  explicit DetachKeys(const std::string& keys);
  /// Passes typed bytes on to `take`, holding back what may be the beginning of the sequence. True: it was
  /// typed.
  bool feed(std::string_view typed, const std::function<void(std::string_view)>& take);

 private:
  std::string sequence_;
  std::size_t matched_ = 0;
};

}  // namespace crstack::cli
