// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include "crstack/plan/container_spec.hpp"
#include "planning.hpp"

using namespace crstack;
using namespace std::chrono_literals;
using test::Planning;

namespace {

plan::ContainerRecipe recipe(const Planning& p, const std::string& service, int api_version = 1041) {
  plan::ContainerIdentity identity;
  identity.name = "app-" + service + "-1";
  identity.image_id = "sha256:one";
  identity.api_version = api_version;
  identity.containers_of = [](const std::string& name) {
    return std::vector<std::string>{"app-" + name + "-1"};
  };
  return plan::container_recipe(p.project, p.project.services.at(service), identity);
}

}  // namespace

TEST_CASE("labels are those that docker compose writes", "[plan]") {
  Planning p;
  p.service("db");
  p.service("web");
  p.depends("web", "db", project::Condition::healthy);
  p.project.services["web"].depends_on["db"].restart = true;
  const engine::StringMap expected{{"com.docker.compose.config-hash", "hash-web"},
                                   {"com.docker.compose.container-number", "1"},
                                   {"com.docker.compose.depends_on", "db:service_healthy:true"},
                                   {"com.docker.compose.image", "sha256:one"},
                                   {"com.docker.compose.oneoff", "False"},
                                   {"com.docker.compose.project", "app"},
                                   {"com.docker.compose.project.config_files", "/app/compose.yaml"},
                                   {"com.docker.compose.project.working_dir", "/app"},
                                   {"com.docker.compose.service", "web"},
                                   {"com.docker.compose.version", "2.40.3"}};
  CHECK(recipe(p, "web").spec.labels == expected);
}

TEST_CASE("several networks come with the create from API 1.44 on, one by one before", "[plan]") {
  Planning p;
  p.network("back");
  auto& web = p.service("web");
  web.networks["back"].priority = 5;
  web.networks["back"].aliases = {"w"};
  const auto old = recipe(p, "web");
  CHECK(old.spec.network_mode == "app_back");
  REQUIRE(old.spec.endpoints.size() == 1);
  CHECK(old.spec.endpoints[0].aliases == engine::StringList{"app-web-1", "web", "w"});
  REQUIRE(old.connect.size() == 1);
  CHECK(old.connect[0].network == "app_default");
  const auto young = recipe(p, "web", 1044);
  CHECK(young.spec.endpoints.size() == 2);
  CHECK(young.connect.empty());
}

TEST_CASE("a port that is published twice alike is published once", "[plan]") {
  Planning p;
  auto& web = p.service("web");
  for (const char* published : {"80", "80", "81", "", ""}) web.ports.emplace_back().published = published;
  for (auto& port : web.ports) port.target = 80;
  const auto spec = recipe(p, "web").spec;
  REQUIRE(spec.ports.size() == 4);
  CHECK(spec.ports[1].host_port == "81");
}

TEST_CASE("volumes and paths of the host: the old form where it can say it, mounts where not", "[plan]") {
  Planning p;
  p.volume("data");
  auto nocopy = Planning::mount("data", "/nc");
  nocopy.volume_nocopy = true;
  project::Mount path;
  path.type = "bind";
  path.source = "/srv";
  path.target = "/srv";
  path.read_only = true;
  path.bind_create_host_path = true;
  p.service("web").volumes = {Planning::mount("data", "/data"), Planning::mount("", "/anon"), nocopy, path};
  const auto spec = recipe(p, "web").spec;
  CHECK(spec.binds == engine::StringList{"app_data:/data:rw", "/srv:/srv:ro"});
  REQUIRE(spec.mounts.size() == 2);
  CHECK(spec.mounts[0].target == "/anon");
  CHECK(spec.mounts[1].volume_no_copy);
}

TEST_CASE("ports of expose, and options of mounts, go to the engine as they are written", "[plan]") {
  Planning p;
  p.project.configs["file"] = {.key = "file", .name = "file", .file = "/app/c"};
  auto& web = p.service("web");
  web.expose = {"80", "90-92", "53/udp"};
  web.volumes = {Planning::mount("", "/short"), Planning::mount("", "/long")};
  web.volumes[1].has_options = false;
  web.configs.push_back({.source = "file", .target = "", .uid = "", .gid = "", .mode = {}});
  const auto spec = recipe(p, "web").spec;
  CHECK(spec.exposed_ports == engine::StringList{"53/udp", "80", "90-92"});
  REQUIRE(spec.mounts.size() == 3);
  CHECK(spec.mounts[0].options == engine::MountSpec::Options::given);
  CHECK(spec.mounts[1].options == engine::MountSpec::Options::none);
  CHECK(spec.mounts[2].options == engine::MountSpec::Options::none);
}

TEST_CASE("an anonymous volume that is carried over is a mount without options", "[plan]") {
  Planning p;
  const auto& web = p.service("web");
  plan::ContainerIdentity identity;
  identity.name = "app-web-1";
  identity.inherited = {engine::MountPoint{"volume", "abc", "", "/cache", "local"}};
  const auto spec = plan::container_recipe(p.project, web, identity).spec;
  REQUIRE(spec.mounts.size() == 1);
  CHECK(spec.mounts[0].source == "abc");
  CHECK(spec.mounts[0].options == engine::MountSpec::Options::none);
}

TEST_CASE("a secret that is a file is mounted, one from the environment is copied in", "[plan]") {
  Planning p;
  p.project.secrets["file"] = {.key = "file", .name = "file", .file = "/app/pw"};
  p.project.secrets["variable"] = {.key = "variable", .name = "variable", .environment = "PW"};
  p.project.environment["PW"] = "geheim";
  auto& web = p.service("web");
  web.secrets.push_back({.source = "file", .target = "", .uid = "", .gid = "", .mode = {}});
  web.secrets.push_back({.source = "variable", .target = "/etc/pw", .uid = "5", .gid = "", .mode = 0400});
  const auto made = recipe(p, "web");
  REQUIRE(made.spec.mounts.size() == 1);
  CHECK(made.spec.mounts[0].target == "/run/secrets/file");
  CHECK(made.spec.mounts[0].read_only);
  REQUIRE(made.files.size() == 1);
  CHECK(made.files[0].path == "/etc/pw");
  CHECK(made.files[0].content == "geheim");
  CHECK(made.files[0].uid == 5);
  CHECK(made.files[0].mode == 0400);
  p.state.present_files = {"/app/pw"};
  CHECK(to_string(p.up()).find("geheim") == std::string::npos);
  web.read_only = true;
  CHECK_THROWS_AS(recipe(p, "web"), plan::PlanError);
}

TEST_CASE("limits of deploy win over the service's own", "[plan]") {
  Planning p;
  auto& web = p.service("web");
  web.mem_limit = 1000;
  web.cpus = 2;
  web.limits.memory = 500;
  web.limits.cpus = 0.25;
  web.restart = "always";
  web.restart_policy = project::RestartPolicy{"on-failure", 3};
  web.stop_grace_period = 1500ms;
  const auto spec = recipe(p, "web").spec;
  CHECK(spec.memory == 500);
  CHECK(spec.nano_cpus == 250'000'000);
  CHECK(spec.restart.name == "on-failure");
  CHECK(spec.restart.maximum_retry_count == 3);
  CHECK(spec.stop_timeout == 1);
}

TEST_CASE("parts of a processor are whole billionths", "[plan]") {
  for (const auto& [cpus, nano_cpus] : {std::pair(0.1F, 100'000'000),
                                        {0.35F, 350'000'000},
                                        {0.7F, 700'000'000},
                                        {1.3F, 1'300'000'000},
                                        {0.001F, 1'000'000}}) {
    Planning p;
    p.service("web").cpus = cpus;
    CHECK(recipe(p, "web").spec.nano_cpus == nano_cpus);
  }
}

TEST_CASE("a health check that an engine can't do in full is refused", "[plan]") {
  Planning p;
  auto& web = p.service("web");
  web.healthcheck.emplace().start_interval = 1s;
  CHECK_THROWS_AS(recipe(p, "web"), plan::PlanError);
  CHECK(recipe(p, "web", 1044).spec.health->start_interval == Duration(1s));
  web.healthcheck->disable = true;
  CHECK(recipe(p, "web").spec.health->test == engine::StringList{"NONE"});
}
