// SPDX-License-Identifier: MIT
#include "cli/remote/remote_manifest.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "crstack/base/error.hpp"
#include "crstack/base/file.hpp"
#include "crstack/base/process.hpp"
#include "crstack/base/text.hpp"
#include "crstack/engine/artifact.hpp"
#include "crstack/engine/error.hpp"

namespace crstack::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view oci_scheme = "oci://";

fs::path cache_directory(const Environment& environment) {
  return fs::path(cache_home(environment)) / "crstack" / "manifests";
}

// A directory of the cache appears whole or not at all.
template <typename Fill>
fs::path cached(const fs::path& directory, Fill fill) {
  if (fs::exists(directory)) return directory;
  fs::create_directories(directory.parent_path());
  const fs::path part = directory.string() + ".part-" + std::to_string(getpid());
  fs::remove_all(part);
  fs::create_directory(part);
  try {
    fill(part);
    std::error_code taken;  // somebody else was faster
    fs::rename(part, directory, taken);
  } catch (...) {
    fs::remove_all(part);
    throw;
  }
  fs::remove_all(part);
  return directory;
}

std::string annotation(const engine::ArtifactLayer& layer, const char* name) {
  const auto found = layer.annotations.find(name);
  const auto text = found == layer.annotations.end() ? std::string() : found->second;
  return fs::path(text).filename().string();  // never out of the cache
}

// The manifests become one file of several documents; what they refer to lies beside it.
void unpack(const engine::Artifact& artifact, const fs::path& directory) {
  std::string manifest;
  for (const auto& layer : artifact.layers) {
    const bool is_manifest = layer.media_type == "application/vnd.docker.compose.file+yaml";
    if (layer.media_type == "application/vnd.docker.compose.envfile") {
      write_file(directory / annotation(layer, "com.docker.compose.envfile"), layer.bytes);
    } else if (is_manifest && layer.annotations.contains("com.docker.compose.extends")) {
      write_file(directory / annotation(layer, "com.docker.compose.file"), layer.bytes);
    } else if (is_manifest) {
      manifest += (manifest.empty() ? "" : "\n---\n") + layer.bytes;
    }
  }
  if (manifest.empty()) throw Error("the artifact holds no compose manifest");
  write_file(directory / "compose.yaml", manifest);
}

engine::Artifact artifact_at(const engine::RegistryReference& from, const Environment& environment) {
  try {
    return engine::fetch_artifact(from, environment);
  } catch (const engine::EngineError& error) {
    if (error.kind() != engine::ErrorKind::not_found) throw;
    throw Error(from.host + "/" + from.repository + ":" + from.reference + ": not found");
  }
}

std::string fetch_oci(const std::string& reference, const Environment& environment) {
  if (switched_off(environment, "COMPOSE_EXPERIMENTAL_OCI_REMOTE"))
    throw Error("OCI remote resources are disabled by COMPOSE_EXPERIMENTAL_OCI_REMOTE");
  const auto from = engine::parse_registry_reference(reference.substr(6));
  const auto artifact = artifact_at(from, environment);
  const auto directory = cached(cache_directory(environment) / artifact.digest.substr(7),
                                [&](const fs::path& part) { unpack(artifact, part); });
  return (directory / "compose.yaml").string();
}

struct GitAnswer {
  int status = 0;  ///< as waitpid gives it
  std::string text;
};

// Runs git, and gives what it wrote. Its questions and errors go where the user sees them.
GitAnswer ask_git(const std::vector<std::string>& words) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw Error("cannot make a pipe for git");
  std::vector<std::string> command = {"env", "GIT_TERMINAL_PROMPT=0", "git"};
  command.insert(command.end(), words.begin(), words.end());
  const auto child = spawn(command, {-1, ends[1], -1}, StopSignals::delivered);
  close(ends[1]);
  GitAnswer answer;
  each_line(ends[0], [&](const std::string& line) { answer.text += line + "\n"; });
  close(ends[0]);
  answer.status = child < 0 ? 127 << 8 : reap(child);
  if (WIFEXITED(answer.status) && WEXITSTATUS(answer.status) == 127)
    throw Error("git is needed to fetch a remote manifest, and it is not installed", "Install git.");
  return answer;
}

void git(const std::vector<std::string>& words) {
  if (ask_git(words).status != 0) throw Error("git " + join(words, " ") + " failed");
}

struct GitReference {
  std::string url, ref = "HEAD", path;
  explicit GitReference(const std::string& text) : url(text.substr(0, text.find('#'))) {
    if (url.starts_with("github.com/")) url = "https://" + url;
    read_query();
    if (text.find('#') == std::string::npos) return;
    const auto fragment = text.substr(text.find('#') + 1);
    const auto colon = fragment.find(':');
    if (colon != 0 && !fragment.empty()) ref = fragment.substr(0, colon);
    if (colon != std::string::npos) path = fragment.substr(colon + 1);
  }

 private:
  // `?ref=REF&subdir=PATH`, the other way to write `#REF:PATH`. What else it may hold is the server's.
  void read_query() {
    const auto question = url.find('?');
    if (question == std::string::npos) return;
    for (const auto& word : split(url.substr(question + 1), '&')) {
      const auto value = word.substr(std::min(word.size(), word.find('=') + 1));
      const auto key = word.substr(0, word.find('='));
      if (key == "ref" || key == "branch" || key == "tag" || key == "commit" || key == "checksum")
        ref = value;
      else if (key == "subdir")
        path = value;
      else
        return;
    }
    url.erase(question);
  }
};

bool is_commit(const std::string& ref) {
  return ref.size() == 40 && ref.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// `text` is the reference as the user wrote it.
std::string commit_of(const GitReference& reference, const std::string& text) {
  constexpr int no_such_ref = 2;
  if (is_commit(reference.ref)) return reference.ref;
  const auto answer = ask_git({"ls-remote", "--exit-code", "--", reference.url, reference.ref});
  if (WIFEXITED(answer.status) && WEXITSTATUS(answer.status) == no_such_ref)
    throw Error("repository does not contain ref " + text);
  if (answer.status != 0) throw Error("failed to access repository at " + reference.url);
  const auto commit = answer.text.substr(0, 40);
  if (!is_commit(commit)) throw Error("there is no " + reference.ref + " in " + reference.url);
  return commit;
}

std::string manifest_in(const fs::path& place) {
  if (!fs::is_directory(place)) return place.string();
  for (const auto* name : {"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"})
    if (fs::exists(place / name)) return (place / name).string();
  throw Error("there is no compose manifest in " + place.string());
}

std::string fetch_git(const std::string& text, const Environment& environment) {
  if (switched_off(environment, "COMPOSE_EXPERIMENTAL_GIT_REMOTE"))
    throw Error("Git remote resources are disabled by COMPOSE_EXPERIMENTAL_GIT_REMOTE");
  const GitReference reference(text);
  if (fs::path(reference.path).is_absolute() || reference.path.find("..") != std::string::npos)
    throw Error("git subdirectory path traversal detected: " + reference.path);
  const auto commit = commit_of(reference, text);
  const auto directory = cached(cache_directory(environment) / commit, [&](const fs::path& part) {
    const auto inside = part.string();
    git({"-C", inside, "init", "--quiet"});
    git({"-C", inside, "fetch", "--quiet", "--depth=1", "--", reference.url,
         is_commit(reference.ref) ? commit : reference.ref});
    git({"-C", inside, "-c", "advice.detachedHead=false", "checkout", "--quiet", commit});
  });
  const auto place = directory / reference.path;
  if (!fs::exists(place)) throw Error("stat " + place.string() + ": no such file or directory");
  return manifest_in(place);
}

}  // namespace

std::string fetch_manifest(const std::string& reference, const Environment& environment) {
  try {
    return reference.starts_with(oci_scheme) ? fetch_oci(reference, environment)
                                             : fetch_git(reference, environment);
  } catch (const Error& error) {
    const bool artifact = reference.starts_with(oci_scheme);
    const auto what = artifact
                          ? "failed to pull OCI resource \"" + reference.substr(oci_scheme.size()) + "\": "
                          : "failed to fetch " + reference + ": ";
    throw Error(what + error.what(), error.hint());
  }
}

}  // namespace crstack::cli
