// SPDX-License-Identifier: MIT
#include "engine/session/grpc_server.hpp"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "crstack/engine/error.hpp"

namespace crstack::engine {

namespace {

constexpr std::size_t largest_message = std::size_t{64} << 20;
constexpr std::size_t message_head = 5;  ///< whether it is compressed, and its length

[[noreturn]] void fail(const std::string& what) {
  throw EngineError(ErrorKind::protocol, 0, "POST", "/session", "The engine's build session: " + what);
}

void expect_success(long result) {
  if (result < 0) fail(nghttp2_strerror(static_cast<int>(result)));
}

std::uint32_t length_of(std::string_view head) {
  std::uint32_t value = 0;
  for (const char c : head.substr(1, 4)) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

std::string framed(std::string_view message) {
  std::string bytes(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(message.size() >> shift & 255U);
  return bytes.append(message);
}

nghttp2_nv field(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {  // the library takes a copy, and writes nothing
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

struct GrpcServer::Call {
  GrpcHeaders headers;
  std::string received;
  bool whole_headers = false, client_done = false, closed = false;
  bool opened = false, finished = false;  ///< what the serving thread has made of the three above
  std::unique_ptr<GrpcStream> stream;
  std::string unsent;
  bool ended = false;  ///< nothing comes behind `unsent` but the answer
  GrpcAnswer answer;
};

/// The library's session, for one thread at a time. Its callbacks only note what came; that is acted upon
/// without the lock, for a stream's own thread may be waiting for it.
class GrpcServer::Http {
 public:
  Http() {
    nghttp2_session_callbacks* callbacks = nullptr;
    expect_success(nghttp2_session_callbacks_new(&callbacks));
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    const int result = nghttp2_session_server_new(&session_, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    expect_success(result);
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
  }
  ~Http() { nghttp2_session_del(session_); }
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  void attach(Connection& connection) {
    std::lock_guard lock(mutex_);
    connection_ = &connection;
    flush();
  }
  void take(std::string_view bytes) {
    std::lock_guard lock(mutex_);
    expect_success(nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                            bytes.size()));
    flush();
  }
  [[nodiscard]] bool ended() {
    std::lock_guard lock(mutex_);
    return nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0;
  }

  /// The calls, for the serving thread: no other adds or removes any.
  std::map<int, Call>& calls() { return calls_; }
  /// Takes the calls that are over, or all, so that they end without the lock.
  std::map<int, Call> take_closed() {
    return take_calls([](const Call& call) { return call.closed; });
  }
  std::map<int, Call> take_all() {
    return take_calls([](const Call&) { return true; });
  }

  /// Begins an answer.
  void respond(int id) {
    std::lock_guard lock(mutex_);
    const std::array fields = {field(":status", "200"), field("content-type", "application/grpc")};
    nghttp2_data_provider provider{{.ptr = nullptr}, read_unsent};
    expect_success(nghttp2_submit_response(session_, id, fields.data(), fields.size(), &provider));
  }
  void send(int id, std::string_view message) {
    change(id, [&](Call& call) { call.unsent += framed(message); });
  }
  void end(int id, const GrpcAnswer& answer) {
    change(id, [&](Call& call) {
      call.answer = answer;
      call.ended = true;
    });
  }

 private:
  static Http& self(void* data) { return *static_cast<Http*>(data); }

  static int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* data) {
    self(data).calls_[frame->hd.stream_id];
    return 0;
  }
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t,
                       void* data) {
    const auto text = [](const std::uint8_t* bytes, std::size_t size) {
      return std::string(reinterpret_cast<const char*>(bytes), size);
    };
    self(data).calls_[frame->hd.stream_id].headers[text(name, name_size)] = text(value, value_size);
    return 0;
  }
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* data) {
    auto& calls = self(data).calls_;
    const auto call = calls.find(frame->hd.stream_id);
    if (call == calls.end()) return 0;
    if (frame->hd.type == NGHTTP2_HEADERS) call->second.whole_headers = true;
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) call->second.client_done = true;
    return 0;
  }
  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
                     std::size_t size, void* data) {
    self(data).calls_[id].received.append(reinterpret_cast<const char*>(bytes), size);
    return 0;
  }
  static int on_close(nghttp2_session*, std::int32_t id, std::uint32_t, void* data) {
    self(data).calls_[id].closed = true;
    return 0;
  }
  static ssize_t read_unsent(nghttp2_session* session, std::int32_t id, std::uint8_t* buffer,
                             std::size_t size, std::uint32_t* flags, nghttp2_data_source*, void* data) {
    Call& call = self(data).calls_[id];
    const auto taken = std::min(size, call.unsent.size());
    std::copy_n(call.unsent.data(), taken, buffer);
    call.unsent.erase(0, taken);
    if (call.unsent.empty() && call.ended) {
      *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
      const auto status = std::to_string(call.answer.status);
      const std::array trailers = {field("grpc-status", status), field("grpc-message", call.answer.message)};
      if (nghttp2_submit_trailer(session, id, trailers.data(), trailers.size()) != 0)
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    } else if (taken == 0) {
      return NGHTTP2_ERR_DEFERRED;
    }
    return static_cast<ssize_t>(taken);
  }

  template <class Change>
  void change(int id, const Change& change) {
    std::lock_guard lock(mutex_);
    const auto call = calls_.find(id);
    if (call == calls_.end() || call->second.closed || call->second.ended) return;
    change(call->second);
    nghttp2_session_resume_data(session_, id);  // fails where it isn't waiting: then it reads on by itself
    flush();
  }
  template <class Which>
  std::map<int, Call> take_calls(const Which& which) {
    std::map<int, Call> taken;
    std::lock_guard lock(mutex_);
    for (auto at = calls_.begin(); at != calls_.end();) {
      const auto next = std::next(at);
      if (which(at->second)) taken.insert(calls_.extract(at));
      at = next;
    }
    return taken;
  }
  void flush() {
    const std::uint8_t* bytes = nullptr;
    for (;;) {
      const auto size = nghttp2_session_mem_send(session_, &bytes);
      expect_success(size);
      if (size == 0) return;
      connection_->transport().write({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)});
    }
  }

  std::mutex mutex_;
  nghttp2_session* session_ = nullptr;
  Connection* connection_ = nullptr;
  std::map<int, Call> calls_;
};

GrpcServer::GrpcServer() = default;
GrpcServer::~GrpcServer() = default;

std::vector<std::string> GrpcServer::methods() const {
  std::vector<std::string> names;
  for (const auto& [name, unary] : unary_) names.push_back(name);
  for (const auto& [name, streaming] : streaming_) names.push_back(name);
  return names;
}

void GrpcServer::serve(Connection& connection) {
  http_ = std::make_unique<Http>();
  http_->attach(connection);
  std::array<char, 16384> buffer{};
  while (!http_->ended()) {
    const auto size = connection.read(buffer.data(), buffer.size());
    if (size == 0) break;
    http_->take({buffer.data(), size});
    for (auto& [id, call] : http_->calls()) advance(id, call);
    http_->take_closed();
  }
  http_->take_all();
}

void GrpcServer::advance(int id, Call& call) {
  if (call.closed || !call.whole_headers) return;
  if (!call.opened) open(id, call);
  take_messages(id, call);
  if (!call.client_done || call.finished) return;
  call.finished = true;
  if (call.stream) call.stream->finish();
}

void GrpcServer::open(int id, Call& call) {
  call.opened = true;
  http_->respond(id);
  const auto& method = call.headers[":path"];
  if (const auto streaming = streaming_.find(method); streaming != streaming_.end()) {
    GrpcReply reply{[this, id](std::string_view message) { http_->send(id, message); },
                    [this, id](const GrpcAnswer& answer) { http_->end(id, answer); }};
    call.stream = streaming->second(call.headers, std::move(reply));
  } else if (!unary_.contains(method)) {
    http_->end(id, {GrpcAnswer::unimplemented, "unknown method " + method, {}});
  }
}

void GrpcServer::take_messages(int id, Call& call) {
  while (call.received.size() >= message_head) {
    const auto size = length_of(call.received);
    if (size > largest_message) fail("a message is too large");
    if (call.received.size() < message_head + size) return;
    const auto message = call.received.substr(message_head, size);
    call.received.erase(0, message_head + size);
    if (call.stream) {
      call.stream->take(message);
    } else if (const auto unary = unary_.find(call.headers[":path"]); unary != unary_.end()) {
      const auto answer = unary->second(message);
      if (answer.status == GrpcAnswer::ok) http_->send(id, answer.body);
      http_->end(id, answer);
    }
  }
}

}  // namespace crstack::engine
