// SPDX-License-Identifier: MIT
#include "dotenv.hpp"

#include <map>

namespace crstack::manifest {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r';
}
bool is_space(char c) {
  return is_blank(c) || c == '\n';
}

std::string_view trim_end(std::string_view text) {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view without_mark(std::string_view text) {
  return text.substr(0, 3) == "\xEF\xBB\xBF" ? text.substr(3) : text;
}

bool in_name(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || u >= 0x80 ||
         c == '_' || c == '.' || c == '-' || c == '[' || c == ']';
}

/// One escape of a double-quoted text at `text[0] == '\\'`; appends what it means, gives how long it is.
std::size_t take_escape(std::string_view text, std::string& out) {
  constexpr std::string_view names = "abfnrtv\"\\";
  constexpr std::string_view values = "\a\b\f\n\r\t\v\"\\";
  const char next = text.size() > 1 ? text[1] : '\0';
  if (next == '$') {
    out += "$$";
    return 2;
  }
  const auto known = names.find(next);
  if (next != '\0' && known != std::string_view::npos) {
    out += values[known];
    return 2;
  }
  if (next == '0') {
    int value = 0;
    std::size_t at = 2;
    for (; at < text.size() && at < 5 && text[at] >= '0' && text[at] <= '7'; ++at)
      value = value * 8 + (text[at] - '0');
    if (at == 5 && value < 256) {
      if (value < 0x80) {
        out += static_cast<char>(value);
      } else {  // a code point, written as UTF-8
        out += static_cast<char>(0xC0 | (value >> 6));
        out += static_cast<char>(0x80 | (value & 0x3F));
      }
      return at;
    }
  }
  out += '\\';
  return 1;
}

std::string expand_escapes(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\\')
      at += take_escape(text.substr(at), out);
    else
      out += text[at++];
  }
  return out;
}

class EnvParser {
 public:
  EnvParser(std::string_view text, const Lookup& lookup, const Lookup& earlier)
      : rest_(text), lookup_(lookup) {
    known_ = [this, &earlier](std::string_view name) -> const std::string* {
      if (const std::string* value = lookup_(name)) return value;
      const auto found = seen_.find(name);
      if (found != seen_.end()) return &found->second;
      return earlier ? earlier(name) : nullptr;
    };
  }

  EnvFile run() {
    while (skip_to_statement())
      if (!statement()) break;
    return std::move(file_);
  }

 private:
  void advance(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      if (rest_[i] == '\n') ++line_;
    rest_.remove_prefix(count);
  }

  bool skip_to_statement() {
    while (!rest_.empty()) {
      if (is_space(rest_[0]))
        advance(1);
      else if (rest_[0] == '#')
        advance(std::min(rest_.find('\n'), rest_.size()));
      else
        return true;
    }
    return false;
  }

  bool fail(std::string message) {
    file_.problems.push_back({line_, std::move(message)});
    return false;
  }

  /// In docker compose's words, but for the text of the line: what stands in an env file may be secret.
  bool fail_at_line(const std::string& message) {
    return fail("line " + std::to_string(line_) + ": " + message);
  }

  void skip_export() {
    if (rest_.substr(0, 6) != "export" || rest_.size() < 7 || !is_space(rest_[6])) return;
    advance(6);
    while (!rest_.empty() && is_blank(rest_[0])) advance(1);
  }

  bool statement() {
    skip_export();
    std::size_t at = 0;
    while (at < rest_.size() && rest_[at] != '=' && rest_[at] != ':' && rest_[at] != '\n') {
      if (!is_blank(rest_[at]) && !in_name(rest_[at]))
        return fail_at_line("unexpected character \"" + std::string(1, rest_[at]) + "\" in variable name");
      ++at;
    }
    const std::string name(trim_end(rest_.substr(0, at)));
    if (name.find(' ') != std::string::npos) return fail_at_line("key cannot contain a space");
    const bool inherited = at == rest_.size() || rest_[at] == '\n';
    const std::uint32_t line = line_;
    advance(inherited ? at : at + 1);
    if (inherited) {
      if (const std::string* value = lookup_(name)) add(name, *value, line);
      return true;
    }
    while (!rest_.empty() && is_blank(rest_[0])) advance(1);
    std::string value;
    if (!read_value(value)) return false;
    add(name, std::move(value), line);
    return true;
  }

  void add(const std::string& name, std::string value, std::uint32_t line) {
    file_.variables.push_back({name, value, line});
    seen_[name] = std::move(value);
  }

  bool read_value(std::string& value) {
    if (!rest_.empty() && (rest_[0] == '"' || rest_[0] == '\'')) return quoted(value);
    std::string_view line = rest_.substr(0, rest_.find('\n'));
    const std::size_t length = line.size();
    line = trim_end(line.substr(0, line.find(" #")));
    if (!expand(line, value)) return false;
    advance(length);
    return true;
  }

  bool quoted(std::string& value) {
    const char quote = rest_[0];
    std::string raw;
    std::size_t at = 1;
    bool escaped = false;
    for (; at < rest_.size(); ++at) {
      const char c = rest_[at];
      if (c == '\\' && !escaped) {
        escaped = true;
        continue;
      }
      if (c == quote && !escaped) break;
      if (escaped && c != quote) raw += '\\';
      escaped = false;
      raw += c;
    }
    if (at >= rest_.size()) return fail_at_line("unterminated quoted value");
    if (quote == '\'')
      value = std::move(raw);
    else if (!expand(expand_escapes(raw), value))
      return false;
    advance(at + 1);
    return true;
  }

  bool expand(std::string_view text, std::string& value) {
    Substitution result = substitute(text, known_);
    for (std::string& name : result.unset) file_.unset.emplace_back(line_, std::move(name));
    if (!result.problem.empty())
      return fail(result.missing.empty() ? "Invalid template: " + result.problem : result.problem);
    value = std::move(result.text);
    return true;
  }

  std::string_view rest_;
  const Lookup& lookup_;
  Lookup known_;
  std::uint32_t line_ = 1;
  std::map<std::string, std::string, std::less<>> seen_;
  EnvFile file_;
};

}  // namespace

EnvFile parse_env_file(std::string_view text, const Lookup& lookup, const Lookup& earlier) {
  return EnvParser(without_mark(text), lookup, earlier).run();
}

EnvFile parse_raw_env_file(std::string_view text, const Lookup& lookup) {
  EnvFile file;
  text = without_mark(text);
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    while (!line.empty() && is_blank(line[0])) line.remove_prefix(1);
    if (line.empty() || line[0] == '#') continue;
    const std::size_t equals = line.find('=');
    const std::string name(line.substr(0, equals));
    if (name.empty()) {
      file.problems.push_back({number, "no variable name on line " + std::to_string(number)});
    } else if (name.find_first_of(" \t") != std::string::npos) {
      file.problems.push_back({number, "variable '" + name + "' contains whitespaces"});
    } else if (equals != std::string_view::npos) {
      file.variables.push_back({name, std::string(line.substr(equals + 1)), number});
    } else if (const std::string* value = lookup(name)) {
      file.variables.push_back({name, *value, number});
    }
  }
  return file;
}

}  // namespace crstack::manifest
