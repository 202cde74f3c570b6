// SPDX-License-Identifier: MIT
#include "cli/command_line/option_words.hpp"

#include <algorithm>

#include "cli/command_line/option_value.hpp"

namespace crstack::cli {
namespace {

class Rewriter {
 public:
  Rewriter(Options options, const std::vector<std::string>& words) : options_(options), words_(words) {}

  std::vector<std::string> rewrite(Interspersed interspersed) {
    while (next_ < words_.size()) {
      const auto& word = words_[next_++];
      const bool option = word.size() > 1 && word[0] == '-' && word != "--";
      if (!option) {
        plain_.push_back(word);
        if (word == "--" || interspersed == Interspersed::no) break;
      } else if (word.starts_with("--")) {
        rewrite_long(word);
      } else {
        rewrite_letters(word);
      }
    }
    plain_.insert(plain_.end(), words_.begin() + static_cast<std::ptrdiff_t>(next_), words_.end());
    return std::move(plain_);
  }

 private:
  template <class Predicate>
  [[nodiscard]] const Option* find(const Predicate& predicate) const {
    const auto found = std::find_if(options_.begin(), options_.end(), predicate);
    return found == options_.end() ? nullptr : &*found;
  }

  /// The next word is a value, whatever it looks like.
  void keep_next() {
    if (next_ < words_.size()) plain_.push_back(words_[next_++]);
  }

  void rewrite_long(const std::string& word) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const auto* row = find([&](const Option& option) { return key_of(option) == name.substr(2); });
    const bool takes_value = row != nullptr && row->takes != Takes::flag;
    const bool empty_value = equals == word.size() - 1;
    if (row != nullptr && empty_value) checked_value(*row, "");
    if (takes_value && empty_value) {
      plain_.insert(plain_.end(), {name, ""});
    } else {
      plain_.push_back(word);
      if (takes_value && equals == std::string::npos) keep_next();
    }
  }

  void rewrite_letters(const std::string& word) {
    for (std::size_t at = 1; at < word.size(); ++at) {
      const auto* row = find([&](const Option& option) { return letter_of(option) == word.substr(at, 1); });
      if (row == nullptr) break;
      const auto rest = word.substr(at + 1);
      const bool assigned = rest.starts_with('=');
      if (row->takes != Takes::flag)
        return rewrite_value(word.substr(0, at + 1), assigned ? rest.substr(1) : rest, rest);
      if (!assigned) continue;
      if (at > 1) plain_.push_back(word.substr(0, at));
      return rewrite_long("--" + std::string(key_of(*row)) + rest);
    }
    plain_.push_back(word);
  }

  void rewrite_value(const std::string& letters, const std::string& value, const std::string& rest) {
    plain_.push_back(letters + value);
    if (rest.empty())
      keep_next();
    else if (value.empty())
      plain_.emplace_back();
  }

  Options options_;
  const std::vector<std::string>& words_;
  std::vector<std::string> plain_;
  std::size_t next_ = 0;
};

}  // namespace

std::vector<std::string> plain_words(Options options, const std::vector<std::string>& words,
                                     Interspersed interspersed) {
  return Rewriter(options, words).rewrite(interspersed);
}

}  // namespace crstack::cli
