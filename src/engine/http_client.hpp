// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/transport.hpp"

/// HTTP/1.1 as an engine speaks it, over any transport: kept connections, chunked bodies both ways, streams
/// that a stop token ends, and connections that the engine hands over (`Upgrade: tcp`).
namespace crstack::engine {

struct HttpRequest {
  std::string method, target;  ///< target: path with query, already encoded
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string content_type = "application/json";
  std::function<std::string()> source;  ///< a streamed body instead; an empty answer ends it
};

/// A connection with the bytes that were read from it but not yet used.
class Connection {
 public:
  explicit Connection(std::unique_ptr<Transport> transport) : transport_(std::move(transport)) {}
  [[nodiscard]] Transport& transport() { return *transport_; }
  [[nodiscard]] std::string_view buffered() const { return {buffer_.data() + begin_, end_ - begin_}; }
  void consume(std::size_t bytes) { begin_ += bytes; }
  /// Reads more; false at the end.
  bool fill();
  /// A line without its end; false at the end of the stream or for a line of more than 64 KiB.
  bool read_line(std::string& line);
  /// Bytes are at hand, or the other side has closed.
  [[nodiscard]] bool ready();

 private:
  std::unique_ptr<Transport> transport_;
  std::array<char, 65536> buffer_;
  std::size_t begin_ = 0, end_ = 0;
};

class HttpClient;

/// An answer whose body is read piece by piece. Gives the connection back once the body is through, closes it
/// otherwise. Must not outlive its client.
class HttpResponse {
 public:
  HttpResponse(HttpClient& client, std::unique_ptr<Connection> connection);
  ~HttpResponse();
  HttpResponse(const HttpResponse&) = delete;
  HttpResponse& operator=(const HttpResponse&) = delete;

  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case

  /// The next bytes of the body, valid until the next call; empty at its end. A body that breaks off is
  /// an EngineError{no_answer}, unless it was stopped.
  std::string_view next();
  /// Whether `next` gives something without waiting.
  [[nodiscard]] bool ready();
  std::string read_all();
  /// Makes `stop` end this body: `next` then gives nothing more.
  void end_on(const std::stop_token& stop);
  /// Takes the connection over after a 101 (or a 200 to an upgrade).
  std::unique_ptr<Connection> take_connection();

 private:
  friend class HttpClient;
  enum class Framing { none, length, chunked, until_close };
  void start_body(bool has_body);
  std::string_view take(std::uint64_t& left);
  bool next_chunk();
  void finish();
  [[noreturn]] void broken();

  HttpClient& client_;
  std::unique_ptr<Connection> connection_;
  Framing framing_ = Framing::none;
  std::uint64_t left_ = 0;
  bool first_chunk_ = true, done_ = false;
  std::stop_token stop_;
  std::unique_ptr<std::stop_callback<std::function<void()>>> on_stop_;
};

/// Thread-safe: each call takes an idle connection or opens one more.
class HttpClient {
 public:
  explicit HttpClient(HostAddress address);
  [[nodiscard]] const HostAddress& address() const { return address_; }

  /// Sends and reads the answer's header. A stopped token ends the wait: the answer has then status 0 and no
  /// body. `timeout_ms` bounds the wait for the answer (0: for ever).
  std::unique_ptr<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop = {},
                                     int timeout_ms = 0);

 private:
  friend class HttpResponse;
  std::unique_ptr<Connection> acquire();
  void release(std::unique_ptr<Connection> connection);
  void write_request(Connection& connection, const HttpRequest& request);
  bool read_header(HttpResponse& response);

  HostAddress address_;
  std::string host_header_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

/// Percent-encodes what a query or a path segment can't hold.
std::string url_encode(std::string_view text);

}  // namespace crstack::engine
