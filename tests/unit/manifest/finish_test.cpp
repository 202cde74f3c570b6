// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "canonical.hpp"
#include "crstack/manifest/write.hpp"

using namespace crstack::manifest;
using test::Run;
using test::service_with;

namespace {

struct Row {
  const char* line;
  const char* yaml;  ///< what is shown of the service beside the image and network_mode
};

/// The service's lines in YAML, or what is wrong.
std::string shown(const std::string& line) {
  Run run(service_with(line));
  run.finished();
  if (run.diagnostics.has_errors()) return run.problems();
  std::string text = to_yaml(run.tree, Dollars::doubled);
  const auto start = text.find("  s:\n") + 5;
  text = text.substr(start);
  for (const std::string known : {"    image: i\n", "    network_mode: none\n"})
    if (const auto at = text.find(known); at != std::string::npos) text.erase(at, known.size());
  return text;
}

}  // namespace

TEST_CASE("short forms are shown in long form", "[manifest]") {
  const std::vector<Row> rows = {
      {"command: a 'b c'", "    command:\n      - a\n      - b c\n"},
      {"command: ''", "    command: []\n"},
      {"ports: [80]", "    ports:\n      - mode: ingress\n        target: 80\n        protocol: tcp\n"},
      {"volumes: ['/a:/b/../c:ro']",
       "    volumes:\n      - type: bind\n        source: /a\n        target: /c\n        read_only: true\n"
       "        bind:\n          create_host_path: true\n"},
      {"volumes: ['data:/d']",
       "    volumes:\n      - type: volume\n        source: data\n        target: /d\n        volume: {}\n"},
      {"build: src", "    build:\n      context: src\n      dockerfile: Dockerfile\n"},
      {"secrets: [k]", "    secrets:\n      - source: k\n        target: /run/secrets/k\n"},
      {"configs: [{source: c, mode: 0440}]", "    configs:\n      - source: c\n        mode: \"0440\"\n"},
      {"gpus: all", "    gpus:\n      - count: -1\n"},
      {"devices: [/dev/a]",
       "    devices:\n      - source: /dev/a\n        target: /dev/a\n        permissions: rwm\n"},
      {"links: ['db:alias']",
       "    depends_on:\n      db:\n        condition: service_started\n        restart: true\n        "
       "required: true\n"
       "    links:\n      - db:alias\n"},
      {"depends_on: [db]",
       "    depends_on:\n      db:\n        condition: service_started\n        required: true\n"},
      {"extra_hosts: ['b:[::1]', 'a=1.2.3.4']", "    extra_hosts:\n      - a=1.2.3.4\n      - b=::1\n"},
      {"healthcheck: {test: curl, interval: 90s}",
       "    healthcheck:\n      test:\n        - CMD-SHELL\n        - curl\n      interval: 1m30s\n"}};
  for (const Row& row : rows) {
    INFO(row.line);
    CHECK(shown(row.line) == row.yaml);
  }
}

TEST_CASE("values get their canonical kind", "[manifest]") {
  const std::vector<Row> rows = {
      {"mem_limit: 1.5g", "    mem_limit: \"1610612736\"\n"},
      {"mem_limit: -1", "    mem_limit: \"-1\"\n"},
      {"mem_limit: 0", ""},
      {"cpus: '0.50'", "    cpus: 0.5\n"},
      {"cpus: 0.1", "    cpus: 0.1\n"},
      {"cpu_shares: 50.5", "    cpu_shares: 50\n"},
      {"init: 'yes'", "    init: true\n"},
      {"tty: false", ""},
      {"attach: false", "    attach: false\n"},
      {"stop_grace_period: 90s", "    stop_grace_period: 1m30s\n"},
      {"expose: [80]", "    expose:\n      - \"80\"\n"},
      {"sysctls: [a=1, b]", "    sysctls:\n      a: \"1\"\n      b: \"\"\n"},
      {"environment: [A=$x, B]", "    environment:\n      A: $$x\n      B: null\n"},
      {"labels: {a: 1.50, b: }", "    labels:\n      a: \"1.5\"\n      b: \"\"\n"},
      {"ulimits: {nofile: 0, nproc: {soft: 1, hard: 2}}",
       "    ulimits:\n      nofile:\n        soft: 0\n        hard: 0\n      nproc:\n        soft: 1\n       "
       " hard: 2\n"},
      {"deploy: {}", "    deploy: {}\n"},
      {"dns: ''", ""},
      {"pull_policy: if_not_present", "    pull_policy: missing\n"},
      {"x-note: {b: 1, a: 2}", "    x-note:\n      a: 2\n      b: 1\n"}};
  for (const Row& row : rows) {
    INFO(row.line);
    CHECK(shown(row.line) == row.yaml);
  }
}

TEST_CASE("values that can't be read name their key", "[manifest]") {
  const std::vector<Row> rows = {
      {"ports: ['80:x']", "5:13: services.s.ports[0]: Invalid containerPort: \"x\"\n"},
      {"volumes: [':/x']", "5:15: services.s.volumes[0]: invalid spec: :/x: empty section between colons\n"},
      {"mem_limit: 12xb", "5:16: services.s.mem_limit: \"12xb\" is not a byte size, such as 512m or 2gb\n"},
      {"stop_grace_period: '5'",
       "5:24: services.s.stop_grace_period: \"5\" is not a duration, such as 30s or 1m30s\n"},
      {"volumes: [{type: tmpfs, target: /t, tmpfs: {mode: '0755'}}]",
       "5:55: services.s.volumes[0].tmpfs.mode: a number is expected: write it without quotes\n"},
      {"scale: -1", "5:12: services.s.scale: the number must not be negative\n"},
      {"group_add: [1.5]", "5:16: services.s.group_add: 1.5 must be a whole number or a string\n"},
      {"volumes: [{type: bind, target: /x}]",
       "5:15: services.s.volumes[0]: invalid mount config for type \"bind\": field Source must not be empty "
       "[add `source: PATH`]\n"},
      {"gpus: [{count: 1, device_ids: [a]}]",
       "5:20: services.s.gpus[0]: \"count\" and \"device_ids\" attributes are exclusive [keep one]\n"},
      {"ports: [{target: 80, host_ip: x}]",
       "5:35: services.s.ports[0].host_ip \"x\" is not an IP address\n"}};
  for (const Row& row : rows) {
    INFO(row.line);
    CHECK(shown(row.line) == row.yaml);
  }
}

TEST_CASE("resources are checked and named", "[manifest]") {
  Run run(
      "services: {s: {image: i}}\nnetworks: {n: {external: true}, m: }\n"
      "volumes: {v: , w: {external: {name: zz}}}\nsecrets: {k: {file: f}}\n");
  run.finished();
  CHECK_FALSE(run.diagnostics.has_errors());
  CHECK(run.tree.find("networks")->find("n")->text("name") == "n");
  CHECK(run.tree.find("networks")->find("m")->text("name") == "p_m");
  CHECK(run.tree.find("networks")->find("default")->text("name") == "p_default");
  CHECK(run.tree.find("volumes")->find("w")->text("name") == "zz");
  CHECK(run.tree.find("secrets")->find("k")->text("name") == "p_k");
  Run wrong(
      "services: {}\nvolumes: {v: {external: true, driver: x}}\nsecrets: {k: {}, l: {file: a, environment: "
      "B}}\n");
  CHECK(wrong.finished().problems() ==
        "2:31: volumes.v: conflicting parameters \"external\" and \"driver\" specified [remove `driver` or "
        "`external`]\n"
        "3:14: secrets.k: one of file|environment must be set\n"
        "3:44: secrets.l: file|environment attributes are mutually exclusive [keep one of them]\n");
}

TEST_CASE("variables without a value come from the environment", "[manifest]") {
  Run run("services: {s: {image: i, environment: {A: , B: }, build: {context: ., args: [A, B]}}}\n");
  run.context.environment = {{"A", "from outside"}};
  run.finished();
  const Node& service = *run.tree.find("services")->find("s");
  CHECK(service.find("environment")->text("A") == "from outside");
  CHECK(service.find("environment")->find("B")->is_null());
  CHECK(service.find("build")->find("args")->as_map().size() == 1);
}
