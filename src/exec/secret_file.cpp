// SPDX-License-Identifier: MIT
#include "secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"

namespace crstack::exec {

namespace {

constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr unsigned letters = sizeof alphabet - 1;
constexpr unsigned fair_bytes = 256 / letters * letters;  ///< bytes above would favour the first letters

std::string random_text(int length) {
  std::string text;
  while (text.size() < static_cast<std::size_t>(length)) {
    for (const char byte : random_bytes(static_cast<std::size_t>(length))) {
      const auto value = static_cast<unsigned char>(byte);
      if (value < fair_bytes && text.size() < static_cast<std::size_t>(length))
        text += alphabet[value % letters];
    }
  }
  return text;
}

[[noreturn]] void fail(const std::string& path) {
  throw Error("The secret file " + path + " can't be written: " + std::strerror(errno) + ".");
}

void make_directories(const std::filesystem::path& directory) {
  if (directory.empty() || std::filesystem::exists(directory)) return;
  make_directories(directory.parent_path());
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) fail(directory.string());
}

void write_all(int fd, const std::string& text, const std::string& path) {
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool kept = written && ::fsync(fd) == 0;
  const int error = errno;
  ::close(fd);
  errno = error;
  if (!kept) fail(path);
}

}  // namespace

void generate_secret_file(const std::string& path, int length) {
  make_directories(std::filesystem::path(path).parent_path());
  std::string temporary = path + ".XXXXXX";
  const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);  // mode 0600
  if (fd < 0) fail(path);
  try {
    write_all(fd, random_text(length), path);
    // A link, unlike a rename, never replaces what is there.
    if (::link(temporary.c_str(), path.c_str()) != 0 && errno != EEXIST) fail(path);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  ::unlink(temporary.c_str());
}

}  // namespace crstack::exec
