// SPDX-License-Identifier: MIT
#include "crstack/ui/diagnostics.hpp"

#include <ctime>

#include "crstack/base/text.hpp"
#include "ui/utf8.hpp"

namespace crstack::ui {
namespace {

constexpr std::string_view kRed = "\033[1;31m", kYellow = "\033[1;33m", kBlue = "\033[1;34m",
                           kReset = "\033[0m";

std::string painted(std::string_view text, std::string_view colour, Colours colours) {
  if (colours == Colours::off) return std::string(text);
  return std::string(colour) + std::string(text) + std::string(kReset);
}

/// RFC 3339 in UTC, to the second.
std::string timestamp(std::chrono::system_clock::time_point now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text, length};
}

/// Colours the first of the words that the line has, and a line that is nothing but a caret.
std::string colour_line(const std::string& line) {
  if (line.find('^') != std::string::npos && line.find_first_not_of(" |^~") == std::string::npos)
    return painted(line, kRed, Colours::on);
  for (const auto& [word, colour] :
       {std::pair{std::string_view("error:"), kRed}, std::pair{std::string_view("warning:"), kYellow},
        std::pair{std::string_view("hint:"), kBlue}}) {
    const std::size_t at = line.find(word);
    const bool begins_word = at != std::string::npos && (at == 0 || line[at - 1] == ' ');
    if (begins_word)
      return line.substr(0, at) + painted(word, colour, Colours::on) + line.substr(at + word.size());
  }
  return line;
}

}  // namespace

void Diagnostics::error(std::string_view message, std::string_view hint, Label label) {
  if (form_ == MessageForm::json) {
    std::string text = "{\"error\":true,\"message\":" + json_quote(message);
    if (!hint.empty()) text += ",\"hint\":" + json_quote(hint);
    output_.write(text + "}\n");
    return;
  }
  std::string text = label == Label::shown ? painted("error:", kRed, colours_) + " " : "";
  text += std::string(message) + "\n";
  if (!hint.empty()) text += painted("hint:", kBlue, colours_) + " " + std::string(hint) + "\n";
  output_.write(text);
}

void Diagnostics::warning(std::string_view message, std::string_view level_name) {
  const std::string level(level_name);
  const std::string time = timestamp(clock_.system_now());
  if (form_ == MessageForm::terminal) {
    output_.write(painted(level + ":", kYellow, colours_) + " " + std::string(message) + "\n");
  } else if (form_ == MessageForm::plain) {
    output_.write("time=\"" + time + "\" level=" + level + " msg=" + json_quote(message) + "\n");
  } else {
    output_.write("{\"level\":\"" + level + "\",\"msg\":" + json_quote(message) + ",\"time\":\"" + time +
                  "\"}\n");
  }
}

void Diagnostics::rendered(std::string_view text) {
  if (colours_ == Colours::off) {
    output_.write(text);
    return;
  }
  std::vector<std::string> lines = split(text, '\n');
  for (std::string& line : lines) line = colour_line(line);
  output_.write(join(lines, "\n"));
}

}  // namespace crstack::ui
