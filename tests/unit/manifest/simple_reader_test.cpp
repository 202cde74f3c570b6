// SPDX-License-Identifier: MIT
#include "manifest/simple_reader.hpp"

#include <catch2/catch_test_macros.hpp>

#include "manifest/similar_keys.hpp"
#include "unit/manifest/trees.hpp"

using namespace crstack::manifest;
using namespace crstack::manifest::testing;

namespace {

/// A text as the simple reader reads it, with all places; empty where it leaves it to yaml-cpp.
std::string simple(const std::string& text) {
  Sources sources;
  const auto document = read_simple_document(sources.add("compose.yaml", text), sources);
  return document ? text_of(document->root, Marks::shown) : "";
}

/// The same, read by yaml-cpp; empty where it is no single flawless document.
std::string thorough(const std::string& text) {
  Sources sources;
  Diagnostics diagnostics(sources);
  const auto documents = read_any_documents(sources.add("compose.yaml", text), sources, diagnostics);
  return documents.size() == 1 && !diagnostics.has_errors() ? text_of(documents[0].root, Marks::shown) : "";
}

}  // namespace

TEST_CASE("the simple reader gives what yaml-cpp gives, places too", "[manifest]") {
  for (const char* text : {
           "a: 1\nb: text with words \nc: 'it''s'\nd: \"x\\ty\\\"\\\\\\n\"\n",
           "---\n# comment\nservices: # here\n  web:\n    image: nginx:1.2 # and here\n\n    ports:\n    - "
           "80:80\n"
           "    -   \"81:81\"\n  db: {image: postgres, command: [a, 'b', \"c\", -1, http://x/y]}\n",
           "a:\nb:\n  c:\n  d:\n    - e:\n    -\n    - - x\n      - y\n    - {}\nf: []\n",
           "- a: 1\n  b: 2\n-\n  c: 3\n- d\n",
           "x: &x\n  a: 1\ny: &y {b: 2}\nz: &z text\nl: &l\n- *x\n- *z\nw:\n  <<: [*x, *y]\n  c: *l\n",
           "{\"a\":1,\"b\": [true, null, ~, \"\"],\n \"c\":\n {}}",
           "a: 0\nümlaut: grüß Gott\nб: [\"в\", 'г'] # д\nz: 1\n",
           "a: -x\nb: --flag\nc: a#b\nd: a:b\ne: x - y\nf: .5\ng: ../x\nh: $VAR\ni: <<\nj: 'a\\b'\n",
           "a: 1\n\n\n   # deep\n# flat\nb:\n",
       }) {
    INFO(text);
    CHECK(simple(text) == thorough(text));
    CHECK(simple(text) != "");
  }
}

TEST_CASE("the simple reader leaves everything else to yaml-cpp", "[manifest]") {
  for (const char* text : {"",
                           "# nothing\n",
                           "text",
                           "a: |\n  b\n",
                           "a: >-\n  b\n",
                           "a: !reset null\n",
                           "a: 1\n---\nb: 2\n",
                           "a: 1\n...\n",
                           "%YAML 1.2\n---\na: 1\n",
                           "a: b\n  c\n",
                           "a: \"b\n  c\"\n",
                           "a: [b\n c]\n",
                           "? a\n: b\n",
                           "a:\n\tb: 1\n",
                           "a: 1\r\nb: 2\r\n",
                           "\xEF\xBB\xBF"
                           "a: 1\n",
                           "a: 1\na: 2\n",
                           "1: a\n",
                           "a: *x\n",
                           "a: &x\n",
                           "a: 'b\n",
                           "a: \"\\x41\"\n",
                           "a: b: c\n",
                           "a: [b: c]\n",
                           "a: {b, c}\n",
                           "a: [b, ]\n",
                           "a : 1\n",
                           "- a\nb: 1\n",
                           "a:\n  b: 1\n c: 2\n",
                           "a: 1\n- b\n",
                           "[a]: 1\n",
                           "a: \"b\" c\n",
                           "a: @b\n",
                           "a: `b`\n",
                           "a: %b\n",
                           "a:",
                           "a: *\n",
                           "a: {b: }\n",
                           "a: [?]\n",
                           "-\n a\n",
                           "a: &x &y 1\n",
                           "&a b: 1\n",
                           "a: #b\n c\n"}) {
    INFO(text);
    CHECK(simple(text) == "");
  }
}

TEST_CASE("a line is found by its number, without its end", "[manifest]") {
  Sources sources;
  const auto file = sources.add("compose.yaml", "one\r\n\ntwo");
  CHECK(sources.line(file, 1) == "one");
  CHECK(sources.line(file, 2) == "");
  CHECK(sources.line(file, 3) == "two");
  CHECK(sources.line(file, 4) == "");
  CHECK(sources.line(file, 0) == "");
}

TEST_CASE("among very many keys only the first names get a suggestion", "[manifest]") {
  Node map = Node::map();
  for (int i = 0; i < 400'000; ++i) map.as_map().insert("k" + std::to_string(i));
  map.as_map().insert("database");
  SimilarKeys similar;
  CHECK(similar.to("databse", &map) == "database");
  CHECK(similar.to("databse", &map) == "database");
  CHECK(similar.to("databse", &map) == "");
  CHECK(similar.to("x", nullptr) == "");
}
