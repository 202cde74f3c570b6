// SPDX-License-Identifier: MIT
#include "crstack/manifest/node.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

#include "real_text.hpp"

namespace crstack::manifest {

namespace {

constexpr std::size_t small_map = 16;
constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

bool same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && std::memcmp(left.data(), right.data(), left.size()) == 0;
}

/// One of 64 bits, by the length and some characters of a key.
std::uint64_t trait(std::string_view key) {
  if (key.empty()) return 1;
  const auto at = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(key[i])}; };
  return std::uint64_t{1} << ((key.size() * 7 + at(0) + at(key.size() / 2) * 3 + at(key.size() - 1) * 5) &
                              63);
}

/// The shortest text that reads back as the same number; with an exponent from 1e+06 on and below 0.0001.
std::string real_text(double value) {
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  if (std::isnan(value)) return "NaN";
  const double size = std::fabs(value);
  const bool scientific = size != 0 && (size < 1e-4 || size >= 1e6);
  return shortest_text(value, Width::bits64, scientific ? Notation::scientific : Notation::fixed);
}

}  // namespace

Node::~Node() = default;

Node::Node(Node&& other) noexcept
    : mark(other.mark), tag(other.tag), value_(std::exchange(other.value_, std::monostate())) {}

Node& Node::operator=(Node&& other) noexcept {
  mark = other.mark;
  tag = other.tag;
  value_ = std::exchange(other.value_, std::monostate());
  return *this;
}

Node::Node(const Node& other) : mark(other.mark), tag(other.tag) {
  if (other.is_list())
    value_ = std::make_unique<List>(other.as_list());
  else if (other.is_map())
    value_ = std::make_unique<Map>(other.as_map());
  else if (other.is_string())
    value_ = other.as_string();
  else if (other.is_boolean())
    value_ = other.as_boolean();
  else if (other.is_integer())
    value_ = other.as_integer();
  else if (other.is_real())
    value_ = std::get<double>(other.value_);
  else if (other.is_time())
    value_ = std::get<Time>(other.value_);
}

Node& Node::operator=(const Node& other) {
  if (this != &other) *this = Node(other);
  return *this;
}

Node Node::null(Mark mark) {
  Node node;
  node.mark = mark;
  return node;
}
Node Node::boolean(bool value, Mark mark) {
  Node node = null(mark);
  node.value_ = value;
  return node;
}
Node Node::integer(std::int64_t value, Mark mark) {
  Node node = null(mark);
  node.value_ = value;
  return node;
}
Node Node::real(double value, Mark mark) {
  Node node = null(mark);
  node.value_ = value;
  return node;
}
Node Node::time(std::string value, Mark mark) {
  Node node = null(mark);
  node.value_ = Time{std::move(value)};
  return node;
}
Node Node::string(std::string value, Mark mark) {
  Node node = null(mark);
  node.value_ = std::move(value);
  return node;
}
Node Node::list(Mark mark) {
  Node node = null(mark);
  node.value_ = std::make_unique<List>();
  return node;
}
Node Node::map(Mark mark) {
  Node node = null(mark);
  node.value_ = std::make_unique<Map>();
  return node;
}

double Node::as_real() const {
  return is_integer() ? static_cast<double>(as_integer()) : std::get<double>(value_);
}

const Node* Node::find(std::string_view key) const {
  if (!is_map()) return nullptr;
  const Map::Entry* entry = as_map().find(key);
  return entry ? &entry->value : nullptr;
}

Node* Node::find(std::string_view key) {
  return const_cast<Node*>(std::as_const(*this).find(key));
}

std::string_view Node::text(std::string_view key) const {
  const Node* value = find(key);
  return value && value->is_string() ? std::string_view(value->as_string()) : std::string_view();
}

Node& Node::set(std::string_view key, Node value) {
  Map::Entry* entry = as_map().insert(key, value.mark).first;
  entry->value = std::move(value);
  return entry->value;
}

Node& Node::push(Node value) {
  return as_list().emplace_back(std::move(value));
}

std::string Node::scalar_text() const {
  switch (kind()) {
    case Kind::boolean:
      return as_boolean() ? "true" : "false";
    case Kind::integer:
      return std::to_string(as_integer());
    case Kind::real:
      return real_text(as_real());
    case Kind::time:
      return std::get<Time>(value_).text;
    case Kind::string:
      return as_string();
    case Kind::null:
    case Kind::list:
    case Kind::map:
      break;
  }
  return {};
}

bool operator==(const Node& left, const Node& right) {
  if (left.kind() != right.kind()) return false;
  if (left.is_list()) return left.as_list() == right.as_list();
  if (!left.is_map()) return left.value_ == right.value_;
  const Map& map = left.as_map();
  if (map.size() != right.as_map().size()) return false;
  return std::all_of(map.begin(), map.end(), [&](const Map::Entry& entry) {
    const Node* other = right.find(entry.key);
    return other && entry.value == *other;
  });
}

std::size_t Map::position(std::string_view key) const {
  if ((traits_ & trait(key)) == 0) return nowhere;
  if (slots_.empty()) {
    for (std::size_t i = 0; i < entries_.size(); ++i)
      if (same(entries_[i].key, key)) return i;
    return nowhere;
  }
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = std::hash<std::string_view>{}(key)&mask; slots_[slot] != 0;
       slot = (slot + 1) & mask)
    if (same(entries_[slots_[slot] - 1].key, key)) return slots_[slot] - 1;
  return nowhere;
}

const Map::Entry* Map::find(std::string_view key) const {
  const std::size_t at = position(key);
  return at == nowhere ? nullptr : &entries_[at];
}

Map::Entry* Map::find(std::string_view key) {
  return const_cast<Entry*>(std::as_const(*this).find(key));
}

std::pair<Map::Entry*, bool> Map::insert(std::string_view key, Mark key_mark) {
  const std::size_t at = position(key);
  if (at != nowhere) return {&entries_[at], false};
  entries_.push_back({std::string(key), key_mark, Node()});
  traits_ |= trait(key);
  if (entries_.size() > small_map && entries_.size() * 2 > slots_.size())
    rebuild();
  else if (!slots_.empty())
    index(entries_.size() - 1);
  return {&entries_.back(), true};
}

bool Map::erase(std::string_view key) {
  const std::size_t at = position(key);
  if (at == nowhere) return false;
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(at));
  rebuild();
  return true;
}

void Map::clear() {
  entries_.clear();
  slots_.clear();
  traits_ = 0;
}

void Map::sort_keys() {
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
  rebuild();
}

void Map::index(std::size_t entry) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = std::hash<std::string_view>{}(entries_[entry].key) & mask;
  while (slots_[slot] != 0) slot = (slot + 1) & mask;
  slots_[slot] = static_cast<std::uint32_t>(entry + 1);
}

void Map::rebuild() {
  slots_.clear();
  if (entries_.size() <= small_map) return;
  std::size_t size = small_map * 4;
  while (size < entries_.size() * 4) size *= 2;
  slots_.assign(size, 0);
  for (std::size_t i = 0; i < entries_.size(); ++i) index(i);
}

}  // namespace crstack::manifest
