// SPDX-License-Identifier: MIT
#include "cli/streams/attached_run.hpp"

#include <csignal>
#include <mutex>
#include <vector>

#include "cli/signals.hpp"

namespace crstack::cli {
namespace {

/// Passes signals on to a container: those that come before it runs as soon as it does.
class SignalProxy {
 public:
  SignalProxy(engine::Engine& engine, std::string container, AttachRequest::Begin begin)
      : engine_(engine), container_(std::move(container)), runs_(begin == AttachRequest::Begin::running) {}

  void pass_on(int number) {
    const std::lock_guard lock(mutex_);
    if (runs_)
      engine_.kill_container(container_, std::to_string(number));
    else
      kept_.push_back(number);
  }

  void start() {
    engine_.start_container(container_);
    const std::lock_guard lock(mutex_);
    runs_ = true;
    try {
      for (const int number : kept_) engine_.kill_container(container_, std::to_string(number));
    } catch (const engine::EngineError&) {  // it has ended: the stream says so
    }
  }

 private:
  engine::Engine& engine_;
  const std::string container_;
  std::mutex mutex_;
  bool runs_;
  std::vector<int> kept_;
};

}  // namespace

AttachOutcome attach_to(engine::Engine& engine, const AttachRequest& request) {
  const auto& id = request.container;
  engine::Containers::AttachOptions attach;
  attach.in = request.input == Input::forward;
  attach.out = attach.err = request.output == AttachRequest::Output::show;
  attach.detach_keys = request.detach_keys;
  const auto stream = engine.attach(id, attach);
  SignalProxy proxy(engine, id, request.begin);
  int asked_to_end = 0;
  SessionOptions session;
  if (request.begin == AttachRequest::Begin::start) session.start = [&] { proxy.start(); };
  session.terminal = request.terminal;
  session.input = request.input;
  session.detach_keys = request.detach_keys;
  if (request.begin == AttachRequest::Begin::running) session.begin = SessionOptions::Begin::redraw;
  session.resize = [&](int rows, int columns) { engine.resize_container(id, rows, columns); };
  session.on_signal = [&](int number) {
    if (request.signals == AttachRequest::Signals::keep_out) return number == SIGINT;
    if (request.signals == AttachRequest::Signals::end) return false;
    if (number == SIGINT || number == SIGTERM) asked_to_end = number;
    proxy.pass_on(number);
    return true;
  };
  const auto result = run_session(*stream, session);
  if (result.end == SessionResult::End::interrupted) return {false, interrupted_code(result.signal)};
  if (result.end == SessionResult::End::detached) return {true, 0};
  require_heard(result);
  return {false, engine.wait_container(id, {}), asked_to_end};
}

}  // namespace crstack::cli
