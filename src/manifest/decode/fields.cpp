// SPDX-License-Identifier: MIT
#include "fields.hpp"

#include <charconv>

#include "crstack/base/units.hpp"

namespace crstack::manifest::decode_fields {

namespace {

template <typename Value>
std::optional<Value> read_number(const std::string& text, int base) {
  Value value{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (read.ec != std::errc()) return std::nullopt;
  return value;
}

template <typename Value>
std::optional<Value> unless_zero(std::optional<Value> value) {
  if (value && *value == Value{}) value.reset();
  return value;
}

StringList texts_of(const Node& list) {
  StringList result;
  for (const Node& item : list.as_list()) result.push_back(item.scalar_text());
  return result;
}

}  // namespace

std::string text(const Node& map, const char* key) {
  const Node* value = map.find(key);
  return value ? value->scalar_text() : std::string();
}

std::optional<bool> maybe_flag(const Node& map, const char* key) {
  const Node* value = map.find(key);
  if (!value || !value->is_boolean()) return std::nullopt;
  return value->as_boolean();
}

bool flag(const Node& map, const char* key) {
  return maybe_flag(map, key).value_or(false);
}

std::optional<std::int64_t> whole(const Node& map, const char* key) {
  const Node* value = map.find(key);
  if (!value || !value->is_integer()) return std::nullopt;
  return value->as_integer();
}

std::optional<double> real(const Node& map, const char* key) {
  const Node* value = map.find(key);
  if (!value || !value->is_number()) return std::nullopt;
  return value->as_real();
}

std::optional<std::int64_t> bytes(const Node& map, const char* key) {
  const std::string digits = text(map, key);
  if (digits.empty()) return std::nullopt;
  return read_number<std::int64_t>(digits, 10);
}

std::optional<Duration> duration(const Node& map, const char* key) {
  const std::string span = text(map, key);
  if (span.empty()) return std::nullopt;
  return parse_duration(span);
}

std::optional<std::uint32_t> mode(const Node& map, const char* key) {
  const std::string digits = text(map, key);
  if (digits.empty()) return std::nullopt;
  return read_number<std::uint32_t>(digits, 8);
}

std::optional<std::int64_t> nonzero(const Node& map, const char* key) {
  return unless_zero(whole(map, key));
}

std::optional<std::int64_t> nonzero_bytes(const Node& map, const char* key) {
  return unless_zero(bytes(map, key));
}

std::optional<double> nonzero_real(const Node& map, const char* key) {
  return unless_zero(real(map, key));
}

std::optional<StringList> maybe_texts(const Node& map, const char* key) {
  const Node* value = map.find(key);
  if (!value || !value->is_list()) return std::nullopt;
  return texts_of(*value);
}

StringList texts(const Node& map, const char* key) {
  return maybe_texts(map, key).value_or(StringList());
}

StringMap text_map(const Node& map, const char* key) {
  StringMap result;
  each_entry(map, key,
             [&](const std::string& name, const Node& value) { result[name] = value.scalar_text(); });
  return result;
}

Variables variables(const Node& map, const char* key) {
  Variables result;
  each_entry(map, key, [&](const std::string& name, const Node& value) {
    result[name] = value.is_null() ? std::nullopt : std::optional(value.scalar_text());
  });
  return result;
}

const Node* submap(const Node& map, const char* key) {
  const Node* value = map.find(key);
  return value && value->is_map() ? value : nullptr;
}

}  // namespace crstack::manifest::decode_fields
