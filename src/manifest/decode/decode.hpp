// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "crstack/manifest/node.hpp"
#include "crstack/project/project.hpp"

/// Parts of `decode()`, which reads a finished tree into a Project.
namespace crstack::manifest {

class Diagnostics;

/// `x-crstack: {probe: engine}` (or `own`) of a service or of the whole project: whether it leaves readiness
/// to the engine's probes. Nothing where there is no such key.
std::optional<bool> decode_probe(const Node& node, const std::string& path, Diagnostics& diagnostics);
project::Service decode_service(const std::string& name, const Node& node, Diagnostics& diagnostics);
project::Build decode_build(const Node& node);
project::Hook decode_hook(const Node& node);
project::FileReference decode_file_reference(const Node& node);
std::map<std::string, project::Ulimit> decode_ulimits(const Node& parent);
std::vector<project::DeviceRequest> decode_device_requests(const Node& parent, const char* key);
std::vector<project::WatchRule> decode_watch(const Node& service);

void decode_networking(const Node& node, project::Service& service);
void decode_storage(const Node& node, project::Service& service);
void decode_limits(const Node& node, project::Service& service);

}  // namespace crstack::manifest
