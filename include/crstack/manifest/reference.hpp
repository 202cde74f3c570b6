// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace crstack::manifest {

/// `docs/keys.md`: every key with what it accepts and means, from the key tables (Markdown).
std::string keys_document();

/// `docs/compose.schema.json`: the JSON Schema (draft 7) by which editors complete and check manifests.
std::string keys_schema();

}  // namespace crstack::manifest
