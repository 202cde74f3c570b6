// SPDX-License-Identifier: MIT
#include <arpa/inet.h>

#include <array>

#include "crstack/base/text.hpp"
#include "syntax.hpp"

namespace crstack::manifest::syntax {

bool is_ip_address(std::string_view text) {
  const std::string address(text);
  std::array<unsigned char, sizeof(in6_addr)> buffer{};
  return inet_pton(AF_INET, address.c_str(), buffer.data()) == 1 ||
         inet_pton(AF_INET6, address.c_str(), buffer.data()) == 1;
}

std::string bare_address(std::string_view text) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  return std::string(text);
}

HostAddress parse_extra_host(std::string_view text) {
  auto separator = text.find('=');
  if (separator == std::string_view::npos) separator = text.find(':');
  if (separator == std::string_view::npos)
    throw SyntaxError("no address in \"" + std::string(text) + "\": HOST=ADDRESS is expected");
  if (separator == 0) throw SyntaxError("no host name in \"" + std::string(text) + "\"");
  return {std::string(text.substr(0, separator)), bare_address(text.substr(separator + 1))};
}

Device parse_device(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() > 3)
    throw SyntaxError("too many colons in \"" + std::string(text) + "\": use the long form");
  Device device{parts[0], parts[0], "rwm"};
  if (parts.size() > 1 && !parts[1].empty()) device.target = parts[1];
  if (parts.size() > 2) device.permissions = parts[2];
  return device;
}

}  // namespace crstack::manifest::syntax
