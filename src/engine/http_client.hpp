// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/connection.hpp"

/// HTTP/1.1 as an engine speaks it, over any transport: cpp-httplib with our own connections under it,
/// streams that a stop token ends, and connections that the engine hands over (`Upgrade: tcp`).
namespace crstack::engine {

struct HttpRequest {
  std::string method, target;  ///< target: path with query, already encoded
  std::multimap<std::string, std::string> headers;
  std::string body;
  std::string content_type = "application/json";
  std::function<std::string()> source;  ///< a streamed body instead; an empty answer ends it
  std::string upgrade;                  ///< asks for the connection itself, to speak this on it (`tcp`)
  bool leave_body = false;              ///< gives the connection away before the answer's body is read
};

struct HttpAnswer {
  int status = 0;                              ///< 0: stopped before it came
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;                            ///< where nobody else took it
  std::unique_ptr<Connection> connection;      ///< where it was handed over, or its body left
  [[nodiscard]] std::string header(const std::string& name) const;
};

/// What takes an answer as it comes; each part may be left out. Not asked about refusals (status 400 and
/// more): those are always collected. What it throws comes out of `HttpClient::send`.
struct AnswerReader {
  std::function<void(const HttpAnswer&)> on_header;
  std::function<bool(std::string_view)> on_body;  ///< false: it wants no more
  std::function<bool()> on_idle;                  ///< nothing more at hand just now; false as above
};

/// A request that was sent, on a connection of its own. Not thread-safe. The destructor closes it.
class PendingAnswer {
 public:
  virtual ~PendingAnswer() = default;
  [[nodiscard]] virtual int fd() const = 0;  ///< readable once the answer comes
  virtual HttpAnswer read() = 0;             ///< waits for it, once; throws as `HttpClient::send`
};

/// Thread-safe: each call takes an idle connection or opens one more.
class HttpClient {
 public:
  explicit HttpClient(HostAddress address);
  ~HttpClient();
  [[nodiscard]] const HostAddress& address() const { return address_; }

  /// Sends, and reads the answer to its end. A stopped token ends both at once, and what has come so far is
  /// the answer. `timeout_ms` bounds the wait for the answer's first byte (0: for ever). Throws
  /// EngineError{no_answer} where the answer is missing or breaks off, {protocol} where it is none.
  HttpAnswer send(const HttpRequest& request, const AnswerReader& reader = {},
                  const std::stop_token& stop = {}, int timeout_ms = 0);
  /// Posts no body, and leaves the answer for later. The client must outlive it.
  std::unique_ptr<PendingAnswer> begin_post(const std::string& target);

 private:
  class Client;
  class PendingPost;
  std::unique_ptr<Client> acquire();

  HostAddress address_;
  std::multimap<std::string, std::string> headers_;  ///< of every request
  std::mutex mutex_;
  std::vector<std::unique_ptr<Client>> idle_;
};

/// Percent-encodes what a query or a path segment can't hold.
std::string url_encode(std::string_view text);

}  // namespace crstack::engine
