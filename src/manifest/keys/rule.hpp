// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

/// The tables of the Compose Specification's keys: what each accepts, how it is printed, what it means.
/// Checking, canonical output, `docs/keys.md` and the JSON Schema for editors are all read from them.
namespace crstack::manifest::keys {

struct Rule;

/// Kinds of values that a rule accepts, as a set of bits. `number` takes whole numbers too.
using Accepts = std::uint16_t;
constexpr Accepts text = 1, integer = 2, number = 4, boolean = 8, null = 16, list = 32, map = 64;

/// How the canonical form shows a value (the names say the kind that comes out).
enum class Print : std::uint8_t {
  keep,  ///< as it is
  text,  ///< a number or boolean becomes its text
  boolean,
  integer,
  natural,        ///< an integer that is not negative
  plain_natural,  ///< the same, and its text is not read as a number
  real,           ///< in the precision of a 32-bit float
  bytes,          ///< a byte size as a text of digits
  duration,       ///< `1m30s`
  file_mode,      ///< `"0440"`
  command,        ///< a text is split as by a shell; null and empty differ
  health_test,    ///< a text becomes `CMD-SHELL text`
  texts,          ///< a list of texts; a lone text becomes a list
  text_map,       ///< `KEY=VALUE` lists become maps; no value is an empty text
  variable_map,   ///< the same, but no value stays null
  any_text_map,   ///< a map whose scalars become texts
  text_options,   ///< the same, but of texts and whole numbers alone
  text_lists,     ///< a map of lists of texts
  hosts,          ///< `HOST=ADDRESS`, ordered
  ssh_keys,       ///< `ID` or `ID=PATH`, ordered
  device_count,   ///< `all` is -1
  ulimits,        ///< a map of numbers or `{soft, hard}`
  shape,          ///< a map of the rule's shape
  shapes,         ///< a list of such maps
  shape_map,      ///< a map of such maps
};

/// When the canonical form leaves a key out.
enum class Omit : std::uint8_t {
  empty,      ///< where it is zero, false, or has nothing in it
  absent,     ///< only where nobody set it
  json_null,  ///< never in JSON, where it is `null` unless set; in YAML where nobody set it
  never,      ///< not at all: where nobody set it, its zero is shown
  dropped,    ///< always: checked, but no part of the canonical form
  json_zero,  ///< only in JSON, where it is zero
  json_map,   ///< never in JSON, where it is a map even when empty; in YAML where it is empty
};

struct Key {
  std::string_view name;
  const Rule* rule;
  Print print;
  Omit omit;
  std::string_view summary;
  std::string_view since =
      {};  ///< the version of docker compose that brought it, where the specification tells
};

/// A map with known keys, in the order in which the canonical form prints them.
struct Shape {
  std::string_view title;
  std::span<const Key> keys;
  std::span<const std::string_view> required{};
  bool extensions = true;        ///< whether `x-…` keys are allowed
  bool shows_extensions = true;  ///< whether the canonical form in YAML has them
  bool open = false;             ///< whether unknown keys are allowed (and dropped)
  bool capitalised = false;      ///< whether JSON output capitalises its keys, as the reference does here

  [[nodiscard]] const Key* find(std::string_view name) const;
};

/// Which free keys a map may have.
enum class Names : std::uint8_t {
  any,         ///< all but the empty one
  resource,    ///< `[a-zA-Z0-9._-]+`; others are errors
  loose,       ///< those of `resource` are checked, others pass unchecked
  lower_case,  ///< `[a-z]+` are checked, others pass unchecked
};

struct Rule {
  Accepts accepts = 0;
  const Rule* items = nullptr;   ///< what a list's entries are
  const Shape* shape = nullptr;  ///< a map's known keys
  const Rule* values = nullptr;  ///< what the values of a map with free keys are
  Names names = Names::any;
  bool unique = false;                          ///< whether a list's entries must differ
  std::span<const std::string_view> choices{};  ///< the only texts allowed
  std::string_view pattern = {};                ///< a regular expression that some part of a text must match
  std::int64_t minimum = std::numeric_limits<std::int64_t>::min();
  std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
};

/// The whole manifest: top-level keys.
extern const Shape manifest;
/// One service: `services.NAME`.
extern const Shape service;

}  // namespace crstack::manifest::keys
