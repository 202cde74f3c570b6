// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crstack::ui {

/// How many terminal columns UTF-8 text takes: wide characters two, combining marks none, a stray byte one.
std::size_t display_width(std::string_view text);

/// The text, cut to `columns` with `…` where it is longer.
std::string fit(std::string_view text, std::size_t columns);

/// The same, but it is the beginning that gives way: names differ in their ends.
std::string fit_end(std::string_view text, std::size_t columns);

/// `fit`, then filled with spaces on the right.
std::string pad(std::string_view text, std::size_t columns);

/// The text without what could move the cursor or change colours: escape sequences are dropped, other control
/// characters become spaces.
std::string printable(std::string_view text);

}  // namespace crstack::ui
