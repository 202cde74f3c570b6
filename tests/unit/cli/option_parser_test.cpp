// SPDX-License-Identifier: MIT
#include "cli/command_line/option_parser.hpp"

#include <catch2/catch_test_macros.hpp>

#include "cli/command_line/command_table.hpp"
#include "cli/command_line/suggest.hpp"
#include "crstack/base/error.hpp"

using namespace crstack;
using namespace crstack::cli;

namespace {

constexpr Option rows[] = {
    {"-d,--detach", Takes::flag, "", "Leave it in the background", ""},
    {"-e,--env", Takes::list, "stringArray", "Variables", ""},
    {"--entrypoint", Takes::text, "string", "Entry point", ""},
    {"-n,--tail", Takes::number, "int", "Lines", ""},
    {"-T,--no-tty", Takes::flag, "", "No terminal", ""},
    {"--no-TTY", Takes::flag, "", "", "", Shown::hidden, "no-tty"},
};

using Words = std::vector<std::string>;

Arguments parse(const Words& words, Interspersed interspersed = Interspersed::yes) {
  return parse_options(rows, words, interspersed, "crstack exec");
}

struct Refusal {
  std::string what, hint;
  bool operator==(const Refusal&) const = default;
};

Refusal refusal(const Words& words) {
  try {
    parse(words);
  } catch (const UsageError& error) {
    return {error.what(), error.hint()};
  }
  return {};
}

}  // namespace

TEST_CASE("options take their values in every form", "[cli]") {
  struct Case {
    Words words;
    std::string key, value;
  };
  const Case cases[] = {
      {{"--tail", "-1"}, "tail", "-1"},
      {{"--tail=5"}, "tail", "5"},
      {{"-n5"}, "tail", "5"},
      {{"-n", "5"}, "tail", "5"},
      {{"-n=5"}, "tail", "5"},
      {{"-dn", "5"}, "tail", "5"},
      {{"--entrypoint="}, "entrypoint", ""},
      {{"--entrypoint", ""}, "entrypoint", ""},
      {{"--entrypoint", "--x"}, "entrypoint", "--x"},
      {{"-d=false"}, "detach", "false"},
      {{"--detach=0"}, "detach", "false"},
      {{"-Td"}, "detach", "true"},
      {{"--entrypoint=a=b"}, "entrypoint", "a=b"},
      {{"--entrypoint", "-d=false"}, "entrypoint", "-d=false"},
      {{"--entrypoint", "--"}, "entrypoint", "--"},
      {{"--entrypoint", "[\"a\", \"b\"]"}, "entrypoint", "[\"a\", \"b\"]"},
      {{"--entrypoint=[[a]]"}, "entrypoint", "[[a]]"},
      {{"--entrypoint={}"}, "entrypoint", "{}"},
      {{"-Td=false"}, "detach", "false"},
      {{"-n", "-5"}, "tail", "-5"},
      {{"-e", "%%"}, "env", "%%"},
      {{"-e="}, "env", ""},
      {{"-d", "-d=0"}, "detach", "false"},
      {{"--tail=1", "--tail=2"}, "tail", "2"},
  };
  for (const auto& one : cases) {
    INFO(one.words.front());
    CHECK(parse(one.words).text(one.key) == one.value);
  }
}

TEST_CASE("an old name of an option gives that one its value", "[cli]") {
  CHECK(parse({"--no-TTY"}).flag("no-tty"));
  CHECK(parse({"--no-TTY"}).given("no-TTY"));
  CHECK_FALSE(parse({"--no-TTY=false"}).flag("no-tty"));
}

TEST_CASE("a list keeps its values as they are, commas included", "[cli]") {
  CHECK(parse({"-e", "A=1,2", "--env=B=", "-eC"}).list("env") == Words{"A=1,2", "B=", "C"});
}

TEST_CASE("options may stand behind positional arguments, unless the rest is another program's", "[cli]") {
  const auto mixed = parse({"web", "-d", "db", "--", "-d"});
  CHECK(mixed.flag("detach"));
  CHECK(mixed.positional() == Words{"web", "db", "-d"});
  const auto command = parse({"-T", "web", "ls", "-d", "--unknown", "--"}, Interspersed::no);
  CHECK(command.flag("no-tty"));
  CHECK_FALSE(command.flag("detach"));
  CHECK(command.positional() == Words{"web", "ls", "-d", "--unknown", "--"});
  CHECK(parse({"-"}).positional() == Words{"-"});
  CHECK(parse({"--", "-d", "--", "--x=y"}).positional() == Words{"-d", "--", "--x=y"});
  CHECK(parse({"-T", "--", "web", "-n=5"}, Interspersed::no).positional() == Words{"web", "-n=5"});
  CHECK(parse({"web", "", "++", "a,b"}).positional() == Words{"web", "", "++", "a,b"});
}

TEST_CASE("a wrong option is refused with what was meant", "[cli]") {
  CHECK(refusal({"--detatch"}) == Refusal{"unknown flag: --detatch", "Did you mean --detach?"});
  CHECK(refusal({"--zebra=1"}) == Refusal{"unknown flag: --zebra", "See 'crstack exec --help'."});
  CHECK(refusal({"-dZ"}) == Refusal{"unknown shorthand flag: 'Z' in -dZ", "See 'crstack exec --help'."});
  CHECK(refusal({"-p", "x"}) ==
        Refusal{"unknown shorthand flag: 'p' in -p",
                "-p is a global option: write it in front of the command, as in 'crstack -p … exec'."});
  CHECK(refusal({"-Tdp5"}) == Refusal{"unknown shorthand flag: 'p' in -Tdp5", "See 'crstack exec --help'."});
  CHECK(refusal({"-5"}) == Refusal{"unknown shorthand flag: '5' in -5", "See 'crstack exec --help'."});
  CHECK(refusal({"--detatch", "-n"}).what == "unknown flag: --detatch");
  CHECK(refusal({"--detach="}).what == "invalid argument \"\" for \"-d, --detach\" flag: not a boolean");
  CHECK(refusal({"--tail="}).what == "invalid argument \"\" for \"-n, --tail\" flag: not a whole number");
  CHECK(refusal({"--tail"}) == Refusal{"flag needs an argument: --tail", ""});
  CHECK(refusal({"-dn"}) == Refusal{"flag needs an argument: 'n' in -dn", ""});
  CHECK(refusal({"--tail", "x"}) ==
        Refusal{"invalid argument \"x\" for \"-n, --tail\" flag: not a whole number", ""});
  CHECK(
      refusal({"--detach=maybe"}) ==
      Refusal{"invalid argument \"maybe\" for \"-d, --detach\" flag: not a boolean", "Write true or false."});
}

TEST_CASE("asking for an option that a command does not have is a programmer's error", "[cli]") {
  const auto arguments = parse({});
  CHECK_THROWS_AS(arguments.flag("detatch"), std::logic_error);
  CHECK(arguments.flag_or("detach", true));
  CHECK(arguments.text_or("entrypoint", "x") == "x");
  CHECK_FALSE(arguments.number("tail").has_value());
}

TEST_CASE("an unknown command gets the nearest one as a hint", "[cli]") {
  CHECK(suggest_command("verson") == "Did you mean 'version'?");
  CHECK(suggest_command("imagse") == "Did you mean 'images'?");
  CHECK(suggest_command("zzzzzz") == "See 'crstack --help' for the commands.");
}
