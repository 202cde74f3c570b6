// SPDX-License-Identifier: MIT
#include "cli/archive/output_path.hpp"

#include <cerrno>
#include <cstring>

#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/ui/output.hpp"

namespace crstack::cli {

void refuse_special(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  const auto status = fs::status(path);
  if (!fs::is_other(status)) return;
  const char* const what = fs::is_fifo(status) ? "pipe" : fs::is_socket(status) ? "socket" : "device";
  throw Error("invalid output path: \"" + path.string() + "\" must be a directory or a regular file: got a " +
              what);
}

void write_archive(int fd, const std::string& name,
                   const std::function<void(const engine::ByteSink&)>& produce) {
  ui::FdOutput output(fd);
  int error = 0;
  produce([&](std::string_view bytes) {
    if (!output.write(bytes)) error = errno;
    return error == 0;
  });
  if (error != 0) throw Error("write " + name + ": " + to_lower(std::strerror(error)));
}

}  // namespace crstack::cli
