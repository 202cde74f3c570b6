// SPDX-License-Identifier: MIT
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "engine_api/fixture.hpp"

using namespace crstack;
using namespace crstack::test;
using engine::EngineError;
using engine::ErrorKind;

namespace {

/// A tar with one file, as small as the format allows.
std::string tar_with(const std::string& name, const std::string& text) {
  std::string block(512, '\0');
  const auto put = [&](std::size_t place, const std::string& field) {
    block.replace(place, field.size(), field);
  };
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  std::array<char, 13> size{};
  std::snprintf(size.data(), size.size(), "%011zo", text.size());
  put(124, size.data());
  put(136, "00000000000");
  put(148, "        ");
  block[156] = '0';
  put(257, std::string("ustar\00000", 8));
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  std::array<char, 8> check{};
  std::snprintf(check.data(), check.size(), "%06o", sum);
  put(148, std::string(check.data(), 7) + " ");
  return block + text + std::string(512 - text.size() % 512, '\0') + std::string(1024, '\0');
}

engine::ByteSource once(std::string bytes) {
  return [bytes = std::move(bytes)]() mutable { return std::exchange(bytes, {}); };
}

}  // namespace

TEST_CASE("networks: create, inspect, connect with aliases, disconnect, remove") {
  RealEngine real;
  engine::NetworkSpec spec;
  spec.name = RealEngine::name("net");
  spec.driver = "bridge";
  spec.labels = {{"crstack.test", RealEngine::name("net")}};
  real.networks.push_back(real.engine->create_network(spec));
  auto second = spec;
  second.name += "2";
  real.networks.push_back(real.engine->create_network(second));
  CHECK(real.engine->list_networks({"crstack.test=" + spec.name}).size() == 2);
  auto container = RealEngine::spec("net", "sleep 100");
  engine::EndpointSpec first;
  first.network = spec.name;
  first.aliases = {"first"};
  engine::EndpointSpec other;
  other.network = second.name;
  other.aliases = {"second"};
  other.priority = 10;
  container.endpoints = {first, other};
  const auto id = real.create(container);
  CHECK(real.engine->inspect_container(id).networks.size() == 2);
  real.engine->start_container(id);
  const auto details = real.engine->inspect_container(id);
  CHECK(details.networks.contains(spec.name));
  CHECK(!details.ip_addresses.at(second.name).empty());
  CHECK(real.engine->inspect_network(spec.name)->containers == engine::StringMap{{id, container.name}});
  if (!real.podman())  // a Podman takes it away from under its containers
    CHECK_THROWS_AS(real.engine->remove_network(real.networks[0]), EngineError);
  real.engine->disconnect_network(spec.name, id, engine::Containers::Force::no);
  CHECK(!real.engine->inspect_container(id).networks.contains(spec.name));
  real.engine->connect_network(spec.name, id, first);
  CHECK(real.engine->inspect_container(id).networks.contains(spec.name));
  CHECK(!real.engine->inspect_network(spec.name + "-none"));
  CHECK(!real.engine->remove_network(spec.name + "-none"));
}

TEST_CASE("volumes: create, mount, in use, remove") {
  RealEngine real;
  engine::VolumeSpec spec;
  spec.name = RealEngine::name("volume");
  spec.labels = {{"crstack.test", spec.name}};
  real.engine->create_volume(spec);
  real.volumes.push_back(spec.name);
  CHECK(real.engine->inspect_volume(spec.name)->labels.at("crstack.test") == spec.name);
  CHECK(real.engine->list_volumes({"crstack.test=" + spec.name}).size() == 1);
  auto container = RealEngine::spec("volume", "true");
  engine::MountSpec mount;
  mount.type = "volume";
  mount.source = spec.name;
  mount.target = "/data";
  container.mounts = {mount};
  const auto id = real.create(container);
  CHECK(real.engine->inspect_container(id).mounts.at(0).name == spec.name);
  try {
    real.engine->remove_volume(spec.name, engine::Containers::Force::no);
    FAIL("a volume in use was removed");
  } catch (const EngineError& error) {
    CHECK(error.kind() == ErrorKind::conflict);
  }
  CHECK(!real.engine->remove_volume(spec.name + "-none", engine::Containers::Force::no));
  CHECK(!real.engine->inspect_volume(spec.name + "-none"));
}

TEST_CASE("images: inspect, tag, list, build, in-band build errors, remove") {
  RealEngine real;
  CHECK(!real.engine->inspect_image("no-such-image:none"));
  REQUIRE(real.engine->inspect_image("busybox:local"));
  const auto name = RealEngine::name("image");
  real.engine->tag_image("busybox:local", name, "tagged");
  real.images = {name + ":tagged", name + ":built"};
  CHECK(real.engine->inspect_image(name + ":tagged")->id == real.engine->inspect_image("busybox:local")->id);
  engine::BuildSpec build;
  build.tags = {name + ":built"};
  build.labels = {{"crstack.test", name}};
  build.args = {{"WHO", "me"}};
  std::string words;
  const auto id = real.engine->build_image(
      build, once(tar_with("Dockerfile", "FROM busybox:local\nARG WHO\nENV WHO=$WHO\nEXPOSE 80\n")),
      [&](const engine::ProgressLine& line) { words += line.stream; }, {});
  CHECK(id == real.engine->inspect_image(name + ":built")->id);
  CHECK(words.find(real.podman() ? "STEP 1/" : "Step 1/") != std::string::npos);
  const auto listed = real.engine->list_images({"crstack.test=" + name});
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].repo_tags == engine::StringList{name + ":built"});
  CHECK(real.engine->inspect_image(id)->exposed_ports == engine::StringList{"80/tcp"});
  try {
    real.engine->build_image(build, once(tar_with("Dockerfile", "FROM busybox:local\nRUN exit 4\n")), {}, {});
    FAIL("a failing build succeeded");
  } catch (const EngineError& error) {
    CHECK(error.kind() == ErrorKind::server);
    CHECK(std::string(error.what()).find(real.podman() ? "exit status 4" : "returned a non-zero code: 4") !=
          std::string::npos);
  }
  CHECK(real.engine->remove_image(name + ":tagged", engine::Containers::Force::no));
  CHECK(!real.engine->remove_image(name + ":tagged", engine::Containers::Force::no));
}
