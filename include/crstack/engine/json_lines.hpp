// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace crstack::engine {

/// Cuts a stream into lines, in any pieces. Lines may end in CR LF; empty ones are left out.
class JsonLines {
 public:
  /// Calls `take(line)` for each whole line until it returns false.
  template <class Take>
  bool feed(std::string_view bytes, const Take& take) {
    while (!bytes.empty()) {
      const auto newline = bytes.find('\n');
      if (newline == std::string_view::npos) {
        rest_.append(bytes);
        return true;
      }
      const auto piece = bytes.substr(0, newline);
      bytes.remove_prefix(newline + 1);
      if (rest_.empty()) {
        if (!give(piece, take)) return false;
        continue;
      }
      rest_.append(piece);
      const bool more = give(rest_, take);
      rest_.clear();
      if (!more) return false;
    }
    return true;
  }
  /// The last line may lack its end.
  template <class Take>
  void finish(const Take& take) {
    give(rest_, take);
    rest_.clear();
  }

 private:
  template <class Take>
  static bool give(std::string_view line, const Take& take) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    return line.empty() || take(line);
  }
  std::string rest_;
};

}  // namespace crstack::engine
