// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace crstack::manifest::write {

/// How a text stands in a YAML file.
enum class Style : unsigned char { plain, single_quoted, double_quoted, literal, binary };

/// Where a text stands: as a key it must fit on one line.
enum class Place : bool { key, value };

/// The style in which Go's YAML encoder (version 3), and so docker compose, writes a text.
Style style_of(std::string_view text, Place place);

/// Whether a plain (unquoted) scalar would be read as something else than a text, in YAML 1.2 or 1.1.
bool is_ambiguous(std::string_view text);

std::string single_quoted(std::string_view text);
std::string double_quoted(std::string_view text);

/// What stands behind `|`: the indentation where the text starts with a space, and how its end is kept.
std::string literal_header(std::string_view text, char indentation);

}  // namespace crstack::manifest::write
