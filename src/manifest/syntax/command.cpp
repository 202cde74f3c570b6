// SPDX-License-Identifier: MIT
#include "syntax.hpp"

namespace crstack::manifest::syntax {

namespace {

/// Reads one command line, character by character. What is in backquotes or `$(…)` is one word, and only in
/// `$(…)` quotes are kept.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::vector<std::string> run() {
    while (at_ < text_.size() && !ended_) step(text_[at_++]);
    if (has_word_) words_.push_back(std::move(word_));
    if (escaped_ || is_open()) fail();
    return std::move(words_);
  }

 private:
  [[noreturn]] static void fail() {
    throw SyntaxError(
        "not a valid command line: a quote or bracket is not closed, or something is escaped at the end");
  }

  [[nodiscard]] bool is_open() const { return quote_ != '\0' || substitution_ != '\0'; }

  void add(char c) {
    word_ += c;
    has_word_ = true;
  }

  void step(char c) {
    if (escaped_) {
      escaped_ = false;
      return add(c);
    }
    if (c == '\\' && quote_ != '\'') {
      escaped_ = true;
      return;
    }
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') return blank(c);
    special(c);
  }

  void blank(char c) {
    if (is_open()) {
      word_ += c;
    } else if (has_word_) {
      words_.push_back(std::move(word_));
      word_.clear();
      has_word_ = false;
    }
  }

  void special(char c) {
    switch (c) {
      case '"':
      case '\'':
        return quote(c);
      case '`':
        if (quote_ == '\0' && substitution_ != '(') toggle('`');
        return add(c);
      case '(':
      case ')':
        return bracket(c);
      case ';':
      case '&':
      case '|':
      case '<':
      case '>':
        if (is_open()) return add(c);
        return end(c);
      default:
        add(c);
    }
  }

  void toggle(char c) { substitution_ = substitution_ == '\0' ? c : '\0'; }

  /// A quote inside the other kind of quotes or `$(…)` is an ordinary character.
  void quote(char c) {
    if (substitution_ == '(') {
      add(c);
    } else if (quote_ == c) {
      quote_ = '\0';
      has_word_ = true;
    } else if (quote_ == '\0') {
      quote_ = c;
    } else {
      add(c);
    }
  }

  void bracket(char c) {
    if (quote_ != '\0' || substitution_ == '`') return add(c);
    if (c == ')') {
      toggle('(');
      return add(c);
    }
    if (substitution_ == '(' || word_.empty() || word_.back() != '$') fail();
    substitution_ = '(';
    add(c);
  }

  /// An operator. What stands right before `>` and starts with a digit is a file descriptor, no word.
  void end(char c) {
    ended_ = true;
    if (c == '>' && !word_.empty() && word_[0] >= '0' && word_[0] <= '9') has_word_ = false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> words_;
  std::string word_;
  bool has_word_ = false, escaped_ = false, ended_ = false;
  char quote_ = '\0';         ///< the open quote: " or '
  char substitution_ = '\0';  ///< ` or ( for `$(`, where one is open
};

}  // namespace

std::vector<std::string> split_command(std::string_view text) {
  return Splitter(text).run();
}

}  // namespace crstack::manifest::syntax
