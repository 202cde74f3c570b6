// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <vector>

#include "canonical.hpp"
#include "manifest/keys/rule.hpp"

using namespace crstack::manifest;
using test::Run;
using test::service_with;

namespace {

struct Row {
  const char* line;
  const char* problems;  ///< without the place; "" where the line is fine
};

std::string checked(const char* line) {
  std::string text = Run(service_with(line)).check().problems();
  const auto place = text.find(": ");
  return place == std::string::npos ? text : text.substr(place + 2);
}

}  // namespace

TEST_CASE("what is wrong with a value is said with its key", "[manifest]") {
  const std::vector<Row> rows = {
      {"restart: false", "services.s.restart must be a string, not a boolean [put the value in quotes]\n"},
      {"hostname:",
       "services.s.hostname must be a string, but it is empty [give it a value, or remove the key]\n"},
      {"ports: 80", "services.s.ports must be a array, not a number\n"},
      {"cap_add: [A, B, A]", "services.s.cap_add has an entry twice [remove one of them]\n"},
      {"cgroup: hsot", "services.s.cgroup value must be one of 'host', 'private' [did you mean `host`?]\n"},
      {"cpu_percent: 101", "services.s.cpu_percent must be at most 100\n"},
      {"cpu_count: -1", "services.s.cpu_count must be at least 0\n"},
      {"mem_reservation: 2.5",
       "services.s.mem_reservation must be an integer or string, not a number [put the value in quotes]\n"},
      {"depends_on: {t: {restart: true}}",
       "services.s.depends_on.t missing property 'condition' [add `condition: …`]\n"},
      {"depends_on: {t u: {condition: service_started}}",
       "services.s.depends_on additional properties 't u' not allowed [use letters, digits, '.', '_' and "
       "'-']\n"},
      {"container_name: '-'",
       "services.s.container_name \"-\" does not match pattern '[a-zA-Z0-9][a-zA-Z0-9_.-]+'\n"},
      {"command: 12",
       "services.s.command must be a string or list, not a number [put the value in quotes]\n"},
      {"environment: {'': x}", "services.s.environment.\"\" is not allowed: the name is empty\n"}};
  for (const Row& row : rows) {
    INFO(row.line);
    CHECK(checked(row.line) == row.problems);
  }
}

TEST_CASE("a misspelt key is named where it stands, with the one that was meant", "[manifest]") {
  Run run("services:\n  web:\n    imgae: x\n    build:\n      contxt: .\n    zzzzzz: 1\nservces: {}\n");
  CHECK(run.check().problems() ==
        "3:5: services.web additional properties 'imgae' not allowed [did you mean `image`?]\n"
        "5:7: services.web.build additional properties 'contxt' not allowed [did you mean `context`?]\n"
        "6:5: services.web additional properties 'zzzzzz' not allowed [a key of your own must start with "
        "`x-`]\n"
        "7:1: additional properties 'servces' not allowed [did you mean `services`?]\n");
}

TEST_CASE("what the reference accepts is accepted", "[manifest]") {
  for (const char* line : {"mem_reservation: 2.0",
                           "x-mine: [1, {a: b}]",
                           "deploy:",
                           "develop:",
                           "command:",
                           "command: ''",
                           "entrypoint: []",
                           "pid:",
                           "ulimits: {nofile: 5, NOFILE: {a: b}}",
                           "gpus: [{unknown: 1}]",
                           "gpus: all",
                           "ports: ['80', 81, {target: 1}]",
                           "expose: [80, '80']",
                           "environment: {A: 1, B: true, C: , D: 1.5}",
                           "environment: [A, B=1]",
                           "pull_policy: xalwaysx",
                           "networks: {n: , m: {x-a: 1}}",
                           "healthcheck: {retries: '3', test: a}",
                           "use_api_socket: true",
                           "env_file: [a, {path: b}]",
                           "labels: {a: .inf}",
                           "storage_opt: {size: 1}",
                           "models: [m]",
                           "extends: t",
                           "deploy: {replicas: '2'}"}) {
    INFO(line);
    CHECK(checked(line).empty());
  }
}

TEST_CASE("what the reference refuses is refused", "[manifest]") {
  for (const char* line : {"image:",
                           "build:",
                           "dns:",
                           "gpus: some",
                           "gpus:",
                           "networks: [n, n]",
                           "storage_opt: {a: true}",
                           "volumes: [{source: a}]",
                           "volumes: [{type: foo}]",
                           "develop: {watch: [{path: a, action: foo}]}",
                           "develop: {watch: [{action: sync}]}",
                           "use_api_socket: 'true'",
                           "cap_add: A",
                           "cap_add: [1]",
                           "post_start: [{user: a}]",
                           "provider: {options: {}}",
                           "deploy: {resources: }",
                           "deploy: {resources: {limits: {memory: 5}}}",
                           "logging: {options: {a: true}}",
                           "deploy: {resources: {reservations: {devices: [{driver: a}]}}}",
                           "extra_hosts: {a: 1}",
                           "ulimits: {nofile: {soft: 1}}",
                           "ulimits: {nofile: 1.5}",
                           "expose: 80",
                           "mac_address: ''\n    mac_addres: x",
                           "blkio_config: {x-a: 1}"}) {
    INFO(line);
    CHECK_FALSE(checked(line).empty());
  }
}

TEST_CASE("every key of a service has one row with a summary", "[manifest]") {
  std::set<std::string_view> names;
  for (const keys::Key& key : keys::service.keys) {
    INFO(key.name);
    CHECK(names.insert(key.name).second);
    CHECK_FALSE(key.summary.empty());
    CHECK(key.rule->accepts != 0);
  }
  CHECK(names.size() == 92);
}
