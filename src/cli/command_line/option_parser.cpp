// SPDX-License-Identifier: MIT
#include "cli/command_line/option_parser.hpp"

#include <algorithm>
#include <CLI/CLI.hpp>

#include "cli/command_line/option_value.hpp"
#include "cli/command_line/option_words.hpp"
#include "cli/command_line/suggest.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

/// The word that CLI11 has split into its letters, as it was written.
std::string as_written(const std::vector<std::string>& words, const std::string& part) {
  const auto holds = [&](const std::string& word) {
    return word.starts_with('-') && !word.starts_with("--") && word.ends_with(part.substr(1));
  };
  const auto found = std::find_if(words.begin(), words.end(), holds);
  return found == words.end() ? part : *found;
}

class Reader {
 public:
  Reader(Options options, const std::vector<std::string>& words, Interspersed interspersed,
         std::string_view where)
      : options_(options), words_(words), interspersed_(interspersed), where_(where) {
    app_.set_help_flag();
    app_.allow_extras();
    app_.prefix_command(interspersed == Interspersed::no);
    for (const auto& row : options) app_options_.push_back(add(row));
  }

  Arguments read() {
    auto words = plain_words(options_, words_, interspersed_);
    std::reverse(words.begin(), words.end());
    Arguments arguments(options_);
    try {
      app_.parse(words);
    } catch (const CLI::ArgumentMismatch&) {
      take_rest(arguments);  // an unknown option in front of it comes first
      throw UsageError("flag needs an argument: " + words_lacking_value());
    }
    take_rest(arguments);
    for (std::size_t i = 0; i < options_.size(); ++i)
      for (const auto& value : app_options_[i]->results()) add_value(arguments, options_[i], value);
    return arguments;
  }

 private:
  CLI::Option* add(const Option& row) {
    const std::string names(row.names);
    auto* option = row.takes == Takes::flag ? app_.add_flag(names) : app_.add_option(names);
    return option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }

  static void add_value(Arguments& arguments, const Option& option, const std::string& written) {
    const auto value = checked_value(option, written);
    arguments.add(key_of(option), value);
    if (!option.means.empty()) arguments.add(option.means, value);
  }

  /// What is no option of the command: positional arguments, and options of no command.
  void take_rest(Arguments& arguments) const {
    bool options_over = false;
    for (const auto& word : app_.remaining()) {
      if (!options_over && word == "--") {
        options_over = true;
        continue;
      }
      if (!options_over && word.size() > 1 && word[0] == '-') refuse(word);
      arguments.add_positional(word);
      options_over = options_over || interspersed_ == Interspersed::no;
    }
  }

  [[noreturn]] void refuse(const std::string& word) const {
    if (word.starts_with("--")) {
      const auto name = word.substr(0, word.find('='));
      throw UsageError("unknown flag: " + name, suggest_option(options_, name, where_));
    }
    const auto group = as_written(words_, word);
    throw UsageError("unknown shorthand flag: '" + word.substr(1, 1) + "' in " + group,
                     suggest_option(options_, group, where_));
  }

  /// Only the last word can be without what it needs.
  [[nodiscard]] std::string words_lacking_value() const {
    const auto& last = words_.back();
    return last.starts_with("--") ? last : "'" + last.substr(last.size() - 1) + "' in " + last;
  }

  Options options_;
  const std::vector<std::string>& words_;
  Interspersed interspersed_;
  std::string_view where_;
  CLI::App app_;
  std::vector<CLI::Option*> app_options_;
};

}  // namespace

Arguments parse_options(Options options, const std::vector<std::string>& words, Interspersed interspersed,
                        std::string_view where) {
  return Reader(options, words, interspersed, where).read();
}

}  // namespace crstack::cli
