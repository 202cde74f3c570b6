// SPDX-License-Identifier: MIT
#include "crstack/manifest/write.hpp"

#include <catch2/catch_test_macros.hpp>
#include <utility>
#include <vector>

#include "canonical.hpp"
#include "manifest/write/layout.hpp"
#include "manifest/write/yaml_text.hpp"

using namespace crstack::manifest;
using test::Run;

namespace {

std::string as_yaml(const std::string& value) {
  Node map = Node::map();
  map.set("k", Node::string(value));
  return raw_to_yaml(map);
}

std::string as_json(Node value) {
  Node list = Node::list();
  list.push(std::move(value));
  std::string text = raw_to_json(list);
  return text.substr(4, text.size() - 6);
}

}  // namespace

TEST_CASE("texts in YAML are quoted where they would be read as something else", "[manifest]") {
  using write::Place;
  using write::Style;
  using write::style_of;
  for (const char* text : {"a", "it's", "a,b", ":a", "100%", "\\", "<b>&", "=", "<<", "NaN", "8080:80",
                           "1.2.3", "é", "a\\b", "0x", "2024-13-01", "1_a", "-a", "?a"}) {
    INFO(text);
    CHECK(style_of(text, Place::value) == Style::plain);
  }
  for (const char* text : {"#c", "a #b",  "- x", "-",  "?",  "*a", "&b",  "!c",  "%d", "@e", "`f", "{",
                           "[",  "\"q\"", "a: ", "a:", " x", "x ", "---", "...", "'",  ",a", "|",  ">"}) {
    INFO(text);
    CHECK(style_of(text, Place::value) == Style::single_quoted);
  }
  for (const char* text : {"",
                           "yes",
                           "n",
                           "On",
                           "1",
                           "null",
                           "~",
                           "0x1F",
                           "1e3",
                           "1_000",
                           "true",
                           "2020-01-01",
                           ".5",
                           "1:30",
                           "0o7",
                           "+1",
                           "-1",
                           ".nan",
                           "-.inf",
                           "0b1",
                           "1.",
                           "089",
                           "12:34:56",
                           "\t",
                           "a\tb",
                           "\x01",
                           "😀",
                           "2001-12-14 21:59:43.10",
                           "2001-12-14T21:59:43Z",
                           "x\r\ny",
                           "a \nb"}) {
    INFO(text);
    CHECK(style_of(text, Place::value) == Style::double_quoted);
  }
  CHECK(style_of("\xff", Place::value) == Style::binary);
}

TEST_CASE("texts in YAML, written out", "[manifest]") {
  CHECK(as_yaml("a\nb") == "k: |-\n  a\n  b\n");
  CHECK(as_yaml("a\nb\n") == "k: |\n  a\n  b\n");
  CHECK(as_yaml("a\n\n") == "k: |+\n  a\n\n");
  CHECK(as_yaml(" a\nb") == "k: |2-\n   a\n  b\n");
  CHECK(as_yaml("it's #1 #2") == "k: 'it''s #1 #2'\n");
  CHECK(as_yaml("a\t\"\x01") == "k: \"a\\t\\\"\\x01\"\n");
  CHECK(as_yaml("😀") == "k: \"\\U0001F600\"\n");
  CHECK(as_yaml("\xff\xfe") == "k: !!binary //4=\n");
}

TEST_CASE("collections and numbers in YAML", "[manifest]") {
  Run run("b: [1, [2, {c: 3, a: []}], {}]\na: {z10: 1.5, z9: 1e6, z: null, Z: 0.00001}\n\"n\": {}\n");
  CHECK(raw_to_yaml(run.tree) ==
        "a:\n  Z: 1e-05\n  z: null\n  z9: 1e+06\n  z10: 1.5\n"
        "b:\n  - 1\n  - - 2\n    - a: []\n      c: 3\n  - {}\n\"n\": {}\n");
}

TEST_CASE("names stand in natural order in YAML", "[manifest]") {
  const std::vector<const char*> order = {"9m",  "10m", "M",   "m",  "m-9", "m.1",
                                          "m_9", "m1a", "m01", "m9", "m10", "m10a"};
  for (std::size_t i = 0; i + 1 < order.size(); ++i) {
    INFO(order[i] << " before " << order[i + 1]);
    CHECK(write::natural_less(order[i], order[i + 1]));
    CHECK_FALSE(write::natural_less(order[i + 1], order[i]));
  }
}

TEST_CASE("JSON is escaped as Go escapes it", "[manifest]") {
  CHECK(as_json(Node::string("<a href='x'>&\"\\\n\t\x01\x7f é")) ==
        "\"\\u003ca href='x'\\u003e\\u0026\\\"\\\\\\n\\t\\u0001\x7f é\"");
  CHECK(as_json(Node::string("\xe2\x80\xa8\xff")) == "\"\\u2028\\ufffd\"");
  CHECK(as_json(Node::real(1e21)) == "1e+21");
  CHECK(as_json(Node::real(1e20)) == "100000000000000000000");
  CHECK(as_json(Node::real(0.0000001)) == "1e-7");
  CHECK(as_json(Node::real(1.5)) == "1.5");
}

TEST_CASE("JSON shows what YAML leaves out, and the other way round", "[manifest]") {
  Run run(
      "x-top: $a\nservices:\n  s:\n    image: i\n    x-in: 1\n    command: $b\n    deploy: {}\n"
      "    blkio_config: {weight_device: [{path: /a}]}\n");
  run.finished();
  CHECK(to_json(run.tree, Dollars::doubled) == R"({
  "networks": {
    "default": {
      "name": "p_default",
      "ipam": {}
    }
  },
  "services": {
    "s": {
      "blkio_config": {
        "weight_device": [
          {
            "Path": "/a",
            "Weight": 0
          }
        ]
      },
      "command": [
        "$$b"
      ],
      "deploy": {
        "resources": {},
        "placement": {}
      },
      "entrypoint": null,
      "image": "i",
      "networks": {
        "default": null
      }
    }
  },
  "x-top": "$$a"
})");
  CHECK(to_yaml(run.tree, Dollars::as_they_are) == R"(services:
  s:
    blkio_config:
      weight_device:
        - path: /a
          weight: 0
    command:
      - $b
    deploy: {}
    image: i
    networks:
      default: null
    x-in: 1
networks:
  default:
    name: p_default
x-top: $a
)");
}

TEST_CASE("YAML for other programs is sorted, and indented by four", "[manifest]") {
  Run run(
      "services: {s: {image: i, command: [a, \"b\\n c\\n\"], environment: {A: $b}, volumes: [{type: bind, "
      "source: /a, target: /b, bind: {create_host_path: true}}]}}\n"
      "configs: {c: {content: \" one\\ntwo\\n\"}}\n");
  run.finished();
  CHECK(to_sorted_yaml(run.tree) == R"(configs:
    c:
        content: |4
             one
            two
        name: p_c
networks:
    default:
        name: p_default
services:
    s:
        command:
            - a
            - |
              b
               c
        environment:
            A: $b
        image: i
        networks:
            default: null
        volumes:
            - bind:
                create_host_path: true
              source: /a
              target: /b
              type: bind
)");
}

TEST_CASE("hashes are those that docker compose puts into labels", "[manifest]") {
  Run run(
      "services: {s: {image: i, network_mode: none, scale: 3, build: ., profiles: [a], deploy: {replicas: "
      "2}}}\n");
  run.finished();
  Node service = *run.tree.find("services")->find("s");
  service.as_map().erase("deploy");
  CHECK(service_hash(service) == "76e985ac37c4affed83c28f9bcc56a659a750accb61cd8a5da5dd23be6a06aaf");
  Node network = Node::map();
  network.set("name", Node::string("m2hashq_default"));
  CHECK(network_hash(network) == "f423cc21fdb1caa1264b645a7d751122712182819593f343e96ec6213f8cc1c1");
  Node volume = Node::map();
  volume.set("name", Node::string("m2hashq_vv"));
  CHECK(volume_hash(volume) == "67d77588cd6d82c2666be67fd541ba01718a3ff4361e9fad3b3f56c8ec72ab4e");
}
