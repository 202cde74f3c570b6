// SPDX-License-Identifier: MIT
#include "crstack/base/units.hpp"

#include <catch2/catch_test_macros.hpp>
#include <utility>
#include <vector>

using namespace crstack;
using namespace std::chrono_literals;

TEST_CASE("durations are read and written as the specification writes them", "[base]") {
  const std::vector<std::pair<const char*, const char*>> rows = {{"1m30s", "1m30s"},
                                                                 {"26h", "26h0m0s"},
                                                                 {"10us", "10\u00b5s"},
                                                                 {"10\u00b5s", "10\u00b5s"},
                                                                 {"1.5s", "1.5s"},
                                                                 {"0", "0s"},
                                                                 {"-1s", "-1s"},
                                                                 {"1d", "24h0m0s"},
                                                                 {"1w2d", "216h0m0s"},
                                                                 {"1h1h", "2h0m0s"},
                                                                 {".5s", "500ms"},
                                                                 {"1.s", "1s"},
                                                                 {"+3s", "3s"},
                                                                 {"1ms500us", "1.5ms"},
                                                                 {"0.0000001s", "100ns"},
                                                                 {"100000h", "100000h0m0s"},
                                                                 {"90s", "1m30s"},
                                                                 {"1h0.5s", "1h0m0.5s"},
                                                                 {"10\u03bcs", "10\u00b5s"}};
  for (const auto& [text, printed] : rows) {
    INFO(text);
    const auto duration = parse_duration(text);
    REQUIRE(duration);
    CHECK(format_duration(*duration) == printed);
  }
  CHECK(parse_duration("1m30s") == 90s);
  CHECK(parse_duration("25h37m13.520368808s") == 92'233'520'368'808ns);  // all digits of the fraction
}

TEST_CASE("what is no duration is refused", "[base]") {
  for (const char* text :
       {"", "5", "s", ".s", "-", "1e3s", "1H", "1s ", "9999999h", "99999999999999999999s", "1s2"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("byte sizes are read as powers of 1024", "[base]") {
  const std::vector<std::pair<const char*, std::int64_t>> rows = {
      {"512", 512},     {"1k", 1024},  {"1kb", 1024},     {"1KiB", 1024},           {"1.5g", 1610612736},
      {"1 g", 1 << 30}, {"1e3", 1000}, {"1e3k", 1024000}, {"1p", 1125899906842624}, {".5k", 512},
      {"1 ", 1},        {"7b", 7},     {"0", 0},          {"2TB", 2199023255552},   {"3m", 3 << 20}};
  for (const auto& [text, bytes] : rows) {
    INFO(text);
    CHECK(parse_byte_size(text) == bytes);
  }
}

TEST_CASE("what is no byte size is refused", "[base]") {
  for (const char* text :
       {"", "k", "-1", "-1k", "12xb", "1gg", "1e", "0x10", "9999999p", "1kbb", "1bb", "1 2k", "..1"}) {
    INFO(text);
    CHECK_FALSE(parse_byte_size(text));
  }
}

TEST_CASE("whole numbers may have a sign", "[base]") {
  CHECK(parse_integer("7") == 7);
  CHECK(parse_integer("-7") == -7);
  CHECK(parse_integer("+7") == 7);
  for (const char* text : {"", "+", "+-7", "7.0", " 7", "7 ", "0x7", "9223372036854775808"}) {
    INFO(text);
    CHECK_FALSE(parse_integer(text));
  }
}

TEST_CASE("sizes and spans for people", "[base]") {
  CHECK(format_byte_size(0) == "0B");
  CHECK(format_byte_size(1500000) == "1.5MB");
  CHECK(format_byte_size(999) == "999B");
  CHECK(format_elapsed(400ms) == "0.4s");
  CHECK(format_elapsed(12340ms) == "12.3s");
  CHECK(format_elapsed(125s) == "2m 05s");
  CHECK(format_elapsed(59960ms) == "1m 00s");
  CHECK(format_elapsed(3725s) == "1h 02m");
}
