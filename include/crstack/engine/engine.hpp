// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "crstack/engine/error.hpp"
#include "crstack/engine/types.hpp"

/// The Docker Engine API as crstack sees it. Every call blocks until the engine has answered, may be made
/// from any thread, and throws EngineError. Streaming calls return when the stream ends, the sink returns
/// false, or the token is stopped (then without an error).
namespace crstack::engine {

/// Label filters, `key` or `key=value`; all must hold.
using LabelFilter = std::vector<std::string>;

/// Takes bytes of a container's output, one call a frame of the engine's (a log entry, with its timestamp at
/// the front where asked for) up to 64 KiB; longer ones and a terminal's output come in pieces. An empty
/// piece says that nothing more is at hand just now: the moment to flush. Returns false to end the stream.
using OutputSink = std::function<bool(StreamKind, std::string_view)>;
/// Takes raw bytes; returns false to end the stream.
using ByteSink = std::function<bool(std::string_view)>;
/// Gives the next bytes of an upload; an empty answer ends it.
using ByteSource = std::function<std::string()>;
using EventSinkFunction = std::function<bool(const EngineEvent&)>;
using ProgressSink = std::function<void(const ProgressLine&)>;

/// A connection that the engine has handed over (attach, exec): raw bytes both ways. Not thread-safe but for
/// one reader beside one writer. The destructor closes it.
class Duplex {
 public:
  virtual ~Duplex() = default;
  [[nodiscard]] virtual int fd() const = 0;  ///< for poll(2), where nothing is buffered
  /// `read` gives bytes without waiting: they have left the socket already, so that poll(2) doesn't see them.
  [[nodiscard]] virtual bool has_buffered() const { return false; }
  /// At most `size` bytes, also those that came with the upgrade's header; 0 at the end.
  virtual std::size_t read(char* buffer, std::size_t size) = 0;
  virtual void write(std::string_view bytes) = 0;
  virtual void close_write() = 0;  ///< half-close: the other side reads end of file
};

/// A call that the engine takes its time to answer: under way already, and nobody has to wait for it in a
/// thread. The destructor forgets it: what the engine then does is its own affair.
class PendingCall {
 public:
  virtual ~PendingCall() = default;
  [[nodiscard]] virtual int fd() const = 0;  ///< readable once the answer is there, for poll(2)
  virtual void finish() = 0;                 ///< waits for the answer; throws what a blocking call would
};

class Containers {
 public:
  virtual ~Containers() = default;
  enum class Which { running, all };
  virtual std::vector<ContainerSummary> list_containers(const LabelFilter& labels, Which which) = 0;
  virtual ContainerDetails inspect_container(const std::string& id) = 0;
  /// The new container's ID; the engine's warnings go to `warnings`.
  virtual std::string create_container(const ContainerSpec& spec, std::vector<std::string>& warnings) = 0;
  virtual void start_container(const std::string& id) = 0;
  /// Unset timeout: the container's own. Stopping a stopped container is no error (304).
  virtual std::unique_ptr<PendingCall> stop_container(const std::string& id,
                                                      std::optional<int> timeout_seconds) = 0;
  virtual std::unique_ptr<PendingCall> restart_container(const std::string& id,
                                                         std::optional<int> timeout_seconds) = 0;
  virtual void kill_container(const std::string& id, const std::string& signal) = 0;
  virtual void pause_container(const std::string& id) = 0;
  virtual void unpause_container(const std::string& id) = 0;
  virtual void rename_container(const std::string& id, const std::string& name) = 0;
  enum class AnonymousVolumes { keep, remove };
  enum class Force { no, yes };
  /// Removing what is gone already is no error.
  virtual void remove_container(const std::string& id, Force force, AnonymousVolumes volumes) = 0;
  /// The exit code, once it has stopped (`POST /containers/{id}/wait`).
  virtual int wait_container(const std::string& id, std::stop_token stop) = 0;
  virtual void logs(const std::string& id, const LogOptions& options, const OutputSink& sink,
                    std::stop_token stop) = 0;
  /// The same output on a connection of its own, for who reads many at once: raw where `options.tty` (which
  /// must be set) says so, else as Demux takes it. Throws what `logs` throws; reading ends where the output
  /// does.
  virtual std::unique_ptr<Duplex> open_logs(const std::string& id, const LogOptions& options) = 0;
  virtual void resize_container(const std::string& id, int rows, int columns) = 0;
  struct AttachOptions {
    bool in = false, out = true, err = true, logs = false;
    std::string detach_keys;
  };
  virtual std::unique_ptr<Duplex> attach(const std::string& id, const AttachOptions& options) = 0;
  struct ProcessTable {
    StringList titles;
    std::vector<StringList> rows;
  };
  virtual ProcessTable top(const std::string& id, const std::string& ps_arguments) = 0;
  /// JSON objects in lines, a sample a second (`GET /containers/{id}/stats`); the first has nothing to be
  /// compared with. To be read as those of `open_logs`.
  virtual std::unique_ptr<Duplex> open_stats(const std::string& id) = 0;
  virtual void export_container(const std::string& id, const ByteSink& sink) = 0;
  virtual void get_archive(const std::string& id, const std::string& path, const ByteSink& sink) = 0;
  struct PathStat {
    std::string name, link_target;
    std::int64_t size = 0;
    std::uint32_t mode = 0;  ///< Go's os.FileMode bits
  };
  virtual std::optional<PathStat> stat_path(const std::string& id, const std::string& path) = 0;
  struct PutArchiveOptions {
    bool no_overwrite_dir_non_dir = false, copy_uid_gid = false;
  };
  virtual void put_archive(const std::string& id, const std::string& path, const ByteSource& tar,
                           PutArchiveOptions options) = 0;
  struct CommitOptions {
    std::string repo, tag, author, message;
    StringList changes;
    bool pause = true;
  };
  virtual std::string commit_container(const std::string& id, const CommitOptions& options) = 0;
};

class Execs {
 public:
  virtual ~Execs() = default;
  virtual std::string create_exec(const std::string& container, const ExecSpec& spec) = 0;
  virtual std::unique_ptr<Duplex> start_exec(const std::string& exec, bool tty) = 0;
  virtual void start_exec_detached(const std::string& exec, bool tty) = 0;
  virtual void resize_exec(const std::string& exec, int rows, int columns) = 0;
  struct ExecState {
    bool running = false;
    int exit_code = 0, pid = 0;
  };
  virtual ExecState inspect_exec(const std::string& exec) = 0;
};

class Images {
 public:
  virtual ~Images() = default;
  virtual std::optional<ImageDetails> inspect_image(
      const std::string& reference) = 0;  ///< nothing: not there
  /// The part of an image that is for a platform; before API 1.49 the engine's own choice.
  virtual std::optional<ImageDetails> inspect_image_for(const std::string& platform,
                                                        const std::string& reference) = 0;
  /// `platform` may be empty. Progress comes from a stream; an error inside it is thrown.
  virtual void pull_image(const std::string& reference, const std::string& platform,
                          const ProgressSink& progress, std::stop_token stop) = 0;
  virtual void push_image(const std::string& reference, const ProgressSink& progress,
                          std::stop_token stop) = 0;
  /// The new image's ID. `context` is a tar.
  virtual std::string build_image(const BuildSpec& spec, const ByteSource& context,
                                  const ProgressSink& progress, std::stop_token stop) = 0;
  virtual void tag_image(const std::string& reference, const std::string& repo, const std::string& tag) = 0;
  /// False where there is none. A conflict (in use) is thrown.
  virtual bool remove_image(const std::string& reference, Containers::Force force) = 0;
  virtual std::vector<ImageDetails> list_images(const LabelFilter& labels) = 0;
  /// Tells whether the registry has it, and its digest (`GET /distribution/{name}/json`).
  virtual std::string image_digest(const std::string& reference) = 0;
};

class Networks {
 public:
  virtual ~Networks() = default;
  virtual std::vector<NetworkInfo> list_networks(const LabelFilter& labels) = 0;
  /// By name or ID; several networks may share a name: the exact name's first match.
  virtual std::optional<NetworkInfo> inspect_network(const std::string& name) = 0;
  virtual std::string create_network(const NetworkSpec& spec) = 0;
  virtual bool remove_network(const std::string& id) = 0;  ///< false: not there any more
  virtual void connect_network(const std::string& network, const std::string& container,
                               const EndpointSpec& endpoint) = 0;
  virtual void disconnect_network(const std::string& network, const std::string& container,
                                  Containers::Force force) = 0;
};

class Volumes {
 public:
  virtual ~Volumes() = default;
  virtual std::vector<VolumeInfo> list_volumes(const LabelFilter& labels) = 0;
  virtual std::optional<VolumeInfo> inspect_volume(const std::string& name) = 0;
  virtual void create_volume(const VolumeSpec& spec) = 0;
  virtual bool remove_volume(const std::string& name, Containers::Force force) = 0;
};

class System {
 public:
  virtual ~System() = default;
  virtual EngineVersion version() = 0;
  /// The negotiated API version, `major * 1000 + minor` (1.41 is 1041): the newest that both sides speak.
  virtual int api_version() = 0;
  virtual RemovalOrder removal_order() = 0;
  /// Whether a log that is followed goes on with the container's next life (Podman 5), instead of ending with
  /// each.
  virtual bool logs_outlive_restarts() = 0;
  /// Whether it is a node of a swarm, whose networks it doesn't know before it makes use of them (`GET
  /// /info`).
  virtual bool is_swarm_node() = 0;
  /// Events of containers with these labels, from `since` (Unix seconds with nanoseconds, may be empty) on.
  /// `on_open` is called once the engine has accepted the subscription: no later event is missed.
  virtual void events(const LabelFilter& labels, const std::string& since, const std::string& until,
                      const std::function<void()>& on_open, const EventSinkFunction& sink,
                      std::stop_token stop) = 0;
};

class Engine : public Containers,
               public Execs,
               public Images,
               public Networks,
               public Volumes,
               public System {};

}  // namespace crstack::engine
