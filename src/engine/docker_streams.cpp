// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>
#include <optional>

#include "crstack/engine/json_lines.hpp"
#include "engine/chunked.hpp"
#include "engine/codec.hpp"
#include "engine/connect_error.hpp"
#include "engine/docker_engine_impl.hpp"
#include "engine/late_body.hpp"

namespace crstack::engine {

namespace {

/// A connection that the engine has handed over, with the bytes that came right behind its header.
class HijackedDuplex final : public Duplex {
 public:
  explicit HijackedDuplex(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
  [[nodiscard]] int fd() const override { return connection_->transport().fd(); }
  [[nodiscard]] bool has_buffered() const override { return connection_->has_buffered(); }
  std::size_t read(char* buffer, std::size_t size) override { return connection_->read(buffer, size); }
  void write(std::string_view bytes) override { connection_->transport().write(bytes); }
  void close_write() override { connection_->transport().close_write(); }

 private:
  std::unique_ptr<Connection> connection_;
};

/// An answer's body, read straight from its connection.
class BodyDuplex final : public Duplex {
 public:
  explicit BodyDuplex(HttpAnswer answer) : connection_(std::move(answer.connection)) {
    if (answer.header("transfer-encoding").find("chunked") != std::string::npos) dechunker_.emplace();
    if (const auto length = answer.header("content-length"); !length.empty())
      left_ = std::strtoull(length.c_str(), nullptr, 10);
  }
  [[nodiscard]] int fd() const override { return connection_->transport().fd(); }
  /// The end too: the connection stays open behind the last chunk.
  [[nodiscard]] bool has_buffered() const override {
    return connection_->has_buffered() || (dechunker_ && dechunker_->ended()) || left_ == 0;
  }
  std::size_t read(char* buffer, std::size_t size) override {
    std::size_t got = 0, data = 0;
    while (data == 0 && !(dechunker_ && dechunker_->ended()) && (got = read_raw(buffer, size)) > 0)
      data = dechunker_ ? dechunker_->decode(buffer, got) : got;
    return data;
  }
  void write(std::string_view) override {}
  void close_write() override {}

 private:
  /// Past the connection's buffer, which would cost 64 KiB for each that is open.
  std::size_t read_raw(char* buffer, std::size_t size) {
    size = static_cast<std::size_t>(std::min<std::uint64_t>(size, left_));
    if (size == 0) return 0;
    auto got = connection_->take_buffered(buffer, size);
    if (got == 0) got = connection_->transport().read(buffer, size);
    if (left_ != unknown) left_ -= got;
    return got;
  }

  std::unique_ptr<Connection> connection_;
  std::optional<Dechunker> dechunker_;
  static constexpr auto unknown = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t left_ = unknown;  ///< bytes of the body, where the header says how many it has
};

std::string flag(bool value) {
  return value ? "1" : "0";
}

std::string container_path(const std::string& id, const char* action) {
  return "/containers/" + url_encode(id) + action;
}

Query log_query(const LogOptions& options) {
  Query query = {{"follow", flag(options.follow)},
                 {"stdout", flag(options.out)},
                 {"stderr", flag(options.err)},
                 {"timestamps", flag(options.timestamps)},
                 {"tail", options.tail.empty() ? "all" : options.tail}};
  if (!options.since.empty()) query.emplace_back("since", options.since);
  if (!options.until.empty()) query.emplace_back("until", options.until);
  return query;
}

}  // namespace

std::unique_ptr<Duplex> DockerEngine::hijack(const std::string& path, const Query& query, std::string body) {
  HttpRequest request;
  request.body = std::move(body);
  request.upgrade = "tcp";
  auto answer = call("POST", path, query, std::move(request));
  if (answer.connection == nullptr)
    throw silent_error(client_.address(), "it didn't hand the connection over");
  return std::make_unique<HijackedDuplex>(std::move(answer.connection));
}

std::unique_ptr<Duplex> DockerEngine::attach(const std::string& id, const AttachOptions& options) {
  Query query = {{"stream", "1"},
                 {"stdin", flag(options.in)},
                 {"stdout", flag(options.out)},
                 {"stderr", flag(options.err)},
                 {"logs", flag(options.logs)}};
  if (!options.detach_keys.empty()) query.emplace_back("detachKeys", options.detach_keys);
  return hijack(container_path(id, "/attach"), query, {});
}

std::string DockerEngine::create_exec(const std::string& container, const ExecSpec& spec) {
  auto sent = spec;
  if (is_podman()) sent.environment = keep_what_has_a_value(std::move(sent.environment));
  return codec::decode_id(post(container_path(container, "/exec"), {}, codec::encode_exec(sent)));
}

std::unique_ptr<Duplex> DockerEngine::start_exec(const std::string& exec, bool tty) {
  return hijack("/exec/" + url_encode(exec) + "/start", {}, codec::encode_exec_start(false, tty));
}

void DockerEngine::start_exec_detached(const std::string& exec, bool tty) {
  post("/exec/" + url_encode(exec) + "/start", {}, codec::encode_exec_start(true, tty));
}

void DockerEngine::resize_exec(const std::string& exec, int rows, int columns) {
  post("/exec/" + url_encode(exec) + "/resize",
       {{"h", std::to_string(rows)}, {"w", std::to_string(columns)}});
}

DockerEngine::ExecState DockerEngine::inspect_exec(const std::string& exec) {
  return codec::decode_exec(get("/exec/" + url_encode(exec) + "/json"));
}

/// From API 1.42 on the content type tells a terminal's raw stream from a multiplexed one.
bool DockerEngine::has_terminal(const HttpAnswer& answer, const std::string& id, const LogOptions& options) {
  if (options.tty) return *options.tty;
  const auto type = answer.header("content-type");
  if (type.find("multiplexed") != std::string::npos) return false;
  if (type.find("raw-stream") != std::string::npos && api_version_ >= 1042 && !podman_) return true;
  return inspect_container(id).tty;
}

void DockerEngine::logs(const std::string& id, const LogOptions& options, const OutputSink& sink,
                        std::stop_token stop) {
  std::optional<Demux> demux;
  AnswerReader reader;
  reader.on_header = [&](const HttpAnswer& answer) {
    demux.emplace(has_terminal(answer, id, options) ? Terminal::yes : Terminal::no, sink);
  };
  reader.on_body = [&](std::string_view piece) { return demux->feed(piece); };
  reader.on_idle = [&] { return sink(StreamKind::out, {}); };
  call("GET", container_path(id, "/logs"), log_query(options), {}, stop, reader);
}

std::unique_ptr<Duplex> DockerEngine::open_logs(const std::string& id, const LogOptions& options) {
  const auto path = container_path(id, "/logs");
  auto query = log_query(options);
  if (!is_podman()) return open_body(path, query);
  return std::make_unique<LateBody>([this, path, query](const ByteSink& sink, const std::stop_token& stop) {
    AnswerReader reader;
    reader.on_body = sink;
    call("GET", path, query, {}, stop, reader);
  });
}

std::unique_ptr<Duplex> DockerEngine::open_stats(const std::string& id) {
  return open_body(container_path(id, "/stats"), {{"stream", "1"}});
}

std::unique_ptr<Duplex> DockerEngine::open_body(const std::string& path, const Query& query) {
  HttpRequest request;
  request.leave_body = true;
  auto answer = call("GET", path, query, std::move(request));
  if (answer.connection == nullptr) throw silent_error(client_.address(), "the answer has no body");
  return std::make_unique<BodyDuplex>(std::move(answer));
}

void DockerEngine::copy_body(const std::string& path, const Query& query, const ByteSink& sink) {
  AnswerReader reader;
  reader.on_body = sink;
  call("GET", path, query, {}, {}, reader);
}

void DockerEngine::events(const LabelFilter& labels, const std::string& since, const std::string& until,
                          const std::function<void()>& on_open, const EventSinkFunction& sink,
                          std::stop_token stop) {
  if (is_podman() && (has_fraction(since) || has_fraction(until)))
    return events_of_whole_seconds(labels, since, until, on_open, sink, std::move(stop));
  Query query = {{"filters", codec::encode_filters({{"label", labels}, {"type", {"container"}}})}};
  if (!since.empty()) query.emplace_back("since", since);
  if (!until.empty()) query.emplace_back("until", until);
  JsonLines lines;
  bool more = true;
  const auto take = [&](std::string_view line) { return sink(codec::decode_event(line)); };
  AnswerReader reader;
  if (on_open) reader.on_header = [&](const HttpAnswer&) { on_open(); };
  reader.on_body = [&](std::string_view piece) { return more = lines.feed(piece, take); };
  call("GET", "/events", query, {}, stop, reader);
  if (more) lines.finish(take);
}

}  // namespace crstack::engine
