// SPDX-License-Identifier: MIT
#include "manifest/dotenv.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace crstack::manifest;

namespace {

const std::string* lookup(std::string_view name) {
  static const std::string value = "val";
  return name == "SET" ? &value : nullptr;
}

/// `NAME=value` lines; problems as `!LINE: message`.
std::string written(const EnvFile& file) {
  std::string all;
  for (const auto& variable : file.variables) all += variable.name + "=" + variable.value + "\n";
  for (const auto& problem : file.problems)
    all += "!" + std::to_string(problem.line) + ": " + problem.message + "\n";
  return all;
}

std::string read(std::string_view text) {
  return written(parse_env_file(text, lookup));
}
std::string read_raw(std::string_view text) {
  return written(parse_raw_env_file(text, lookup));
}

}  // namespace

TEST_CASE("env files: what a value is", "[manifest]") {
  struct Row {
    const char *text, *variables;
  };
  const Row rows[] = {
      {"A=1\nB = 2 \n# c\n\nC=3 # note\nD=3#4\n", "A=1\nB=2\nC=3\nD=3#4\n"},
      {"export A=1\nexport  B=2\nexported=3\n", "A=1\nB=2\nexported=3\n"},
      {"A: yaml\nB:\n", "A=yaml\nB=\n"},
      {"A.B-c[0]=1\n1D=5\n", "A.B-c[0]=1\n1D=5\n"},
      {"A='it\\'s $X\\n'\n", "A=it's $X\\n\n"},
      {"A=\"a\\tb \\$X \\x41 \\0101 \\\"q\\\" $SET\"\n", "A=a\tb $X \\x41 A \"q\" val\n"},
      {"M=\"l1\nl2\"\nN=1\n", "M=l1\nl2\nN=1\n"},
      {"M='l1\n# no comment\nl2'\n", "M=l1\n# no comment\nl2\n"},
      {"A=1\nB=${A}-$SET-$$A\n", "A=1\nB=1-val-$A\n"},
      {"B=${A:-x}${A:+y}\n", "B=x\n"},
      {"SET\nNOPE\nA=1\n", "SET=val\nA=1\n"},
      {"A=1\r\nB=\"2\"\r\n", "A=1\nB=2\n"},
      {"\xEF\xBB\xBF"
       "A=1",
       "A=1\n"},
      {"A=\"x\" # note\nB='y'\n", "A=x\nB=y\n"},
      {"A=1\nA=2\n", "A=1\nA=2\n"},
      {"A=\nB=\"\"\n", "A=\nB=\n"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(read(row.text) == row.variables);
  }
}

TEST_CASE("env files: what is wrong is told by the line, without the value", "[manifest]") {
  CHECK(read("A=1\n\nB C=s3cret\n") == "A=1\n!3: line 3: key cannot contain a space\n");
  CHECK(read("A=1\nB=\"s3cret\nC=2\n") == "A=1\n!2: line 2: unterminated quoted value\n");
  CHECK(read("A$=s3cret\n") == "!1: line 1: unexpected character \"$\" in variable name\n");
  CHECK(read("\nA=${s3cret\n") == "!2: Invalid template: a '${' has no closing '}' in its line\n");
}

TEST_CASE("raw env files are taken as they are", "[manifest]") {
  CHECK(read_raw("A=$SET \"q\" # c\n# c\n  B='2'\nSET\nNOPE\r\n") == "A=$SET \"q\" # c\nB='2'\nSET=val\n");
  CHECK(read_raw("A B=1\n=2\n") ==
        "!1: variable 'A B' contains whitespaces\n!2: no variable name on line 2\n");
}

TEST_CASE("what stands above in a file goes before earlier files, the environment before both",
          "[manifest]") {
  const Lookup earlier = [](std::string_view name) -> const std::string* {
    static const std::string value = "earlier";
    return name == "A" || name == "B" || name == "SET" ? &value : nullptr;
  };
  CHECK(written(parse_env_file("A=own\nX=$A-$B-$SET\n", lookup, earlier)) == "A=own\nX=own-earlier-val\n");
}
