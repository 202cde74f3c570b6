// SPDX-License-Identifier: MIT
#include "crstack/engine/artifact.hpp"

#include <regex>

#include "crstack/base/text.hpp"
#include "engine/json.hpp"
#include "engine/registry.hpp"

namespace crstack::engine {
namespace {

using json::Json;

constexpr const char* manifest_type = "application/vnd.oci.image.manifest.v1+json";
constexpr const char* empty_config = "{}";

std::string digest_of(const std::string& bytes) {
  return "sha256:" + sha256_hex(bytes);
}

// In the order of the fields that people are used to.
using Ordered = nlohmann::ordered_json;

Ordered descriptor(const std::string& media_type, const std::string& bytes) {
  return {{"mediaType", media_type}, {"digest", digest_of(bytes)}, {"size", bytes.size()}};
}

std::string manifest_text(const Artifact& artifact) {
  Ordered manifest = {{"schemaVersion", 2}, {"mediaType", manifest_type}};
  if (!artifact.type.empty()) manifest["artifactType"] = artifact.type;
  manifest["config"] = descriptor(artifact.config_type, empty_config);
  manifest["layers"] = Ordered::array();
  for (const auto& layer : artifact.layers) {
    auto entry = descriptor(layer.media_type, layer.bytes);
    entry["annotations"] = layer.annotations;
    manifest["layers"].push_back(std::move(entry));
  }
  manifest["annotations"] = artifact.annotations;
  return manifest.dump();
}

}  // namespace

RegistryReference parse_registry_reference(const std::string& text) {
  static const std::regex form(
      "([a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)"
      "(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?");
  RegistryReference reference;
  reference.host = registry_of(text);
  const bool named = text.starts_with(reference.host + "/");
  const auto rest = named ? text.substr(reference.host.size() + 1) : text;
  std::smatch parts;
  if (!std::regex_match(rest, parts, form)) {
    const bool upper = to_lower(rest) != rest;
    throw Error(
        "invalid reference format" +
        std::string(upper ? ": repository name (" + rest.substr(0, rest.find(':')) + ") must be lowercase"
                          : ": " + text));
  }
  reference.repository = parts[1];
  if (reference.host == "docker.io" && reference.repository.find('/') == std::string::npos)
    reference.repository = "library/" + reference.repository;
  reference.reference = parts[3].matched ? parts[3].str() : parts[2].matched ? parts[2].str() : "latest";
  return reference;
}

void push_artifact(const RegistryReference& to, const Artifact& artifact, const Environment& environment) {
  Registry registry(to, Registry::Access::push, environment);
  registry.put_blob(digest_of(empty_config), empty_config);
  for (const auto& layer : artifact.layers) registry.put_blob(digest_of(layer.bytes), layer.bytes);
  registry.put_manifest(manifest_type, manifest_text(artifact));
}

Artifact fetch_artifact(const RegistryReference& from, const Environment& environment) {
  Registry registry(from, Registry::Access::pull, environment);
  const auto text = registry.manifest();
  const auto manifest = json::parse(text);
  Artifact artifact;
  artifact.digest = digest_of(text);
  artifact.type = json::text(manifest, "artifactType");
  artifact.config_type = json::text(json::at(manifest, "config"), "mediaType");
  artifact.annotations = json::map(manifest, "annotations");
  for (const auto& entry : json::at(manifest, "layers")) {
    ArtifactLayer layer{json::text(entry, "mediaType"), json::map(entry, "annotations"), {}};
    const auto digest = json::text(entry, "digest");
    layer.bytes = registry.blob(digest);
    if (digest_of(layer.bytes) != digest)
      throw EngineError(ErrorKind::protocol, 0, "GET", digest,
                        "the registry's answer doesn't fit its digest " + digest);
    artifact.layers.push_back(std::move(layer));
  }
  return artifact;
}

}  // namespace crstack::engine
