// SPDX-License-Identifier: MIT
#include "crstack/base/shared.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using crstack::Shared;

TEST_CASE("copies share a value until one of them changes it", "[base]") {
  Shared<std::string> first(std::string("one"));
  auto second = first;
  CHECK(&*first == &*second);
  second.edit() += " more";
  CHECK(*first == "one");
  CHECK(*second == "one more");
  const auto* before = &*second;
  second.edit() += " again";  // nobody else has it
  CHECK(&*second == before);
}
