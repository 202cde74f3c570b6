// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace crstack::manifest {

/// The values that variables have been replaced by. They may be secrets: no message shows one.
class ReplacedVariables {
 public:
  void note(std::string_view name, const std::string& value);

  /// The message, which is about `subject` (`NAME` or `NAME.…`), with `${NAME}` for what it quotes of the
  /// values of those variables that `written`, the manifest's text from the place of the message on, has on
  /// its first line or, where it quotes all of a value, shortly behind it.
  [[nodiscard]] std::string hide_in(const std::string& message, std::string_view subject,
                                    std::string_view written) const;

  /// `text` or, where such a value has been put into it, what stands in its place in the manifest, whose text
  /// from that place on is `written`.
  [[nodiscard]] std::string as_written(const std::string& text, std::string_view written) const;

 private:
  enum class Distance : bool { near, far };
  void hide(std::string& quoted, std::string_view name, Distance distance) const;

  std::map<std::string, std::set<std::string>, std::less<>> values_;
};

}  // namespace crstack::manifest
