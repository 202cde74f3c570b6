// SPDX-License-Identifier: MIT
#include "simple_reader.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "tree_builder.hpp"

namespace crstack::manifest {

namespace {

/// The text is more than a simple document.
struct Beyond {};

constexpr int deepest = 100;
constexpr std::size_t longest_key = 1000;  ///< a little less than what YAML allows

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.';
}

/// Whether there is a character that may mean something else to YAML than it looks like: tabs, carriage
/// returns, a byte order mark.
bool has_odd_bytes(std::string_view text) {
  if (text.empty() || static_cast<unsigned char>(text[0]) >= 0x80) return true;
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f; });
}

class SimpleReader {
 public:
  SimpleReader(std::uint32_t file, std::string_view text, TreeBuilder& builder)
      : file_(file), text_(text), builder_(builder) {}

  void run() {
    if (has_odd_bytes(text_)) throw Beyond{};
    skip();
    if (text_.substr(at_, 4) == "---\n" && column() == 0) {
      at_ += 3;
      skip();
    }
    if (ended()) throw Beyond{};
    builder_.begin_document();
    if (peek() == '{' || peek() == '[') {
      flow(here());
      skip();
    } else {
      block(here());
    }
    if (!ended()) throw Beyond{};
  }

 private:
  enum class Context { block, flow };
  enum class Quotes { none, some };
  struct Scalar {
    std::string_view text;  ///< good until the next is read
    Mark where;
    Quotes quotes;
  };

  // --- the text

  [[nodiscard]] bool ended() const { return at_ == text_.size(); }
  /// The character here, or so far on; a line's end at the end of the text.
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\n';
  }
  [[nodiscard]] bool blank(std::size_t ahead) const { return peek(ahead) == ' ' || peek(ahead) == '\n'; }
  [[nodiscard]] std::size_t column() const { return at_ - line_start_; }
  [[nodiscard]] Mark here() const { return {file_, line_, static_cast<std::uint32_t>(column() + 1)}; }
  [[nodiscard]] bool at_dash() const { return peek() == '-' && blank(1); }
  [[nodiscard]] bool at_colon() const { return peek() == ':' && blank(1); }

  /// Goes on to what comes next, over spaces, comments and the ends of lines.
  void skip() {
    for (;;) {
      while (peek() == ' ') ++at_;
      if (peek() == '#') {
        if (column() != 0 && text_[at_ - 1] != ' ') throw Beyond{};
        at_ = std::min(text_.find('\n', at_), text_.size());
      }
      if (ended() || text_[at_] != '\n') return;
      line_start_ = ++at_;
      ++line_;
    }
  }

  // --- scalars

  Scalar scalar(Context context) {
    const Mark where = here();
    const char first = peek();
    if (first == '"') return {double_quoted(), where, Quotes::some};
    if (first == '\'') return {single_quoted(), where, Quotes::some};
    return {plain(context), where, Quotes::none};
  }

  std::string_view plain(Context context) {
    const char first = peek();
    if (std::string_view("\n ,[]{}#&*!|>%@`?:").find(first) != std::string_view::npos) throw Beyond{};
    if (first == '-' && !is_name(peek(1))) throw Beyond{};
    const auto from = text_.substr(at_, 3);
    if (column() == 0 && (from == "---" || from == "...")) throw Beyond{};
    const std::size_t begin = at_;
    for (; peek() != '\n'; ++at_) {
      const char c = peek();
      if (c == ':' && (blank(1) || (context == Context::flow && is_flow_mark(peek(1))))) break;
      if (c == ' ' && peek(1) == '#') break;
      if (context == Context::flow && is_flow_mark(c)) break;
    }
    auto text = text_.substr(begin, at_ - begin);
    const auto length = text.find_last_not_of(' ') + 1;
    if (length != text.size() && peek() == ':') throw Beyond{};
    return text.substr(0, length);
  }

  static bool is_flow_mark(char c) {
    return c == ',' || c == '[' || c == ']' || c == '{' || c == '}' || c == '?';
  }

  std::string_view single_quoted() {
    const std::size_t begin = ++at_;
    bool doubled = false;
    for (; peek() != '\'' || peek(1) == '\''; ++at_) {
      if (peek() == '\n') throw Beyond{};
      if (peek() != '\'') continue;
      doubled = true;
      ++at_;
    }
    const auto text = text_.substr(begin, at_++ - begin);
    if (!doubled) return text;
    buffer_.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
      buffer_ += text[i];
      if (text[i] == '\'') ++i;
    }
    return buffer_;
  }

  std::string_view double_quoted() {
    const std::size_t begin = ++at_;
    while (peek() != '"' && peek() != '\\' && peek() != '\n') ++at_;
    if (peek() == '"') return text_.substr(begin, at_++ - begin);
    buffer_.assign(text_.substr(begin, at_ - begin));
    for (; peek() != '"'; ++at_) {
      if (peek() == '\n') throw Beyond{};
      buffer_ += peek() == '\\' ? escaped() : peek();
    }
    ++at_;
    return buffer_;
  }

  char escaped() {
    const char c = peek(1);
    ++at_;
    if (c == 'n') return '\n';
    if (c == 't') return '\t';
    if (c == '"' || c == '\\' || c == '/') return c;
    throw Beyond{};
  }

  void deliver(const Scalar& scalar, TreeBuilder::Anchor anchor, Mark where) {
    if (scalar.quotes == Quotes::some)
      builder_.quoted(std::string(scalar.text), where, anchor);
    else
      builder_.plain(scalar.text, where, anchor);
  }

  // --- anchors

  std::string anchor_name() {
    const std::size_t begin = ++at_;
    while (is_name(peek())) ++at_;
    if (at_ == begin || !(blank(0) || is_flow_mark(peek()))) throw Beyond{};
    return std::string(text_.substr(begin, at_ - begin));
  }

  TreeBuilder::Anchor anchor() {
    if (peek() != '&') return 0;
    const std::string name = anchor_name();
    if (!blank(0)) throw Beyond{};
    builder_.name_anchor(name);
    return anchors_[name] = ++last_anchor_;
  }

  void alias() {
    const Mark where = here();
    const auto known = anchors_.find(anchor_name());
    if (known == anchors_.end()) throw Beyond{};
    builder_.alias(where, known->second);
  }

  // --- lists and maps in flow style

  void flow(Mark where, TreeBuilder::Anchor anchor = 0) {
    if (++depth_ > deepest) throw Beyond{};
    const bool is_list = peek() == '[';
    is_list ? builder_.open_list(where, anchor) : builder_.open_map(where, anchor);
    const char end = is_list ? ']' : '}';
    ++at_;
    skip();
    while (peek() != end) {
      if (!is_list) flow_key();
      flow_node();
      skip();
      if (peek() == end) break;
      if (peek() != ',') throw Beyond{};
      ++at_;
      skip();
      if (peek() == end) throw Beyond{};
    }
    ++at_;
    is_list ? builder_.close_list() : builder_.close_map();
    --depth_;
  }

  void flow_key() {
    const Scalar key = scalar(Context::flow);
    if (key.text.size() > longest_key || peek() != ':') throw Beyond{};
    if (key.quotes == Quotes::none && !blank(1)) throw Beyond{};
    deliver(key, 0, key.where);
    ++at_;
    skip();
  }

  void flow_node() {
    if (peek() == '[' || peek() == '{') return flow(here());
    if (peek() == '*') return alias();
    const Scalar value = scalar(Context::flow);
    deliver(value, 0, value.where);
  }

  // --- lists and maps in block style

  /// The list or map whose first item or key is here; `where` is its place, before an anchor.
  void block(Mark where, TreeBuilder::Anchor anchor = 0) {
    if (at_dash()) return list(where, anchor);
    const Scalar key = scalar(Context::block);
    map(key, where, anchor);
  }

  /// Whether what comes belongs to the list or map in column `column`.
  [[nodiscard]] bool goes_on(std::size_t column) const {
    if (ended()) return false;
    if (this->column() > column) throw Beyond{};
    return this->column() == column;
  }

  void list(Mark where, TreeBuilder::Anchor anchor) {
    if (++depth_ > deepest) throw Beyond{};
    const std::size_t column = this->column();
    builder_.open_list(where, anchor);
    do {
      ++at_;
      value(column, Holder::list);
    } while (goes_on(column) && at_dash());
    builder_.close_list();
    --depth_;
  }

  void map(Scalar key, Mark where, TreeBuilder::Anchor anchor) {
    if (++depth_ > deepest) throw Beyond{};
    const std::size_t column = key.where.column - 1;
    builder_.open_map(where, anchor);
    for (;;) {
      if (key.text.size() > longest_key || !at_colon()) throw Beyond{};
      deliver(key, 0, key.where);
      ++at_;
      value(column, Holder::map);
      if (!goes_on(column)) break;
      if (at_dash()) throw Beyond{};
      key = scalar(Context::block);
    }
    builder_.close_map();
    --depth_;
  }

  enum class Holder { list, map };

  /// What is behind a dash or a colon, or on the lines below it; `column` is that of the list or map it is
  /// in.
  void value(std::size_t column, Holder holder) {
    const auto line = line_;
    skip();
    const Mark where = here();
    const auto anchor = line_ == line ? this->anchor() : 0;
    if (anchor) skip();
    if (line_ == line && !ended()) return value_in_line(holder, where, anchor);
    const bool below = !ended() && (this->column() > column ||
                                    (holder == Holder::map && this->column() == column && at_dash()));
    if (below) return block(anchor ? where : here(), anchor);
    if (anchor || (ended() && this->column() != 0)) throw Beyond{};
    builder_.null(here());
  }

  void value_in_line(Holder holder, Mark where, TreeBuilder::Anchor anchor) {
    if (peek() == '[' || peek() == '{') {
      flow(where, anchor);
    } else if (peek() == '*' && !anchor) {
      alias();
    } else if (at_dash() && holder == Holder::list && !anchor) {
      return list(where, 0);
    } else {
      const Scalar value = scalar(Context::block);
      if (at_colon() && holder == Holder::list && !anchor) return map(value, where, 0);
      deliver(value, anchor, where);
    }
    const auto line = line_;
    skip();
    if (line_ == line && !ended()) throw Beyond{};
  }

  std::uint32_t file_;
  std::string_view text_;
  TreeBuilder& builder_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
  int depth_ = 0;
  std::string buffer_;  ///< a quoted text with its escapes replaced
  std::map<std::string, TreeBuilder::Anchor> anchors_;
  TreeBuilder::Anchor last_anchor_ = 0;
};

}  // namespace

std::optional<Document> read_simple_document(std::uint32_t file, const Sources& sources) {
  Diagnostics diagnostics(sources);
  TreeBuilder builder(diagnostics);
  try {
    SimpleReader(file, sources.text(file), builder).run();
  } catch (const Beyond&) {
    return {};
  } catch (const Stop&) {
    return {};
  }
  if (diagnostics.has_errors()) return {};
  return builder.take();
}

}  // namespace crstack::manifest
