// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>
#include <map>

#include "manifest/interpolate.hpp"
#include "manifest/template.hpp"
#include "unit/manifest/trees.hpp"

using namespace crstack::manifest;
using namespace crstack::manifest::testing;

namespace {

const std::map<std::string, std::string, std::less<>> variables = {
    {"SET", "val"}, {"EMPTY", ""}, {"N", "3"}, {"B", "true"}};

const std::string* lookup(std::string_view name) {
  const auto found = variables.find(name);
  return found == variables.end() ? nullptr : &found->second;
}

}  // namespace

TEST_CASE("variables and their operators", "[manifest]") {
  struct Row {
    const char *text, *result;
  };
  const Row rows[] = {
      {"$SET", "val"},
      {"${SET}x", "valx"},
      {"$SET-x", "val-x"},
      {"$$SET", "$SET"},
      {"$$$SET", "$val"},
      {"$5 a$ $- $", "$5 a$ $- $"},
      {"${UNSET}", ""},
      {"${EMPTY-d}|${EMPTY:-d}|${EMPTY+s}|${EMPTY:+s}", "|d|s|"},
      {"${UNSET-d}|${UNSET:-d}|${UNSET+s}|${UNSET:+s}", "d|d||"},
      {"${SET-d}|${SET:-d}|${SET+s}|${SET:+s}", "val|val|s|s"},
      {"${UNSET:-a${OTHER:-b}c}d", "abcd"},
      {"${SET:+x${UNSET-y}}", "xy"},
      {"${UNSET:-$$x}", "$x"},
      {"${SET:-$${x}}", "val"},
      {"${SET:-$${x}", "val"},
      {"${EMPTY:-$${UNSET:-${SET}}", "${UNSET:-val"},
      {"${UNSET-a:-b}", "a:-b"},
      {"${UNSET:-a-b?c}", "a-b?c"},
      {"${UNSET:-${SET}-${SET}}", "val-val"},
      {"${UNSET:-{\"a\":1}}", "{\"a\":1}"},
      {"${SET}}", "val}"},
      {"${EMPTY?no}", ""},
      {"${SET:?no}", "val"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const Substitution result = substitute(row.text, lookup);
    CHECK(result.problem.empty());
    CHECK(result.text == row.result);
  }
}

TEST_CASE("expressions that can't be used", "[manifest]") {
  for (const char* text :
       {"${}", "${ A}", "${A", "${1}", "${SET!x}", "${SET:x}", "${SET/a/b}", "${U:-a\nb}"}) {
    INFO(text);
    CHECK_FALSE(substitute(text, lookup).problem.empty());
  }
  CHECK(substitute("${UNSET:?set it to ${SET}}", lookup).problem ==
        "required variable UNSET is missing a value: set it to val");
  CHECK(substitute("${EMPTY:?}", lookup).missing == "EMPTY");
  CHECK(substitute("$A ${B1}", lookup).unset == std::vector<std::string>{"A", "B1"});
}

TEST_CASE("nesting without end is an error", "[manifest]") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "${U:-";
  text += std::string(5000, '}');
  CHECK_FALSE(substitute(text, lookup).problem.empty());
}

TEST_CASE("the variables of a text", "[manifest]") {
  const auto uses = variables_of("$A ${B:-x${C}} ${D:?why} ${E:+y} $$F");
  REQUIRE(uses.size() == 5);
  CHECK(uses[1].name == "B");
  CHECK(uses[1].fallback == "x${C}");
  CHECK(uses[2].name == "C");
  CHECK(uses[3].required);
  CHECK(uses[4].alternative == "y");
}

TEST_CASE("interpolation restores kinds by the place of a value", "[manifest]") {
  Reading reading(
      "services:\n  w:\n    scale: ${N}\n    tty: $B\n    cpus: '0.5'\n    init: 'yes'\n    image: $N\n"
      "    ulimits: {nofile: '${N}', nproc: {soft: '1'}}\n    ports: [{target: '80', published: '80'}]\n"
      "    $SET: key\nnetworks: {n: {external: 'true'}}\n");
  interpolate(reading.root(), lookup, reading.diagnostics);
  CHECK(
      reading.text() ==
      "{services: {w: {scale: 3, tty: true, cpus: 0.5, init: true, image: \"3\", ulimits: {nofile: 3, nproc: "
      "{soft: 1}}, ports: [{target: 80, published: \"80\"}], $SET: \"key\"}}, networks: {n: {external: "
      "true}}}");
  CHECK(reading.said() ==
        "compose.yaml:6:11: warning: \"yes\" for boolean is not supported by YAML 1.2, please use `true`\n"
        "      init: 'yes'\n            ^\n");
}

TEST_CASE("interpolation reports all that is wrong, and no value", "[manifest]") {
  Reading reading(
      "services:\n  w:\n    scale: ${SET}\n    image: ${U:?pick one}\n    user: ${\n    hostname: $U\n");
  interpolate(reading.root(), lookup, reading.diagnostics);
  CHECK(
      reading.said() ==
      "compose.yaml:3:12: error: error while interpolating services.w.scale: failed to cast to expected "
      "type: invalid integer\n      scale: ${SET}\n"
      "             ^\n  hint: write a plain number\n"
      "compose.yaml:4:12: error: error while interpolating services.w.image: required variable U is missing "
      "a value: pick one\n      image: ${U:?pick one}\n             ^\n"
      "  hint: set U in the environment or in the .env file\n"
      "compose.yaml:5:11: error: invalid interpolation format for services.w.user: a '${' has no closing '}' "
      "in its line\n      user: ${\n            ^\n  hint: You may need to escape any $ with another $.\n"
      "compose.yaml:6:15: warning: The \"U\" variable is not set. Defaulting to a blank string.\n"
      "      hostname: $U\n                ^\n  hint: set it, or write ${U:-} if it may be empty\n");
}
