// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "crstack/engine/engine.hpp"
#include "support/manual_clock.hpp"

namespace crstack::test {

using namespace std::chrono_literals;

/// What a container does when it runs; found by the container's name, else by its service's name.
struct ContainerScript {
  struct HealthChange {
    Duration after{};  ///< since the start
    engine::Health health = engine::Health::healthy;
    std::string output;  ///< of the probe
    int exit_code = 0;
  };
  struct Exit {
    Duration after{};  ///< since the start
    int code = 0;
    bool oom = false;
  };
  struct ExecResult {
    int exit_code = 0;
    std::string out, err;
    Duration took{};
    bool cut = false;  ///< its stream ends, it runs on
  };
  struct LogLine {
    Duration after{};  ///< since the start
    std::string text;  ///< without its newline
    engine::StreamKind kind = engine::StreamKind::out;
  };
  std::vector<HealthChange> health;
  bool listed_as_running = false;       ///< whatever its state: as Docker 20.10 does for a while after an end
  std::vector<Exit> exits;              ///< the first run's, the second's, …; runs beyond go on for ever
  std::vector<ExecResult> execs;        ///< one an exec; the last goes on; none: see `ready_after`
  std::optional<Duration> ready_after;  ///< execs fail with 1 before that (since the start), succeed after
  std::vector<LogLine> logs;
  std::string create_error, start_error;  ///< the engine's words (500); empty: none
  int stop_code = 0;                      ///< exit code after a stop
};

/// A stateful engine in memory. It does to containers, networks, volumes and images what the real one does,
/// pushes events to subscribers, plays scripts, and logs calls. Thread-safe.
class FakeEngine final : public engine::Engine {
 public:
  /// With a ManualClock, scripts and latencies follow that clock; without, real time.
  explicit FakeEngine(ManualClock* clock = nullptr);
  ~FakeEngine() override;

  // --- what tests set up
  void script(const std::string& container_or_service, ContainerScript script);
  void add_image(const std::string& reference, engine::ImageDetails details = {});  ///< there locally
  void add_registry_image(const std::string& reference);                            ///< can be pulled
  void add_hollow_image(const std::string& reference);  ///< its pull ends well, and gives nothing
  void occupy_port(int host_port);                      ///< somebody else listens there
  void set_api_version(int version) { api_version_ = version; }
  /// Every call of this name (`start_container`) takes so long.
  void set_latency(const std::string& call, Duration latency);
  /// Calls whose log line starts with `prefix` fail, the first `times` times.
  void fail(const std::string& prefix, engine::ErrorKind kind, int status, const std::string& message,
            int times = 1);
  /// Calls whose log line starts with `prefix` wait until `release(prefix)`.
  void hold(const std::string& prefix);
  void release(const std::string& prefix);
  /// Called at the start of each call with its log line, without a lock; may throw (a crash at that call).
  void on_call(std::function<void(const std::string&)> hook);

  // --- what happens to containers from outside
  /// Of a container that runs: waits ten seconds for it to be started.
  void set_health(const std::string& container, engine::Health health, const std::string& output = {});
  void exit_container(const std::string& container, int code, bool oom = false);
  void write_log(const std::string& container, const std::string& text,
                 engine::StreamKind kind = engine::StreamKind::out);
  void emit(engine::EngineEvent event);  ///< an event of the test's own
  void break_event_streams();            ///< every subscriber's stream ends as if the engine went away

  // --- what tests ask
  /// One line a call, in the order in which they began: `start_container app-web-1`.
  [[nodiscard]] std::vector<std::string> calls() const;
  /// Only the calls that change something.
  [[nodiscard]] std::vector<std::string> changing_calls() const;
  struct CallRecord {
    std::string text;
    Clock::Instant begun, ended;  ///< `ended` is the epoch while it runs
  };
  [[nodiscard]] std::vector<CallRecord> call_records() const;
  void clear_calls();
  bool wait_for_call(const std::string& prefix, std::size_t count = 1);  ///< false after ten seconds
  [[nodiscard]] std::vector<std::string> container_names() const;        ///< sorted
  [[nodiscard]] std::vector<std::string> network_names() const;
  [[nodiscard]] std::vector<std::string> volume_names() const;
  [[nodiscard]] engine::ContainerSpec created_spec(const std::string& container) const;
  [[nodiscard]] std::size_t subscribers() const;
  [[nodiscard]] static std::size_t threads();  ///< of all fakes, for calls that nobody waits for in a thread

  // --- engine::Engine
  std::vector<engine::ContainerSummary> list_containers(const engine::LabelFilter&, Which) override;
  engine::ContainerDetails inspect_container(const std::string& id) override;
  std::string create_container(const engine::ContainerSpec&, std::vector<std::string>& warnings) override;
  void start_container(const std::string& id) override;
  std::unique_ptr<engine::PendingCall> stop_container(const std::string& id,
                                                      std::optional<int> timeout_seconds) override;
  std::unique_ptr<engine::PendingCall> restart_container(const std::string& id,
                                                         std::optional<int> timeout_seconds) override;
  void kill_container(const std::string& id, const std::string& signal) override;
  void pause_container(const std::string& id) override;
  void unpause_container(const std::string& id) override;
  void rename_container(const std::string& id, const std::string& name) override;
  void remove_container(const std::string& id, Force, AnonymousVolumes) override;
  int wait_container(const std::string& id, std::stop_token) override;
  void logs(const std::string& id, const engine::LogOptions&, const engine::OutputSink&,
            std::stop_token) override;
  std::unique_ptr<engine::Duplex> open_logs(const std::string& id, const engine::LogOptions&) override;
  void resize_container(const std::string& id, int rows, int columns) override;
  std::unique_ptr<engine::Duplex> attach(const std::string& id, const AttachOptions&) override;
  ProcessTable top(const std::string& id, const std::string& ps_arguments) override;
  std::unique_ptr<engine::Duplex> open_stats(const std::string& id) override;
  void export_container(const std::string& id, const engine::ByteSink&) override;
  void get_archive(const std::string& id, const std::string& path, const engine::ByteSink&) override;
  std::optional<PathStat> stat_path(const std::string& id, const std::string& path) override;
  void put_archive(const std::string& id, const std::string& path, const engine::ByteSource& tar,
                   PutArchiveOptions) override;
  std::string commit_container(const std::string& id, const CommitOptions&) override;
  std::string create_exec(const std::string& container, const engine::ExecSpec&) override;
  std::unique_ptr<engine::Duplex> start_exec(const std::string& exec, bool tty) override;
  void start_exec_detached(const std::string& exec, bool tty) override;
  void resize_exec(const std::string& exec, int rows, int columns) override;
  ExecState inspect_exec(const std::string& exec) override;
  std::optional<engine::ImageDetails> inspect_image(const std::string& reference) override;
  std::optional<engine::ImageDetails> inspect_image_for(const std::string&,
                                                        const std::string& reference) override {
    return inspect_image(reference);
  }
  void pull_image(const std::string& reference, const std::string& platform, const engine::ProgressSink&,
                  std::stop_token) override;
  void push_image(const std::string& reference, const engine::ProgressSink&, std::stop_token) override;
  std::string build_image(const engine::BuildSpec&, const engine::ByteSource& context,
                          const engine::ProgressSink&, std::stop_token) override;
  void tag_image(const std::string& reference, const std::string& repo, const std::string& tag) override;
  bool remove_image(const std::string& reference, Force) override;
  std::vector<engine::ImageDetails> list_images(const engine::LabelFilter&) override;
  std::string image_digest(const std::string& reference) override;
  std::vector<engine::NetworkInfo> list_networks(const engine::LabelFilter&) override;
  std::optional<engine::NetworkInfo> inspect_network(const std::string& name) override;
  std::string create_network(const engine::NetworkSpec&) override;
  bool remove_network(const std::string& id) override;
  void connect_network(const std::string& network, const std::string& container,
                       const engine::EndpointSpec&) override;
  void disconnect_network(const std::string& network, const std::string& container, Force) override;
  std::vector<engine::VolumeInfo> list_volumes(const engine::LabelFilter&) override;
  std::optional<engine::VolumeInfo> inspect_volume(const std::string& name) override;
  void create_volume(const engine::VolumeSpec&) override;
  bool remove_volume(const std::string& name, Force) override;
  engine::EngineVersion version() override;
  int api_version() override { return api_version_; }
  engine::RemovalOrder removal_order() override { return engine::RemovalOrder::any; }
  bool logs_outlive_restarts() override { return false; }
  bool is_swarm_node() override;
  void events(const engine::LabelFilter&, const std::string& since, const std::string& until,
              const std::function<void()>& on_open, const engine::EventSinkFunction&,
              std::stop_token) override;

 private:
  void stop_now(const std::string& id, std::optional<int> timeout_seconds, const std::stop_token& stop);
  void restart_now(const std::string& id, std::optional<int> timeout_seconds, const std::stop_token& stop);
  struct StoredLine {
    engine::StreamKind kind;
    engine::WallTime time;
    std::string text;
  };
  struct Container {
    engine::ContainerSpec spec;
    engine::ContainerDetails details;
    std::int64_t created = 0;
    std::vector<StoredLine> logs;
    std::uint64_t run = 0;  ///< timers of an earlier run do nothing
    std::size_t runs = 0, execs = 0;
    bool stopped_by_hand = false;
    Clock::Instant started;
    std::vector<std::string> anonymous;
  };
  struct Exec {
    std::string container;
    engine::ExecSpec spec;
    ExecState state;
  };
  struct Failure {
    std::string prefix, message;
    engine::ErrorKind kind;
    int status, times;
  };
  struct Subscriber {
    std::deque<engine::EngineEvent> queue;
    bool broken = false;
  };
  class Call;
  using Lock = std::unique_lock<std::mutex>;

  [[nodiscard]] Clock::Instant now() const;
  [[nodiscard]] engine::WallTime wall() const;
  void after(Duration delay, std::function<void()> action);
  void run_timers(const std::stop_token& stop);
  [[nodiscard]] Container* find(const std::string& id);
  [[nodiscard]] Container& need(const std::string& id, const char* method);
  [[nodiscard]] std::string name_of(const std::string& id);
  [[nodiscard]] const ContainerScript& script_of(const Container& container) const;
  [[nodiscard]] engine::ImageDetails* find_image(const std::string& reference);
  engine::NetworkInfo* find_network(const std::string& name);
  void mount_volumes(Container& container, const engine::ImageDetails& image);
  void check_ports(const Container& container);
  void play(Container& container);
  void start_locked(Container& container);
  void exit_locked(Container& container, int code, bool oom);
  void health_locked(Container& container, engine::Health health, const std::string& output, int code);
  void log_locked(Container& container, const std::string& text, engine::StreamKind kind);
  void event_locked(const Container& container, const std::string& action, engine::StringMap extra = {});
  void push_locked(const engine::EngineEvent& event);
  [[nodiscard]] ContainerScript::ExecResult next_exec(Container& container);
  std::string new_id(char kind);

  ManualClock* manual_;
  RealClock real_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  int api_version_ = 1041;
  std::uint64_t serial_ = 0;
  std::map<std::string, Container> containers_;  ///< by ID
  std::map<std::string, Exec> execs_;
  std::map<std::string, engine::ImageDetails> images_;  ///< by normalised reference
  std::set<std::string> registry_, hollow_;
  std::map<std::string, engine::NetworkInfo> networks_;  ///< by ID
  std::map<std::string, engine::VolumeInfo> volumes_;
  std::map<std::string, ContainerScript> scripts_;
  std::set<int> occupied_;
  std::map<std::string, Duration> latencies_;
  std::vector<Failure> failures_;
  std::set<std::string> held_;
  std::function<void(const std::string&)> hook_;
  std::vector<std::shared_ptr<CallRecord>> calls_;
  std::vector<engine::EngineEvent> history_;
  std::list<Subscriber> subscribers_;
  std::multimap<Clock::Instant, std::function<void()>> timers_;
  std::jthread timer_thread_;  ///< real time only; last: ends first
};

}  // namespace crstack::test
