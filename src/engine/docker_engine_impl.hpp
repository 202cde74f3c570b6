// SPDX-License-Identifier: MIT
#pragma once

#include <mutex>

#include "crstack/base/environment.hpp"
#include "crstack/engine/demux.hpp"
#include "engine/docker_config.hpp"
#include "engine/http_client.hpp"

namespace crstack::engine {

/// The newest Engine API whose answers crstack knows, and the oldest that it works with.
constexpr int newest_api = 1051, oldest_api = 1040;

/// A query in the order of its parameters; values are encoded when it is sent.
using Query = std::vector<std::pair<std::string, std::string>>;

class DockerEngine final : public Engine {
 public:
  DockerEngine(HostAddress address, Environment environment)
      : client_(std::move(address)), environment_(std::move(environment)) {}

  std::vector<ContainerSummary> list_containers(const LabelFilter& labels, Which which) override;
  ContainerDetails inspect_container(const std::string& id) override;
  std::string create_container(const ContainerSpec& spec, std::vector<std::string>& warnings) override;
  void start_container(const std::string& id) override;
  std::unique_ptr<PendingCall> stop_container(const std::string& id,
                                              std::optional<int> timeout_seconds) override;
  std::unique_ptr<PendingCall> restart_container(const std::string& id,
                                                 std::optional<int> timeout_seconds) override;
  void kill_container(const std::string& id, const std::string& signal) override;
  void pause_container(const std::string& id) override;
  void unpause_container(const std::string& id) override;
  void rename_container(const std::string& id, const std::string& name) override;
  void remove_container(const std::string& id, Force force, AnonymousVolumes volumes) override;
  int wait_container(const std::string& id, std::stop_token stop) override;
  void logs(const std::string& id, const LogOptions& options, const OutputSink& sink,
            std::stop_token stop) override;
  std::unique_ptr<Duplex> open_logs(const std::string& id, const LogOptions& options) override;
  void resize_container(const std::string& id, int rows, int columns) override;
  std::unique_ptr<Duplex> attach(const std::string& id, const AttachOptions& options) override;
  ProcessTable top(const std::string& id, const std::string& ps_arguments) override;
  std::unique_ptr<Duplex> open_stats(const std::string& id) override;
  void export_container(const std::string& id, const ByteSink& sink) override;
  void get_archive(const std::string& id, const std::string& path, const ByteSink& sink) override;
  std::optional<PathStat> stat_path(const std::string& id, const std::string& path) override;
  void put_archive(const std::string& id, const std::string& path, const ByteSource& tar,
                   PutArchiveOptions options) override;
  std::string commit_container(const std::string& id, const CommitOptions& options) override;

  std::string create_exec(const std::string& container, const ExecSpec& spec) override;
  std::unique_ptr<Duplex> start_exec(const std::string& exec, bool tty) override;
  void start_exec_detached(const std::string& exec, bool tty) override;
  void resize_exec(const std::string& exec, int rows, int columns) override;
  ExecState inspect_exec(const std::string& exec) override;

  std::optional<ImageDetails> inspect_image(const std::string& reference) override;
  std::optional<ImageDetails> inspect_image_for(const std::string& platform,
                                                const std::string& reference) override;
  void pull_image(const std::string& reference, const std::string& platform, const ProgressSink& progress,
                  std::stop_token stop) override;
  void push_image(const std::string& reference, const ProgressSink& progress, std::stop_token stop) override;
  std::string build_image(const BuildSpec& spec, const ByteSource& context, const ProgressSink& progress,
                          std::stop_token stop) override;
  void tag_image(const std::string& reference, const std::string& repo, const std::string& tag) override;
  bool remove_image(const std::string& reference, Force force) override;
  std::vector<ImageDetails> list_images(const LabelFilter& labels) override;
  std::string image_digest(const std::string& reference) override;

  std::vector<NetworkInfo> list_networks(const LabelFilter& labels) override;
  std::optional<NetworkInfo> inspect_network(const std::string& name) override;
  std::string create_network(const NetworkSpec& spec) override;
  bool remove_network(const std::string& id) override;
  void connect_network(const std::string& network, const std::string& container,
                       const EndpointSpec& endpoint) override;
  void disconnect_network(const std::string& network, const std::string& container, Force force) override;

  std::vector<VolumeInfo> list_volumes(const LabelFilter& labels) override;
  std::optional<VolumeInfo> inspect_volume(const std::string& name) override;
  void create_volume(const VolumeSpec& spec) override;
  bool remove_volume(const std::string& name, Force force) override;

  EngineVersion version() override;
  int api_version() override;
  RemovalOrder removal_order() override;
  bool logs_outlive_restarts() override { return is_podman(); }
  bool is_swarm_node() override;
  void events(const LabelFilter& labels, const std::string& since, const std::string& until,
              const std::function<void()>& on_open, const EventSinkFunction& sink,
              std::stop_token stop) override;

 private:
  /// Asks for `/vX.Y` + path; a status of 400 and more is thrown. A stopped call may have status 0.
  HttpAnswer call(const std::string& method, const std::string& path, const Query& query = {},
                  HttpRequest request = {}, const std::stop_token& stop = {},
                  const AnswerReader& reader = {});
  std::string get(const std::string& path, const Query& query = {});
  std::string post(const std::string& path, const Query& query = {}, std::string body = {});
  /// The body, or nothing where the engine says 404.
  std::optional<std::string> find(const std::string& path, const Query& query = {});
  /// False where the engine says 404.
  bool erase(const std::string& path, const Query& query);
  /// Posts without a body, and leaves the answer for later.
  std::unique_ptr<PendingCall> begin(const std::string& path, const Query& query);
  std::unique_ptr<Duplex> open_body(const std::string& path, const Query& query);
  std::unique_ptr<Duplex> hijack(const std::string& path, const Query& query, std::string body);
  /// Posts what the engine answers with a stream of progress; the ID of the image that it names, if any.
  std::string post_with_progress(const std::string& path, const Query& query, HttpRequest request,
                                 const ProgressSink& progress, const std::stop_token& stop);
  void copy_body(const std::string& path, const Query& query, const ByteSink& sink);
  bool has_terminal(const HttpAnswer& answer, const std::string& id, const LogOptions& options);
  void negotiate();
  bool is_podman();
  /// Those of the user's Docker configuration, which is read for them once.
  const StringMap& proxies();
  static void add_short_names(std::vector<ImageDetails>& images);
  void complete_health(std::vector<ContainerSummary>& rows, const LabelFilter& labels);
  void complete_networks(const std::vector<StringMap*>& containers);
  void events_of_whole_seconds(const LabelFilter& labels, const std::string& since, const std::string& until,
                               const std::function<void()>& on_open, const EventSinkFunction& sink,
                               std::stop_token stop);
  ContainerSpec as_podman_takes_it(ContainerSpec spec, std::vector<std::string>& warnings);

  HttpClient client_;
  Environment environment_;
  std::once_flag negotiated_, proxies_read_;
  StringMap proxies_;
  int api_version_ = 0;
  bool podman_ = false;
};

/// `{"label":[...]}` as a query, or no query at all.
Query label_query(const LabelFilter& labels);

/// Whether a time (Unix seconds) is none of whole seconds, which is all that a Podman knows.
bool has_fraction(const std::string& unix_seconds);

/// Variables without the bare names among them, which a Podman refuses.
StringList keep_what_has_a_value(StringList environment);

/// `name` and `tag` (or digest) of an image reference; `latest` where it names neither.
std::pair<std::string, std::string> split_reference(const std::string& reference);

}  // namespace crstack::engine
