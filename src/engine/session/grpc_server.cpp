// SPDX-License-Identifier: MIT
#include "engine/session/grpc_server.hpp"

#include <algorithm>

#include "crstack/engine/error.hpp"

namespace crstack::engine {

namespace {

// RFC 9113, section 6.
enum Type : std::uint8_t {
  data_frame = 0,
  headers_frame = 1,
  reset_frame = 3,
  settings_frame = 4,
  ping_frame = 6,
  goaway_frame = 7,
  window_frame = 8,
  continuation_frame = 9
};
enum Flag : std::uint8_t { acknowledged = 1, end_stream = 1, end_headers = 4, padded = 8, priority = 32 };
constexpr std::uint32_t table_size_setting = 1, window_setting = 4;
constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::size_t largest_payload = 16384;
constexpr std::size_t largest_message = std::size_t{64} << 20;

[[noreturn]] void fail(const std::string& what) {
  throw EngineError(ErrorKind::protocol, 0, "POST", "/session", "The engine's build session: " + what);
}

std::uint32_t number(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

std::string bytes_of(std::uint32_t value, int count) {
  std::string bytes;
  for (int i = count - 1; i >= 0; --i) bytes += static_cast<char>(value >> 8 * i & 255U);
  return bytes;
}

// Everything, or false at the end.
bool read_exactly(Connection& connection, char* buffer, std::size_t size) {
  while (size > 0) {
    const auto got = connection.read(buffer, size);
    if (got == 0) return false;
    buffer += got;
    size -= got;
  }
  return true;
}

}  // namespace

struct GrpcServer::Frame {
  std::uint8_t type = 0, flags = 0;
  std::uint32_t id = 0;
  std::string payload;
  [[nodiscard]] bool has(Flag flag) const { return (flags & flag) != 0; }
  /// The payload without padding and what stands in front of a block of headers.
  [[nodiscard]] std::string_view content() const {
    std::string_view rest = payload;
    if (has(padded) && !rest.empty()) {
      const auto padding = static_cast<unsigned char>(rest.front());
      rest.remove_prefix(1);
      rest.remove_suffix(std::min<std::size_t>(padding, rest.size()));
    }
    if (type == headers_frame && has(priority)) rest.remove_prefix(std::min<std::size_t>(5, rest.size()));
    return rest;
  }
};

std::vector<std::string> GrpcServer::methods() const {
  std::vector<std::string> names;
  for (const auto& [name, unary] : unary_) names.push_back(name);
  for (const auto& [name, streaming] : streaming_) names.push_back(name);
  return names;
}

void GrpcServer::serve(Connection& connection) {
  connection_ = &connection;
  write_frame(settings_frame, 0, 0, bytes_of(table_size_setting, 2) + bytes_of(0, 4));
  std::string start(preface.size(), '\0');
  if (!read_exactly(connection, start.data(), start.size())) return;
  if (start != preface) fail("it doesn't speak HTTP/2");
  for (Frame frame; read_frame(connection, frame);) {
    if (frame.type == goaway_frame) break;
    take(frame);
    drop_done();
  }
  std::map<std::uint32_t, Call> left;
  {
    std::lock_guard lock(mutex_);
    left.swap(calls_);
  }
}

bool GrpcServer::read_frame(Connection& connection, Frame& frame) {
  std::string head(9, '\0');
  if (!read_exactly(connection, head.data(), head.size())) return false;
  const std::string_view view = head;
  const auto size = number(view.substr(0, 3));
  if (size > largest_payload) fail("a frame is too large");
  frame.type = static_cast<std::uint8_t>(head[3]);
  frame.flags = static_cast<std::uint8_t>(head[4]);
  frame.id = number(view.substr(5)) & 0x7fffffffU;
  frame.payload.resize(size);
  return read_exactly(connection, frame.payload.data(), size);
}

void GrpcServer::take(const Frame& frame) {
  switch (frame.type) {
    case headers_frame:
    case continuation_frame:
      return take_headers(frame);
    case data_frame:
      return take_data(frame);
    case settings_frame:
      return take_settings(frame);
    case window_frame:
      return take_window(frame);
    case ping_frame:
      if (!frame.has(acknowledged)) write_frame(ping_frame, acknowledged, 0, frame.payload);
      return;
    case reset_frame: {
      std::lock_guard lock(mutex_);
      if (const auto call = calls_.find(frame.id); call != calls_.end()) call->second.done = true;
      return;
    }
    default:
      return;
  }
}

void GrpcServer::take_headers(const Frame& frame) {
  header_block_ += frame.content();
  if (!frame.has(end_headers)) return;
  const auto fields = decoder_.decode(header_block_);
  header_block_.clear();
  open(frame.id, fields);
}

void GrpcServer::open(std::uint32_t id, const std::vector<HeaderField>& fields) {
  Call* call = nullptr;
  {
    std::lock_guard lock(mutex_);
    call = &calls_[id];
    call->window = initial_window_;
    for (const auto& [name, value] : fields) call->headers[name] = value;
    write_frame(headers_frame, end_headers, id,
                encode_headers({{":status", "200"}, {"content-type", "application/grpc"}}));
  }
  const auto& method = call->headers[":path"];
  if (const auto streaming = streaming_.find(method); streaming != streaming_.end()) {
    GrpcReply reply{[this, id](std::string_view message) { send(id, message); },
                    [this, id](const GrpcAnswer& answer) { end(id, answer); }};
    call->stream = streaming->second(call->headers, std::move(reply));
  } else if (!unary_.contains(method)) {
    end(id, {GrpcAnswer::unimplemented, "unknown method " + method, {}});
  }
}

void GrpcServer::take_data(const Frame& frame) {
  if (!frame.payload.empty()) {  // what has been read is free again
    const auto credit = bytes_of(static_cast<std::uint32_t>(frame.payload.size()), 4);
    write_frame(window_frame, 0, 0, credit);
    if (!frame.has(end_stream)) write_frame(window_frame, 0, frame.id, credit);
  }
  const auto found = calls_.find(frame.id);  // only this thread adds and removes
  if (found == calls_.end()) return;
  found->second.received += frame.content();
  take_messages(frame.id, found->second, frame.has(end_stream));
}

// A message: whether it is compressed, its length, itself.
void GrpcServer::take_messages(std::uint32_t id, Call& call, bool last) {
  constexpr std::size_t head = 5;
  while (call.received.size() >= head) {
    const auto size = number(std::string_view(call.received).substr(1, 4));
    if (size > largest_message) fail("a message is too large");
    if (call.received.size() < head + size) break;
    const auto message = call.received.substr(head, size);
    call.received.erase(0, head + size);
    if (call.stream) {
      call.stream->take(message);
    } else if (const auto unary = unary_.find(call.headers[":path"]); unary != unary_.end()) {
      const auto answer = unary->second(message);
      if (answer.status == GrpcAnswer::ok) send(id, answer.body);
      end(id, answer);
    }
  }
  if (last && call.stream) call.stream->finish();
}

void GrpcServer::take_settings(const Frame& frame) {
  if (frame.has(acknowledged)) return;
  std::lock_guard lock(mutex_);
  for (std::string_view rest = frame.payload; rest.size() >= 6; rest.remove_prefix(6)) {
    if (number(rest.substr(0, 2)) != window_setting) continue;
    const auto window = static_cast<std::int64_t>(number(rest.substr(2, 4)));
    for (auto& [id, call] : calls_) call.window += window - initial_window_;
    initial_window_ = window;
  }
  write_frame(settings_frame, acknowledged, 0, {});
  for (auto& [id, call] : calls_) flush(id, call);
}

void GrpcServer::take_window(const Frame& frame) {
  std::lock_guard lock(mutex_);
  const auto credit = static_cast<std::int64_t>(number(frame.payload) & 0x7fffffffU);
  if (frame.id == 0) window_ += credit;
  for (auto& [id, call] : calls_) {
    if (id == frame.id) call.window += credit;
    flush(id, call);
  }
}

void GrpcServer::send(std::uint32_t id, std::string_view message) {
  std::lock_guard lock(mutex_);
  const auto call = calls_.find(id);
  if (call == calls_.end() || call->second.done) return;
  call->second.unsent += '\0' + bytes_of(static_cast<std::uint32_t>(message.size()), 4);
  call->second.unsent += message;
  flush(id, call->second);
}

void GrpcServer::end(std::uint32_t id, const GrpcAnswer& answer) {
  std::lock_guard lock(mutex_);
  const auto call = calls_.find(id);
  if (call == calls_.end() || call->second.done) return;
  call->second.trailers =
      encode_headers({{"grpc-status", std::to_string(answer.status)}, {"grpc-message", answer.message}});
  flush(id, call->second);
}

// As much as the client takes just now.
void GrpcServer::flush(std::uint32_t id, Call& call) {
  while (!call.unsent.empty()) {
    const auto room = std::min({call.window, window_, static_cast<std::int64_t>(largest_payload)});
    if (room <= 0) return;
    const auto piece = std::min(static_cast<std::size_t>(room), call.unsent.size());
    write_frame(data_frame, 0, id, std::string_view(call.unsent).substr(0, piece));
    call.unsent.erase(0, piece);
    call.window -= static_cast<std::int64_t>(piece);
    window_ -= static_cast<std::int64_t>(piece);
  }
  if (call.trailers.empty() || call.done) return;
  write_frame(headers_frame, end_headers | end_stream, id, call.trailers);
  call.done = true;
}

// Without the lock: a stream's thread may be waiting for it.
void GrpcServer::drop_done() {
  std::vector<std::map<std::uint32_t, Call>::node_type> done;
  std::lock_guard lock(mutex_);
  for (auto at = calls_.begin(); at != calls_.end();) {
    const auto next = std::next(at);
    if (at->second.done) done.push_back(calls_.extract(at));
    at = next;
  }
}

void GrpcServer::write_frame(std::uint8_t type, std::uint8_t flags, std::uint32_t id,
                             std::string_view payload) {
  std::string frame = bytes_of(static_cast<std::uint32_t>(payload.size()), 3);
  frame += static_cast<char>(type);
  frame += static_cast<char>(flags);
  frame += bytes_of(id, 4);
  frame += payload;
  std::lock_guard lock(mutex_);
  connection_->transport().write(frame);
}

}  // namespace crstack::engine
