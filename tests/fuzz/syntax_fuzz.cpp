// SPDX-License-Identifier: MIT
// Any bytes as each of the short forms: ports, volumes, devices, hosts, command lines, durations and byte
// sizes.
#include <cstdlib>

#include "crstack/base/units.hpp"
#include "manifest/syntax/syntax.hpp"

namespace {

using namespace crstack::manifest::syntax;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Calls `read` and forgives the one exception that readers may throw.
template <typename Read>
void forgiving(Read read) {
  try {
    read();
  } catch (const SyntaxError&) {
  }
}

void read_units(std::string_view text) {
  if (const auto duration = crstack::parse_duration(text))
    require(crstack::parse_duration(crstack::format_duration(*duration)) == duration);
  if (const auto size = crstack::parse_byte_size(text)) require(*size >= 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  forgiving([&] {
    for (const Port& port : parse_ports(text)) require(port.protocol.size() >= 3);
  });
  forgiving([&] {
    const Mount mount = parse_mount(text);
    require(!mount.target.empty() && (mount.type == "bind" || mount.type == "volume"));
  });
  forgiving(
      [&] { require(!parse_device(text).permissions.empty() || text.find(':') != std::string_view::npos); });
  forgiving([&] { require(!parse_extra_host(text).host.empty()); });
  forgiving([&] { split_command(text); });
  read_units(text);
  return 0;
}
