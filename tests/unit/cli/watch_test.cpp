// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <stop_token>
#include <thread>

#include "cli/watch/file_changes.hpp"
#include "cli/watch/watch_rules.hpp"
#include "crstack/base/error.hpp"

using namespace crstack;
using namespace crstack::cli;
namespace fs = std::filesystem;

namespace {

struct Directory {
  std::string path = "/tmp/crstack-watch-XXXXXX";
  Directory() { REQUIRE(mkdtemp(path.data()) != nullptr); }
  ~Directory() { fs::remove_all(path); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  [[nodiscard]] std::string operator/(const std::string& name) const { return path + "/" + name; }
  void write(const std::string& name, const std::string& text = "text") const {
    fs::create_directories(fs::path(*this / name).parent_path());
    std::ofstream(*this / name) << text;
  }
  [[nodiscard]] FileChanges::Paths paths(std::initializer_list<std::string> names) const {
    FileChanges::Paths result;
    for (const auto& name : names) result.insert(*this / name);
    return result;
  }
};

/// The next changes, or none where there are none for five seconds.
FileChanges::Paths next_of(FileChanges& changes) {
  std::stop_source given_up;
  const std::jthread timer([&](const std::stop_token& done) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    never.wait_for(lock, done, std::chrono::seconds(5), [] { return false; });
    given_up.request_stop();
  });
  return changes.next(given_up.get_token());
}

bool everywhere(const std::string& /*directory*/) {
  return true;
}

project::Project project_with(std::vector<project::WatchRule> rules, bool with_build = true) {
  project::Project project;
  project::Service web;
  web.name = "web";
  web.watch = std::move(rules);
  if (with_build) web.build = project::Build{};
  if (with_build) web.build->context = "/nothere";
  project.services["web"] = web;
  return project;
}

project::WatchRule rule(const std::string& action, const std::string& path, const std::string& target = "") {
  project::WatchRule result;
  result.action = action;
  result.path = path;
  result.target = target;
  return result;
}

}  // namespace

TEST_CASE("File changes: writes, new directories with all that is in them, renames and removals", "[cli]") {
  const Directory top;
  top.write("src/a");
  FileChanges changes({top / "src"}, everywhere);
  CHECK(changes.known() == top.paths({"src", "src/a"}));

  top.write("src/a", "other");
  CHECK(changes.next({}) == top.paths({"src/a"}));

  top.write("src/new/deep/b");
  CHECK(changes.next({}) == top.paths({"src/new", "src/new/deep", "src/new/deep/b"}));
  top.write("src/new/deep/b", "other");
  CHECK(changes.next({}) == top.paths({"src/new/deep/b"}));

  fs::rename(top / "src/new", top / "src/moved");
  CHECK(changes.next({}) == top.paths({"src/new", "src/new/deep", "src/new/deep/b", "src/moved",
                                       "src/moved/deep", "src/moved/deep/b"}));
  top.write("src/moved/deep/b", "again");
  CHECK(changes.next({}) == top.paths({"src/moved/deep/b"}));

  fs::remove_all(top / "src/moved");
  CHECK(changes.next({}) == top.paths({"src/moved", "src/moved/deep", "src/moved/deep/b"}));
  CHECK(changes.known() == top.paths({"src", "src/a"}));
}

TEST_CASE("File changes: a root that appears later, is replaced, and vanishes", "[cli]") {
  const Directory top;
  FileChanges changes({top / "conf/app.ini"}, everywhere);
  top.write("conf/other");
  top.write("conf/app.ini");
  CHECK(changes.next({}) == top.paths({"conf/app.ini"}));
  top.write("conf/new.ini");
  fs::rename(top / "conf/new.ini", top / "conf/app.ini");
  CHECK(changes.next({}) == top.paths({"conf/app.ini"}));
  fs::remove(top / "conf/app.ini");
  CHECK(changes.next({}) == top.paths({"conf/app.ini"}));
  top.write("conf/app.ini");
  CHECK(changes.next({}) == top.paths({"conf/app.ini"}));
}

TEST_CASE("File changes: what takes another's place at once may have its inode's number", "[cli]") {
  const Directory top;
  top.write("src/a");
  FileChanges changes({top / "src"}, everywhere);
  for (int i = 0; i < 5; ++i) {  // most of the time it has
    top.write("src/d");
    next_of(changes);
    fs::remove(top / "src/d");
    top.write("src/d/inside");
    CHECK(next_of(changes) == top.paths({"src/d", "src/d/inside"}));
    top.write("src/d/inside", "other");
    CHECK(next_of(changes) == top.paths({"src/d/inside"}));
    fs::remove_all(top / "src/d");
    top.write("src/d/beside");
    CHECK(next_of(changes) == top.paths({"src/d", "src/d/inside", "src/d/beside"}));
    top.write("src/d/beside", "other");
    CHECK(next_of(changes) == top.paths({"src/d/beside"}));
    fs::remove_all(top / "src/d");
    next_of(changes);
  }
}

TEST_CASE("File changes: links are not followed, directories that don't matter not entered", "[cli]") {
  const Directory top;
  top.write("src/node_modules/x");
  top.write("elsewhere/y");
  fs::create_symlink(top / "elsewhere", top / "src/link");
  FileChanges changes({top / "src"}, [](const std::string& path) { return !path.ends_with("node_modules"); });
  top.write("src/node_modules/x", "other");
  top.write("elsewhere/y", "other");
  top.write("src/z");
  CHECK(changes.next({}) == top.paths({"src/z"}));
}

TEST_CASE("File changes: a stop ends the wait", "[cli]") {
  const Directory top;
  FileChanges changes({top.path}, everywhere);
  std::stop_source stop;
  stop.request_stop();
  CHECK(changes.next(stop.get_token()).empty());
}

TEST_CASE("Watch rules: each action's work", "[cli]") {
  auto command = rule("sync+exec", "/p/hook", "/hook");
  command.exec.command = {"reload"};
  const auto project = project_with({rule("sync", "/p/src", "/app/"), rule("sync+restart", "/p/conf", "conf"),
                                     command, rule("rebuild", "/p/deps.txt"), rule("restart", "/p/env")});
  const WatchRules rules(project, {});
  CHECK(rules.roots() == std::vector<std::string>{"/p/src", "/p/conf", "/p/hook", "/p/deps.txt", "/p/env"});

  const auto work = rules.decide({"/p/src/a/b", "/p/srcs/x", "/p/conf/c", "/p/hook"});
  CHECK(work.sync.at("web") ==
        std::set<PathMapping>{{"/p/conf/c", "/conf/c"}, {"/p/hook", "/hook"}, {"/p/src/a/b", "/app/a/b"}});
  CHECK(work.restart == std::set<std::string>{"web"});
  CHECK(work.rebuild.empty());
  REQUIRE(work.exec.size() == 1);
  CHECK(work.exec.begin()->hook->command == std::vector<std::string>{"reload"});

  CHECK(rules.decide({"/p/deps.txt"}).rebuild == std::set<std::string>{"web"});
  CHECK(rules.decide({"/p/env/x"}).restart == std::set<std::string>{"web"});
}

TEST_CASE("Watch rules: ignored, included, .git and editors' temporary files", "[cli]") {
  auto source = rule("sync", "/p", "/app");
  source.ignore = {"node_modules/", "*.log"};
  source.include = {"**/*.js"};
  const auto project = project_with({source});
  const WatchRules rules(project, {});
  const auto work = rules.decide({"/p/a.js", "/p/sub/b.js", "/p/c.css", "/p/node_modules/d.js",
                                  "/p/.git/e.js", "/p/.f.js.swp", "/p/g.js~", "/p/sub/4913"});
  CHECK(work.sync.at("web") ==
        std::set<PathMapping>{{"/p/a.js", "/app/a.js"}, {"/p/sub/b.js", "/app/sub/b.js"}});
  CHECK(rules.enters("/p/sub"));
  CHECK_FALSE(rules.enters("/p/node_modules"));
  CHECK_FALSE(rules.enters("/p/.git"));
}

TEST_CASE("Watch rules: .dockerignore counts", "[cli]") {
  const Directory top;
  top.write(".dockerignore", "out\n");
  auto project = project_with({rule("sync", top.path, "/app")});
  project.services["web"].build->context = top.path;
  const WatchRules rules(project, {});
  CHECK(rules.decide(top.paths({"out/x"})).sync.empty());
  CHECK(rules.decide(top.paths({"in/x"})).sync.size() == 1);
}

TEST_CASE("Watch rules: what can't be watched", "[cli]") {
  const auto message = [](const project::Project& project) {
    try {
      const WatchRules rules(project, {});
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(message(project_with({})) ==
        "none of the selected services is configured for watch, consider setting a 'develop' section");
  CHECK(message(project_with({rule("rebuild", "/p")}, false)) ==
        "can't watch service \"web\" with action rebuild without a build context");

  auto mounted = project_with({rule("sync", "/p/src", "/app"), rule("restart", "/p/conf")});
  project::Mount mount;
  mount.type = "bind";
  mount.source = "/p";
  mounted.services["web"].volumes.push_back(mount);
  const WatchRules rules(mounted, {});
  CHECK(rules.roots() == std::vector<std::string>{"/p/conf"});
  CHECK(rules.warnings() ==
        std::vector<std::string>{
            "path '/p/src' also declared by a bind mount volume, this path won't be monitored!"});
}

TEST_CASE("Watch rules: the initial sync", "[cli]") {
  auto first = rule("sync", "/p/src", "/app");
  first.initial_sync = true;
  const auto project = project_with({first, rule("sync", "/p/other", "/other")});
  const WatchRules rules(project, {});
  const auto work = rules.initial({"/p/src/a", "/p/other/b"});
  CHECK(work.sync.at("web") == std::set<PathMapping>{{"/p/src/a", "/app/a"}});
}
