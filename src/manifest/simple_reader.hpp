// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "reader.hpp"

namespace crstack::manifest {

/// Reads source number `file` if it is one flawless document of the YAML that most manifests are written in
/// (JSON is such, too): block lists and maps, texts that stand on one line, comments, flow lists and maps,
/// anchors of values. It takes a tenth of what yaml-cpp takes, and gives the same tree. Nothing where the
/// text has more than that (block scalars, tags, several documents …) or any error: then yaml-cpp reads it,
/// and says what is wrong.
std::optional<Document> read_simple_document(std::uint32_t file, const Sources& sources);

}  // namespace crstack::manifest
