// SPDX-License-Identifier: MIT
#include "tar.hpp"

#include <cstdio>
#include <cstring>

namespace crstack::exec {

namespace {

constexpr std::size_t block = 512;

/// The header block of IEEE Std 1003.1, "pax", ustar interchange format.
struct Header {
  char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100], magic[6],
      version[2], owner[32], group[32], major[8], minor[8], prefix[155], padding[12];
};
static_assert(sizeof(Header) == block);

/// Octal digits; what needs more of them than there is room for is binary behind a set bit, as GNU tar does
/// it.
template <std::size_t Size>
void number(char (&field)[Size], std::uint64_t value) {
  const bool binary = value >> 3 * (Size - 1) != 0;
  for (std::size_t i = Size - (binary ? 0 : 1); i-- > 0; value >>= binary ? 8 : 3)
    field[i] = static_cast<char>(binary ? value & 255U : '0' + (value & 7U));
  if (binary) field[0] = static_cast<char>(0x80);
}

/// Splits a long path at a slash into prefix and name.
void set_path(Header& header, const std::string& path) {
  if (path.size() <= sizeof header.name) {
    std::memcpy(header.name, path.data(), path.size());
    return;
  }
  const auto slash = path.find('/', path.size() - sizeof header.name - 1);
  if (slash == std::string::npos || slash > sizeof header.prefix) {
    throw Error("The path " + path + " is too long to be copied into a container.");
  }
  std::memcpy(header.prefix, path.data(), slash);
  std::memcpy(header.name, path.data() + slash + 1, path.size() - slash - 1);
}

std::string entry(const plan::InjectedFile& file, std::uint64_t time) {
  Header header{};
  set_path(header, file.path.substr(file.path.find_first_not_of('/')));
  number(header.mode, file.mode);
  number(header.uid, static_cast<std::uint64_t>(file.uid));
  number(header.gid, static_cast<std::uint64_t>(file.gid));
  number(header.size, file.content.size());
  number(header.mtime, time);
  header.type = '0';
  std::memcpy(header.magic, "ustar", 6);
  std::memcpy(header.version, "00", 2);
  std::memset(header.checksum, ' ', sizeof header.checksum);
  unsigned sum = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(&header);
  for (std::size_t i = 0; i < block; ++i) sum += bytes[i];
  std::snprintf(header.checksum, sizeof header.checksum, "%06o", sum);
  std::string out(reinterpret_cast<const char*>(&header), block);
  out += file.content;
  out.resize((out.size() + block - 1) / block * block, '\0');
  return out;
}

}  // namespace

std::string tar_of(const std::vector<plan::InjectedFile>& files, engine::WallTime time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  std::string out;
  for (const auto& file : files) out += entry(file, static_cast<std::uint64_t>(seconds));
  return out + std::string(2 * block, '\0');
}

}  // namespace crstack::exec
