// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "cli/context.hpp"
#include "crstack/base/environment.hpp"

namespace crstack::cli {

/// The local copy of a manifest that is an OCI artifact (`oci://registry/app:tag`) or lies in a Git
/// repository (`https://host/repo.git#ref:directory`): the path of a file in the user's cache directory,
/// where each state is kept under its digest or commit. The `git` program fetches repositories. Throws Error.
std::string fetch_manifest(const std::string& reference, const Environment& environment);

}  // namespace crstack::cli
