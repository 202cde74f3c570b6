// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>
#include <chrono>

#include "canonical.hpp"

using namespace crstack;
using namespace crstack::manifest;
using test::Run;

namespace {

project::Project decoded(Run& run) {
  run.finished();
  return decode(run.tree, Node::map(), run.context, run.diagnostics);
}

}  // namespace

TEST_CASE("a finished tree is decoded into a project", "[manifest]") {
  Run run(R"(services:
  web:
    image: nginx
    command: a 'b c'
    entrypoint: ''
    environment: {A: 1, B: }
    ports: ["127.0.0.1:8080:80/udp"]
    volumes: ["data:/d:ro,nocopy", {type: tmpfs, target: /t, tmpfs: {size: 1k, mode: 0755}}]
    depends_on: {db: {condition: service_healthy, restart: true, required: false}}
    networks: {back: {aliases: [w], priority: 3}}
    healthcheck: {test: [CMD, x], interval: 90s, retries: 2, start_interval: 1s}
    mem_limit: 64m
    cpus: 0.5
    ulimits: {nofile: 5, nproc: {soft: 1, hard: 2}}
    secrets: [k, {source: k, target: t, mode: 0440}]
    deploy: {replicas: 3, resources: {limits: {memory: 1g, pids: 7}, reservations: {devices: [{capabilities: [gpu]}]}},
             restart_policy: {condition: any, max_attempts: 4}}
    post_start: [{command: echo hi, user: root}]
    logging: {driver: local, options: {max-size: 1}}
    x-crstack: {probe: engine}
  db: {image: mongo, build: {context: ., ssh: ["a=/k"], args: {V: 1}}, scale: 0}
networks: {back: {driver: bridge, ipam: {config: [{subnet: 10.0.0.0/24}]}}}
volumes: {data: {labels: [a=b]}}
secrets: {k: {file: /k, x-crstack: {generate: {length: 32}}}}
configs: {c: {content: text}}
)");
  const project::Project project = decoded(run);
  REQUIRE(run.problems().empty());
  const project::Service& web = project.services.at("web");
  CHECK(web.command == project::StringList{"a", "b c"});
  CHECK(web.entrypoint == project::StringList{});
  CHECK(web.environment.at("A") == "1");
  CHECK(web.environment.at("B") == std::nullopt);
  REQUIRE(web.ports.size() == 1);
  CHECK(web.ports[0].host_ip + ' ' + web.ports[0].published + ' ' + web.ports[0].protocol ==
        "127.0.0.1 8080 udp");
  CHECK(web.ports[0].target == 80);
  REQUIRE(web.volumes.size() == 2);
  CHECK((web.volumes[0].type == "volume" && web.volumes[0].read_only && web.volumes[0].volume_nocopy));
  CHECK((web.volumes[0].has_options && web.volumes[1].has_options));
  CHECK(web.volumes[1].tmpfs_size == 1024);
  CHECK(web.volumes[1].tmpfs_mode == 0755);
  const project::Dependency& db = web.depends_on.at("db");
  CHECK((db.condition == project::Condition::healthy && db.restart && !db.required));
  CHECK(web.networks.at("back").priority == 3);
  CHECK(web.networks.at("back").is_mapping);
  CHECK(web.healthcheck->interval == std::chrono::seconds(90));
  CHECK(web.healthcheck->retries == 2);
  CHECK(web.mem_limit == std::int64_t{64} << 20);
  CHECK(web.cpus == 0.5);
  CHECK(web.ulimits.at("nofile").hard == 5);
  CHECK(web.ulimits.at("nproc").hard == 2);
  CHECK(web.secrets[0].target == "/run/secrets/k");
  CHECK(web.secrets[1].mode == 0440);
  CHECK(web.scale == 3);
  CHECK(web.limits.memory == std::int64_t{1} << 30);
  CHECK(web.limits.pids == 7);
  CHECK(web.reservations.devices[0].count == -1);
  CHECK(web.restart_policy->max_attempts == 4);
  CHECK(web.post_start[0].command == project::StringList{"echo", "hi"});
  CHECK(web.logging->options.at("max-size") == "1");
  CHECK(web.engine_probe_only);
  CHECK(web.config_hash.size() == 64);
  CHECK(project.services.at("db").scale == 0);
  CHECK(project.services.at("db").build->ssh == project::StringList{"a=/k"});
  CHECK(project.networks.at("back").ipam_pools[0].subnet == "10.0.0.0/24");
  CHECK(project.networks.at("back").name == "p_back");
  CHECK(project.volumes.at("data").labels.at("a") == "b");
  CHECK(project.secrets.at("k").generate_length == 32);
  CHECK(project.secrets.at("k").where.line == 24);
  CHECK(project.configs.at("c").content == "text");
}

TEST_CASE("the project says who probes, and a service may say otherwise", "[manifest]") {
  Run run(
      "x-crstack: {probe: engine}\n"
      "services:\n"
      "  a: {image: i}\n"
      "  b: {image: i, x-crstack: {probe: own}}\n");
  const auto project = decoded(run);
  CHECK(run.problems().empty());
  CHECK(project.services.at("a").engine_probe_only);
  CHECK_FALSE(project.services.at("b").engine_probe_only);
}

TEST_CASE("crstack's own extension is checked", "[manifest]") {
  Run service("services: {s: {image: i, x-crstack: {probe: never}}}\n");
  decoded(service);
  CHECK(service.problems() ==
        "1:37: services.s.x-crstack can only be {probe: engine} or {probe: own} [correct or remove it]\n");
  Run secret("services: {}\nsecrets: {k: {file: f, x-crstack: {generate: {length: 0}}}}\n");
  decoded(secret);
  CHECK(secret.problems() ==
        "2:35: secrets.k.x-crstack can only be {generate: {length: N}}, with N from 1 to 4096 [correct or "
        "remove it]\n");
}
