// SPDX-License-Identifier: MIT
#include "template.hpp"

namespace crstack::manifest {

namespace {

constexpr int deepest_nesting = 100;

bool starts_name(char c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool in_name(char c) {
  return starts_name(c) || (c >= '0' && c <= '9');
}

std::size_t name_length(std::string_view text) {
  if (text.empty() || !starts_name(text[0])) return 0;
  std::size_t length = 1;
  while (length < text.size() && in_name(text[length])) ++length;
  return length;
}

/// Whether an escaped `$${` needs a `}` of its own.
enum class Escaped : bool { counted, passed_over };

/// The `}` that ends the `${` at the start of `text`: each `${` inside needs one of its own.
std::size_t closing_brace(std::string_view text, Escaped escaped) {
  int open = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\n') return std::string_view::npos;
    if (escaped == Escaped::passed_over && text.substr(at, 2) == "$$") {
      ++at;
      continue;
    }
    if (text[at] == '}' && --open == 0) return at;
    if (text[at] == '$' && at + 1 < text.size() && text[at + 1] == '{') {
      ++open;
      ++at;
    }
  }
  return std::string_view::npos;
}

std::size_t closing_brace(std::string_view text) {
  const std::size_t end = closing_brace(text, Escaped::counted);
  return end == std::string_view::npos ? closing_brace(text, Escaped::passed_over) : end;
}

/// `NAME:-word` taken apart.
struct Expression {
  std::string_view name, word;
  char operation = 0;     ///< `-`, `+`, `?`, or 0 for none
  bool or_empty = false;  ///< the operator has a colon
};

/// False where the braces hold no expression.
bool parse(std::string_view inside, Expression& expression) {
  const std::size_t length = name_length(inside);
  if (length == 0) return false;
  expression.name = inside.substr(0, length);
  std::string_view rest = inside.substr(length);
  if (rest.empty()) return true;
  if (rest[0] == ':') {
    expression.or_empty = true;
    rest.remove_prefix(1);
  }
  if (rest.empty() || (rest[0] != '-' && rest[0] != '+' && rest[0] != '?')) return false;
  expression.operation = rest[0];
  expression.word = rest.substr(1);
  return true;
}

class Substitutor {
 public:
  Substitutor(const Lookup& lookup, Substitution& result) : lookup_(lookup), result_(result) {}

  std::string run(std::string_view text, int depth) {
    std::string out;
    std::size_t at = 0;
    while (at < text.size() && result_.problem.empty()) {
      const std::size_t dollar = text.find('$', at);
      out += text.substr(at, dollar - at);
      if (dollar == std::string_view::npos) break;
      at = dollar + 1 + after_dollar(text.substr(dollar), out, depth);
    }
    return out;
  }

 private:
  /// Handles the `$` at the start of `text`; gives the number of characters taken after it.
  std::size_t after_dollar(std::string_view text, std::string& out, int depth) {
    const char next = text.size() > 1 ? text[1] : '\0';
    if (next == '{') return braced(text, out, depth);
    if (const std::size_t length = name_length(text.substr(1))) {
      plain(text.substr(1, length), out);
      return length;
    }
    out += '$';
    return next == '$' ? 1 : 0;
  }

  void plain(std::string_view name, std::string& out) {
    if (const std::string* value = lookup_(name))
      out += *value;
    else
      result_.unset.emplace_back(name);
  }

  std::size_t braced(std::string_view text, std::string& out, int depth) {
    const std::size_t end = closing_brace(text);
    Expression expression;
    if (end == std::string_view::npos)
      result_.problem = "a '${' has no closing '}' in its line";
    else if (!parse(text.substr(2, end - 2), expression))
      result_.problem = "'${' is not followed by the name of a variable and an operator";
    else if (depth >= deepest_nesting)
      result_.problem = "variables are nested too deeply";
    else if (expression.operation == 0)
      plain(expression.name, out);
    else
      apply(expression, out, depth);
    return end == std::string_view::npos ? text.size() - 1 : end;
  }

  void apply(const Expression& expression, std::string& out, int depth) {
    const std::string* value = lookup_(expression.name);
    const bool present = value && !(expression.or_empty && value->empty());
    if (expression.operation == '+') {
      if (present) out += run(expression.word, depth + 1);
    } else if (present) {
      out += *value;
    } else if (expression.operation == '-') {
      out += run(expression.word, depth + 1);
    } else {
      require(expression, depth);
    }
  }

  void require(const Expression& expression, int depth) {
    const std::string message = run(expression.word, depth + 1);
    if (!result_.problem.empty()) return;
    result_.missing = std::string(expression.name);
    result_.problem = "required variable " + result_.missing + " is missing a value";
    if (!message.empty()) result_.problem += ": " + message;
  }

  const Lookup& lookup_;
  Substitution& result_;
};

void collect(std::string_view text, std::vector<VariableUse>& found, int depth) {
  for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at)) {
    const std::string_view rest = text.substr(at + 1);
    if (const std::size_t length = name_length(rest)) {
      found.push_back({std::string(rest.substr(0, length)), {}, {}, false});
      at += 1 + length;
      continue;
    }
    const std::size_t end = closing_brace(text.substr(at));
    Expression expression;
    if (rest.substr(0, 1) != "{" || end == std::string_view::npos ||
        !parse(text.substr(at + 2, end - 2), expression)) {
      at += rest.substr(0, 1) == "$" ? 2 : 1;
      continue;
    }
    VariableUse use;
    use.name = std::string(expression.name);
    if (expression.operation == '-') use.fallback = std::string(expression.word);
    if (expression.operation == '+') use.alternative = std::string(expression.word);
    use.required = expression.operation == '?';
    found.push_back(std::move(use));
    if (depth < deepest_nesting) collect(expression.word, found, depth + 1);
    at += end + 1;
  }
}

}  // namespace

Substitution substitute(std::string_view text, const Lookup& lookup) {
  Substitution result;
  result.text = Substitutor(lookup, result).run(text, 0);
  return result;
}

std::vector<VariableUse> variables_of(std::string_view text) {
  std::vector<VariableUse> found;
  collect(text, found, 0);
  return found;
}

}  // namespace crstack::manifest
