// SPDX-License-Identifier: MIT
#include "engine/codec.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "crstack/engine/time_text.hpp"

using namespace crstack;
using namespace crstack::engine;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

json encoded(const ContainerSpec& spec, int version, std::vector<std::string>* told = nullptr) {
  std::vector<std::string> warnings;
  auto body = json::parse(codec::encode_container(spec, version, warnings));
  if (told != nullptr) *told = warnings;
  return body;
}

std::string refusal(const ContainerSpec& spec, int version) {
  try {
    encoded(spec, version);
  } catch (const EngineError& error) {
    CHECK(error.kind() == ErrorKind::unsupported);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a bare container spec asks for the image and nothing else", "[engine]") {
  ContainerSpec spec;
  spec.image = "busybox";
  CHECK(encoded(spec, 1041) ==
        json::parse(R"({"Image": "busybox", "HostConfig": {"PortBindings": {}, "ExtraHosts": []}})"));
}

TEST_CASE("a container spec reaches the request under the API's names and units", "[engine]") {
  ContainerSpec spec;
  spec.image = "busybox";
  spec.command = StringList{};
  spec.health = HealthSpec{{"CMD", "true"}, 30s, {}, {}, {}, 3};
  spec.ports = {{80, "tcp", "127.0.0.1", "8080"}, {53, "udp", "", ""}};
  spec.memory = 1 << 20;
  spec.pids_limit = 10;
  spec.restart = {"on-failure", 3};
  spec.unconfined_system_paths = true;
  MountSpec tmpfs;
  tmpfs.type = "tmpfs";
  tmpfs.target = "/t";
  tmpfs.tmpfs_size = 100;
  spec.mounts = {tmpfs};
  const auto body = encoded(spec, 1041);
  CHECK(body["Cmd"] == json::array());
  CHECK(body["Healthcheck"] == json{{"Test", {"CMD", "true"}}, {"Interval", 30'000'000'000}, {"Retries", 3}});
  CHECK(body["ExposedPorts"] == json{{"80/tcp", json::object()}, {"53/udp", json::object()}});
  const auto& host = body["HostConfig"];
  CHECK(host["PortBindings"]["80/tcp"] == json::array({{{"HostIp", "127.0.0.1"}, {"HostPort", "8080"}}}));
  CHECK(host["Memory"] == 1 << 20);
  CHECK(host["PidsLimit"] == 10);
  CHECK(host["RestartPolicy"] == json{{"Name", "on-failure"}, {"MaximumRetryCount", 3}});
  CHECK(host["MaskedPaths"] == json::array());
  CHECK(host["Mounts"] ==
        json::array({{{"Type", "tmpfs"}, {"Target", "/t"}, {"TmpfsOptions", {{"SizeBytes", 100}}}}}));
}

TEST_CASE("empty options go with a request where they were given, as inspect shows them", "[engine]") {
  ContainerSpec spec;
  spec.image = "busybox";
  MountSpec mount;
  mount.type = "volume";
  mount.target = "/v";
  EndpointSpec endpoint;
  endpoint.network = "n";
  const auto sent = [&] {
    spec.mounts = {mount};
    spec.endpoints = {endpoint};
    const auto body = encoded(spec, 1044);
    return json{body["HostConfig"]["Mounts"][0].value("VolumeOptions", json()),
                body["NetworkingConfig"]["EndpointsConfig"]["n"].value("IPAMConfig", json())};
  };
  CHECK(sent() == json{json::object(), json()});
  mount.options = MountSpec::Options::none;
  endpoint.ipam = EndpointSpec::Ipam::always;
  CHECK(sent() == json{json(), json::object()});
}

TEST_CASE("endpoints: one below API 1.44 with the container's MAC address, all of them from it on",
          "[engine]") {
  ContainerSpec spec;
  spec.image = "busybox";
  EndpointSpec back, front;
  back.network = "back";
  front.network = "front";
  front.priority = 5;
  front.mac_address = "02:42:ac:11:00:03";
  spec.endpoints = {back, front};
  const auto old = encoded(spec, 1041);
  CHECK(old["HostConfig"]["NetworkMode"] == "front");
  CHECK(old["NetworkingConfig"]["EndpointsConfig"] == json{{"front", json::object()}});
  CHECK(old["MacAddress"] == "02:42:ac:11:00:03");
  const auto recent = encoded(spec, 1044);
  CHECK(recent["NetworkingConfig"]["EndpointsConfig"] ==
        json{{"front", {{"MacAddress", "02:42:ac:11:00:03"}}}, {"back", json::object()}});
  CHECK_FALSE(recent.contains("MacAddress"));
}

TEST_CASE("what an engine's version can't carry is refused, or warned about where it does no harm",
          "[engine]") {
  ContainerSpec spec;
  spec.image = "busybox";
  MountSpec mount;
  mount.type = "volume";
  mount.target = "/v";
  mount.volume_subpath = "sub";
  spec.mounts = {mount};
  CHECK(refusal(spec, 1041) == "volumes.volume.subpath needs Engine API 1.45; this engine speaks 1.41");
  CHECK(refusal(spec, 1045).empty());
  spec.mounts[0] = MountSpec{};
  spec.mounts[0].type = "image";
  CHECK(refusal(spec, 1047) == "a volume of type image needs Engine API 1.48; this engine speaks 1.47");
  spec.mounts.clear();
  EndpointSpec endpoint;
  endpoint.network = "n";
  endpoint.gw_priority = 1;
  spec.endpoints = {endpoint};
  CHECK(refusal(spec, 1044) == "networks.gw_priority needs Engine API 1.48; this engine speaks 1.44");
  spec.endpoints.clear();
  spec.annotations = {{"a", "b"}};
  spec.health = HealthSpec{{"CMD", "true"}, {}, {}, {}, 1s, {}};
  std::vector<std::string> warnings;
  CHECK_FALSE(encoded(spec, 1041, &warnings)["Healthcheck"].contains("StartInterval"));
  CHECK(warnings ==
        std::vector<std::string>{
            "healthcheck.start_interval needs Engine API 1.44; this engine speaks 1.41 and goes without",
            "annotations needs Engine API 1.43; this engine speaks 1.41 and goes without"});
  CHECK(encoded(spec, 1044, &warnings)["Healthcheck"]["StartInterval"] == 1'000'000'000);
  CHECK(warnings.empty());
}

TEST_CASE("a list row's health and exit code are read from its status text", "[engine]") {
  const auto rows = codec::decode_containers(R"json([
    {"Id":"1","Names":["/web/alias","/app-web-1"],"State":"running","Status":"Up 2 minutes (healthy)","Labels":null,
     "Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8080,"Type":"tcp"}],"Created":5,
     "NetworkSettings":{
  "Networks" : {
    "n" : {
      "NetworkID" : "nid"
    }
  }}},
    {"Id":"2","Names":["/a"],"State":"running","Status":"Up 1 second (health: starting)"},
    {"Id":"3","Names":["/b"],"State":"exited","Status":"Exited (137) 3 seconds ago"},
    {"Id":"4","Names":["/c"],"State":"running","Status":"Up","Health":{"Status":"unhealthy"}}])json");
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].name == "app-web-1");
  CHECK(rows[0].health == Health::healthy);
  CHECK(rows[0].ports == std::vector<PublishedPort>{{"0.0.0.0", 8080, 80, "tcp"}});
  CHECK(rows[0].networks.at("n") == "nid");
  CHECK_FALSE(rows[0].exit_code);
  CHECK(rows[1].health == Health::starting);
  CHECK(rows[2].exit_code == 137);
  CHECK(rows[3].health == Health::unhealthy);
}

TEST_CASE("rows are read out of the answer that they stand in, whatever stands in them", "[engine]") {
  const auto volumes = codec::decode_volumes(
      R"({"Volumes":[{"Name":"a","Driver":"local","Options":{"o":"bind"},"Labels":{"l":"1"}},
                     {"Name":"b","UsageData":{"Size":1}}],"Warnings":null})");
  REQUIRE(volumes.size() == 2);
  CHECK(volumes[0].options == StringMap{{"o", "bind"}});
  CHECK(volumes[0].labels == StringMap{{"l", "1"}});
  CHECK(volumes[1].name == "b");
  CHECK(codec::decode_volumes(R"({"Volumes":null})").empty());
  CHECK(codec::decode_networks("[]").empty());
  CHECK_THROWS_AS(codec::decode_networks(R"([{"Name":"a"},)"), EngineError);
}

TEST_CASE("a CMD-SHELL check is told with the shell that it runs in", "[engine]") {
  const auto test_of = [](const std::string& config) {
    return codec::decode_container(R"({"Id":"1","Config":{)" + config + "}}").health_spec->test;
  };
  const std::string check = R"("Healthcheck":{"Test":["CMD-SHELL","a | b"]})";
  CHECK(test_of(check) == StringList{"CMD-SHELL", "a | b"});
  CHECK(test_of(check + R"(,"Shell":["/bin/bash","-o","pipefail","-c"])") ==
        StringList{"CMD", "/bin/bash", "-o", "pipefail", "-c", "a | b"});
  CHECK(test_of(R"("Healthcheck":{"Test":["CMD","a"]},"Shell":["/bin/bash","-c"])") ==
        StringList{"CMD", "a"});
}

TEST_CASE("a container's details", "[engine]") {
  const auto details = codec::decode_container(R"({"Id":"1","Name":"/x","Image":"sha256:i","RestartCount":2,
    "State":{"Status":"exited","ExitCode":137,"OOMKilled":true,"Error":"no","StartedAt":"2026-01-02T03:04:05.5Z",
      "FinishedAt":"0001-01-01T00:00:00Z","Health":{"Status":"unhealthy","Log":[
      {"Start":"2026-01-02T03:04:05Z","End":"2026-01-02T05:04:06+02:00","ExitCode":1,"Output":"bad"}]}},
    "Config":{"Image":"busybox","Tty":true,"Env":["A=1"],"Healthcheck":{"Test":["CMD","x"],"Interval":5000000000}},
    "HostConfig":{"RestartPolicy":{"Name":"always"}},
    "NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"","HostPort":"81"}],"90/udp":null}}})");
  CHECK(details.name == "x");
  CHECK(details.state == ContainerState::exited);
  CHECK(details.oom_killed);
  CHECK(details.started_at.time_since_epoch() == 1767323045500ms);
  CHECK(details.finished_at == WallTime{});
  REQUIRE(details.probes.size() == 1);
  CHECK(details.probes[0].end - details.probes[0].start == 1s);
  CHECK(details.health_spec->interval == 5s);
  CHECK(details.ports == std::vector<PublishedPort>{{"", 81, 80, "tcp"}, {"", 0, 90, "udp"}});
  CHECK(details.tty);
}

TEST_CASE("unhealthy is only what has failed its probes: an engine calls what was paused that, too",
          "[engine]") {
  const auto health_of = [](const std::string& streak) {
    return codec::decode_container(R"({"Id":"1","State":{"Health":{"Status":"unhealthy")" + streak + "}}}")
        .health;
  };
  CHECK(health_of(R"(,"FailingStreak":0)") == Health::starting);
  CHECK(health_of(R"(,"FailingStreak":3)") == Health::unhealthy);
  CHECK(health_of("") == Health::unhealthy);
}

TEST_CASE("times of the engine, to the nanosecond", "[engine]") {
  CHECK(parse_time("2026-01-02T03:04:05.123456789Z").time_since_epoch() == 1767323045123456789ns);
  CHECK(parse_time("0001-01-01T00:00:00Z") == WallTime{});
  CHECK(parse_time("nonsense") == WallTime{});
}

TEST_CASE("an image knows when it was pulled or tagged here", "[engine]") {
  const auto image =
      codec::decode_image(R"({"Id":"sha256:1","Metadata":{"LastTagTime":"2026-11-24T12:35:24.5Z"}})");
  CHECK(image.last_tagged == parse_time("2026-11-24T12:35:24.5Z"));
  CHECK(codec::decode_image(R"({"Id":"sha256:1"})").last_tagged == WallTime());
}
