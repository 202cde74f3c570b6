// SPDX-License-Identifier: MIT
#pragma once

#include <exception>

#include "engine/http_client.hpp"

namespace crstack::engine {

/// One request and its answer on one connection, as the HTTP library asks for them. What the caller's
/// functions and the transport throw is kept while the library is on the stack, and thrown by `finish`.
class HttpExchange {
 public:
  HttpExchange(const HttpRequest& request, const AnswerReader& reader, const HostAddress& address,
               int timeout_ms)
      : request_(request), reader_(reader), address_(address), timeout_ms_(timeout_ms) {}

  /// The request has gone out already: what the library writes of it is dropped.
  void is_sent() { sent_ = true; }
  /// 0: there is nothing more to be read.
  std::size_t read(Connection& connection, char* buffer, std::size_t size);
  void write(Connection& connection, std::string_view bytes);
  /// The next piece of a streamed body; empty at its end.
  std::string upload();
  // These three say whether the library shall go on.
  [[nodiscard]] bool sound() const { return failure_ == nullptr; }
  bool take_header(int status, std::map<std::string, std::string> headers);
  bool take_body(std::string_view piece);

  [[nodiscard]] bool has_header() const { return answer_.status != 0; }
  /// Whether what comes now is the answer's body.
  [[nodiscard]] bool in_body() const { return has_header() && !bodiless_ && sound(); }
  [[nodiscard]] bool handed_over() const { return handed_over_; }
  /// Whether the connection is where the next request may begin.
  [[nodiscard]] bool reusable() const { return sound() && !handed_over_ && !ended_; }

  enum class Completed { no, yes };
  /// The answer. Throws what went wrong, where something did; a stopped exchange may be incomplete.
  HttpAnswer finish(Completed completed, const std::stop_token& stop);

 private:
  template <class Action>
  bool guarded(const Action& action);
  void wait_for_bytes(Connection& connection);

  const HttpRequest& request_;
  const AnswerReader& reader_;
  const HostAddress& address_;
  const int timeout_ms_;
  HttpAnswer answer_;
  std::exception_ptr failure_;
  std::string start_;  ///< the first bytes of the answer
  bool sent_ = false;
  bool closed_ = false;  ///< the other side reads no more
  bool bodiless_ = false, handed_over_ = false;
  bool ended_ = false;  ///< nobody wants the rest
};

}  // namespace crstack::engine
