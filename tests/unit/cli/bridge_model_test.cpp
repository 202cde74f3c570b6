// SPDX-License-Identifier: MIT
#include "cli/bridge/bridge_model.hpp"

#include <catch2/catch_test_macros.hpp>

#include "crstack/manifest/write.hpp"

using namespace crstack;
using namespace crstack::cli;
using manifest::Node;

namespace {

Node list_of(const char* text) {
  Node list = Node::list();
  list.push(Node::string(text));
  return list;
}

/// A model of one service `s` and one of each kind of file.
Node model() {
  Node root = Node::map();
  Node& service = root.set("services", Node::map()).set("s", Node::map());
  service.set("expose", list_of("70"));
  Node port = Node::map();
  port.set("target", Node::integer(80));
  service.set("ports", Node::list()).push(std::move(port));
  root.set("configs", Node::map()).set("c", Node::map()).set("file", Node::string("/c"));
  root.set("secrets", Node::map()).set("e", Node::map()).set("file", Node::string("/e"));
  return root;
}

std::string contents(const std::string& path) {
  return "contents of " + path;
}

}  // namespace

TEST_CASE("bridge: the model names images, ports, contents and env files", "[cli]") {
  Node unresolved = model();
  unresolved.find("services")->find("s")->set("env_file", list_of("/web.env"));
  const auto known = [](const std::string& service) {
    return BridgeService{"p-" + service, {"80/tcp", "90/udp"}};
  };
  CHECK(manifest::to_sorted_yaml(bridge_model(model(), unresolved, known, contents)) == R"(configs:
    c:
        content: contents of /c
        file: /c
secrets:
    e:
        content: contents of /e
        file: /e
services:
    s:
        env_file:
            - /web.env
        expose:
            - "70"
            - "80"
            - "90"
        image: p-s
        ports:
            - target: 80
)");
}

TEST_CASE("bridge: what isn't there is pulled", "[cli]") {
  CHECK(plan_bridge_pulls("p", {}).empty());
  CHECK(plan::to_string(plan_bridge_pulls("p", {{"web:1", "s", ""}, {"my/transformation", "", ""}})) ==
        "1  pull image web:1  (not there)\n"
        "2  pull image my/transformation  (not there)\n");
}
