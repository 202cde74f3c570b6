// SPDX-License-Identifier: MIT
#include <cctype>

#include "cli/listing/template_tree.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {
namespace {

using Node = GoTemplate::Node;
using Nodes = std::vector<std::unique_ptr<Node>>;

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Reads what stands between `{{` and `}}`.
class ActionReader {
 public:
  explicit ActionReader(std::string_view text) : text_(text) {}

  Pipeline pipeline() {
    Pipeline result;
    take_variables(result);
    do {
      std::vector<Term> call;
      skip_space();
      while (!at_end() && peek() != '|' && peek() != ')') {
        call.push_back(term());
        skip_space();
      }
      if (call.empty()) template_error("missing value for command");
      result.calls.push_back(std::move(call));
    } while (take('|'));
    return result;
  }

  void expect_end() {
    skip_space();
    if (!at_end()) template_error("unexpected \"" + std::string(1, peek()) + "\"");
  }

 private:
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek() const { return text_[at_]; }
  bool take(char c) {
    if (at_end() || peek() != c) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (!at_end() && std::isspace(static_cast<unsigned char>(peek())) != 0) ++at_;
  }
  // `$a := `, `$a = ` or `$a, $b := `; nothing where the variable is an operand.
  void take_variables(Pipeline& pipeline) {
    const auto start = at_;
    std::vector<std::string> names;
    do {
      skip_space();
      if (!take('$')) break;
      names.push_back(word());
      skip_space();
    } while (take(','));
    const bool declares = take(':');
    if (names.empty() || names.size() > 2 || !take('=')) {
      at_ = start;
      return;
    }
    pipeline.variables = std::move(names);
    pipeline.gives = declares ? Pipeline::Gives::declares : Pipeline::Gives::sets;
  }

  std::string word() {
    const auto start = at_;
    while (!at_end() && is_word(peek())) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  Term term() {
    if (peek() == '"' || peek() == '`') return quoted();
    if (peek() == '(') return nested();
    if (peek() == '.' || peek() == '$') return path();
    const bool digit = std::isdigit(static_cast<unsigned char>(peek())) != 0 || peek() == '-';
    return digit ? number() : name();
  }

  Term quoted() {
    const char quote = text_[at_++];
    Term result;
    while (!at_end() && peek() != quote) {
      char c = text_[at_++];
      if (c == '\\' && quote == '"' && !at_end()) {
        c = text_[at_++];
        if (c == 'n') c = '\n';
        if (c == 't') c = '\t';
      }
      result.literal.text += c;
    }
    if (!take(quote)) template_error("unterminated quoted string");
    return result;
  }

  Term nested() {
    ++at_;
    Term result;
    result.kind = Term::Kind::nested;
    result.nested = std::make_shared<Pipeline>(pipeline());
    if (!take(')')) template_error("unclosed left paren");
    take_fields(result);
    return result;
  }

  Term path() {
    Term result;
    result.kind = Term::Kind::path;
    if (take('$')) result.variable = word();
    take_fields(result);
    return result;
  }

  void take_fields(Term& term) {
    while (take('.')) {
      auto part = word();
      if (!part.empty()) term.path.push_back(std::move(part));
    }
  }

  Term number() {
    const auto start = at_++;
    while (!at_end() && std::isdigit(static_cast<unsigned char>(peek())) != 0) ++at_;
    Term result;
    try {
      result.literal =
          Value(static_cast<std::int64_t>(std::stoll(std::string(text_.substr(start, at_ - start)))));
    } catch (const std::exception&) {
      template_error("bad number syntax: \"" + std::string(text_.substr(start, at_ - start)) + "\"");
    }
    return result;
  }

  Term name() {
    Term result;
    const auto text = word();
    if (text.empty()) template_error("unexpected \"" + std::string(1, peek()) + "\" in operand");
    if (text == "true" || text == "false") {
      result.literal = Value(text == "true");
      return result;
    }
    result.kind = Term::Kind::function;
    result.function = text;
    return result;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class TemplateReader {
 public:
  explicit TemplateReader(std::string_view source) : source_(source) {}

  Nodes read() {
    auto nodes = block();
    if (!ending_.empty()) template_error("unexpected {{" + ending_ + "}}");
    for (auto& definition : definitions_) nodes.push_back(std::move(definition));
    return nodes;
  }

 private:
  // Nodes up to the end, `{{end}}` or `{{else…}}`, which is left in `ending_`.
  Nodes block() {
    Nodes nodes;
    ending_.clear();
    while (at_ < source_.size()) {
      const auto open = source_.find("{{", at_);
      add_text(nodes, source_.substr(at_, open - at_));
      if (open == std::string_view::npos) {
        at_ = source_.size();
        break;
      }
      const auto action = take_action(open + 2);
      if (action.starts_with("/*")) continue;
      const auto word = action.substr(0, action.find_first_of(" \t\n"));
      if (word == "end" || word == "else") {
        ending_ = action;
        return nodes;
      }
      nodes.push_back(node(word, action));
    }
    return nodes;
  }

  void add_text(Nodes& nodes, std::string_view raw) {
    std::string text;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      const bool escape = raw[i] == '\\' && i + 1 < raw.size() && (raw[i + 1] == 't' || raw[i + 1] == 'n');
      text += escape ? (raw[++i] == 't' ? '\t' : '\n') : raw[i];
    }
    if (trim_next_) text.erase(0, std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (text.empty()) return;
    nodes.push_back(std::make_unique<Node>());
    nodes.back()->text = std::move(text);
    last_text_ = nodes.back().get();
  }

  // The trimmed text of the action that begins at `start`; honours `{{-` and `-}}`.
  std::string take_action(std::size_t start) {
    const auto close = end_of_action(start);
    if (close == std::string_view::npos) template_error("unclosed action");
    auto text = source_.substr(start, close - start);
    at_ = close + 2;
    if (text.starts_with("- ") && last_text_ != nullptr)
      last_text_->text.erase(last_text_->text.find_last_not_of(" \t\r\n") + 1);
    if (text.starts_with("- ")) text.remove_prefix(1);
    trim_next_ = text.ends_with(" -");
    if (trim_next_) text.remove_suffix(1);
    last_text_ = nullptr;
    return std::string(trim(text));
  }

  // Where `}}` stands, but for comments and quotes.
  [[nodiscard]] std::size_t end_of_action(std::size_t start) const {
    const auto inside = start + (source_.substr(start, 2) == "- " ? 2 : 0);
    if (source_.substr(inside, 2) == "/*") return source_.find("}}", source_.find("*/", inside));
    char quote = 0;
    for (auto at = start; at + 1 < source_.size(); ++at) {
      const char c = source_[at];
      if (quote == 0 && source_.substr(at, 2) == "}}") return at;
      if (quote == '"' && c == '\\')
        ++at;
      else if (c == quote)
        quote = 0;
      else if (quote == 0 && (c == '"' || c == '`'))
        quote = c;
    }
    return std::string_view::npos;
  }

  // `{{define "x"}}`, `{{template "x" .}}`, and `{{block "x" .}}`, which is both.
  std::unique_ptr<Node> named(const std::string& word, const std::string& action) {
    auto call = std::make_unique<Node>();
    call->kind = Node::Kind::call;
    call->pipeline = read_pipeline(std::string_view(action).substr(word.size()));
    auto& words = call->pipeline.calls.front();
    call->text = words.front().literal.text;
    if (call->text.empty()) template_error("unexpected \"" + action + "\" in " + word + " clause");
    words.erase(words.begin());
    if (word == "template") return call;
    auto definition = std::make_unique<Node>();
    definition->kind = Node::Kind::definition;
    definition->text = call->text;
    read_branches(*definition);
    definitions_.push_back(std::move(definition));
    return word == "block" ? std::move(call) : std::make_unique<Node>();
  }

  std::unique_ptr<Node> node(const std::string& word, const std::string& action) {
    if (word == "define" || word == "template" || word == "block") return named(word, action);
    auto result = std::make_unique<Node>();
    if (action == "break" || action == "continue") {
      if (ranges_ == 0) template_error("{{" + action + "}} outside {{range}}");
      result->kind = action == "break" ? Node::Kind::leave : Node::Kind::next;
      return result;
    }
    result->kind = word == "if"      ? Node::Kind::conditional
                   : word == "range" ? Node::Kind::range
                   : word == "with"  ? Node::Kind::with
                                     : Node::Kind::print;
    if (result->kind == Node::Kind::print) {
      result->pipeline = read_pipeline(action);
    } else {
      result->pipeline = read_pipeline(action.substr(word.size()));
      read_branches(*result);
    }
    return result;
  }

  static Pipeline read_pipeline(std::string_view text) {
    ActionReader reader(text);
    auto pipeline = reader.pipeline();
    reader.expect_end();
    return pipeline;
  }

  void read_branches(Node& node) {
    if (++depth_ > 100) template_error("nested too deeply");
    const int in_range = node.kind == Node::Kind::range ? 1 : 0;
    ranges_ += in_range;
    node.body = block();
    ranges_ -= in_range;
    if (ending_.starts_with("else")) {
      const std::string rest(trim(std::string_view(ending_).substr(4)));
      const std::string word = rest.substr(0, rest.find(' '));
      if (word == "if" || word == "with") {
        node.otherwise.push_back(this->node(word, rest));  // it takes the end for both
        --depth_;
        return;
      }
      node.otherwise = block();
    }
    if (ending_ != "end") template_error("unexpected EOF");
    ending_.clear();
    --depth_;
  }

  std::string_view source_;
  std::size_t at_ = 0;
  Nodes definitions_;
  std::string ending_;
  bool trim_next_ = false;
  Node* last_text_ = nullptr;
  int depth_ = 0, ranges_ = 0;
};

}  // namespace

void template_error(const std::string& what) {
  throw UsageError("template parsing error: template: " + what);
}

std::vector<std::unique_ptr<GoTemplate::Node>> parse_template(std::string_view source) {
  return TemplateReader(source).read();
}

}  // namespace crstack::cli
