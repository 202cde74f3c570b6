// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "cli/streams/session.hpp"

namespace crstack::cli {

struct AttachRequest {
  std::string container;
  engine::Terminal terminal = engine::Terminal::no;
  Input input = Input::forward;
  std::string detach_keys = "ctrl-p,ctrl-q";
  /// `keep_out`: Ctrl-C does nothing, neither to the container nor to the session; other signals end it.
  /// `end`: all of them end the session.
  enum class Signals { pass_on, keep_out, end } signals = Signals::pass_on;
  enum class Begin { running, start } begin = Begin::running;  ///< `start`: attach first, then start it
  enum class Output { show, hide } output = Output::show;
};

struct AttachOutcome {
  bool detached = false;
  int exit_code = 0;     ///< the container's, or 128 and the signal that ended the session
  int asked_to_end = 0;  ///< the SIGINT or SIGTERM that was passed on last
};

/// Joins this process's input and output to a container's main process until it ends.
AttachOutcome attach_to(engine::Engine& engine, const AttachRequest& request);

}  // namespace crstack::cli
