// SPDX-License-Identifier: MIT
#include "cli/watch/watch_rules.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "cli/build/build_context.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {
namespace {

namespace fs = std::filesystem;

// Temporary and backup files of editors.
constexpr const char* temporary[] = {
    "*~",          ".*.sw?",          "4913", "#*#", ".#*", "*___jb_tmp___", "*___jb_old___",
    ".*.kate-swp", ".goutputstream-*"};

bool is_temporary(const std::string& name) {
  return std::any_of(std::begin(temporary), std::end(temporary),
                     [&](const char* pattern) { return fnmatch(pattern, name.c_str(), 0) == 0; });
}

// `path` seen from `directory`: `.` for itself; nothing where it isn't below it.
std::optional<std::string> inside(const std::string& path, const std::string& directory) {
  if (path == directory) return ".";
  const auto prefix = directory.ends_with('/') ? directory : directory + "/";
  if (!path.starts_with(prefix)) return std::nullopt;
  return path.substr(prefix.size());
}

bool in_git_directory(const std::string& relative) {
  const auto parts = split(relative, '/');
  return std::find(parts.begin(), parts.end(), ".git") != parts.end();
}

bool syncs(const project::WatchRule& rule) {
  return rule.action.starts_with("sync");
}

std::string container_path(const project::WatchRule& rule, const std::string& path) {
  const auto relative = *inside(path, rule.path);
  auto target = rule.target.starts_with('/') ? rule.target : "/" + rule.target;
  const bool into = target.ends_with('/');
  while (target.size() > 1 && target.ends_with('/')) target.pop_back();
  if (relative != ".") return (fs::path(target) / relative).string();
  return into && !fs::is_directory(path) ? (fs::path(target) / fs::path(path).filename()).string() : target;
}

bool is_mounted(const project::Service& service, const std::string& path) {
  return std::any_of(service.volumes.begin(), service.volumes.end(), [&](const project::Mount& mount) {
    return mount.type == "bind" && inside(path, mount.source);
  });
}

IgnorePatterns patterns_of(const std::vector<std::string>& texts) {
  IgnorePatterns patterns;
  for (const auto& text : texts) patterns.add(text);
  return patterns;
}

}  // namespace

WatchRules::WatchRules(const project::Project& project, const std::vector<std::string>& services) {
  for (const auto& [name, service] : project.services) {
    const bool wanted =
        services.empty() || std::find(services.begin(), services.end(), name) != services.end();
    if (wanted) add(service);
  }
  if (rules_.empty())
    throw Error(
        "none of the selected services is configured for watch, consider setting a 'develop' section");
}

void WatchRules::add(const project::Service& service) {
  for (const auto& watch : service.watch) {
    if (watch.action == "rebuild" && !service.build)
      throw Error("can't watch service \"" + service.name + "\" with action rebuild without a build context",
                  "Give the service a build section, or use sync.");
    if (syncs(watch) && is_mounted(service, watch.path)) {
      warnings_.push_back("path '" + watch.path +
                          "' also declared by a bind mount volume, this path won't be monitored!");
      continue;
    }
    Rule rule{service.name, &watch, patterns_of(watch.ignore), patterns_of(watch.include), {}, {}};
    if (service.build) {
      rule.context = service.build->context;
      rule.left_out = ignored_in_context(*service.build);
    }
    rules_.push_back(std::move(rule));
  }
}

bool WatchRules::Rule::matches(const std::string& path) const {
  const auto relative = inside(path, rule->path);
  if (!relative || in_git_directory(*relative) || is_temporary(fs::path(path).filename())) return false;
  if (ignored.ignores(*relative) || (!rule->include.empty() && !included.ignores(*relative))) return false;
  const auto in_context = inside(path, context);
  return !in_context || context.empty() || !left_out.ignores(*in_context);
}

std::vector<std::string> WatchRules::roots() const {
  std::vector<std::string> paths;
  for (const auto& rule : rules_) paths.push_back(rule.rule->path);
  return paths;
}

bool WatchRules::enters(const std::string& directory) const {
  return std::any_of(rules_.begin(), rules_.end(), [&](const Rule& rule) {
    const auto relative = inside(directory, rule.rule->path);
    if (!relative || in_git_directory(*relative)) return false;
    if (rule.ignored.ignores(*relative) && !rule.ignored.has_exceptions()) return false;
    const auto in_context = inside(directory, rule.context);
    return rule.context.empty() || !in_context || !rule.left_out.ignores(*in_context) ||
           rule.left_out.has_exceptions();
  });
}

void WatchRules::apply(const Rule& rule, const std::string& path, WatchWork& work) {
  const auto& action = rule.rule->action;
  if (action == "rebuild") work.rebuild.insert(rule.service);
  if (syncs(*rule.rule)) work.sync[rule.service].insert({path, container_path(*rule.rule, path)});
  if (action == "restart" || action == "sync+restart") work.restart.insert(rule.service);
  if (action == "sync+exec") work.exec.insert({rule.service, &rule.rule->exec});
}

WatchWork WatchRules::decide(const std::set<std::string>& paths) const {
  WatchWork work;
  for (const auto& path : paths)
    for (const auto& rule : rules_)
      if (rule.matches(path)) apply(rule, path, work);
  return work;
}

WatchWork WatchRules::initial(const std::set<std::string>& paths) const {
  WatchWork work;
  for (const auto& path : paths)
    for (const auto& rule : rules_)
      if (rule.rule->initial_sync && syncs(*rule.rule) && rule.matches(path))
        work.sync[rule.service].insert({path, container_path(*rule.rule, path)});
  return work;
}

}  // namespace crstack::cli
