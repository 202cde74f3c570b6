// SPDX-License-Identifier: MIT
#include "environment.hpp"

#include <sys/stat.h>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

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
  std::ostringstream text;
  if (!file || (status.st_size != 0 && !(text << file.rdbuf()))) {
    reason = std::strerror(errno);
    return {};
  }
  return std::move(text).str();
}

bool read_env_file(const std::string& path, Presence presence, EnvFormat format, const Lookup& lookup,
                   Environment& into, Mark where, Sources& sources, Diagnostics& diagnostics,
                   std::map<std::string, Mark>* places) {
  std::string reason;
  std::optional<std::string> text = read_text(path, reason);
  if (!text) {
    if (presence == Presence::optional) return true;
    const std::string shown = diagnostics.shown(path, where);
    const bool listed = where.known();  // in a manifest, not on the command line
    diagnostics.error(where, "",
                      listed ? "env file " + shown + " not found: stat " + shown + ": " + reason
                             : "couldn't find env file: " + path + " (" + reason + ")",
                      "make the file, or take it out of the list");
    return false;
  }
  const std::uint32_t file = sources.add(path, std::move(*text), Visibility::secret);
  EnvFile content = format == EnvFormat::raw ? parse_raw_env_file(sources.text(file), lookup)
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
                      "the env file " + path + " can't be read: " + problem.message);
  return content.problems.empty();
}

Environment read_env_files(const std::vector<ListedFile>& files, const Environment& known, Sources& sources,
                           Diagnostics& diagnostics) {
  Environment added;
  const Lookup lookup = lookup_in(known);
  for (const ListedFile& file : files)
    read_env_file(file.path, Presence::required, EnvFormat::dotenv, lookup, added, file.where, sources,
                  diagnostics);
  return added;
}

}  // namespace crstack::manifest
