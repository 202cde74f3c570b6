// SPDX-License-Identifier: MIT
#include "cli/watch/watcher.hpp"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <optional>

#include "cli/archive/tar_stream.hpp"
#include "cli/build/image_builder.hpp"
#include "cli/project_containers.hpp"
#include "cli/screen.hpp"
#include "crstack/base/error.hpp"
#include "crstack/engine/demux.hpp"
#include "crstack/plan/container_spec.hpp"
#include "exec/exec_command.hpp"

namespace crstack::cli {
namespace {

namespace fs = std::filesystem;

using Names = std::set<std::string>;

// `["db" "web"]`
std::string shown(const Names& services) {
  std::string text;
  for (const auto& service : services) text += (text.empty() ? "\"" : " \"") + service + "\"";
  return "[" + text + "]";
}

bool is_there(const std::string& path) {
  std::error_code error;
  return fs::exists(fs::symlink_status(path, error));
}

// Paths that are gone, without those inside of the ones in front of them.
std::vector<std::string> topmost(const std::vector<std::string>& paths) {
  std::vector<std::string> result;
  for (const auto& path : paths)
    if (result.empty() || !path.starts_with(result.back() + "/")) result.push_back(path);
  return result;
}

/// Sorts what is gone, and adds the directories in whose place there are files now.
void add_replaced(std::vector<std::string>& gone, const std::vector<TarItem>& there) {
  std::sort(gone.begin(), gone.end());
  std::vector<std::string> replaced;
  for (const auto& item : there) {
    const auto inside = "/" + item.name + "/";
    const auto first = std::lower_bound(gone.begin(), gone.end(), inside);
    const bool was_directory = first != gone.end() && first->starts_with(inside);
    if (was_directory && !fs::is_directory(fs::symlink_status(item.source)))
      replaced.push_back("/" + item.name);
  }
  gone.insert(gone.begin(), replaced.begin(), replaced.end());
}

void drain(engine::Duplex& stream, const engine::OutputSink& sink) {
  engine::Demux demux(engine::Terminal::no, sink);
  std::string buffer(16384, '\0');
  for (std::size_t size = 0; (size = stream.read(buffer.data(), buffer.size())) > 0;)
    demux.feed({buffer.data(), size});
}

}  // namespace

exec::RunResult watch_up(Context& context, Situation& situation, plan::UpOptions& up,
                         const WatchOptions& watch, RunOptions run_options,
                         const std::function<void()>& built) {
  BuildSettings settings;
  settings.quiet = watch.build_output == WatchOptions::BuildOutput::hide;
  const auto builder = make_image_builder(context, settings);
  run_options.builder = builder.get();
  const auto refreshed = refresh_images(context, situation, up, run_options);
  if (refreshed && !refreshed->ok()) return *refreshed;
  if (built) built();
  run_options.lock = situation.lock;
  return carry_out(context, plan::plan_up(*situation.project, situation.state, up), run_options);
}

/// What a change leads to is told in the watcher's own lines, as docker compose does: of its progress only
/// what builds write, and warnings, are shown. Keeps the first failure.
class Watcher::Quiet final : public event::EventSink {
 public:
  explicit Quiet(event::EventSink& inner) : inner_(inner) {}
  void emit(const event::Event& event) override {
    if (std::holds_alternative<event::BuildOutput>(event) || std::holds_alternative<event::Warning>(event))
      inner_.emit(event);
    const auto* failure = std::get_if<event::FailureReport>(&event);
    const std::lock_guard lock(mutex_);
    if (failure != nullptr && !failure_) failure_ = failure->what;
  }
  /// Once the run is over. Nothing where it was interrupted.
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }

 private:
  event::EventSink& inner_;
  std::mutex mutex_;
  std::optional<std::string> failure_;
};

Watcher::Watcher(Context& context, const project::Project& project, WatchOptions options, Say say)
    : context_(context),
      project_(project),
      options_(std::move(options)),
      say_(std::move(say)),
      rules_(project, options_.services),
      changes_(rules_.roots(), [this](const std::string& directory) { return rules_.enters(directory); }) {
  for (const auto& warning : rules_.warnings()) context_.events().emit(event::Warning{warning});
}

void Watcher::run(std::stop_token stop) {
  auto work = rules_.initial(changes_.known());
  for (const auto& [service, paths] : work.sync) sync(service, paths);
  say_("Watch enabled");
  while (!stop.stop_requested()) {
    work = rules_.decide(changes_.next(stop));
    try {
      act(work, stop);
    } catch (const Error& error) {
      if (!stop.stop_requested())
        context_.events().emit(event::Warning{std::string("Error handling changed files: ") + error.what()});
    }
  }
}

void Watcher::act(const WatchWork& work, std::stop_token stop) {
  if (!work.rebuild.empty()) rebuild(work.rebuild, stop);
  for (const auto& [service, paths] : work.sync) {
    say_("Syncing service \"" + service + "\" after " + std::to_string(paths.size()) +
         " changes were detected");
    sync(service, paths);
  }
  if (!work.restart.empty()) restart(work.restart, stop);
  for (const auto& command : work.exec) run_command(command, stop);
}

void Watcher::rebuild(const Names& services, std::stop_token stop) {
  say_("Rebuilding service(s) " + shown(services) + " after changes were detected...");
  auto situation = hold_and_look(context_, options_.services, plan::ObserveOptions::Depth::everything);
  const auto before = situation.state.images;
  plan::UpOptions options;
  options.services = {services.begin(), services.end()};
  options.dependencies = plan::Dependencies::leave;
  options.build = plan::BuildMode::always;
  options.recreate = plan::Recreate::always;
  options.orphans = plan::Orphans::ignore;
  Quiet sink(context_.events());
  RunOptions run_options;
  run_options.stop = std::move(stop);
  run_options.sink = &sink;
  auto failed = "Build failed. Error: ";
  const auto built = [&] {
    say_("service(s) " + shown(services) + " successfully built");
    failed = "Failed to recreate services after update. Error: ";
  };
  const bool done = watch_up(context_, situation, options, options_, run_options, built).ok();
  if (const auto& failure = sink.failure()) {
    say_(failed + *failure);
    throw Error(*failure);
  }
  if (!done) return;
  if (options_.prune == WatchOptions::Prune::yes) prune(before);
}

void Watcher::prune(const std::map<std::string, engine::ImageDetails>& before) {
  if (context_.dry_run()) return;
  for (const auto& [reference, image] : before) {
    const auto old = context_.engine().inspect_image(image.id);
    if (!old || !old->repo_tags.empty() || !old->repo_digests.empty()) continue;
    try {
      context_.engine().remove_image(image.id, engine::Containers::Force::no);
    } catch (const Error&) {  // something else uses it
    }
  }
}

void Watcher::restart(const Names& services, std::stop_token stop) {
  const auto situation = hold_and_look(context_, options_.services, plan::ObserveOptions::Depth::containers);
  plan::RestartOptions options;
  options.services = {services.begin(), services.end()};
  Quiet sink(context_.events());
  RunOptions run_options;
  run_options.stop = std::move(stop);
  run_options.sink = &sink;
  run_options.lock = situation.lock;
  const auto plan = plan::plan_restart(*situation.project, situation.state, options);
  const bool done = carry_out(context_, plan, run_options).ok();
  if (const auto& failure = sink.failure()) throw Error(*failure);
  if (done) say_("service(s) " + shown(services) + " restarted");
}

std::vector<engine::ContainerSummary> Watcher::containers_of(const std::string& service) const {
  auto containers =
      project_containers(context_.engine(), project_.name, engine::Containers::Which::all, OneOffs::leave);
  std::erase_if(containers, [&](const auto& container) { return service_of(container) != service; });
  return containers;
}

void Watcher::sync(const std::string& service, const std::set<PathMapping>& paths) {
  if (context_.dry_run()) return;
  std::vector<TarItem> there;
  std::vector<std::string> gone;
  for (const auto& [host, container] : paths) {
    if (is_there(host)) {
      there.push_back({host, container.substr(1)});
    } else {
      gone.push_back(container);
    }
  }
  add_replaced(gone, there);
  engine::Containers::PutArchiveOptions put;
  put.no_overwrite_dir_non_dir = true;  // a file for a directory is a mistake in the rule's target
  for (const auto& container : containers_of(service)) {
    if (!gone.empty() && container.state == engine::ContainerState::running)
      if (const int code = remove(container.id, "-rf", topmost(gone)); code != 0)
        throw Error("rm ended with exit code " + std::to_string(code));
    if (there.empty()) continue;
    const auto copy = [&] {
      with_tar_of(there, [&](const engine::ByteSource& tar) {
        context_.engine().put_archive(container.id, "/", tar, put);
      });
    };
    try {
      copy();
    } catch (const engine::EngineError& error) {
      if (std::string(error.what()).find("cannot overwrite non-directory") == std::string::npos) throw;
      remove_files_in_place_of(there, container.id);
      copy();
    }
  }
}

// What was a file and is a directory now; what is a directory already stays.
void Watcher::remove_files_in_place_of(const std::vector<TarItem>& items, const std::string& container) {
  std::vector<std::string> paths;
  for (const auto& item : items)
    if (fs::is_directory(fs::symlink_status(item.source))) paths.push_back("/" + item.name);
  remove(container, "-f", paths);
}

// As root: what was synced belongs to it. Gives rm's exit code.
int Watcher::remove(const std::string& container, const char* how, const std::vector<std::string>& paths) {
  engine::ExecSpec spec;
  spec.command = {"rm", how, "--"};
  spec.command.insert(spec.command.end(), paths.begin(), paths.end());
  spec.user = "0";
  return execute(container, spec, [](engine::StreamKind, std::string_view) { return true; });
}

void Watcher::run_command(const WatchWork::Command& command, std::stop_token stop) {
  auto& screen = context_.screen();
  const auto show = [&screen](engine::StreamKind kind, std::string_view bytes) {
    return (kind == engine::StreamKind::err ? screen.errors : screen.data).write(bytes);
  };
  for (const auto& container : containers_of(command.service)) {
    if (context_.dry_run() || container.state != engine::ContainerState::running) continue;
    if (stop.stop_requested()) return;
    const auto code = execute(container.id, plan::exec_spec(*command.hook), show);
    if (code != 0)
      throw Error("the command for " + container.name + " ended with exit code " + std::to_string(code));
  }
}

// Runs a command to its end; what it writes goes to `sink`.
int Watcher::execute(const std::string& container, const engine::ExecSpec& spec,
                     const engine::OutputSink& sink) {
  auto& engine = context_.engine();
  const auto id = engine.create_exec(container, spec);
  const auto stream = engine.start_exec(id, spec.tty);
  drain(*stream, sink);
  return exec::exit_code_of(engine, id);
}

}  // namespace crstack::cli
