// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "engine/connection.hpp"
#include "engine/session/hpack.hpp"

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

/// A gRPC server on one connection (HTTP/2, RFC 9113), whose client is the engine. No more than a build
/// session needs: no compression, no TLS of its own, no push, no priorities.
class GrpcServer {
 public:
  using Unary = std::function<GrpcAnswer(std::string_view request)>;
  using Streaming = std::function<std::unique_ptr<GrpcStream>(const GrpcHeaders&, GrpcReply)>;

  void on(const std::string& method, Unary unary) { unary_[method] = std::move(unary); }
  void on_stream(const std::string& method, Streaming streaming) {
    streaming_[method] = std::move(streaming);
  }
  [[nodiscard]] std::vector<std::string> methods() const;

  /// Serves until the other side closes or the connection is shut down. Throws EngineError{protocol} where
  /// the client speaks something else.
  void serve(Connection& connection);

 private:
  struct Frame;
  struct Call {
    GrpcHeaders headers;
    std::string received;
    std::unique_ptr<GrpcStream> stream;
    std::string unsent;  ///< waits for the client's leave
    std::int64_t window = 0;
    std::string trailers;  ///< to be sent behind `unsent`; empty: it goes on
    bool done = false;
  };

  bool read_frame(Connection& connection, Frame& frame);
  void take(const Frame& frame);
  void take_headers(const Frame& frame);
  void take_data(const Frame& frame);
  void take_messages(std::uint32_t id, Call& call, bool last);
  void take_settings(const Frame& frame);
  void take_window(const Frame& frame);
  void open(std::uint32_t id, const std::vector<HeaderField>& fields);
  void send(std::uint32_t id, std::string_view message);
  void end(std::uint32_t id, const GrpcAnswer& answer);
  void flush(std::uint32_t id, Call& call);
  void drop_done();
  void write_frame(std::uint8_t type, std::uint8_t flags, std::uint32_t id, std::string_view payload);

  std::map<std::string, Unary> unary_;
  std::map<std::string, Streaming> streaming_;
  HeaderDecoder decoder_;
  Connection* connection_ = nullptr;
  std::recursive_mutex mutex_;  ///< of what is below, and of what is written; streams are ended without it
  std::map<std::uint32_t, Call> calls_;
  std::string header_block_;
  std::int64_t window_ = 65535, initial_window_ = 65535;
};

}  // namespace crstack::engine
