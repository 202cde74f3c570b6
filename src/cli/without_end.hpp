// SPDX-License-Identifier: MIT
#pragma once

#include <variant>

#include "crstack/event/event.hpp"

namespace crstack::cli {

/// Leaves out the end of preparations that went well: what follows is what was asked for.
class WithoutEnd final : public event::EventSink {
 public:
  explicit WithoutEnd(event::EventSink& inner) : inner_(inner) {}
  void emit(const event::Event& event) override {
    const auto* finished = std::get_if<event::Finished>(&event);
    if (finished == nullptr || !finished->ok) inner_.emit(event);
  }

 private:
  event::EventSink& inner_;
};

}  // namespace crstack::cli
