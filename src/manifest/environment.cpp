// SPDX-License-Identifier: MIT
#include "environment.hpp"

#include <sys/stat.h>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "dotenv.hpp"

namespace crstack::manifest {

Lookup lookup_in(const Environment& environment) {
  return [&environment](std::string_view name) -> const std::string* {
    const auto found = environment.find(std::string(name));
    return found == environment.end() ? nullptr : &found->second;
  };
}

std::optional<std::string> read_text(const std::string& path, std::string& reason) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    reason = errno == ENOENT ? "no such file or directory" : std::strerror(errno);
    return {};
  }
  if (S_ISDIR(status.st_mode)) {
    reason = "it is a directory";
    return {};
  }
  std::ifstream file(path, std::ios::binary);
  std::string text;
  if (file) text.assign(std::istreambuf_iterator<char>(file), {});  // a pipe doesn't tell its size
  if (!file || file.bad()) {
    reason = std::strerror(errno);
    return {};
  }
  return text;
}

namespace {

void report_unread(const ListedFile& listed, const std::string& reason, Diagnostics& diagnostics) {
  const std::string shown = diagnostics.shown(listed.path, listed.where);
  const bool in_manifest = listed.where.known();  // else on the command line
  diagnostics.error(listed.where, "",
                    in_manifest
                        ? std::string(listed.kind) + ' ' + shown + " not found: stat " + shown + ": " + reason
                        : "couldn't find env file: " + listed.path + " (" + reason + ")",
                    "make the file, or take it out of the list");
}

}  // namespace

bool read_env_file(const ListedFile& listed, const Lookup& lookup, Environment& into, Sources& sources,
                   Diagnostics& diagnostics, std::map<std::string, Mark>* places) {
  const std::string& path = listed.path;
  std::error_code failed;
  if (listed.presence == Presence::optional && !std::filesystem::exists(path, failed)) return true;
  std::string reason;
  std::optional<std::string> text = read_text(path, reason);
  if (!text) {
    report_unread(listed, reason, diagnostics);
    return false;
  }
  const std::uint32_t file = sources.add(path, std::move(*text), Visibility::secret);
  EnvFile content = listed.format == EnvFormat::raw
                        ? parse_raw_env_file(sources.text(file), lookup)
                        : parse_env_file(sources.text(file), lookup, lookup_in(into));
  for (EnvFile::Variable& variable : content.variables) {
    if (places) (*places)[variable.name] = {file, variable.line, 1};
    into[variable.name] = std::move(variable.value);
  }
  for (const auto& [line, name] : content.unset)
    diagnostics.warning({file, line, 1}, name,
                        "The \"" + name + "\" variable is not set. Defaulting to a blank string.");
  for (EnvFile::Problem& problem : content.problems)
    diagnostics.error({file, problem.line, 1}, "",
                      (listed.format == EnvFormat::raw ? "failed to parse env_file " : "failed to read ") +
                          path + ": " + problem.message);
  return content.problems.empty();
}

Environment read_env_files(const std::vector<ListedFile>& files, const Environment& known, Sources& sources,
                           Diagnostics& diagnostics) {
  Environment added;
  const Lookup lookup = lookup_in(known);
  for (const ListedFile& file : files) read_env_file(file, lookup, added, sources, diagnostics);
  return added;
}

}  // namespace crstack::manifest
