// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/archive/tar_source.hpp"
#include "cli/build/ignore_patterns.hpp"
#include "crstack/project/service.hpp"

namespace crstack::cli {

/// A directory that is packed beside the build context, whole.
struct ExtraDirectory {
  std::string name, path;  ///< name: inside of the tar
};

/// What the engine's builders get: a tar of the context's directory without what its `.dockerignore` leaves
/// out, made while it is sent.
class BuildContext {
 public:
  /// Throws Error for a directory or a Dockerfile that is not there.
  explicit BuildContext(const project::Build& build, const std::vector<ExtraDirectory>& extra = {});

  /// The next bytes of the tar; empty at its end. Throws Error for what can't be read.
  std::string next();
  /// The Dockerfile's path inside of the tar.
  [[nodiscard]] const std::string& dockerfile() const { return dockerfile_; }

 private:
  std::string dockerfile_;
  std::optional<TarSource> tar_;
};

/// What the build context's `.dockerignore` (or the one that belongs to its Dockerfile) leaves out; nothing
/// for a remote context. Throws Error for a file that can't be read.
IgnorePatterns ignored_in_context(const project::Build& build);

/// Whether a build's context is a URL or a Git repository, which the engine fetches by itself.
bool is_remote_context(const std::string& context);

}  // namespace crstack::cli
