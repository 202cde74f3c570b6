// SPDX-License-Identifier: MIT
#include "cli/remote/publication.hpp"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/manifest/local_files.hpp"
#include "crstack/plan/labels.hpp"

namespace crstack::cli {
namespace {

namespace fs = std::filesystem;
using manifest::LocalFile;

constexpr const char* manifest_type = "application/vnd.docker.compose.file+yaml";
constexpr const char* env_type = "application/vnd.docker.compose.envfile";

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

class Publication {
 public:
  Publication(engine::Artifact& artifact, EnvFiles env_files) : artifact_(artifact), env_files_(env_files) {}

  void add(const std::string& file) { add_manifest(file, fs::path(file).filename().string(), {}); }
  void finish() {
    for (auto* layers : {&extended_, &env_})
      std::move(layers->begin(), layers->end(), std::back_inserter(artifact_.layers));
  }

 private:
  enum class Extended { no, yes };

  void add_manifest(const fs::path& file, const std::string& name, Extended extended) {
    const auto text = text_of(file);
    const auto files = manifest::local_files(file.string(), text);
    std::map<std::string, std::string> names;
    for (const auto& local : files) {
      if (local.use == LocalFile::Use::include)
        throw Error("cannot publish compose file with local includes");
      names[local.path] = rename(fs::absolute(file).parent_path() / local.path, local.use);
    }
    engine::ArtifactLayer layer{manifest_type, {{"com.docker.compose.file", name}}, {}};
    layer.annotations["com.docker.compose.version"] = plan::labels::version_value;
    if (extended == Extended::yes) layer.annotations["com.docker.compose.extends"] = "true";
    layer.bytes = manifest::rename_local_files(text, files, names);
    (extended == Extended::yes ? extended_ : artifact_.layers).push_back(std::move(layer));
  }

  std::string rename(const fs::path& place, LocalFile::Use use) {
    const auto path = place.lexically_normal();
    const bool is_env = use == LocalFile::Use::env_file;
    const auto name = sha256_hex(path.string()) + (is_env ? ".env" : ".yaml");
    if (!seen_.insert(name).second) return name;
    if (!is_env) {
      add_manifest(path, name, Extended::yes);
    } else if (env_files_ == EnvFiles::include && fs::exists(path)) {
      engine::ArtifactLayer layer{env_type, {{"com.docker.compose.envfile", name}}, text_of(path)};
      layer.annotations["com.docker.compose.version"] = plan::labels::version_value;
      env_.push_back(std::move(layer));
    }
    return name;
  }

  engine::Artifact& artifact_;
  EnvFiles env_files_;
  std::vector<engine::ArtifactLayer> extended_, env_;
  std::set<std::string> seen_;
};

std::string utc(engine::WallTime time) {
  const auto seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace

engine::Artifact make_publication(const project::Project& project,
                                  const std::map<std::string, std::string>& image_digests, OciVersion version,
                                  EnvFiles env_files, engine::WallTime now) {
  engine::Artifact artifact;
  const bool modern = version == OciVersion::v1_1;
  if (modern) artifact.type = "application/vnd.docker.compose.project";
  artifact.config_type =
      modern ? "application/vnd.oci.empty.v1+json" : "application/vnd.docker.compose.config.empty.v1+json";
  artifact.annotations["org.opencontainers.image.created"] = utc(now);
  Publication publication(artifact, env_files);
  for (const auto& file : project.config_files) publication.add(file);
  publication.finish();
  if (!image_digests.empty()) {
    std::string text = "services:\n";
    for (const auto& [service, image] : image_digests)
      text += "  " + service + ":\n    image: " + image + "\n";
    artifact.layers.push_back({manifest_type,
                               {{"com.docker.compose.file", "image-digests.yaml"},
                                {"com.docker.compose.version", plan::labels::version_value}},
                               text});
  }
  return artifact;
}

Sensitive find_sensitive(const project::Project& project) {
  Sensitive found;
  std::set<std::string> with_env_file;
  for (const auto& file : project.config_files) {
    const auto text = text_of(file);
    for (const auto& local : manifest::local_files(file, text))
      if (local.use == LocalFile::Use::env_file) with_env_file.insert(local.service);
  }
  for (const auto& [name, service] : project.services) {
    if (with_env_file.contains(name))
      found.complaints.push_back("service \"" + name + "\" has env_file declared.");
    if (!service.environment.empty())
      found.complaints.push_back("service \"" + name + "\" has environment variable(s) declared.");
    for (const auto& [variable, value] : service.environment)
      found.variables[name][variable] = value.value_or("");
    for (const auto& mount : service.volumes)
      if (mount.type == "bind")
        found.bind_mounts.emplace_back(name,
                                       mount.source + ":" + mount.target + (mount.read_only ? ":ro" : ":rw"));
  }
  return found;
}

}  // namespace crstack::cli
