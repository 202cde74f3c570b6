// SPDX-License-Identifier: MIT
#include "engine/http_client.hpp"

#include <netdb.h>
#include <sys/eventfd.h>

#include <cstring>

#include "crstack/base/text.hpp"
#include "engine/http_exchange.hpp"

namespace {

/// Connections come from Transport. The library's own way to one is never gone, but it would link the
/// system's resolver, which a static binary can't use.
int no_resolver(...) {
  return EAI_FAIL;
}

}  // namespace

#define getaddrinfo no_resolver
#define getnameinfo no_resolver
#define CPPHTTPLIB_RECV_BUFSIZ size_t(65536u)
#define CPPHTTPLIB_PAYLOAD_MAX_LENGTH (std::numeric_limits<size_t>::max)()
#define CPPHTTPLIB_EXPECT_100_THRESHOLD 0
#include <httplib.h>

namespace crstack::engine {

namespace {

constexpr const char* user_agent = "crstack";

/// What the library reads from and writes to. Which functions are pure differs from version to version.
class ConnectionStream final : public httplib::Stream {
 public:
  ConnectionStream(Connection& connection, HttpExchange& exchange)
      : connection_(connection), exchange_(exchange) {}
  [[nodiscard]] bool is_readable() const { return true; }
  [[nodiscard]] bool is_writable() const { return true; }
  [[nodiscard]] bool wait_readable() const { return true; }
  [[nodiscard]] bool wait_writable() const { return true; }
  [[nodiscard]] time_t duration() const { return 0; }
  void get_remote_ip_and_port(std::string&, int&) const {}
  void get_local_ip_and_port(std::string&, int&) const {}
  [[nodiscard]] socket_t socket() const { return connection_.transport().fd(); }
  // The library reads the size of a chunk byte by byte, and an engine sends a chunk for each line of a log.
  ssize_t read(char* buffer, std::size_t size) override {
    if (exchange_.in_body())
      if (const auto got = connection_.take_buffered(buffer, size); got > 0) return static_cast<ssize_t>(got);
    return static_cast<ssize_t>(exchange_.read(connection_, buffer, size));
  }
  ssize_t write(const char* bytes, std::size_t size) override {
    exchange_.write(connection_, {bytes, size});
    return static_cast<ssize_t>(size);
  }

 private:
  Connection& connection_;
  HttpExchange& exchange_;
};

/// Targets come encoded. Newer versions of the library have another name for leaving them alone.
template <class Library>
void leave_target(Library& client) {
  if constexpr (requires { client.set_path_encode(false); })
    client.set_path_encode(false);
  else
    client.set_url_encode(false);
}

bool tell_header(HttpExchange& exchange, const httplib::Response& response) {
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : response.headers) headers[to_lower(name)] = value;
  return exchange.take_header(response.status, std::move(headers));
}

bool give_piece(HttpExchange& exchange, httplib::DataSink& sink) {
  const auto piece = exchange.upload();
  if (piece.empty())
    sink.done();
  else
    sink.write(piece.data(), piece.size());
  return exchange.sound();
}

httplib::Headers library_headers(const std::multimap<std::string, std::string>& headers) {
  return {headers.begin(), headers.end()};
}

httplib::Request library_request(const HttpRequest& request, HttpExchange& exchange) {
  httplib::Request made;
  made.method = request.method;
  made.path = request.target;
  made.headers.insert(request.headers.begin(), request.headers.end());
  if (!request.upgrade.empty())
    made.headers.insert({{"Connection", "Upgrade"}, {"Upgrade", request.upgrade}});
  if (request.source || !request.body.empty()) made.headers.emplace("Content-Type", request.content_type);
  made.body = request.body;
  if (request.source) {
    made.headers.emplace("Transfer-Encoding", "chunked");
    made.is_chunked_content_provider_ = true;
    made.content_provider_ = [&](auto, auto, httplib::DataSink& sink) { return give_piece(exchange, sink); };
  }
  made.response_handler = [&](const httplib::Response& response) { return tell_header(exchange, response); };
  made.content_receiver = [&](const char* bytes, std::size_t size, auto, auto) {
    return exchange.take_body({bytes, size});
  };
  return made;
}

}  // namespace

/// A client of the library on one connection of ours. The library's own descriptor is an event that never
/// comes.
class HttpClient::Client final : public httplib::ClientImpl {
 public:
  Client(std::unique_ptr<Connection> connection, httplib::Headers headers)
      : ClientImpl("localhost"), connection_(std::move(connection)) {
    set_keep_alive(true);
    leave_target<ClientImpl>(*this);
    set_default_headers(std::move(headers));
  }

  /// Whether the other side has neither closed nor spoken.
  [[nodiscard]] bool idle() { return !connection_->ready(); }

  HttpAnswer run(const HttpRequest& request, HttpExchange& exchange, const std::stop_token& stop) {
    exchange_ = &exchange;
    stop_ = stop;
    auto sent = library_request(request, exchange);
    httplib::Response response;
    auto error = httplib::Error::Success;
    const bool complete = send(sent, response, error);
    // Where there can be no body, the library hasn't told yet.
    if (complete && !exchange.has_header()) tell_header(exchange, response);
    auto answer =
        exchange.finish(complete ? HttpExchange::Completed::yes : HttpExchange::Completed::no, stop);
    if (exchange.handed_over()) answer.connection = std::move(connection_);
    reusable_ = complete && is_socket_open() != 0 && exchange.reusable() && !stop.stop_requested();
    return answer;
  }
  [[nodiscard]] bool reusable() const { return reusable_; }

 private:
  using Callback = std::function<bool(httplib::Stream&)>;
  using Time = std::chrono::time_point<std::chrono::steady_clock>;

  bool create_and_connect_socket(Socket& socket, httplib::Error&) override {
    socket.sock = ::eventfd(0, EFD_CLOEXEC);
    return socket.is_open();
  }
  // Of these two each version of the library knows one.
  bool process_socket(const Socket&, Callback callback) { return process(callback); }
  bool process_socket(const Socket&, Time, Callback callback) { return process(callback); }

  bool process(const Callback& callback) {
    const std::stop_callback end(stop_, [this] { connection_->transport().shut_down(); });
    ConnectionStream stream(*connection_, *exchange_);
    return callback(stream);
  }

  std::unique_ptr<Connection> connection_;
  HttpExchange* exchange_ = nullptr;
  std::stop_token stop_;
  bool reusable_ = false;
};

HttpClient::HttpClient(HostAddress address) : address_(std::move(address)) {
  const auto parts = split_host(address_.url);
  headers_ = {{"Host", parts.scheme == "tcp" ? parts.host : "docker"}, {"User-Agent", user_agent}};
  headers_.insert(address_.headers.begin(), address_.headers.end());
}

HttpClient::~HttpClient() = default;

std::unique_ptr<HttpClient::Client> HttpClient::acquire() {
  {
    std::lock_guard lock(mutex_);
    while (!idle_.empty()) {
      auto client = std::move(idle_.back());
      idle_.pop_back();
      if (client->idle()) return client;
    }
  }
  return std::make_unique<Client>(std::make_unique<Connection>(open_transport(address_)),
                                  library_headers(headers_));
}

HttpAnswer HttpClient::send(const HttpRequest& request, const AnswerReader& reader,
                            const std::stop_token& stop, int timeout_ms) {
  HttpExchange exchange(request, reader, address_, timeout_ms);
  auto client = acquire();
  auto answer = client->run(request, exchange, stop);
  if (client->reusable()) {
    std::lock_guard lock(mutex_);
    idle_.push_back(std::move(client));
  }
  return answer;
}

/// The library knows only requests whose answer it waits for: this one is written here, and its answer read
/// by a client of the library that believes it has just written it.
class HttpClient::PendingPost final : public PendingAnswer {
 public:
  PendingPost(const HttpClient& client, const std::string& target)
      : client_(client), transport_(open_transport(client.address_)) {
    request_.method = "POST";
    request_.target = target;
    std::string head = "POST " + target + " HTTP/1.1\r\n";
    for (const auto& [name, value] : client.headers_)
      head.append(name).append(": ").append(value).append("\r\n");
    transport_->write(head + "Content-Length: 0\r\n\r\n");
  }
  [[nodiscard]] int fd() const override { return transport_->fd(); }
  HttpAnswer read() override {
    const AnswerReader collect;
    HttpExchange exchange(request_, collect, client_.address_, 0);
    exchange.is_sent();
    auto connection = std::make_unique<Connection>(std::move(transport_));  // its buffer is large
    return Client(std::move(connection), library_headers(client_.headers_)).run(request_, exchange, {});
  }

 private:
  const HttpClient& client_;
  HttpRequest request_;
  std::unique_ptr<Transport> transport_;
};

std::unique_ptr<PendingAnswer> HttpClient::begin_post(const std::string& target) {
  return std::make_unique<PendingPost>(*this, target);
}

std::string url_encode(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte < 128 && std::isalnum(byte) != 0) || std::strchr("-_.~", c) != nullptr;
    if (plain && c != '\0') {
      result += c;
    } else {
      result += '%';
      result += digits[byte >> 4];
      result += digits[byte & 15];
    }
  }
  return result;
}

}  // namespace crstack::engine
