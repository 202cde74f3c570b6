// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/archive/tar_stream.hpp"
#include "cli/run_plan.hpp"
#include "cli/watch/file_changes.hpp"
#include "cli/watch/watch_rules.hpp"

namespace crstack::cli {

struct WatchOptions {
  std::vector<std::string> services;                ///< empty: all
  enum class Prune { no, yes } prune = Prune::yes;  ///< remove the image that a rebuild has replaced
  enum class BuildOutput { show, hide } build_output = BuildOutput::show;
};

/// Builds what has to be built, and brings up what `up` says: what watching begins with, and what a rebuild
/// is. `situation` and `up` are brought up to date with what was built. `built`, unless empty, is called once
/// the images are there.
exec::RunResult watch_up(Context& context, Situation& situation, plan::UpOptions& up,
                         const WatchOptions& watch, RunOptions run_options,
                         const std::function<void()>& built = {});

/// Keeps a project's containers up to date with the files that its `develop.watch` rules name: waits for
/// changes and syncs, rebuilds, restarts. What fails is a warning, and it goes on.
class Watcher {
 public:
  /// Takes a line for people.
  using Say = std::function<void(const std::string& line)>;

  /// Throws Error where there is nothing to watch. `context` and `project` must outlive it. Changes are
  /// noticed from here on.
  Watcher(Context& context, const project::Project& project, WatchOptions options, Say say);

  /// Returns when stopped.
  void run(std::stop_token stop);

 private:
  class Quiet;
  void act(const WatchWork& work, std::stop_token stop);
  void rebuild(const std::set<std::string>& services, std::stop_token stop);
  void restart(const std::set<std::string>& services, std::stop_token stop);
  void prune(const std::map<std::string, engine::ImageDetails>& before);
  void sync(const std::string& service, const std::set<PathMapping>& paths);
  void remove_files_in_place_of(const std::vector<TarItem>& items, const std::string& container);
  int remove(const std::string& container, const char* how, const std::vector<std::string>& paths);
  int execute(const std::string& container, const engine::ExecSpec& spec, const engine::OutputSink& sink);
  void run_command(const WatchWork::Command& command, std::stop_token stop);
  [[nodiscard]] std::vector<engine::ContainerSummary> containers_of(const std::string& service) const;

  Context& context_;
  const project::Project& project_;
  WatchOptions options_;
  Say say_;
  WatchRules rules_;
  FileChanges changes_;
};

}  // namespace crstack::cli
