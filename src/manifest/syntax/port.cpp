// SPDX-License-Identifier: MIT
#include <algorithm>
#include <charconv>
#include <optional>

#include "crstack/base/text.hpp"
#include "syntax.hpp"

namespace crstack::manifest::syntax {

namespace {

struct Range {
  std::uint32_t first = 0, last = 0;
  [[nodiscard]] std::uint32_t length() const { return last - first; }
};

struct Parts {
  std::string address, host, container, protocol;
};

std::optional<std::uint32_t> read_port(std::string_view text) {
  std::uint16_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

Range read_range(const std::string& text, const char* side) {
  const auto ends = split(text, '-');
  const auto first = read_port(ends[0]);
  const auto last = ends.size() > 1 ? read_port(ends[1]) : first;
  if (!first || !last || *last < *first)
    throw SyntaxError(std::string("Invalid ") + side + "Port: \"" + text + "\"");
  return {*first, *last};
}

std::string read_address(std::string_view text) {
  if (text.empty()) return {};
  const bool brackets = text.size() > 2 && text.front() == '[' && text.back() == ']';
  const std::string_view bare = brackets ? text.substr(1, text.size() - 2) : text;
  if (!is_ip_address(bare)) throw SyntaxError("Invalid ip address: \"" + std::string(text) + "\"");
  if (!brackets && bare.find(':') != std::string_view::npos)
    throw SyntaxError("Invalid ip address: \"" + std::string(text) + "\": an IPv6 address needs brackets");
  return std::string(bare);
}

std::string read_protocol(std::string_view text) {
  if (text.empty()) return "tcp";
  const std::string protocol = to_lower(text);
  if (protocol != "tcp" && protocol != "udp" && protocol != "sctp")
    throw SyntaxError("Invalid proto: \"" + std::string(text) + "\"");
  return protocol;
}

Parts take_apart(std::string_view text) {
  Parts parts;
  const auto slashed = split(text, '/');
  parts.protocol = slashed.size() > 1 ? slashed[1] : "";
  const std::string& ports = slashed[0];
  const auto last = ports.rfind(':');
  parts.container = last == std::string::npos ? ports : ports.substr(last + 1);
  if (parts.container.empty()) throw SyntaxError("No port specified: \"" + std::string(text) + "\"");
  if (last == std::string::npos) return parts;
  const std::string rest = ports.substr(0, last);
  const auto middle = rest.rfind(':');
  parts.host = middle == std::string::npos ? rest : rest.substr(middle + 1);
  if (middle != std::string::npos) parts.address = rest.substr(0, middle);
  return parts;
}

std::string published(const Range& host, const Range& container, std::uint32_t offset) {
  if (container.length() == 0 && host.length() != 0)
    return std::to_string(host.first) + "-" + std::to_string(host.last);
  return std::to_string(host.first + offset);
}

}  // namespace

std::vector<Port> parse_ports(std::string_view text) {
  const Parts parts = take_apart(text);
  const std::string address = read_address(parts.address);
  const Range container = read_range(parts.container, "container");
  Range host;
  if (!parts.host.empty()) host = read_range(parts.host, "host");
  if (!parts.host.empty() && container.length() != 0 && host.length() != container.length())
    throw SyntaxError("Invalid ranges specified for container and host Ports: \"" + parts.container +
                      "\" and \"" + parts.host + "\"");
  const std::string protocol = read_protocol(parts.protocol);
  std::vector<std::pair<std::string, std::uint32_t>> order;  // as texts, as docker compose prints them
  for (std::uint32_t i = 0; i <= container.length(); ++i)
    order.emplace_back(std::to_string(container.first + i) + '/', i);
  std::sort(order.begin(), order.end());
  std::vector<Port> ports;
  ports.reserve(order.size());
  for (const auto& [name, i] : order)
    ports.push_back({address, parts.host.empty() ? "" : published(host, container, i), protocol,
                     static_cast<std::uint16_t>(container.first + i)});
  return ports;
}

}  // namespace crstack::manifest::syntax
