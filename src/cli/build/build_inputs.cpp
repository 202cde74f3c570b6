// SPDX-License-Identifier: MIT
#include "cli/build/build_inputs.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/plan/container_spec.hpp"

namespace crstack::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* extra_directory = ".crstack-contexts";

std::string read_whole(const fs::path& path, const std::string& what) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(what + ": open " + path.string() + ": no such file or directory");
  return {std::istreambuf_iterator<char>(file), {}};
}

// The value of `key=` in a list like `type=registry,ref=name`; empty where it isn't there.
std::string value_of(const std::string& list, const std::string& key) {
  for (std::size_t from = 0; from < list.size();) {
    const auto end = std::min(list.find(',', from), list.size());
    const auto item = list.substr(from, end - from);
    if (item.starts_with(key + "=")) return item.substr(key.size() + 1);
    from = end + 1;
  }
  return {};
}

bool begins_stage(const std::string& line) {
  const auto word = line.find_first_not_of(" \t");
  if (word == std::string::npos || line.size() < word + 5) return false;
  return to_lower(line.substr(word, 4)) == "from" && (line[word + 4] == ' ' || line[word + 4] == '\t');
}

std::string before_first_stage(const std::string& dockerfile, const std::string& stages) {
  std::size_t from = 0;
  while (from < dockerfile.size()) {
    const auto end = std::min(dockerfile.find('\n', from), dockerfile.size());
    if (begins_stage(dockerfile.substr(from, end - from))) break;
    from = std::min(end + 1, dockerfile.size());
  }
  return dockerfile.substr(0, from) + stages + dockerfile.substr(from);
}

std::string text_of_dockerfile(const project::Build& build) {
  if (!build.dockerfile_inline.empty()) return build.dockerfile_inline;
  const auto path =
      fs::path(build.context) / (build.dockerfile.empty() ? std::string("Dockerfile") : build.dockerfile);
  if (!fs::exists(path))
    throw Error("failed to solve: failed to read dockerfile: open " + build.dockerfile +
                ": no such file or directory");
  return read_whole(path, "failed to solve: failed to read dockerfile");
}

constexpr std::string_view image_scheme = "docker-image://", service_scheme = "service:";

// The image that a source names; empty where it names none.
std::string image_of(const std::string& source, const project::Project& project) {
  if (source.starts_with(image_scheme)) return source.substr(image_scheme.size());
  if (!source.starts_with(service_scheme)) return {};
  const auto found = project.services.find(source.substr(service_scheme.size()));
  return found == project.services.end() ? std::string() : plan::image_name(project, found->second);
}

bool is_stage_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-' || c == '_' || c == '.';
  });
}

[[noreturn]] void refuse(const std::string& what) {
  throw Error(what, "Install the docker-buildx plugin, or take the key out.");
}

// `default`, `id=path`: an agent's socket or private keys, separated by commas, by their ID.
void add_agent(engine::BuildSpec& spec, const std::string& entry, const Environment& environment) {
  const auto equals = entry.find('=');
  const auto id = entry.substr(0, equals);
  auto path = equals == std::string::npos ? std::string() : entry.substr(equals + 1);
  if (path.empty() && id == "default") {
    const auto socket = environment.find("SSH_AUTH_SOCK");
    if (socket == environment.end() || socket->second.empty())
      throw Error("invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set");
    path = socket->second;
  }
  std::error_code error;
  if (fs::is_socket(path, error))
    spec.ssh_agents[id] = path;
  else
    spec.ssh_keys[id] = split(path, ',');
}

}  // namespace

std::map<std::string, std::optional<std::string>> resolved_args(const project::Build& build,
                                                                const Environment& environment) {
  auto args = build.args;
  for (auto& [name, value] : args) {
    const auto found = environment.find(name);
    if (!value && found != environment.end()) value = found->second;
  }
  const auto keeps_cache = [](const std::string& to) { return value_of(to, "type") == "inline"; };
  if (std::any_of(build.cache_to.begin(), build.cache_to.end(), keeps_cache))
    args["BUILDKIT_INLINE_CACHE"] = "1";
  return args;
}

std::vector<std::string> cached_images(const std::vector<std::string>& cache_from) {
  std::vector<std::string> images;
  for (const auto& source : cache_from) {
    const auto type = value_of(source, "type");
    if (type.empty()) images.push_back(source);
    if (type == "registry") images.push_back(value_of(source, "ref"));
  }
  return images;
}

PreparedBuild with_contexts(const project::Build& build, const project::Project& project) {
  PreparedBuild prepared{build, {}};
  if (build.additional_contexts.empty()) return prepared;
  std::string stages;
  for (const auto& [name, source] : build.additional_contexts) {
    const auto image = image_of(source, project);
    const bool elsewhere =
        image.empty() && (is_remote_context(source) || source.find("://") != std::string::npos);
    if (!is_stage_name(name) || elsewhere)
      refuse("build.additional_contexts." + name + ": " + source + " needs docker buildx");
    if (!image.empty()) {
      stages += "FROM " + image + " AS " + name + "\n";
      continue;
    }
    const auto inside = std::string(extra_directory) + "/" + name;
    stages += "FROM scratch AS " + name + "\nCOPY " + inside + " /\n";
    prepared.directories.push_back({inside, source});
  }
  prepared.build.dockerfile_inline = before_first_stage(text_of_dockerfile(build), stages);
  prepared.build.additional_contexts.clear();
  return prepared;
}

void add_session_inputs(engine::BuildSpec& spec, const project::Build& build, const std::string& ssh,
                        Context& context) {
  const auto& secrets = context.project().secrets;
  for (const auto& reference : build.secrets) {
    const auto found = secrets.find(reference.source);
    if (found == secrets.end()) continue;
    const auto id = reference.target.empty() ? reference.source : reference.target;
    if (found->second.environment.empty()) {
      spec.secrets[id] = read_whole(found->second.file, "failed to stat " + found->second.file);
    } else if (const auto value = context.environment().find(found->second.environment);
               value != context.environment().end()) {
      spec.secrets[id] = value->second;
    }
  }
  for (const auto& entry : build.ssh) add_agent(spec, entry, context.environment());
  if (!ssh.empty()) add_agent(spec, ssh, context.environment());
}

void refuse_what_cannot_be(const plan::BuildImage& step, engine::BuildSpec::Builder builder) {
  const auto& build = *step.build;
  if (builder == engine::BuildSpec::Builder::classic) {
    const std::string what = !build.secrets.empty()               ? "secrets"
                             : !build.ssh.empty()                 ? "SSH keys"
                             : build.privileged                   ? "privileged mode"
                             : !build.additional_contexts.empty() ? "additional contexts"
                             : !build.cache_to.empty()            ? "cache export"
                             : build.platforms.size() > 1         ? "multi-arch build"
                                                                  : "";
    if (what.empty()) return;
    throw Error("the classic builder doesn't support " + what + ", set DOCKER_BUILDKIT=1 to use BuildKit");
  }
  constexpr const char* other_driver =
      "Switch to a different driver, or turn on the containerd image store, and try again.";
  const bool exports = std::any_of(build.cache_to.begin(), build.cache_to.end(),
                                   [](const auto& to) { return value_of(to, "type") != "inline"; });
  if (exports) throw Error("Cache export is not supported for the docker driver.", other_driver);
  if (build.platforms.size() > 1 && step.platform.empty())
    throw Error("Multi-platform build is not supported for the docker driver.", other_driver);
  const auto asked = [](const std::string& attestation) {
    return !attestation.empty() && attestation != "false";
  };
  if (asked(build.sbom) || asked(build.provenance))
    throw Error("Attestation is not supported for the docker driver.", other_driver);
  if (build.privileged ||
      std::count(build.entitlements.begin(), build.entitlements.end(), "security.insecure") > 0)
    refuse(
        "failed to solve: granting entitlement security.insecure is not allowed by build daemon "
        "configuration");
}

}  // namespace crstack::cli
