// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/connection.hpp"

namespace crstack::engine {

/// How a call ends: gRPC's status code (0: well), its message, and the answer.
struct GrpcAnswer {
  enum Status { ok = 0, unknown = 2, not_found = 5, unimplemented = 12 } status = ok;
  std::string message, body;
};

/// The server's side of a call in which both sides may send for as long as they like.
class GrpcStream {
 public:
  virtual ~GrpcStream() = default;
  virtual void take(std::string_view message) = 0;
  virtual void finish() = 0;  ///< the client sends no more
};

/// What a stream answers with; from any thread, until the server is gone.
struct GrpcReply {
  std::function<void(std::string_view message)> send;
  std::function<void(const GrpcAnswer&)> end;
};

using GrpcHeaders = std::map<std::string, std::string>;

/// A gRPC server on one connection, whose client is the engine; HTTP/2 beneath is nghttp2's. No more than a
/// build session needs: no compression of messages.
class GrpcServer {
 public:
  using Unary = std::function<GrpcAnswer(std::string_view request)>;
  using Streaming = std::function<std::unique_ptr<GrpcStream>(const GrpcHeaders&, GrpcReply)>;

  GrpcServer();
  ~GrpcServer();

  void on(const std::string& method, Unary unary) { unary_[method] = std::move(unary); }
  void on_stream(const std::string& method, Streaming streaming) {
    streaming_[method] = std::move(streaming);
  }
  [[nodiscard]] std::vector<std::string> methods() const;

  /// Serves until the other side closes or the connection is shut down. Throws EngineError{protocol} where
  /// the client speaks something else.
  void serve(Connection& connection);

 private:
  class Http;
  struct Call;

  void advance(int id, Call& call);
  void open(int id, Call& call);
  void take_messages(int id, Call& call);

  std::map<std::string, Unary> unary_;
  std::map<std::string, Streaming> streaming_;
  std::unique_ptr<Http> http_;
};

}  // namespace crstack::engine
