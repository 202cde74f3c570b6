// SPDX-License-Identifier: MIT
#include "engine/session/build_session.hpp"

#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "crstack/base/base64.hpp"
#include "crstack/base/log.hpp"
#include "engine/session/protobuf.hpp"

namespace crstack::engine {

namespace {

constexpr std::string_view hub = "registry-1.docker.io";

std::string random_name() {
  std::array<unsigned char, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) < 0) bytes.fill(static_cast<unsigned char>(getpid()));
  static constexpr char digits[] = "0123456789abcdefghijklmnopqrstuv";
  std::string name;
  for (const auto byte : bytes) name += digits[byte % 32];
  return name;
}

int connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return -1;
  std::memcpy(address.sun_path, path.c_str(), path.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

// A build's connection to an SSH agent: bytes both ways, each piece a message with field 1.
class AgentStream final : public GrpcStream {
 public:
  AgentStream(int fd, GrpcReply reply) : agent_(wrap_socket(fd)), reply_(std::move(reply)) {
    thread_ = std::thread([this] { copy(); });
  }
  ~AgentStream() override {
    agent_->shut_down();
    thread_.join();
  }
  void take(std::string_view message) override { agent_->write(protobuf::bytes_of(message, 1)); }
  void finish() override { agent_->close_write(); }

 private:
  void copy() {
    std::array<char, 16384> buffer{};
    for (std::size_t size = 0; (size = agent_->read(buffer.data(), buffer.size())) > 0;) {
      std::string message;
      protobuf::add_bytes(message, 1, {buffer.data(), size});
      reply_.send(message);
    }
    reply_.end({});
  }

  std::unique_ptr<Transport> agent_;
  GrpcReply reply_;
  std::thread thread_;
};

}  // namespace

BuildSession::BuildSession(const BuildSpec& spec, Environment environment)
    : secrets_(spec.secrets),
      ssh_agents_(spec.ssh_agents),
      environment_(std::move(environment)),
      id_(random_name()) {
  for (const auto& [id, keys] : spec.ssh_keys) {
    key_agents_.push_back(std::make_unique<KeyAgent>(keys));
    ssh_agents_[id] = key_agents_.back()->socket();
  }
  server_.on("/grpc.health.v1.Health/Check", [](std::string_view) {
    GrpcAnswer serving;
    protobuf::add_number(serving.body, 1, 1);
    return serving;
  });
  server_.on("/moby.buildkit.secrets.v1.Secrets/GetSecret",
             [this](std::string_view request) { return secret(request); });
  server_.on("/moby.filesync.v1.Auth/Credentials",
             [this](std::string_view request) { return credentials(request); });
  if (ssh_agents_.empty()) return;
  server_.on("/moby.sshforward.v1.SSH/CheckAgent", [this](std::string_view request) {
    const std::string name(protobuf::bytes_of(request, 1));
    if (!agent(name).empty()) return GrpcAnswer{};
    return GrpcAnswer{GrpcAnswer::unknown, "unset ssh forward key " + name, {}};
  });
  server_.on_stream(
      "/moby.sshforward.v1.SSH/ForwardAgent",
      [this](const GrpcHeaders& headers, GrpcReply reply) { return forward(headers, std::move(reply)); });
}

BuildSession::~BuildSession() {
  if (connection_) connection_->transport().shut_down();
  if (thread_.joinable()) thread_.join();
}

std::multimap<std::string, std::string> BuildSession::headers() const {
  std::multimap<std::string, std::string> headers = {{"X-Docker-Expose-Session-Uuid", id_},
                                                     {"X-Docker-Expose-Session-Name", "crstack"}};
  for (const auto& method : server_.methods()) headers.emplace("X-Docker-Expose-Session-Grpc-Method", method);
  return headers;
}

void BuildSession::serve(std::unique_ptr<Connection> connection) {
  connection_ = std::move(connection);
  thread_ = std::thread([this] {
    try {
      server_.serve(*connection_);
    } catch (const std::exception& error) {  // the build itself says what it misses
      debug_log(std::string("build session: ") + error.what());
    }
  });
}

GrpcAnswer BuildSession::secret(std::string_view request) const {
  const std::string id(protobuf::bytes_of(request, 1));
  const auto found = secrets_.find(id);
  if (found == secrets_.end()) return {GrpcAnswer::not_found, "secret " + id + " not found", {}};
  GrpcAnswer answer;
  protobuf::add_bytes(answer.body, 1, found->second);
  return answer;
}

GrpcAnswer BuildSession::credentials(std::string_view request) const {
  const std::string host(protobuf::bytes_of(request, 1));
  const auto basic = registry_basic_auth(host == hub ? "docker.io" : host, environment_);
  GrpcAnswer answer;
  if (basic.empty()) return answer;
  const auto pair = base64_decode(std::string_view(basic).substr(std::strlen("Basic ")));
  const auto colon = pair.find(':');
  protobuf::add_bytes(answer.body, 1, pair.substr(0, colon));
  protobuf::add_bytes(answer.body, 2, pair.substr(colon + 1));
  return answer;
}

std::string BuildSession::agent(const std::string& id) const {
  const auto found = ssh_agents_.find(id.empty() ? "default" : id);
  return found == ssh_agents_.end() ? std::string() : found->second;
}

std::unique_ptr<GrpcStream> BuildSession::forward(const GrpcHeaders& headers, GrpcReply reply) const {
  const auto id = headers.find("buildkit.ssh.id");
  const auto path = agent(id == headers.end() ? std::string() : id->second);
  const int fd = path.empty() ? -1 : connect_to(path);
  if (fd >= 0) return std::make_unique<AgentStream>(fd, std::move(reply));
  reply.end({GrpcAnswer::unknown, "failed to connect to the SSH agent at " + path, {}});
  return nullptr;
}

}  // namespace crstack::engine
