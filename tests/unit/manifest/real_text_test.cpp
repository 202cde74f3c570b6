// SPDX-License-Identifier: MIT
#include "manifest/real_text.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

using namespace crstack::manifest;

TEST_CASE("a number is written with the fewest digits that read back as the same", "[manifest]") {
  const auto fixed = [](double value) { return shortest_text(value, Width::bits64, Notation::fixed); };
  CHECK(fixed(0) == "0");
  CHECK(fixed(-0.0) == "-0");
  CHECK(fixed(0.1) == "0.1");
  CHECK(fixed(-0.00015) == "-0.00015");
  CHECK(fixed(1.5) == "1.5");
  CHECK(fixed(100) == "100");
  CHECK(fixed(123456.789) == "123456.789");
  CHECK(fixed(1.0 / 3) == "0.3333333333333333");
  CHECK(fixed(0.1 + 0.2) == "0.30000000000000004");
  CHECK(fixed(9007199254740993.0) == "9007199254740992");
  CHECK(fixed(1e20) == "100000000000000000000");
}

TEST_CASE("a number in scientific notation has an exponent of two digits at least", "[manifest]") {
  const auto scientific = [](double value) {
    return shortest_text(value, Width::bits64, Notation::scientific);
  };
  CHECK(scientific(1e6) == "1e+06");
  CHECK(scientific(-1.25e-7) == "-1.25e-07");
  CHECK(scientific(std::numeric_limits<double>::max()) == "1.7976931348623157e+308");
  CHECK(scientific(std::numeric_limits<double>::denorm_min()) == "5e-324");
}

TEST_CASE("a number of 32 bits needs fewer digits", "[manifest]") {
  CHECK(shortest_text(static_cast<double>(0.1F), Width::bits32, Notation::fixed) == "0.1");
  CHECK(shortest_text(static_cast<double>(16777216.0F), Width::bits32, Notation::fixed) == "16777216");
}
