// SPDX-License-Identifier: MIT
#include "crstack/base/file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"

namespace crstack {

namespace {

bool read_into(std::string& text, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream read;
  if (file.peek() != std::ifstream::traits_type::eof()) read << file.rdbuf();
  if (file.bad() || !file.is_open()) return false;
  text = std::move(read).str();
  return true;
}

}  // namespace

std::string read_file(const std::string& path) {
  std::string text;
  errno = 0;
  if (!read_into(text, path)) throw Error("can't read " + path + ": " + std::strerror(errno));
  return text;
}

std::string read_if_there(const std::string& path) {
  std::string text;
  read_into(text, path);
  return text;
}

void write_file(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  if (!file)
    throw Error((file.is_open() ? "write " : "open ") + path + ": " + to_lower(std::strerror(errno)));
}

}  // namespace crstack
