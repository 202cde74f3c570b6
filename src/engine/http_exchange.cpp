// SPDX-License-Identifier: MIT
#include "engine/http_exchange.hpp"

#include "crstack/base/log.hpp"
#include "engine/connect_error.hpp"

namespace crstack::engine {

namespace {

constexpr std::string_view first_word = "HTTP/1.";

}  // namespace

std::string HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

template <class Action>
bool HttpExchange::guarded(const Action& action) {
  try {
    if (sound()) return action();
  } catch (...) {
    failure_ = std::current_exception();
  }
  return false;
}

void HttpExchange::wait_for_bytes(Connection& connection) {
  if (has_header()) {
    ended_ = reader_.on_idle && !connection.ready() && !reader_.on_idle();
  } else if (timeout_ms_ > 0 && start_.empty() && !connection.ready(timeout_ms_)) {
    throw silent_error(address_, "it accepted the connection but said nothing for " +
                                     std::to_string(timeout_ms_ / 1000) + " s");
  }
}

std::size_t HttpExchange::read(Connection& connection, char* buffer, std::size_t size) {
  if (bodiless_) return 0;
  std::size_t got = 0;
  guarded([&] {
    if (!connection.has_buffered()) wait_for_bytes(connection);
    if (!ended_) got = connection.read(buffer, size);
    return true;
  });
  if (start_.size() < first_word.size()) start_.append(buffer, got);
  return got;
}

/// A server that has closed may have said why: its answer tells.
void HttpExchange::write(Connection& connection, std::string_view bytes) {
  if (sent_) return;
  guarded([&] { return closed_ = closed_ || !connection.transport().write(bytes); });
}

std::string HttpExchange::upload() {
  std::string piece;
  guarded([&] {
    if (!closed_) piece = request_.source();
    return true;
  });
  return piece;
}

bool HttpExchange::take_header(int status, std::map<std::string, std::string> headers) {
  answer_.status = status;
  answer_.headers = std::move(headers);
  // Without the query: it may hold a build's arguments.
  debug_log(request_.method + " " + request_.target.substr(0, request_.target.find('?')) + ": " +
            std::to_string(status));
  bodiless_ = status == 304;
  handed_over_ = status == 101 || ((!request_.upgrade.empty() || request_.leave_body) && status < 300);
  return guarded([&] {
    if (reader_.on_header && status < 400) reader_.on_header(answer_);
    return !handed_over_;
  });
}

bool HttpExchange::take_body(std::string_view piece) {
  return guarded([&] {
    if (!reader_.on_body || answer_.status >= 400)
      answer_.body += piece;
    else
      ended_ = !reader_.on_body(piece);
    return !ended_;
  });
}

HttpAnswer HttpExchange::finish(Completed completed, const std::stop_token& stop) {
  if (!sound()) std::rethrow_exception(failure_);
  if (completed == Completed::yes || handed_over_ || ended_ || stop.stop_requested())
    return std::move(answer_);
  if (start_.empty()) throw silent_error(address_, "it closed the connection without an answer");
  if (!start_.starts_with(first_word))
    throw EngineError(ErrorKind::protocol, 0, "", "",
                      "What answers at " + address_.url + " is no Docker engine",
                      "Check DOCKER_HOST and --host.");
  throw silent_error(address_, "the answer broke off");
}

}  // namespace crstack::engine
