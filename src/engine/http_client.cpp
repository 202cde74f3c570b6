// SPDX-License-Identifier: MIT
#include "engine/http_client.hpp"

#include <poll.h>

#include <charconv>
#include <cstring>

#include "crstack/base/log.hpp"
#include "crstack/base/text.hpp"
#include "engine/connect_error.hpp"

namespace crstack::engine {

// --- Connection

bool Connection::fill() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == buffer_.size()) {
    if (begin_ == 0) return false;
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const auto got = transport_->read(buffer_.data() + end_, buffer_.size() - end_);
  end_ += got;
  return got > 0;
}

bool Connection::read_line(std::string& line) {
  std::size_t searched = 0;
  for (;;) {
    const auto have = buffered();
    const auto newline = have.find('\n', searched);
    if (newline != std::string_view::npos) {
      line.assign(have.substr(0, newline));
      if (line.ends_with('\r')) line.pop_back();
      consume(newline + 1);
      return true;
    }
    searched = have.size();
    if (!fill()) return false;
  }
}

bool Connection::ready() {
  if (begin_ != end_ || transport_->has_buffered()) return true;
  pollfd state{transport_->fd(), POLLIN, 0};
  return ::poll(&state, 1, 0) != 0;
}

// --- HttpResponse

HttpResponse::HttpResponse(HttpClient& client, std::unique_ptr<Connection> connection)
    : client_(client), connection_(std::move(connection)) {}

HttpResponse::~HttpResponse() {
  on_stop_.reset();
}

void HttpResponse::end_on(const std::stop_token& stop) {
  if (!stop.stop_possible() || connection_ == nullptr) return;
  stop_ = stop;
  on_stop_ = std::make_unique<std::stop_callback<std::function<void()>>>(
      stop, [transport = &connection_->transport()] { transport->shut_down(); });
}

std::unique_ptr<Connection> HttpResponse::take_connection() {
  on_stop_.reset();
  return std::move(connection_);
}

void HttpResponse::start_body(bool has_body) {
  const auto header = [&](const char* name) {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  };
  if (!has_body) {
    framing_ = Framing::none;
  } else if (to_lower(header("transfer-encoding")).find("chunked") != std::string::npos) {
    framing_ = Framing::chunked;
  } else if (const auto length = header("content-length"); !length.empty()) {
    framing_ = Framing::length;
    left_ = std::strtoull(length.c_str(), nullptr, 10);
  } else {
    framing_ = Framing::until_close;
  }
  if (framing_ == Framing::none || (framing_ == Framing::length && left_ == 0)) finish();
}

void HttpResponse::finish() {
  done_ = true;
  on_stop_.reset();
  const auto found = headers.find("connection");
  const bool close = found != headers.end() && to_lower(found->second) == "close";
  if (connection_ != nullptr && !close && framing_ != Framing::until_close && !stop_.stop_requested())
    client_.release(std::move(connection_));
}

void HttpResponse::broken() {
  done_ = true;
  throw silent_error(client_.address(), "the answer broke off");
}

std::string_view HttpResponse::take(std::uint64_t& left) {
  if (connection_->buffered().empty() && !connection_->fill()) return {};
  const auto piece = connection_->buffered().substr(0, left);
  connection_->consume(piece.size());
  left -= piece.size();
  return piece;
}

/// Reads the size of the next chunk; false after the last one.
bool HttpResponse::next_chunk() {
  std::string line;
  if (!first_chunk_ && !connection_->read_line(line)) broken();
  first_chunk_ = false;
  if (!connection_->read_line(line)) broken();
  const auto* end = line.data() + line.size();
  const auto [rest, error] = std::from_chars(line.data(), end, left_, 16);
  if (error != std::errc() || rest == line.data()) broken();
  if (left_ > 0) return true;
  while (connection_->read_line(line) && !line.empty()) continue;  // trailers
  return false;
}

std::string_view HttpResponse::next() {
  if (done_ || connection_ == nullptr) return {};
  try {
    std::string_view piece;
    if (framing_ == Framing::until_close) {
      std::uint64_t endless = ~std::uint64_t{0};
      piece = take(endless);
      if (piece.empty()) finish();
      return piece;
    }
    if (left_ == 0 && (framing_ != Framing::chunked || !next_chunk())) {
      finish();
      return {};
    }
    piece = take(left_);
    if (piece.empty()) broken();
    return piece;
  } catch (const EngineError&) {
    if (!stop_.stop_requested()) throw;
    done_ = true;
    return {};
  }
}

bool HttpResponse::ready() {
  return done_ || connection_ == nullptr || connection_->ready();
}

std::string HttpResponse::read_all() {
  std::string body;
  for (auto piece = next(); !piece.empty(); piece = next()) body += piece;
  return body;
}

// --- HttpClient

HttpClient::HttpClient(HostAddress address) : address_(std::move(address)) {
  const auto parts = split_host(address_.url);
  host_header_ = parts.scheme == "tcp" ? parts.host : "docker";
}

std::unique_ptr<Connection> HttpClient::acquire() {
  {
    std::lock_guard lock(mutex_);
    while (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      if (!connection->ready()) return connection;  // neither closed nor spoken
    }
  }
  return std::make_unique<Connection>(open_transport(address_));
}

void HttpClient::release(std::unique_ptr<Connection> connection) {
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

void HttpClient::write_request(Connection& connection, const HttpRequest& request) {
  std::string text = request.method + " " + request.target + " HTTP/1.1\r\nHost: " + host_header_ +
                     "\r\nUser-Agent: crstack\r\n";
  for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
  if (request.source) {
    text += "Content-Type: " + request.content_type + "\r\nTransfer-Encoding: chunked\r\n\r\n";
    auto& transport = connection.transport();
    bool open = transport.write(text);
    while (open) {
      const auto piece = request.source();
      std::array<char, 24> size{};
      std::snprintf(size.data(), size.size(), "%zx\r\n", piece.size());
      open = transport.write(size.data()) && transport.write(piece) && transport.write("\r\n");
      if (piece.empty()) break;
    }
    return;  // a server that has closed may have said why: its answer tells
  }
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    if (!request.body.empty()) text += "Content-Type: " + request.content_type + "\r\n";
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  connection.transport().write(text + "\r\n" + request.body);
}

bool HttpClient::read_header(HttpResponse& response) {
  auto& connection = *response.connection_;
  std::string line;
  do {
    if (!connection.read_line(line)) return false;
    if (!line.starts_with("HTTP/1.") || line.size() < 12)
      throw EngineError(ErrorKind::protocol, 0, "", "",
                        "What answers at " + address_.url + " is no Docker engine",
                        "Check DOCKER_HOST and --host.");
    response.status = std::atoi(line.c_str() + 9);
    response.headers.clear();
    while (connection.read_line(line) && !line.empty()) {
      const auto colon = line.find(':');
      if (colon == std::string::npos) continue;
      response.headers[to_lower(std::string_view(line).substr(0, colon))] =
          std::string(trim(std::string_view(line).substr(colon + 1)));
    }
  } while (response.status == 100);
  return true;
}

std::unique_ptr<HttpResponse> HttpClient::send(const HttpRequest& request, const std::stop_token& stop,
                                               int timeout_ms) {
  auto response = std::make_unique<HttpResponse>(*this, acquire());
  response->end_on(stop);
  auto& connection = *response->connection_;
  write_request(connection, request);
  if (timeout_ms > 0) {
    pollfd waiting{connection.transport().fd(), POLLIN, 0};
    if (::poll(&waiting, 1, timeout_ms) == 0)
      throw silent_error(address_, "it accepted the connection but said nothing for " +
                                       std::to_string(timeout_ms / 1000) + " s");
  }
  if (!read_header(*response)) {
    if (!stop.stop_requested()) throw silent_error(address_, "it closed the connection without an answer");
    response->status = 0;
    response->done_ = true;
    return response;
  }
  const int status = response->status;
  // Without the query: it may hold a build's arguments.
  debug_log(request.method + " " + request.target.substr(0, request.target.find('?')) + ": " +
            std::to_string(status));
  const bool upgraded = status == 101;
  if (!upgraded) response->start_body(request.method != "HEAD" && status != 204 && status != 304);
  return response;
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
