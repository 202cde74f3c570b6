// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>
#include <chrono>

#include "unit/manifest/trees.hpp"

using namespace crstack::manifest;
using namespace crstack::manifest::testing;

TEST_CASE("plain scalars get the kind that docker compose gives them", "[manifest]") {
  struct Row {
    const char *yaml, *tree;
  };
  const Row rows[] = {
      {"0755", "493"},
      {"08", "8"},
      {"1_000", "1000"},
      {"0o17", "15"},
      {"0x_1F", "31"},
      {"0b101", "5"},
      {"+5", "5"},
      {"-0o17", "-15"},
      {".5", "0.5"},
      {"1.", "1"},
      {"1e5", "100000"},
      {"1e21", "1e+21"},
      {"123456789.123", "1.23456789123e+08"},
      {"0.1e-6", "1e-07"},
      {"-.inf", "-Inf"},
      {".nan", "NaN"},
      {"True", "true"},
      {"yes", "\"yes\""},
      {"y", "\"y\""},
      {"22:22", "\"22:22\""},
      {"1e400", "\"1e400\""},
      {"0b12", "\"0b12\""},
      {"0x", "\"0x\""},
      {"12e", "\"12e\""},
      {"_1", "\"_1\""},
      {"~", "null"},
      {"", "null"},
      {"'12'", "\"12\""},
      {"!!str 12", "\"12\""},
      {"!!int '3'", "3"},
      {"!!binary aGVsbG8=", "\"hello\""},
      {"!unknown bar", "\"bar\""},
      {"18446744073709551615", "\"18446744073709551615\""},
      {"-9223372036854775807", "-9223372036854775807"},
      {"2024-1-2", "2024-01-02T00:00:00Z"},
      {"2024-02-29 3:4:5.670", "2024-02-29T03:04:05.67Z"},
      {"2024-01-02t03:04:05-00:00", "2024-01-02T03:04:05Z"},
      {"!!timestamp '2024-01-02'", "2024-01-02T00:00:00Z"},
      {"!!str 2024-01-02", "\"2024-01-02\""},
      {"'2024-01-02'", "\"2024-01-02\""},
      {"2023-02-29", "\"2023-02-29\""},
      {"2024-01-02T03:04:05", "\"2024-01-02T03:04:05\""},
      {"2024-01-02 03:04:05Z", "\"2024-01-02 03:04:05Z\""},
      {"2024-01-02T24:00:00Z", "\"2024-01-02T24:00:00Z\""},
      {"2024-01", "\"2024-01\""},
  };
  for (const Row& row : rows) {
    INFO(row.yaml);
    CHECK(Reading(std::string("a: ") + row.yaml).text() == std::string("{a: ") + row.tree + "}");
  }
}

TEST_CASE("aliases and merge keys are expanded, own keys win, the first of a list wins", "[manifest]") {
  Reading reading(
      "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz: {<<: [*x, *y], a: 9}\nw: {<<: *x}\nl: [*x, {<<: *y, d: "
      "5}]\n");
  CHECK(reading.said().empty());
  CHECK(text_of(*reading.root().find("z")) == "{a: 9, b: 2, c: 4}");
  CHECK(text_of(*reading.root().find("w")) == "{a: 1, b: 2}");
  CHECK(text_of(*reading.root().find("l")) == "[{a: 1, b: 2}, {d: 5, b: 3, c: 4}]");
}

TEST_CASE("values know their place", "[manifest]") {
  Reading reading("services:\n  web:\n    image: nginx\n    ports: [80, 90]\n");
  const Node& web = *reading.root().find("services")->find("web");
  const Mark image{1, 3, 12};
  CHECK(web.find("image")->mark == image);
  const Mark second{1, 4, 17};
  CHECK(web.find("ports")->as_list()[1].mark == second);
  const Mark key{1, 4, 5};
  CHECK(web.as_map().find("ports")->key_mark == key);
}

TEST_CASE("!reset and !override are taken out and noted", "[manifest]") {
  Reading reading(
      "services:\n  web:\n    ports: !reset []\n    dns: !override [a]\n    cap_add: [!reset a, b]\n");
  CHECK(reading.text() == "{services: {web: {dns: [\"a\"], cap_add: [\"b\"]}}}");
  const std::vector<std::vector<std::string>> cleared = {
      {"services", "web", "ports"}, {"services", "web", "dns"}, {"services", "web", "cap_add", "0"}};
  CHECK(reading.documents[0].cleared == cleared);
}

TEST_CASE("several documents are several trees", "[manifest]") {
  Reading reading("a: 1\n---\nb: 2\n");
  REQUIRE(reading.documents.size() == 2);
  CHECK(text_of(reading.documents[1].root) == "{b: 2}");
}

TEST_CASE("what is wrong with YAML is said with its place", "[manifest]") {
  struct Row {
    const char *yaml, *said;
  };
  const Row rows[] = {
      {"a: 1\nb:\n  c: 1\n  c: 2\n",
       "compose.yaml:4:3: error: mapping key \"c\" already defined at line 3\n    c: 2\n    ^\n"
       "  hint: keep one of the two\n"},
      {"a: {80: x}\n",
       "compose.yaml:1:5: error: non-string key 80 in 'a'\n  a: {80: x}\n      ^\n  hint: quote it\n"},
      {"a: &x [*x]\n",
       "compose.yaml:1:8: error: the anchor 'x' is used inside its own value\n  a: &x [*x]\n         ^\n"
       "  hint: a value can't contain itself\n"},
      {"a: {<<: text}\n",
       "compose.yaml:1:5: error: '<<' merges a map or a list of maps, nothing else\n  a: {<<: text}\n      "
       "^\n"
       "  hint: write <<: *anchor\n"},
      {"a: \"text\nb: c\n",
       "compose.yaml:1:4: error: the quoted text that starts here never ends\n  a: \"text\n     ^\n"
       "  hint: add the closing quote\n"},
      {"a: 'it''s\n",
       "compose.yaml:1:4: error: the quoted text that starts here never ends\n  a: 'it''s\n     ^\n"
       "  hint: add the closing quote\n"},
      {"? [a]\n: b\n",
       "compose.yaml:1:3: error: a key must be a text, not a list or a map\n  ? [a]\n    ^\n"
       "  hint: quote the key\n"},
  };
  for (const Row& row : rows) {
    INFO(row.yaml);
    CHECK(Reading(row.yaml).said() == row.said);
  }
}

TEST_CASE("syntax errors name file and line", "[manifest]") {
  for (const char* yaml : {"a: [1\n", "a: {b: 1\n", "a: *nowhere\n", "a:\n\t- b\n", "a: b: c\n", "a: @b\n"}) {
    INFO(yaml);
    CHECK(Reading(yaml).said().rfind("compose.yaml:", 0) == 0);
  }
}

TEST_CASE("an alias bomb is refused before it takes memory", "[manifest]") {
  std::string yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    yaml += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 8; ++j) yaml += ", " + before;
    yaml += "]\n";
  }
  const auto begin = std::chrono::steady_clock::now();
  const Reading reading(yaml);
  CHECK(reading.diagnostics.has_errors());
  CHECK(reading.said().find("the aliases expand to far more values than the file has") != std::string::npos);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

TEST_CASE("deep nesting is an error, not a crash", "[manifest]") {
  const Reading reading("a: " + std::string(20000, '['));
  CHECK(reading.diagnostics.has_errors());
}
