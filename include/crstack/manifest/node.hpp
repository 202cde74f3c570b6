// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace crstack::manifest {

/// A place in a source text. `file` is an index into `Sources`; line and column count from 1, 0 means
/// unknown.
struct Mark {
  std::uint32_t file = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  [[nodiscard]] bool known() const { return line != 0; }
  friend bool operator==(const Mark&, const Mark&) = default;
};

enum class Kind : std::uint8_t { null, boolean, integer, real, time, string, list, map };

/// What a value asks of a merge: nothing special, `!reset` (take the key away), `!override` (replace, no
/// merge).
enum class MergeTag : std::uint8_t { none, reset, override };

class Node;
class Map;
using List = std::vector<Node>;

/// One value of a manifest with the place that it was read from. A plain value: copies are deep, moves cheap
/// (what was moved from is null).
/// Accessors that don't fit the kind throw std::bad_variant_access: a programmer's error.
class Node {
 public:
  Node() = default;
  ~Node();
  Node(const Node& other);
  Node(Node&& other) noexcept;
  Node& operator=(const Node& other);
  Node& operator=(Node&& other) noexcept;

  static Node null(Mark mark = {});
  static Node boolean(bool value, Mark mark = {});
  static Node integer(std::int64_t value, Mark mark = {});
  static Node real(double value, Mark mark = {});
  /// A time stamp of YAML 1.1, as RFC 3339 has it. No key takes one.
  static Node time(std::string value, Mark mark = {});
  static Node string(std::string value, Mark mark = {});
  static Node list(Mark mark = {});
  static Node map(Mark mark = {});

  [[nodiscard]] Kind kind() const { return static_cast<Kind>(value_.index()); }
  [[nodiscard]] bool is_null() const { return kind() == Kind::null; }
  [[nodiscard]] bool is_boolean() const { return kind() == Kind::boolean; }
  [[nodiscard]] bool is_integer() const { return kind() == Kind::integer; }
  [[nodiscard]] bool is_real() const { return kind() == Kind::real; }
  [[nodiscard]] bool is_number() const { return is_integer() || is_real(); }
  [[nodiscard]] bool is_time() const { return kind() == Kind::time; }
  [[nodiscard]] bool is_string() const { return kind() == Kind::string; }
  [[nodiscard]] bool is_list() const { return kind() == Kind::list; }
  [[nodiscard]] bool is_map() const { return kind() == Kind::map; }
  [[nodiscard]] bool is_scalar() const { return !is_null() && kind() < Kind::list; }

  [[nodiscard]] bool as_boolean() const { return std::get<bool>(value_); }
  [[nodiscard]] std::int64_t as_integer() const { return std::get<std::int64_t>(value_); }
  [[nodiscard]] double as_real() const;  ///< of an integer too
  [[nodiscard]] const std::string& as_string() const { return std::get<std::string>(value_); }
  [[nodiscard]] std::string& as_string() { return std::get<std::string>(value_); }
  [[nodiscard]] const List& as_list() const { return *std::get<ListPtr>(value_); }
  [[nodiscard]] List& as_list() { return *std::get<ListPtr>(value_); }
  [[nodiscard]] const Map& as_map() const { return *std::get<MapPtr>(value_); }
  [[nodiscard]] Map& as_map() { return *std::get<MapPtr>(value_); }

  /// The value under `key`; nullptr where there is none or where this is no map.
  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] Node* find(std::string_view key);
  /// The string under `key`; an empty one where there is none.
  [[nodiscard]] std::string_view text(std::string_view key) const;

  /// Puts `value` under `key` of a map, in place of what was there. The key gets the value's mark when it is
  /// new.
  Node& set(std::string_view key, Node value);
  Node& push(Node value);  ///< appends to a list

  /// A scalar as the text that a map of strings takes: `true`, `42`, `1.5`; a string itself; null is empty.
  [[nodiscard]] std::string scalar_text() const;

  /// Equal values; marks and the order of keys don't count.
  friend bool operator==(const Node& left, const Node& right);

  Mark mark;
  MergeTag tag = MergeTag::none;

 private:
  using ListPtr = std::unique_ptr<List>;
  using MapPtr = std::unique_ptr<Map>;
  struct Time {
    std::string text;
    friend bool operator==(const Time&, const Time&) = default;
  };
  std::variant<std::monostate, bool, std::int64_t, double, Time, std::string, ListPtr, MapPtr> value_;
};

/// Keys and values in the order of insertion. Lookup is linear for small maps and hashed for large ones; that
/// a key is missing, which is most often asked, mostly shows at a glance.
class Map {
 public:
  struct Entry {
    std::string key;
    Mark key_mark;
    Node value;
  };
  using iterator = std::vector<Entry>::iterator;
  using const_iterator = std::vector<Entry>::const_iterator;

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  iterator begin() { return entries_.begin(); }
  iterator end() { return entries_.end(); }
  [[nodiscard]] const_iterator begin() const { return entries_.begin(); }
  [[nodiscard]] const_iterator end() const { return entries_.end(); }

  [[nodiscard]] const Entry* find(std::string_view key) const;
  [[nodiscard]] Entry* find(std::string_view key);
  [[nodiscard]] bool contains(std::string_view key) const { return find(key) != nullptr; }

  /// The entry of `key`, appended with a null value where it is missing; `second` says whether it is new.
  /// References to entries live until the next insertion or removal.
  std::pair<Entry*, bool> insert(std::string_view key, Mark key_mark = {});
  bool erase(std::string_view key);
  void clear();
  void reserve(std::size_t count) { entries_.reserve(count); }
  void sort_keys();

  /// Removes all entries for which `predicate(entry)` holds, in one pass.
  template <typename Predicate>
  void erase_if(Predicate predicate) {
    std::erase_if(entries_, predicate);
    rebuild();
  }

 private:
  [[nodiscard]] std::size_t position(std::string_view key) const;
  void index(std::size_t entry);
  void rebuild();

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  ///< open addressing: entry number + 1; empty for small maps
  std::uint64_t traits_ = 0;          ///< a bit for each key, by its looks
};

}  // namespace crstack::manifest
