// SPDX-License-Identifier: MIT
#include "engine/resolve.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include "crstack/base/process.hpp"
#include "crstack/base/text.hpp"

namespace crstack::engine {

std::vector<std::string> resolve(const std::string& host) {
  in6_addr any{};
  if (::inet_pton(AF_INET, host.c_str(), &any) == 1 || ::inet_pton(AF_INET6, host.c_str(), &any) == 1)
    return {host};
  const auto answer = run_process({"getent", "ahosts", host}, "");
  std::vector<std::string> found;
  for (const auto& line : split(answer.out, '\n')) {
    const auto address = line.substr(0, line.find(' '));
    if (!address.empty() && std::find(found.begin(), found.end(), address) == found.end())
      found.push_back(address);
  }
  if (found.empty() && host == "localhost") found = {"127.0.0.1", "::1"};
  return found;
}

}  // namespace crstack::engine
