// SPDX-License-Identifier: MIT
#include "cli/attached_run.hpp"

#include <csignal>

#include "cli/signals.hpp"

namespace crstack::cli {

AttachOutcome attach_to(engine::Engine& engine, const AttachRequest& request) {
  const auto& id = request.container;
  engine::Containers::AttachOptions attach;
  attach.in = request.input == Input::forward;
  attach.out = attach.err = request.output == AttachRequest::Output::show;
  attach.detach_keys = request.detach_keys;
  const auto stream = engine.attach(id, attach);
  if (request.begin == AttachRequest::Begin::start) engine.start_container(id);
  SessionOptions session;
  session.terminal = request.terminal;
  session.input = request.input;
  session.detach_keys = request.detach_keys;
  if (request.begin == AttachRequest::Begin::running) session.begin = SessionOptions::Begin::redraw;
  session.resize = [&](int rows, int columns) { engine.resize_container(id, rows, columns); };
  session.on_signal = [&](int number) {
    if (request.signals == AttachRequest::Signals::keep_out) return number == SIGINT;
    if (request.signals == AttachRequest::Signals::end) return false;
    engine.kill_container(id, std::to_string(number));
    return true;
  };
  const auto result = run_session(*stream, session);
  if (result.end == SessionResult::End::interrupted) return {false, interrupted_code(result.signal)};
  if (result.end == SessionResult::End::detached) return {true, 0};
  return {false, engine.wait_container(id, {})};
}

}  // namespace crstack::cli
