// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crstack::manifest {

/// Whether lines of a text may be shown in a diagnostic. Env files may hold secrets: their lines are never
/// shown.
enum class Visibility : std::uint8_t { shown, secret };

/// The texts that a manifest was read from; a `Mark` names one by its number. Number 0 is "no file".
class Sources {
 public:
  std::uint32_t add(std::string name, std::string text, Visibility visibility = Visibility::shown);
  [[nodiscard]] const std::string& name(std::uint32_t file) const;
  [[nodiscard]] const std::string& text(std::uint32_t file) const;
  /// Line `number` (from 1) without its end; empty where there is none or where it may not be shown.
  [[nodiscard]] std::string_view line(std::uint32_t file, std::uint32_t number) const;
  /// The text from column `column` (from 1, in bytes) of a line on; empty where there is none.
  [[nodiscard]] std::string_view text_from(std::uint32_t file, std::uint32_t line,
                                           std::uint32_t column) const;

 private:
  struct Source {
    std::string name, text;
    Visibility visibility;
    mutable std::vector<std::size_t> lines{};  ///< where each begins; made when the first is asked for
  };
  std::vector<Source> sources_{1};
};

}  // namespace crstack::manifest
