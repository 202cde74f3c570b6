// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/ignore_patterns.hpp"
#include "crstack/project/service.hpp"

namespace crstack::cli {

/// A directory that is packed beside the build context, whole.
struct ExtraDirectory {
  std::string name, path;  ///< name: inside of the tar
};

/// What the engine's builders get: a tar of the context's directory without what its `.dockerignore` leaves
/// out.
class BuildContext {
 public:
  /// Packs the directory into a file without a name (in TMPDIR). Throws Error for what can't be read.
  explicit BuildContext(const project::Build& build, const std::vector<ExtraDirectory>& extra = {});
  ~BuildContext();
  BuildContext(const BuildContext&) = delete;
  BuildContext& operator=(const BuildContext&) = delete;

  /// The next bytes of the tar; empty at its end.
  std::string next();
  /// The Dockerfile's path inside of the tar.
  [[nodiscard]] const std::string& dockerfile() const { return dockerfile_; }

 private:
  int file_ = -1;
  std::string dockerfile_;
};

/// What the build context's `.dockerignore` (or the one that belongs to its Dockerfile) leaves out; nothing
/// for a remote context. Throws Error for a file that can't be read.
IgnorePatterns ignored_in_context(const project::Build& build);

/// Whether a build's context is a URL or a Git repository, which the engine fetches by itself.
bool is_remote_context(const std::string& context);

}  // namespace crstack::cli
