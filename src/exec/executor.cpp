// SPDX-License-Identifier: MIT
#include "crstack/exec/executor.hpp"

#include "run.hpp"

namespace crstack::exec {

struct Executor::Impl {
  engine::Engine& engine;
  event::EventSink& sink;
  const Clock& clock;
  ExecutorOptions options;
};

Executor::Executor(engine::Engine& engine, event::EventSink& sink, const Clock& clock,
                   ExecutorOptions options)
    : impl_(std::make_unique<Impl>(Impl{engine, sink, clock, std::move(options)})) {}

Executor::~Executor() = default;

RunResult Executor::run(const plan::Plan& plan, std::stop_token stop) {
  return Run(impl_->engine, impl_->sink, impl_->clock, impl_->options, plan).run(stop);
}

}  // namespace crstack::exec
