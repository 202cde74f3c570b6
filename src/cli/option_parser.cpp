// SPDX-License-Identifier: MIT
#include "cli/option_parser.hpp"

#include <algorithm>
#include <charconv>

#include "cli/suggest.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

std::string shown_names(const Option& row) {
  const auto letter = letter_of(row);
  const auto name = "--" + std::string(key_of(row));
  return letter.empty() ? name : "-" + std::string(letter) + ", " + name;
}

std::string read_flag(const Option& row, const std::string& value) {
  static constexpr std::string_view yes[] = {"true", "True", "TRUE", "t", "T", "1"};
  static constexpr std::string_view no[] = {"false", "False", "FALSE", "f", "F", "0"};
  if (std::find(std::begin(yes), std::end(yes), value) != std::end(yes)) return "true";
  if (std::find(std::begin(no), std::end(no), value) != std::end(no)) return "false";
  throw UsageError("invalid argument \"" + value + "\" for \"" + shown_names(row) + "\" flag: not a boolean",
                   "Write true or false.");
}

std::string checked(const Option& row, const std::string& value) {
  if (row.takes == Takes::flag) return read_flag(row, value);
  if (row.takes != Takes::number) return value;
  int number = 0;
  const auto* end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error == std::errc{} && stop == end) return value;
  throw UsageError("invalid argument \"" + value + "\" for \"" + shown_names(row) +
                   "\" flag: not a whole number");
}

class Reader {
 public:
  Reader(Options options, const std::vector<std::string>& words, std::string_view where)
      : options_(options), words_(words), where_(where), arguments_(options) {}

  Arguments read(Interspersed interspersed) {
    while (next_ < words_.size()) {
      const std::string& word = words_[next_++];
      if (word == "--") {
        take_rest();
      } else if (word.starts_with("--")) {
        read_long(word);
      } else if (word.size() > 1 && word[0] == '-') {
        read_letters(word);
      } else {
        arguments_.add_positional(word);
        if (interspersed == Interspersed::no) take_rest();
      }
    }
    return std::move(arguments_);
  }

 private:
  void take_rest() {
    while (next_ < words_.size()) arguments_.add_positional(words_[next_++]);
  }

  void read_long(const std::string& word) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const auto* row = find([&](const Option& option) { return key_of(option) == name.substr(2); });
    if (row == nullptr || key_of(*row).size() < 2)
      throw UsageError("unknown flag: " + name, suggest_option(options_, name, where_));
    if (equals != std::string::npos) return store(*row, word.substr(equals + 1));
    if (row->takes == Takes::flag) return store(*row, "true");
    if (next_ == words_.size()) throw UsageError("flag needs an argument: " + name);
    store(*row, words_[next_++]);
  }

  void read_letters(const std::string& word) {
    for (std::size_t at = 1; at < word.size(); ++at) {
      const auto* row = find([&](const Option& option) { return letter_of(option) == word.substr(at, 1); });
      if (row == nullptr) {
        throw UsageError("unknown shorthand flag: '" + word.substr(at, 1) + "' in " + word,
                         suggest_option(options_, word, where_));
      }
      const bool assigned = at + 1 < word.size() && word[at + 1] == '=';
      if (row->takes == Takes::flag && !assigned) {
        store(*row, "true");
        continue;
      }
      if (at + 1 < word.size()) return store(*row, word.substr(at + (assigned ? 2 : 1)));
      if (next_ == words_.size())
        throw UsageError("flag needs an argument: '" + word.substr(at, 1) + "' in " + word);
      return store(*row, words_[next_++]);
    }
  }

  template <typename Predicate>
  const Option* find(Predicate predicate) const {
    const auto found = std::find_if(options_.begin(), options_.end(), predicate);
    return found == options_.end() ? nullptr : &*found;
  }

  void store(const Option& row, const std::string& value) {
    arguments_.add(key_of(row), checked(row, value));
  }

  Options options_;
  const std::vector<std::string>& words_;
  std::string_view where_;
  Arguments arguments_;
  std::size_t next_ = 0;
};

}  // namespace

Arguments parse_options(Options options, const std::vector<std::string>& words, Interspersed interspersed,
                        std::string_view where) {
  return Reader(options, words, where).read(interspersed);
}

}  // namespace crstack::cli
