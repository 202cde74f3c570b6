// SPDX-License-Identifier: MIT
#include "cli/dry_run_engine.hpp"

#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

using namespace engine;

[[noreturn]] void refuse(const char* what) {
  throw Error(std::string("dry run: refused to ") + what, "Nothing was changed. Run it without --dry-run.");
}

class DryRunEngine final : public Engine {
 public:
  explicit DryRunEngine(Engine& inner) : inner_(inner) {}

  std::vector<ContainerSummary> list_containers(const LabelFilter& labels, Which which) override {
    return inner_.list_containers(labels, which);
  }
  ContainerDetails inspect_container(const std::string& id) override { return inner_.inspect_container(id); }
  std::string create_container(const ContainerSpec&, std::vector<std::string>&) override {
    refuse("create container");
  }
  void start_container(const std::string&) override { refuse("start container"); }
  std::unique_ptr<PendingCall> stop_container(const std::string&, std::optional<int>) override {
    refuse("stop container");
  }
  std::unique_ptr<PendingCall> restart_container(const std::string&, std::optional<int>) override {
    refuse("restart container");
  }
  void kill_container(const std::string&, const std::string&) override { refuse("kill container"); }
  void pause_container(const std::string&) override { refuse("pause container"); }
  void unpause_container(const std::string&) override { refuse("unpause container"); }
  void rename_container(const std::string&, const std::string&) override { refuse("rename container"); }
  void remove_container(const std::string&, Force, AnonymousVolumes) override { refuse("remove container"); }
  int wait_container(const std::string& id, std::stop_token stop) override {
    return inner_.wait_container(id, std::move(stop));
  }
  std::unique_ptr<Duplex> open_logs(const std::string& id, const LogOptions& options) override {
    return inner_.open_logs(id, options);
  }
  void logs(const std::string& id, const LogOptions& options, const OutputSink& sink,
            std::stop_token stop) override {
    inner_.logs(id, options, sink, std::move(stop));
  }
  void resize_container(const std::string&, int, int) override { refuse("resize container"); }
  std::unique_ptr<Duplex> attach(const std::string&, const AttachOptions&) override { refuse("attach"); }
  ProcessTable top(const std::string& id, const std::string& ps_arguments) override {
    return inner_.top(id, ps_arguments);
  }
  std::unique_ptr<Duplex> open_stats(const std::string& id) override { return inner_.open_stats(id); }
  void export_container(const std::string& id, const ByteSink& sink) override {
    inner_.export_container(id, sink);
  }
  void get_archive(const std::string& id, const std::string& path, const ByteSink& sink) override {
    inner_.get_archive(id, path, sink);
  }
  std::optional<PathStat> stat_path(const std::string& id, const std::string& path) override {
    return inner_.stat_path(id, path);
  }
  void put_archive(const std::string&, const std::string&, const ByteSource&, PutArchiveOptions) override {
    refuse("put archive");
  }
  std::string commit_container(const std::string&, const CommitOptions&) override {
    refuse("commit container");
  }
  std::string create_exec(const std::string&, const ExecSpec&) override { refuse("create exec"); }
  std::unique_ptr<Duplex> start_exec(const std::string&, bool) override { refuse("start exec"); }
  void start_exec_detached(const std::string&, bool) override { refuse("start exec detached"); }
  void resize_exec(const std::string&, int, int) override { refuse("resize exec"); }
  ExecState inspect_exec(const std::string& exec) override { return inner_.inspect_exec(exec); }
  std::optional<ImageDetails> inspect_image(const std::string& reference) override {
    return inner_.inspect_image(reference);
  }
  std::optional<ImageDetails> inspect_image_for(const std::string& platform,
                                                const std::string& reference) override {
    return inner_.inspect_image_for(platform, reference);
  }
  void pull_image(const std::string&, const std::string&, const ProgressSink&, std::stop_token) override {
    refuse("pull image");
  }
  void push_image(const std::string&, const ProgressSink&, std::stop_token) override { refuse("push image"); }
  std::string build_image(const BuildSpec&, const ByteSource&, const ProgressSink&,
                          std::stop_token) override {
    refuse("build image");
  }
  void tag_image(const std::string&, const std::string&, const std::string&) override { refuse("tag image"); }
  bool remove_image(const std::string&, Containers::Force) override { refuse("remove image"); }
  std::vector<ImageDetails> list_images(const LabelFilter& labels) override {
    return inner_.list_images(labels);
  }
  std::string image_digest(const std::string& reference) override { return inner_.image_digest(reference); }
  std::vector<NetworkInfo> list_networks(const LabelFilter& labels) override {
    return inner_.list_networks(labels);
  }
  std::optional<NetworkInfo> inspect_network(const std::string& name) override {
    return inner_.inspect_network(name);
  }
  std::string create_network(const NetworkSpec&) override { refuse("create network"); }
  bool remove_network(const std::string&) override { refuse("remove network"); }
  void connect_network(const std::string&, const std::string&, const EndpointSpec&) override {
    refuse("connect network");
  }
  void disconnect_network(const std::string&, const std::string&, Containers::Force) override {
    refuse("disconnect network");
  }
  std::vector<VolumeInfo> list_volumes(const LabelFilter& labels) override {
    return inner_.list_volumes(labels);
  }
  std::optional<VolumeInfo> inspect_volume(const std::string& name) override {
    return inner_.inspect_volume(name);
  }
  void create_volume(const VolumeSpec&) override { refuse("create volume"); }
  bool remove_volume(const std::string&, Containers::Force) override { refuse("remove volume"); }
  EngineVersion version() override { return inner_.version(); }
  int api_version() override { return inner_.api_version(); }
  engine::RemovalOrder removal_order() override { return inner_.removal_order(); }
  bool logs_outlive_restarts() override { return inner_.logs_outlive_restarts(); }
  bool is_swarm_node() override { return inner_.is_swarm_node(); }
  void events(const LabelFilter& labels, const std::string& since, const std::string& until,
              const std::function<void()>& on_open, const EventSinkFunction& sink,
              std::stop_token stop) override {
    inner_.events(labels, since, until, on_open, sink, std::move(stop));
  }

 private:
  Engine& inner_;
};

}  // namespace

std::unique_ptr<engine::Engine> make_dry_run_engine(engine::Engine& inner) {
  return std::make_unique<DryRunEngine>(inner);
}

}  // namespace crstack::cli
