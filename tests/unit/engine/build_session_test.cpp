// SPDX-License-Identifier: MIT
#include "engine/session/build_session.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>

#include "crstack/engine/error.hpp"
#include "engine/codec.hpp"
#include "engine/session/protobuf.hpp"

using namespace crstack::engine;

namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

std::string frame(int type, int flags, int id, const std::string& payload) {
  const auto size = static_cast<int>(payload.size());
  return bytes({size >> 16, size >> 8 & 255, size & 255, type, flags, 0, 0, 0, id}) + payload;
}

std::string message(const std::string& body) {
  return bytes({0, 0, 0, 0, static_cast<int>(body.size())}) + body;
}

// The engine's side of a session: what it sends, and all that it gets until it has closed.
std::string talk(const BuildSpec& spec, const std::string& sent) {
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  BuildSession session(spec, {});
  session.serve(std::make_unique<Connection>(wrap_socket(ends[0])));
  const std::string all =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + sent + frame(7, 0, 0, bytes({0, 0, 0, 0, 0, 0, 0, 0}));
  REQUIRE(write(ends[1], all.data(), all.size()) == static_cast<ssize_t>(all.size()));
  std::string got;
  while (got.find("grpc-status") == std::string::npos) {
    char buffer[4096];
    const auto size = read(ends[1], buffer, sizeof buffer);
    if (size <= 0) break;
    got.append(buffer, static_cast<std::size_t>(size));
  }
  close(ends[1]);
  return got;
}

std::string call(const std::string& path, const std::string& body) {
  return frame(1, 4, 1, encode_headers({{":method", "POST"}, {":path", path}})) +
         frame(0, 1, 1, message(body));
}

}  // namespace

TEST_CASE("compressed headers: the examples of RFC 7541, C.4", "[engine]") {
  HeaderDecoder decoder;
  using Fields = std::vector<HeaderField>;
  CHECK(decoder.decode(bytes({0x82, 0x86, 0x84, 0x41, 0x8c, 0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0,
                              0xab, 0x90, 0xf4, 0xff})) ==
        Fields{{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "www.example.com"}});
  CHECK(decoder.decode(bytes({0x82, 0x86, 0x84, 0xbe, 0x58, 0x86, 0xa8, 0xeb, 0x10, 0x64, 0x9c, 0xbf})) ==
        Fields{{":method", "GET"},
               {":scheme", "http"},
               {":path", "/"},
               {":authority", "www.example.com"},
               {"cache-control", "no-cache"}});
  CHECK(decoder.decode(encode_headers({{"a", std::string(300, 'b')}})) ==
        Fields{{"a", std::string(300, 'b')}});
}

TEST_CASE("compressed headers that break off or refer to nothing are refused", "[engine]") {
  for (const auto& block : {bytes({0x41, 0x8c, 0xf1}), bytes({0xff}), bytes({0xbe}), bytes({0x80}),
                            bytes({0x41, 0x84, 0xff, 0xff, 0xff, 0xff})})
    CHECK_THROWS_AS(HeaderDecoder().decode(block), EngineError);
}

TEST_CASE("a build session hands out the build's secrets and nothing else", "[engine]") {
  BuildSpec spec;
  spec.secrets["token"] = "s3cret";
  std::string id;
  protobuf::add_bytes(id, 1, "token");
  std::string answer;
  protobuf::add_bytes(answer, 1, "s3cret");
  const auto got = talk(spec, call("/moby.buildkit.secrets.v1.Secrets/GetSecret", id));
  CHECK(got.find(message(answer)) != std::string::npos);
  CHECK(got.find(encode_headers({{"grpc-status", "0"}})) != std::string::npos);
  std::string other;
  protobuf::add_bytes(other, 1, "other");
  const auto none = talk(spec, call("/moby.buildkit.secrets.v1.Secrets/GetSecret", other));
  CHECK(none.find(encode_headers({{"grpc-status", "5"}, {"grpc-message", "secret other not found"}})) !=
        std::string::npos);
  CHECK(talk(spec, call("/no.such/Method", "")).find(encode_headers({{"grpc-status", "12"}})) !=
        std::string::npos);
}

TEST_CASE("what is larger than the client's window waits for its leave", "[engine]") {
  BuildSpec spec;
  spec.secrets["large"] = std::string(20, 'x');
  std::string id;
  protobuf::add_bytes(id, 1, "large");
  // a window of ten bytes, then twenty more
  const auto settings = frame(4, 0, 0, bytes({0, 4, 0, 0, 0, 10}));
  const auto got = talk(spec, settings + call("/moby.buildkit.secrets.v1.Secrets/GetSecret", id) +
                                  frame(8, 0, 1, bytes({0, 0, 0, 20})));
  std::string answer;
  protobuf::add_bytes(answer, 1, spec.secrets["large"]);
  const auto whole = message(answer);
  CHECK(got.find(frame(0, 0, 1, whole.substr(0, 10))) != std::string::npos);
  CHECK(got.find(frame(0, 0, 1, whole.substr(10))) != std::string::npos);
}

TEST_CASE("BuildKit's trace is read", "[engine]") {
  std::string time, vertex, task, output, trace;
  protobuf::add_number(time, 1, 2);
  protobuf::add_number(time, 2, 5);
  protobuf::add_bytes(vertex, 1, "sha256:1");
  protobuf::add_bytes(vertex, 3, "[1/2] FROM x");
  protobuf::add_number(vertex, 4, 1);
  protobuf::add_bytes(vertex, 5, time);
  protobuf::add_bytes(task, 1, "naming to x");
  protobuf::add_bytes(task, 2, "sha256:1");
  protobuf::add_bytes(output, 1, "sha256:1");
  protobuf::add_number(output, 3, 1);
  protobuf::add_bytes(output, 4, "hello\n");
  protobuf::add_bytes(trace, 1, vertex);
  protobuf::add_bytes(trace, 2, task);
  protobuf::add_bytes(trace, 3, output);
  const auto read = codec::decode_trace(trace);
  REQUIRE(read.vertices.size() == 1);
  CHECK(read.vertices[0].name == "[1/2] FROM x");
  CHECK(read.vertices[0].cached);
  CHECK(read.vertices[0].started == 2'000'000'005);
  CHECK(read.vertices[0].completed == 0);
  REQUIRE(read.tasks.size() == 1);
  CHECK(read.tasks[0].id == "naming to x");
  REQUIRE(read.outputs.size() == 1);
  CHECK(read.outputs[0].text == "hello\n");
  CHECK(codec::decode_trace(trace.substr(0, trace.size() - 3)).outputs.empty());
}
