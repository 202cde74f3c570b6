// SPDX-License-Identifier: MIT
#include "engine/session/build_session.hpp"

#include <nghttp2/nghttp2.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <map>

#include "crstack/engine/error.hpp"
#include "engine/codec.hpp"
#include "engine/session/protobuf.hpp"

using namespace crstack::engine;

namespace {

std::string message(const std::string& body) {
  return std::string(4, '\0') + static_cast<char>(body.size()) + body;
}

nghttp2_nv field(const char* name, const char* value) {
  const auto bytes = [](const char* text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text));
  };
  return {bytes(name), bytes(value), std::strlen(name), std::strlen(value), NGHTTP2_NV_FLAG_NONE};
}

// The engine's side of a session: makes one call, and keeps what it gets.
class Client {
 public:
  explicit Client(std::uint32_t window) {
    nghttp2_session_callbacks* callbacks = nullptr;
    REQUIRE(nghttp2_session_callbacks_new(&callbacks) == 0);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, take_data);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, take_header);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, take_close);
    REQUIRE(nghttp2_session_client_new(&session_, callbacks, this) == 0);
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry setting{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window};
    REQUIRE(nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, &setting, 1) == 0);
  }
  ~Client() { nghttp2_session_del(session_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void call(int fd, const std::string& path, const std::string& request) {
    unsent_ = message(request);
    const nghttp2_nv head[] = {field(":method", "POST"),
                               field(":scheme", "http"),
                               field(":authority", "localhost"),
                               field(":path", path.c_str()),
                               field("content-type", "application/grpc"),
                               field("te", "trailers")};
    nghttp2_data_provider provider{{.ptr = nullptr}, give_request};
    REQUIRE(nghttp2_submit_request(session_, nullptr, head, std::size(head), &provider, nullptr) > 0);
    while (!over_) {
      send_all(fd);
      char buffer[4096];
      const auto size = ::read(fd, buffer, sizeof buffer);
      REQUIRE(size > 0);
      REQUIRE(nghttp2_session_mem_recv(session_, reinterpret_cast<std::uint8_t*>(buffer),
                                       static_cast<std::size_t>(size)) == size);
    }
  }

  std::string body;
  int pieces = 0;
  std::map<std::string, std::string> headers;

 private:
  static Client& self(void* data) { return *static_cast<Client*>(data); }
  static int take_data(nghttp2_session*, std::uint8_t, std::int32_t, const std::uint8_t* bytes,
                       std::size_t size, void* data) {
    self(data).body.append(reinterpret_cast<const char*>(bytes), size);
    self(data).pieces += 1;
    return 0;
  }
  static int take_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name, std::size_t,
                         const std::uint8_t* value, std::size_t, std::uint8_t, void* data) {
    self(data).headers[reinterpret_cast<const char*>(name)] = reinterpret_cast<const char*>(value);
    return 0;
  }
  static int take_close(nghttp2_session*, std::int32_t, std::uint32_t, void* data) {
    self(data).over_ = true;
    return 0;
  }
  static ssize_t give_request(nghttp2_session*, std::int32_t, std::uint8_t* buffer, std::size_t size,
                              std::uint32_t* flags, nghttp2_data_source*, void* data) {
    auto& unsent = self(data).unsent_;
    const auto taken = std::min(size, unsent.size());
    std::copy_n(unsent.data(), taken, buffer);
    unsent.erase(0, taken);
    if (unsent.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(taken);
  }
  void send_all(int fd) {
    const std::uint8_t* bytes = nullptr;
    for (ssize_t size = 0; (size = nghttp2_session_mem_send(session_, &bytes)) != 0;)
      REQUIRE(::write(fd, bytes, static_cast<std::size_t>(size)) == size);
  }

  nghttp2_session* session_ = nullptr;
  std::string unsent_;
  bool over_ = false;
};

struct Answer {
  std::string body, status, words;
  int pieces;
};

// What a session for `spec` answers; the client takes `window` bytes at a time.
Answer ask(const BuildSpec& spec, const std::string& path, const std::string& request,
           std::uint32_t window = 65535) {
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  BuildSession session(spec, {});
  session.serve(std::make_unique<Connection>(wrap_socket(ends[0])));
  Client client(window);
  client.call(ends[1], path, request);
  ::close(ends[1]);
  return {client.body, client.headers["grpc-status"], client.headers["grpc-message"], client.pieces};
}

std::string text_field(const std::string& value) {
  std::string bytes;
  protobuf::add_bytes(bytes, 1, value);
  return bytes;
}

constexpr auto get_secret = "/moby.buildkit.secrets.v1.Secrets/GetSecret";

}  // namespace

TEST_CASE("a build session hands out the build's secrets and nothing else", "[engine]") {
  BuildSpec spec;
  spec.secrets["token"] = "s3cret";
  const auto given = ask(spec, get_secret, text_field("token"));
  CHECK(given.body == message(text_field("s3cret")));
  CHECK(given.status == "0");
  const auto refused = ask(spec, get_secret, text_field("other"));
  CHECK(refused.body.empty());
  CHECK(refused.status == "5");
  CHECK(refused.words == "secret other not found");
  CHECK(ask(spec, "/no.such/Method", "").status == "12");
}

TEST_CASE("a call that has nothing to say is answered with an empty message", "[engine]") {
  BuildSpec spec;
  spec.ssh_agents["default"] = "/nowhere";
  const auto known = ask(spec, "/moby.sshforward.v1.SSH/CheckAgent", "");
  CHECK(known.body == message(""));
  CHECK(known.status == "0");
  CHECK(ask(spec, "/moby.sshforward.v1.SSH/CheckAgent", text_field("other")).status == "2");
}

TEST_CASE("what is larger than the client's window comes in pieces", "[engine]") {
  BuildSpec spec;
  spec.secrets["large"] = std::string(100, 'x');
  const auto given = ask(spec, get_secret, text_field("large"), 10);
  CHECK(given.body == message(text_field(spec.secrets["large"])));
  CHECK(given.pieces > 1);
  CHECK(given.status == "0");
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
