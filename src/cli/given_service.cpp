// SPDX-License-Identifier: MIT
#include "cli/given_service.hpp"

#include "crstack/manifest/write.hpp"

namespace crstack::cli {

manifest::Node& environment_of(manifest::Node& service) {
  if (manifest::Node* there = service.find("environment")) return *there;
  return service.set("environment", manifest::Node::map());
}

void rehash(project::Service& service, const manifest::Node& given) {
  service.config_hash = manifest::service_hash(given);
  if (!service.hash_text.empty()) service.hash_text = manifest::service_hash_text(given);
}

}  // namespace crstack::cli
