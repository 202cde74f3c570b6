// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

namespace crstack::cli {

/// What an option takes. `flag` takes nothing (or `=true`/`=false`); `list` may be given several times.
enum class Takes { flag, text, number, list };
enum class Shown { yes, hidden };

/// One option of a command, as help, completions, the manual and the parser see it.
struct Option {
  std::string_view names;  ///< `-d,--detach`; the long name without dashes is the option's key
  Takes takes = Takes::flag;
  std::string_view value;    ///< the value's name in help (`string`, `int`); empty for a flag
  std::string_view summary;  ///< one line; of an old name: what is remarked on its use, or empty
  std::string_view choices;  ///< what completions offer, separated by spaces; may be empty
  Shown shown = Shown::yes;
  std::string_view means = {};  ///< of an old name: the key of the option that it stands for
};

using Options = std::span<const Option>;

/// The key of an option: its long name, or its letter where it has none.
constexpr std::string_view key_of(const Option& option) {
  auto names = option.names;
  if (auto at = names.find("--"); at != std::string_view::npos) return names.substr(at + 2);
  return names.substr(1);
}

/// The letter of an option, or nothing.
constexpr std::string_view letter_of(const Option& option) {
  const bool has = option.names.size() >= 2 && option.names[0] == '-' && option.names[1] != '-';
  return has ? option.names.substr(1, 1) : std::string_view{};
}

}  // namespace crstack::cli
