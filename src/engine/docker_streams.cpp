// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstring>

#include "engine/codec.hpp"
#include "engine/connect_error.hpp"
#include "engine/docker_engine_impl.hpp"
#include "engine/json_lines.hpp"

namespace crstack::engine {

namespace {

/// A connection that the engine has handed over, with the bytes that came right behind its header.
class HijackedDuplex final : public Duplex {
 public:
  explicit HijackedDuplex(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
  [[nodiscard]] int fd() const override { return connection_->transport().fd(); }
  [[nodiscard]] bool has_buffered() const override {
    return !connection_->buffered().empty() || connection_->transport().has_buffered();
  }
  std::size_t read(char* buffer, std::size_t size) override {
    const auto early = connection_->buffered().substr(0, size);
    if (early.empty()) return connection_->transport().read(buffer, size);
    std::memcpy(buffer, early.data(), early.size());
    connection_->consume(early.size());
    return early.size();
  }
  void write(std::string_view bytes) override { connection_->transport().write(bytes); }
  void close_write() override { connection_->transport().close_write(); }

 private:
  std::unique_ptr<Connection> connection_;
};

std::string flag(bool value) {
  return value ? "1" : "0";
}

std::string container_path(const std::string& id, const char* action) {
  return "/containers/" + url_encode(id) + action;
}

}  // namespace

std::unique_ptr<Duplex> DockerEngine::hijack(const std::string& path, const Query& query, std::string body) {
  HttpRequest request;
  request.body = std::move(body);
  request.headers = {{"Connection", "Upgrade"}, {"Upgrade", "tcp"}};
  return std::make_unique<HijackedDuplex>(call("POST", path, query, std::move(request))->take_connection());
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
  return codec::decode_id(post(container_path(container, "/exec"), {}, codec::encode_exec(spec)));
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
bool DockerEngine::has_terminal(const HttpResponse& answer, const std::string& id,
                                const LogOptions& options) {
  if (options.tty) return *options.tty;
  const auto type = answer.headers.find("content-type");
  if (type != answer.headers.end() && type->second.find("multiplexed") != std::string::npos) return false;
  if (type != answer.headers.end() && type->second.find("raw-stream") != std::string::npos &&
      api_version_ >= 1042 && !podman_)
    return true;
  return inspect_container(id).tty;
}

void DockerEngine::logs(const std::string& id, const LogOptions& options, const OutputSink& sink,
                        std::stop_token stop) {
  Query query = {{"follow", flag(options.follow)},
                 {"stdout", flag(options.out)},
                 {"stderr", flag(options.err)},
                 {"timestamps", flag(options.timestamps)},
                 {"tail", options.tail.empty() ? "all" : options.tail}};
  if (!options.since.empty()) query.emplace_back("since", options.since);
  if (!options.until.empty()) query.emplace_back("until", options.until);
  const auto answer = call("GET", container_path(id, "/logs"), query, {}, stop);
  if (answer->status == 0) return;
  Demux demux(has_terminal(*answer, id, options) ? Terminal::yes : Terminal::no, sink);
  for (;;) {
    if (!answer->ready() && !sink(StreamKind::out, {})) return;
    const auto piece = answer->next();
    if (piece.empty() || !demux.feed(piece)) return;
  }
}

void DockerEngine::stats(const std::string& id, bool stream, const ByteSink& sink, std::stop_token stop) {
  const auto answer = call("GET", container_path(id, "/stats"), {{"stream", flag(stream)}}, {}, stop);
  JsonLines lines;
  for (auto piece = answer->next(); !piece.empty(); piece = answer->next())
    if (!lines.feed(piece, sink)) return;
  lines.finish(sink);
}

void DockerEngine::copy_body(const std::string& path, const Query& query, const ByteSink& sink) {
  const auto answer = call("GET", path, query);
  for (auto piece = answer->next(); !piece.empty(); piece = answer->next())
    if (!sink(piece)) return;
}

void DockerEngine::events(const LabelFilter& labels, const std::string& since, const std::string& until,
                          const std::function<void()>& on_open, const EventSinkFunction& sink,
                          std::stop_token stop) {
  Query query = {{"filters", codec::encode_filters({{"label", labels}, {"type", {"container"}}})}};
  if (!since.empty()) query.emplace_back("since", since);
  if (!until.empty()) query.emplace_back("until", until);
  const auto answer = call("GET", "/events", query, {}, stop);
  if (answer->status == 0) return;
  if (on_open) on_open();
  JsonLines lines;
  const auto take = [&](std::string_view line) { return sink(codec::decode_event(line)); };
  for (auto piece = answer->next(); !piece.empty(); piece = answer->next())
    if (!lines.feed(piece, take)) return;
  lines.finish(take);
}

}  // namespace crstack::engine
