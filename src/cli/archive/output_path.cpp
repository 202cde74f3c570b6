// SPDX-License-Identifier: MIT
#include "cli/archive/output_path.hpp"

#include "crstack/base/error.hpp"

namespace crstack::cli {

void refuse_special(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  const auto status = fs::status(path);
  if (!fs::is_other(status)) return;
  const char* const what = fs::is_fifo(status) ? "pipe" : fs::is_socket(status) ? "socket" : "device";
  throw Error("invalid output path: \"" + path.string() + "\" must be a directory or a regular file: got a " +
              what);
}

}  // namespace crstack::cli
