// SPDX-License-Identifier: MIT
#include "cli/command_line/command_table.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

#include "cli/command_line/completion.hpp"
#include "cli/command_line/help.hpp"
#include "cli/command_line/man_page.hpp"
#include "cli/command_line/version_text.hpp"

using namespace crstack::cli;

namespace {

std::set<std::string_view> keys_of(Options options) {
  std::set<std::string_view> keys;
  for (const auto& row : options) keys.insert(key_of(row));
  return keys;
}

void check_options(Options options) {
  std::set<std::string_view> keys, letters;
  for (const auto& row : options) {
    INFO(row.names);
    CHECK(keys.insert(key_of(row)).second);
    if (!letter_of(row).empty()) CHECK(letters.insert(letter_of(row)).second);
    CHECK((row.means.empty() || keys_of(options).contains(row.means)));
    CHECK((!row.summary.empty() || !row.means.empty()));
    CHECK((row.takes == Takes::flag) == row.value.empty());
    CHECK_FALSE(row.summary.ends_with("."));
  }
}

}  // namespace

TEST_CASE("every row of the command table is complete and sorted", "[cli]") {
  std::string_view last;
  for (const auto* command : all_commands()) {
    INFO(command->name);
    CHECK(last < command->name);
    last = command->name;
    CHECK_FALSE(command->summary.empty());
    CHECK_FALSE(command->summary.ends_with("."));
    CHECK(command->run != nullptr);
    CHECK(find_command(command->name) == command);
    check_options(command->options);
    for (const auto& common : common_options())
      for (const auto& row : command->options) CHECK(key_of(common) != key_of(row));
    const auto help = command_help(*command);
    for (const auto& row : command->options)
      CHECK((help.find("--" + std::string(key_of(row)) + " ") != std::string::npos) ==
            (row.shown == Shown::yes));
  }
  check_options(global_options());
}

TEST_CASE("the parser takes every option of every command", "[cli]") {
  for (const auto* command : all_commands()) {
    std::vector<std::string> words;
    for (const auto& row : command->options)
      words.push_back("--" + std::string(key_of(row)) + (row.takes == Takes::flag ? "" : "=1"));
    INFO(command->name);
    const auto arguments = parse_options(command->options, words, command->interspersed, "crstack");
    for (const auto& row : command->options) CHECK(arguments.given(key_of(row)));
  }
}

TEST_CASE("completions and the manual name every command and option that is shown", "[cli]") {
  const std::string texts[] = {bash_completion(), zsh_completion(), fish_completion(), man_page()};
  for (const auto* command : all_commands()) {
    // A group's own commands (`alpha viz`) are not offered.
    if (command->shown == Shown::hidden || command->name.find(' ') != std::string_view::npos) continue;
    for (const auto& text : texts) CHECK(text.find(command->name) != std::string::npos);
    for (const auto& row : command->options)
      if (row.shown == Shown::yes)
        CHECK(texts[0].find(" --" + std::string(key_of(row))) != std::string::npos);
  }
}

TEST_CASE("the version reads as docker compose's where the program is called by its name", "[cli]") {
  CHECK(version_line(true, "pretty") == "Docker Compose version v2.40.3\n");
  CHECK(version_line(true, "short") == "2.40.3\n");
  CHECK(version_line(true, "json") == "{\"version\":\"v2.40.3\"}\n");
  CHECK(version_line(false, "pretty").starts_with("crstack version v"));
}

TEST_CASE("command table: a command of a group has two words", "[cli]") {
  const std::vector<std::string> viz = {"alpha", "viz", "--ports"}, group = {"alpha", "nosuch"};
  CHECK(find_command(std::span(viz)).command->name == "alpha viz");
  CHECK(find_command(std::span(viz)).words == 2);
  CHECK(find_command(std::span(group)).command->name == "alpha");
  CHECK(group_help(*find_command("alpha")).find("\n  viz ") != std::string::npos);
  CHECK(general_help().find("\n  alpha viz ") != std::string::npos);
}

TEST_CASE("command table: a group may hold another one, whose commands have aliases too", "[cli]") {
  const std::vector<std::string> ls = {"bridge", "transformations", "ls", "-q"}, group = {"bridge", "nosuch"};
  CHECK(find_command(std::span(ls)).command->name == "bridge transformations list");
  CHECK(find_command(std::span(ls)).words == 3);
  CHECK(find_command(std::span(group)).command->name == "bridge");
  CHECK(find_command("ls")->name == "ls");
  const auto help = help_of(*find_command("bridge"));
  CHECK(help.find("\n  convert ") != std::string::npos);
  CHECK(help.find("\n  transformations ") != std::string::npos);
  CHECK(help.find("\n  list ") == std::string::npos);
  CHECK(help_of(*find_command("bridge transformations list"))
            .find("\n  crstack bridge transformations list, crstack bridge transformations ls\n") !=
        std::string::npos);
  CHECK(general_help().find("\n  bridge ") == general_help().find("\n  bridge convert "));
  CHECK(bash_completion().find("words='convert transformations'") != std::string::npos);
}
