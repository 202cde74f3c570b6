// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

namespace crstack::plan {

/// The config hash of a service that shares namespaces or volumes of others, as docker compose takes it: with
/// the ID of the other's first container in place of its name. `text` is `project::Service::hash_text`, `ids`
/// the containers by service.
std::string shared_config_hash(std::string text, const std::map<std::string, std::string>& ids);

}  // namespace crstack::plan
