// SPDX-License-Identifier: MIT
#pragma once

#include <variant>

#include "crstack/event/event.hpp"

namespace crstack::cli {

/// Leaves out the end of preparations that went well: what follows is what was asked for.
class WithoutEnd final : public event::EventSink {
 public:
  /// Lines may leave out what dependencies are waited for as well, as those of docker compose's `run` do.
  enum class Waits { show, hide };
  explicit WithoutEnd(event::EventSink& inner, Waits waits = Waits::show) : inner_(inner), waits_(waits) {}
  void emit(const event::Event& event) override {
    const auto* finished = std::get_if<event::Finished>(&event);
    const auto* progress = std::get_if<event::Progress>(&event);
    const bool waits =
        progress != nullptr && is_wait(progress->activity) && progress->phase != event::Phase::failed;
    if ((finished == nullptr || !finished->ok) && !(waits && waits_ == Waits::hide)) inner_.emit(event);
  }

 private:
  event::EventSink& inner_;
  Waits waits_;
};

}  // namespace crstack::cli
