// SPDX-License-Identifier: MIT
#include "manifest/merge.hpp"

#include <catch2/catch_test_macros.hpp>

#include "unit/manifest/trees.hpp"

using namespace crstack::manifest;
using namespace crstack::manifest::testing;

namespace {

std::string merged(const std::string& earlier, const std::string& later) {
  Reading first("services: {w: " + earlier + "}");
  Reading second("services: {w: " + later + "}");
  merge_trees(first.root(), second.root(), first.diagnostics);
  drop_redefined(first.root());
  return text_of(*first.root().find("services")->find("w")) + first.said().substr(0, 61);
}

}  // namespace

TEST_CASE("merging, key by key", "[manifest]") {
  struct Row {
    const char *earlier, *later, *result;
  };
  const Row rows[] = {
      {"{image: a, user: u}", "{image: b, tty: true}", "{image: \"b\", user: \"u\", tty: true}"},
      {"{image: a}", "{image: null}", "{image: \"a\"}"},
      {"{command: [a, b]}", "{command: c}", "{command: \"c\"}"},
      {"{entrypoint: a}", "{entrypoint: [c]}", "{entrypoint: [\"c\"]}"},
      {"{healthcheck: {test: [a], retries: 1}}", "{healthcheck: {test: b}}",
       "{healthcheck: {test: \"b\", retries: 1}}"},
      {"{environment: {B: 1, A: 2}}", "{environment: [A=3, C]}", "{environment: [\"A=3\", \"B=1\", \"C\"]}"},
      {"{environment: {A: null}}", "{environment: {A: 1.50}}", "{environment: [\"A=1.5\"]}"},
      {"{labels: [a=1]}", "{labels: {a: 2}}", "{labels: [\"a=2\"]}"},
      {"{dns: 1.1.1.1}", "{dns: [8.8.8.8, 1.1.1.1]}", "{dns: [\"1.1.1.1\", \"8.8.8.8\"]}"},
      {"{cap_add: [A]}", "{cap_add: [B, A]}", "{cap_add: [\"A\", \"B\"]}"},
      {"{volumes: ['aa:/x', 'bb:/y:ro']}", "{volumes: ['cc:/x']}", "{volumes: [\"cc:/x\", \"bb:/y:ro\"]}"},
      {"{volumes: [{type: bind, source: a, target: /x}]}", "{volumes: ['cc:/x']}", "{volumes: [\"cc:/x\"]}"},
      {"{ports: [{target: 80, published: '80'}]}", "{ports: [{target: 80, published: '80', mode: host}]}",
       "{ports: [{target: 80, published: \"80\", mode: \"host\"}]}"},
      {"{ports: [{target: 80, published: '80'}]}", "{ports: [{target: 80, published: 80}, {target: 80}]}",
       "{ports: [{target: 80, published: \"80\"}, {target: 80, published: 80}, {target: 80}]}"},
      {"{ports: ['80:80']}", "{ports: ['81:80']}", "{ports: [\"80:80\", \"81:80\"]}"},
      {"{secrets: [a]}", "{secrets: [{source: b, target: /run/secrets/a}]}",
       "{secrets: [{source: \"b\", target: \"/run/secrets/a\"}]}"},
      {"{depends_on: [a]}",
       "{depends_on: {a: {condition: service_healthy}, b: {condition: service_started}}}",
       "{depends_on: {a: {condition: \"service_healthy\", required: true}, b: {condition: "
       "\"service_started\"}}}"},
      {"{networks: [a]}", "{networks: {a: {priority: 1}}}", "{networks: {a: {priority: 1}}}"},
      {"{build: .}", "{build: {args: [A=1]}}", "{build: {context: \".\", args: [\"A=1\"]}}"},
      {"{build: {args: {A: 1}}}", "{build: dir}", "{build: {args: {A: 1}, context: \"dir\"}}"},
      {"{logging: {driver: a, options: {x: 1}}}", "{logging: {driver: b}}", "{logging: {driver: \"b\"}}"},
      {"{logging: {driver: a, options: {x: 1}}}", "{logging: {options: {y: 2}}}",
       "{logging: {driver: \"a\", options: {x: 1, y: 2}}}"},
      {"{ulimits: {nofile: {soft: 1, hard: 2}}}", "{ulimits: {nofile: 5}}", "{ulimits: {nofile: 5}}"},
      {"{extra_hosts: ['a=1']}", "{extra_hosts: ['a=1', 'a=2']}", "{extra_hosts: [\"a=1\", \"a=2\"]}"},
      {"{deploy: {replicas: 1, placement: {constraints: [a]}}}", "{deploy: {placement: {constraints: [b]}}}",
       "{deploy: {replicas: 1, placement: {constraints: [\"a\", \"b\"]}}}"},
  };
  for (const Row& row : rows) {
    INFO(row.earlier << " + " << row.later);
    CHECK(merged(row.earlier, row.later) == row.result);
  }
}

TEST_CASE("a map can't be overridden by a list", "[manifest]") {
  CHECK(merged("{deploy: {replicas: 1}}", "{deploy: [a]}") ==
        "{deploy: {replicas: 1}}compose.yaml:1:24: error: cannot override 'services.w.deploy'");
}

TEST_CASE("address pools are merged by their subnet", "[manifest]") {
  Reading first("networks: {n: {ipam: {config: [{subnet: a, gateway: g}]}}}");
  Reading second("networks: {n: {ipam: {config: [{subnet: a, ip_range: r}, {subnet: b}]}}}");
  merge_trees(first.root(), second.root(), first.diagnostics);
  CHECK(first.text() ==
        "{networks: {n: {ipam: {config: [{subnet: \"a\", gateway: \"g\", ip_range: \"r\"}, {subnet: "
        "\"b\"}]}}}}");
}

TEST_CASE("paths of !reset are cleared, lists are left alone", "[manifest]") {
  Reading reading("services: {w: {ports: [80], environment: {A: 1, B: 2}}}");
  clear_paths(reading.root(),
              {{"services", "w", "environment", "A"}, {"services", "w", "ports", "0"}, {"x", "y"}});
  CHECK(reading.text() == "{services: {w: {ports: [80], environment: {B: 2}}}}");
}
