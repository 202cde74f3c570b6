// SPDX-License-Identifier: MIT
#include "manifest/syntax/syntax.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

using namespace crstack::manifest::syntax;

namespace {

std::string text(const Port& port) {
  return port.host_ip + '|' + port.published + '|' + std::to_string(port.target) + '|' + port.protocol;
}

std::string ports(const char* spec) {
  std::string all;
  for (const Port& port : parse_ports(spec)) all += (all.empty() ? "" : " ") + text(port);
  return all;
}

std::string mount(const char* spec) {
  const Mount m = parse_mount(spec);
  return m.type + '|' + m.source + '|' + m.target + '|' + m.propagation + m.selinux +
         (m.read_only ? "|ro" : "") + (m.nocopy ? "|nocopy" : "") + (m.has_volume_options ? "|volume" : "");
}

struct Row {
  const char* spec;
  const char* result;
};

}  // namespace

TEST_CASE("ports in short form", "[manifest]") {
  const std::vector<Row> rows = {{"80", "||80|tcp"},
                                 {"8080:80", "|8080|80|tcp"},
                                 {"127.0.0.1:8080:80", "127.0.0.1|8080|80|tcp"},
                                 {"127.0.0.1::80", "127.0.0.1||80|tcp"},
                                 {"[::1]:80:80", "::1|80|80|tcp"},
                                 {"[::1]::80", "::1||80|tcp"},
                                 {"80/UDP", "||80|udp"},
                                 {"80/sctp", "||80|sctp"},
                                 {"80/", "||80|tcp"},
                                 {":80", "||80|tcp"},
                                 {"080:080", "|80|80|tcp"},
                                 {"0:80", "|0|80|tcp"},
                                 {"6060:6060/udp/tcp", "|6060|6060|udp"},
                                 {"8080-8081:80-81", "|8080|80|tcp |8081|81|tcp"},
                                 {"8000-9000:80", "|8000-9000|80|tcp"},
                                 {"9-11", "||10|tcp ||11|tcp ||9|tcp"},
                                 {"3000-3001", "||3000|tcp ||3001|tcp"}};
  for (const Row& row : rows) {
    INFO(row.spec);
    CHECK(ports(row.spec) == row.result);
  }
}

TEST_CASE("ports that are refused", "[manifest]") {
  for (const char* spec : {"",     " ",    "::1:80:80",   "80/foo",     "1-2:1-3", "65536", "80:",
                           "a:80", "80:a", "1.2.3:80:80", "host:80:80", "/tcp",    "3-1",   "80:80:80",
                           "+80",  "8 0",  "1.2.3.4:80",  "99999:80",   "-80",     "80-",   "[::1:80"}) {
    INFO(spec);
    CHECK_THROWS_AS(parse_ports(spec), SyntaxError);
  }
}

TEST_CASE("volumes in short form", "[manifest]") {
  const std::vector<Row> rows = {{"/x", "volume||/x|"},
                                 {"/xy", "volume||/xy||volume"},
                                 {"v", "volume||v|"},
                                 {"v:/x", "volume||v:/x||volume"},
                                 {"vol:/x", "volume|vol|/x||volume"},
                                 {"vol:/x:ro", "volume|vol|/x||ro|volume"},
                                 {"vol:/x:ro,nocopy", "volume|vol|/x||ro|nocopy|volume"},
                                 {"/x:/y", "bind|/x|/y|"},
                                 {"./x:/y", "bind|./x|/y|"},
                                 {"~:/y", "bind|~|/y|"},
                                 {"/a:/b:Z,ro", "bind|/a|/b|Z|ro"},
                                 {"/a:/b:rshared", "bind|/a|/b|rshared"},
                                 {"/a:/b:cached", "bind|/a|/b|"},
                                 {"/a:/b:nocopy", "bind|/a|/b||nocopy|volume"},
                                 {"C:\\x:/y", "bind|C:\\x|/y|"},
                                 {"c:\\x:d:\\y:ro", "bind|c:\\x|d:\\y||ro"},
                                 {"\\\\.\\pipe\\x:/y", "bind|\\\\.\\pipe\\x|/y|"},
                                 {"v:/x:ro:rw", "bind|v:/x|ro|"},
                                 {"vol:${TARGET:-/x}", "volume|vol|${TARGET:-/x}||volume"}};
  for (const Row& row : rows) {
    INFO(row.spec);
    CHECK(mount(row.spec) == row.result);
  }
}

TEST_CASE("volumes that are refused", "[manifest]") {
  for (const char* spec : {"", ":/x", "/a:/b:", "vol::/x", "/a:/b:ro:rw"}) {
    INFO(spec);
    CHECK_THROWS_AS(parse_mount(spec), SyntaxError);
  }
}

TEST_CASE("command lines are split as a shell splits words", "[manifest]") {
  using Words = std::vector<std::string>;
  const std::vector<std::pair<const char*, Words>> rows = {{"a b", {"a", "b"}},
                                                           {" a  b\n", {"a", "b"}},
                                                           {"a \"b c\" d", {"a", "b c", "d"}},
                                                           {"a 'b \"c' d", {"a", "b \"c", "d"}},
                                                           {"a\\ b", {"a b"}},
                                                           {"a\\nb", {"anb"}},
                                                           {"\"a\\\"b\"", {"a\"b"}},
                                                           {"'a\\b'", {"a\\b"}},
                                                           {"", {}},
                                                           {"\"\"", {""}},
                                                           {"a \"\" b", {"a", "", "b"}},
                                                           {"a\"b\"c", {"abc"}},
                                                           {"echo a; b", {"echo", "a"}},
                                                           {"a && b", {"a"}},
                                                           {"a > b", {"a"}},
                                                           {"2>b", {}},
                                                           {"a # b", {"a", "#", "b"}},
                                                           {"`ls -l`", {"`ls -l`"}},
                                                           {"$(b c) d", {"$(b c)", "d"}},
                                                           {"a \"$(b)\" c", {"a", "$(b)", "c"}}};
  for (const auto& [line, words] : rows) {
    INFO(line);
    CHECK(split_command(line) == words);
  }
  for (const char* line : {"\"a", "a 'b", "a\\", "a (b)", "(a", "a)", "a `b", "a\\\\\"b"}) {
    INFO(line);
    CHECK_THROWS_AS(split_command(line), SyntaxError);
  }
}

TEST_CASE("devices and extra hosts", "[manifest]") {
  CHECK(parse_device("/a") == Device{"/a", "/a", "rwm"});
  CHECK(parse_device("/a:/b") == Device{"/a", "/b", "rwm"});
  CHECK(parse_device("/a:/b:r") == Device{"/a", "/b", "r"});
  CHECK(parse_device("a:") == Device{"a", "a", "rwm"});
  CHECK_THROWS_AS(parse_device("/a:/b:r:x"), SyntaxError);
  CHECK(parse_extra_host("a:1.2.3.4") == HostAddress{"a", "1.2.3.4"});
  CHECK(parse_extra_host("a=::1") == HostAddress{"a", "::1"});
  CHECK(parse_extra_host("a:::1") == HostAddress{"a", "::1"});
  CHECK(parse_extra_host("a:[::1]") == HostAddress{"a", "::1"});
  CHECK(parse_extra_host("a:b:c") == HostAddress{"a", "b:c"});
  CHECK_THROWS_AS(parse_extra_host("a"), SyntaxError);
  CHECK_THROWS_AS(parse_extra_host("=1"), SyntaxError);
  CHECK(is_ip_address("10.0.0.1"));
  CHECK(is_ip_address("fe80::1"));
  CHECK_FALSE(is_ip_address(""));
  CHECK_FALSE(is_ip_address("10.0.0.256"));
}
