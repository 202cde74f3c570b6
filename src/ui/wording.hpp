// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "crstack/event/event.hpp"

namespace crstack::ui {

/// An event in docker compose's three parts. Which of `text` and `status` holds the words decides where its
/// plain form has two spaces (` Container web-1  Started`) and where one (` web Pulled `).
struct Words {
  std::string id;
  std::string text;
  std::string status;
};

Words words(const event::Progress& progress);

/// `Container web-1`, `Network shop_default`; a service's name alone for what happens to its image.
std::string title(const event::Subject& subject, event::Activity activity);

/// `Starting`, `Started`, `Recreate` …
std::string_view activity_word(event::Activity activity);

/// Whether the detail of what is done says what goes where.
bool is_transfer(event::Activity activity);

/// Whether nothing more is to come of a layer that is pulled or pushed, by what the engine says of it.
bool layer_done(std::string_view status);

/// Why something is done, as an aside: `(configuration changed)`; empty where the activity says it all.
std::string remark(const std::string& cause);

}  // namespace crstack::ui
