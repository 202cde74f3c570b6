// SPDX-License-Identifier: MIT
#include "crstack/manifest/node.hpp"

#include <catch2/catch_test_macros.hpp>

#include "unit/manifest/trees.hpp"

using namespace crstack::manifest;

TEST_CASE("maps keep their order and find keys however many there are", "[manifest]") {
  Node map = Node::map();
  for (int i = 0; i < 1000; ++i) map.set("key" + std::to_string(999 - i), Node::integer(i));
  CHECK(map.as_map().begin()->key == "key999");
  for (int i = 0; i < 1000; ++i) REQUIRE(map.find("key" + std::to_string(i))->as_integer() == 999 - i);
  CHECK(map.find("key1000") == nullptr);
  CHECK(map.as_map().erase("key500"));
  CHECK_FALSE(map.as_map().erase("key500"));
  CHECK(map.find("key500") == nullptr);
  CHECK(map.find("key499")->as_integer() == 500);
  map.as_map().erase_if([](const Map::Entry& entry) { return entry.value.as_integer() % 2 == 0; });
  CHECK(map.find("key999") == nullptr);
  CHECK(map.find("key998")->as_integer() == 1);
  map.as_map().sort_keys();
  CHECK(map.as_map().begin()->key == "key0");
  CHECK(map.find("key998")->as_integer() == 1);
}

TEST_CASE("trees are equal whatever the order of their keys and wherever they stand", "[manifest]") {
  testing::Reading a("{x: 1, y: [a, {b: c}]}");
  testing::Reading b("y:\n- a\n- b: c\nx: 1\n");
  CHECK(a.root() == b.root());
  b.root().set("x", Node::real(1));
  CHECK_FALSE(a.root() == b.root());
  Node copy = a.root();
  copy.find("y")->push(Node::null());
  CHECK_FALSE(copy == a.root());
}

TEST_CASE("a value that was moved from is null", "[manifest]") {
  Node list = Node::list();
  const Node other = std::move(list);
  CHECK(list.is_null());  // NOLINT(bugprone-use-after-move): this is the promise
  CHECK(other.is_list());
}
