// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "cli/archive/output_path.hpp"
#include "cli/archive/tar_stream.hpp"
#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/project_containers.hpp"
#include "crstack/base/error.hpp"
#include "crstack/plan/labels.hpp"

namespace crstack::cli {
namespace {

namespace fs = std::filesystem;
using engine::ContainerSummary;

constexpr std::uint32_t go_directory = 1U << 31, go_link = 1U << 27;  // of Go's os.FileMode

constexpr Option options[] = {
    {"--all", Takes::flag, "", "Include containers that run made", ""},
    {"-a,--archive", Takes::flag, "", "Archive mode (copy all uid/gid information)", ""},
    {"-L,--follow-link", Takes::flag, "", "Follow a symbolic link that is the source", ""},
    {"--index", Takes::number, "int", "Index of the container if the service has several", ""},
};

/// `SERVICE:PATH`, or a path of this machine: one that begins with `.` or `/` or holds no colon.
struct Place {
  std::string service, path;
  explicit Place(const std::string& word) : path(word) {
    const auto colon = word.find(':');
    if (word.starts_with('.') || word.starts_with('/') || colon == std::string::npos) return;
    service = word.substr(0, colon);
    path = word.substr(colon + 1);
  }
  [[nodiscard]] bool is_local() const { return service.empty(); }
};

bool means_contents(const std::string& path) {
  return path == "." || path.ends_with("/.");
}

std::string last_part(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return fs::path(path).filename().string();
}

std::string parent_of(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  const auto parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

std::vector<ContainerSummary> containers_of(engine::Engine& engine, const std::string& project,
                                            const Place& place, const Arguments& arguments) {
  const int index = arguments.number("index").value_or(0);
  auto containers = project_containers(engine, project, engine::Containers::Which::all,
                                       arguments.flag("all") ? OneOffs::include : OneOffs::leave);
  std::erase_if(containers, [&](const auto& container) {
    return service_of(container) != place.service ||
           (index > 0 && label_of(container, plan::labels::container_number) != std::to_string(index));
  });
  if (containers.empty() && index > 0)
    throw Error("service \"" + place.service + "\" is not running container #" + std::to_string(index));
  if (containers.empty()) throw Error("no container found for service \"" + place.service + "\"");
  return containers;
}

/// The path's stat behind links, and the path that it then has.
std::optional<engine::Containers::PathStat> stat_behind_links(engine::Engine& engine, const std::string& id,
                                                              std::string& path) {
  auto stat = engine.stat_path(id, path);
  for (int hops = 0; stat && (stat->mode & go_link) != 0 && hops < 10; ++hops) {
    path = stat->link_target.starts_with('/') ? stat->link_target : parent_of(path) + "/" + stat->link_target;
    stat = engine.stat_path(id, path);
  }
  return stat;
}

struct Target {
  std::string directory, name;  ///< where to unpack, and what the top becomes
};

Target target_in(engine::Engine& engine, const std::string& id, const Place& from, std::string path) {
  const bool slash = path.ends_with('/');
  const bool directory = from.path != "-" && fs::is_directory(from.path);
  const auto stat = stat_behind_links(engine, id, path);
  if (stat && (stat->mode & go_directory) != 0) {
    return {path,
            means_contents(from.path) ? "." : last_part(fs::absolute(from.path).lexically_normal().string())};
  }
  if (stat && directory) throw Error("cannot copy directory: " + path + " is a file");
  if (!stat && slash && !directory) throw Error("no such directory: " + path);
  return {parent_of(path), last_part(path)};
}

void copy_in(engine::Engine& engine, const ContainerSummary& container, const Place& from, const Place& to,
             const Arguments& arguments) {
  engine::Containers::PutArchiveOptions put;
  put.no_overwrite_dir_non_dir = true;
  put.copy_uid_gid = arguments.flag("archive");
  if (from.path == "-") {
    const auto standard_input = [] {
      std::string piece(65536, '\0');
      const auto got = ::read(STDIN_FILENO, piece.data(), piece.size());
      piece.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
      return piece;
    };
    engine.put_archive(container.id, to.path, standard_input, put);
    return;
  }
  const auto target = target_in(engine, container.id, from, to.path);
  with_tar_of(
      from.path, target.name, arguments.flag("follow-link") ? Links::follow_first : Links::keep,
      [&](const engine::ByteSource& tar) { engine.put_archive(container.id, target.directory, tar, put); });
}

void copy_out(engine::Engine& engine, const ContainerSummary& container, const Place& from, const Place& to,
              const Arguments& arguments) {
  auto path = from.path;
  const auto stat = arguments.flag("follow-link") ? stat_behind_links(engine, container.id, path)
                                                  : engine.stat_path(container.id, path);
  if (!stat) {  // the engine says it best
    engine.get_archive(container.id, path, [](std::string_view) { return true; });
    throw Error("Could not find the file " + from.path + " in container " + container.name);
  }
  if (to.path == "-") {
    write_archive(STDOUT_FILENO, "/dev/stdout",
                  [&](const engine::ByteSink& sink) { engine.get_archive(container.id, path, sink); });
    return;
  }
  const bool directory = (stat->mode & go_directory) != 0;
  Target target{to.path, means_contents(path) ? "." : last_part(from.path)};
  if (!fs::is_directory(to.path)) {
    if (to.path.ends_with('/') && !directory) throw Error("no such directory: " + to.path);
    if (directory && fs::exists(to.path)) throw Error("cannot copy directory: " + to.path + " is a file");
    target = {parent_of(to.path), last_part(to.path)};
    if (!fs::is_directory(target.directory))
      throw Error("invalid output path: directory \"" + fs::absolute(target.directory).string() +
                  "\" does not exist");
  }
  refuse_special(fs::is_directory(to.path) ? fs::path(to.path) / target.name : fs::path(to.path));
  unpack_tar(target.directory, target.name,
             arguments.flag("archive") ? Owner::as_archived : Owner::current_user,
             [&](const engine::ByteSink& sink) { engine.get_archive(container.id, path, sink); });
}

int run(Context& context, const Arguments& arguments) {
  const Place from(arguments.positional()[0]), to(arguments.positional()[1]);
  if (from.is_local() == to.is_local())
    throw UsageError(from.is_local() ? "unknown copy direction" : "copying between services is not supported",
                     "One of the two is SERVICE:PATH, the other a path of this machine.");
  auto& engine = context.engine();
  const auto& service = from.is_local() ? to.service : from.service;
  const auto containers =
      containers_of(engine, context.scope({service}).name, from.is_local() ? to : from, arguments);
  const auto copy = [&](const ContainerSummary& container, const std::string& what, auto&& action) {
    const event::Subject subject{event::ResourceKind::container, container.name, service};
    const auto detail = "copy " + what;
    context.events().emit(event::Progress{subject, event::Activity::copying, event::Phase::working, detail});
    if (!context.dry_run()) action();
    context.events().emit(event::Progress{subject, event::Activity::copied, event::Phase::done, detail});
  };
  if (!from.is_local()) {
    const auto& container = containers.front();
    copy(container, container.name + ":" + from.path + " to " + to.path,
         [&] { copy_out(engine, container, from, to, arguments); });
    return 0;
  }
  for (const auto& container : containers)
    copy(container, from.path + " to " + container.name + ":" + to.path,
         [&] { copy_in(engine, container, from, to, arguments); });
  return 0;
}

}  // namespace

constinit const Command cp_command{
    .name = "cp",
    .aliases = "",
    .synopsis = "[OPTIONS] SERVICE:SRC_PATH DEST_PATH|- | SRC_PATH|- SERVICE:DEST_PATH",
    .summary = "Copy files between a service's container and this machine",
    .details = "To a service, all of its containers get a copy unless --index names one.",
    .options = options,
    .run = run,
    .count = {2, 2, ArgumentCount::Refusal::named},
    .effect = Effect::changes,
    .title = "Copying",
};

}  // namespace crstack::cli
