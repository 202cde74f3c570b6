// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Readers of the Compose Specification's short forms: pure functions from a text to what it stands for. They
/// accept what docker compose accepts. All throw SyntaxError.
namespace crstack::manifest::syntax {

/// A text that is not of the form it should be of. `what()` is a sentence without a final stop.
class SyntaxError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Port {
  std::string host_ip, published, protocol;
  std::uint16_t target = 0;
  friend bool operator==(const Port&, const Port&) = default;
};

/// `[[IP:]HOST:]CONTAINER[/PROTOCOL]`, each port a number or a range (spec section "ports", short syntax). A
/// range of container ports gives one entry a port, ordered by their text.
std::vector<Port> parse_ports(std::string_view text);

struct Mount {
  std::string type, source, target, propagation, selinux;
  bool read_only = false;
  bool nocopy = false;
  bool has_volume_options = false;  ///< whether the long form shows a `volume` section
  friend bool operator==(const Mount&, const Mount&) = default;
};

/// `[SOURCE:]TARGET[:OPTIONS]` (spec section "volumes", short syntax), with drive letters of Windows. Options
/// that mean nothing here (`cached`) are left out, as docker compose does.
Mount parse_mount(std::string_view text);

struct Device {
  std::string source, target, permissions;
  friend bool operator==(const Device&, const Device&) = default;
};

/// `SOURCE[:TARGET[:PERMISSIONS]]` (spec section "devices").
Device parse_device(std::string_view text);

/// A command line as an argument list, split as a shell splits words; no variables, no globs, and the first
/// operator (`;`, `|`, `&`, `<`, `>`) ends it, as in docker compose.
std::vector<std::string> split_command(std::string_view text);

struct HostAddress {
  std::string host, address;
  friend bool operator==(const HostAddress&, const HostAddress&) = default;
};

/// `HOST=ADDRESS` or `HOST:ADDRESS`, IPv6 addresses bare or in brackets (spec section "extra_hosts").
HostAddress parse_extra_host(std::string_view text);

/// An address of extra_hosts without the brackets around it.
std::string bare_address(std::string_view text);

/// Whether `text` is an IPv4 or IPv6 address.
bool is_ip_address(std::string_view text);

}  // namespace crstack::manifest::syntax
