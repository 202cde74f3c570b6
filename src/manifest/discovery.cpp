// SPDX-License-Identifier: MIT
#include "discovery.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "environment.hpp"
#include "file_path.hpp"

namespace crstack::manifest {

namespace {

constexpr const char* file_names[] = {"compose.yaml", "compose.yml", "docker-compose.yml",
                                      "docker-compose.yaml"};
constexpr const char* override_names[] = {"compose.override.yml", "compose.override.yaml",
                                          "docker-compose.override.yml", "docker-compose.override.yaml"};

bool is_file(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode);
}

/// A directory too: passed over, it would leave the word to a manifest that nobody means.
bool is_there(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

/// Throws UsageError for a value that is neither true nor false.
bool switched_on(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  if (found == environment.end() || found->second.empty()) return false;
  if (const auto value = parse_boolean(found->second)) return *value;
  throw UsageError("invalid boolean value \"" + found->second + "\" for " + name, "write true or false");
}

class Discovery {
 public:
  Discovery(const LoadOptions& options, Sources& sources, Diagnostics& diagnostics)
      : options_(options), sources_(sources), diagnostics_(diagnostics) {}

  Start run() {
    start_.given = options_.environment;
    start_.given["PWD"] = options_.current_directory;
    start_.environment = start_.given;
    for (const std::string& file : options_.files) start_.files.push_back(from_here(file));
    read_env();
    if (start_.files.empty()) take_compose_file();
    if (start_.files.empty()) search();
    read_env();
    start_.working_directory = working_directory();
    choose_profiles();
    return std::move(start_);
  }

 private:
  [[nodiscard]] std::string from_here(const std::string& path) const {
    return path == "-" ? path : join_path(options_.current_directory, path);
  }

  [[nodiscard]] std::string variable(const std::string& name) const {
    return crstack::variable(start_.environment, name);
  }

  [[nodiscard]] std::string working_directory() const {
    if (options_.project_directory && !options_.project_directory->empty())
      return from_here(*options_.project_directory);
    for (const std::string& file : start_.files)
      if (file != "-") return directory_of(file);
    return options_.current_directory;
  }

  /// The env files of this moment: they are read before the manifest is looked for (they may name it), and
  /// again from its directory.
  [[nodiscard]] std::vector<std::string> env_files() const {
    std::vector<std::string> named = options_.env_files;
    for (std::string& path : named) path = from_here(path);
    if (!named.empty()) return named;
    if (switched_on(options_.environment, "COMPOSE_DISABLE_ENV_FILE")) return {};
    const std::string standard =
        join_path(options_.home.empty() ? working_directory() : options_.home, ".env");
    if (!is_file(standard)) return {};
    return {standard};
  }

  void read_env() {
    std::vector<std::string> files = env_files();
    if (files == start_.env_files) return;
    Environment added;
    for (const std::string& file : files) {
      const Environment before = added;
      read_env_file({.path = file}, lookup_in(start_.environment), added, sources_, diagnostics_);
      for (const auto& [name, value] : added)
        if (const auto known = before.find(name); known == before.end() || known->second != value)
          start_.env_origins.try_emplace(name, file).first->second = file;
    }
    // An .env file that disables itself still says what concerns the tool.
    const char* const off = "COMPOSE_DISABLE_ENV_FILE";
    if (options_.env_files.empty() &&
        switched_on(options_.environment.count(off) ? options_.environment : added, off))
      std::erase_if(added, [](const auto& variable) { return variable.first.rfind("COMPOSE_", 0) != 0; });
    diagnostics_.throw_if_errors();  // what is missing now would only be complained about once more
    start_.environment.insert(added.begin(), added.end());
    start_.env_files = std::move(files);
  }

  void take_compose_file() {
    const std::string listed = variable("COMPOSE_FILE");
    if (listed.empty()) return;
    std::string separator = variable("COMPOSE_PATH_SEPARATOR");
    if (separator.empty()) separator = ":";
    for (std::size_t at = 0; at <= listed.size();) {
      const std::size_t end = std::min(listed.find(separator, at), listed.size());
      start_.files.push_back(from_here(listed.substr(at, end - at)));
      at = end + separator.size();
    }
  }

  /// The first of the names that is there; which one is used is told where there are more.
  template <std::size_t N>
  std::string first_of(const std::string& directory, const std::string& kind, const char* const (&names)[N]) {
    std::vector<std::string> found;
    for (const char* name : names)
      if (const std::string path = join_path(directory, name); is_there(path)) found.push_back(path);
    if (found.size() > 1) {  // in docker compose's words
      diagnostics_.warning({}, "",
                           "Found multiple " + kind + " files with supported names: " + join(found, ", "));
      diagnostics_.warning({}, "", "Using " + found.front());
    }
    return found.empty() ? std::string() : found.front();
  }

  void search() {
    std::string directory = working_directory();
    for (;;) {
      if (const std::string found = first_of(directory, "config", file_names); !found.empty()) {
        start_.files.push_back(found);
        if (const std::string more = first_of(directory, "override", override_names); !more.empty())
          start_.files.push_back(more);
        return;
      }
      const std::string parent = directory_of(directory);
      if (parent == directory) return;
      directory = parent;
    }
  }

  void choose_profiles() {
    start_.profiles = options_.profiles;
    if (!start_.profiles.empty()) return;
    // Nothing in the variable, or between two commas, names the profile "", as docker compose has it.
    for (const std::string& profile : split(variable("COMPOSE_PROFILES"), ','))
      start_.profiles.emplace_back(trim(profile));
  }

  const LoadOptions& options_;
  Sources& sources_;
  Diagnostics& diagnostics_;
  Start start_;
};

}  // namespace

Start discover(const LoadOptions& options, Sources& sources, Diagnostics& diagnostics) {
  return Discovery(options, sources, diagnostics).run();
}

std::string normalise_project_name(std::string_view name) {
  std::string normal;
  for (const char c : to_lower(name)) {
    const bool separator = c == '_' || c == '-';
    if (separator ? !normal.empty() : (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) normal += c;
  }
  return normal;
}

std::string given_project_name(const LoadOptions& options, const Environment& environment) {
  std::string name = options.project_name.value_or("");
  std::string source = "-p";
  if (name.empty()) {
    const auto found = environment.find("COMPOSE_PROJECT_NAME");
    if (found != environment.end()) name = found->second;
    source = "COMPOSE_PROJECT_NAME";
  }
  if (name != normalise_project_name(name))
    throw UsageError("invalid project name \"" + name +
                         "\": must consist only of lowercase alphanumeric characters, hyphens, and "
                         "underscores as well as start "
                         "with a letter or number",
                     "It comes from " + source + ": try \"" + normalise_project_name(name) + "\".");
  return name;
}

}  // namespace crstack::manifest
