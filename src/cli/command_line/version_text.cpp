// SPDX-License-Identifier: MIT
#include "cli/command_line/version_text.hpp"

#include <cstdio>
#include <string_view>

namespace crstack::cli {
namespace {

bool named_like_compose(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  return name.starts_with("docker-compose");
}

/// `docker info` and others take the number for that of docker compose, by which they decide what it can do.
void print_plugin_metadata() {
  std::printf(
      "{\"SchemaVersion\":\"0.1.0\",\"Vendor\":\"crstack\",\"Version\":\"v%s\","
      "\"ShortDescription\":\"Docker Compose (crstack)\"}\n",
      compose_version);
}

}  // namespace

std::string version_line(bool as_compose, std::string_view form) {
  const std::string number = as_compose ? compose_version : CRSTACK_VERSION;
  if (form == "short") return number + "\n";
  if (form == "json") return "{\"version\":\"v" + number + "\"}\n";
  return (as_compose ? "Docker Compose version v" : "crstack version v") + number + "\n";
}

bool answer_at_once(int argc, char** argv) {
  if (argc < 2) return false;
  const bool as_compose = named_like_compose(argv[0]);
  int at = 1;
  if (as_compose && std::string_view(argv[at]) == "compose" && argc > 2) ++at;
  const std::string_view command = argv[at];
  if (command == "docker-cli-plugin-metadata") {
    print_plugin_metadata();
    return true;
  }
  if (command != "version" && command != "--version" && command != "-v") return false;
  std::string_view form = "pretty";
  bool is_short = false;
  for (++at; at < argc; ++at) {
    const std::string_view word = argv[at];
    const bool more = at + 1 < argc;
    if (word == "--short") {
      is_short = true;
    } else if ((word == "-f" || word == "--format") && more) {
      form = argv[++at];
    } else if (word.starts_with("--format=")) {
      form = word.substr(9);
    } else if (word != "--dry-run") {
      return false;
    }
  }
  std::fputs(version_line(as_compose, is_short ? "short" : form).c_str(), stdout);
  return true;
}

}  // namespace crstack::cli
