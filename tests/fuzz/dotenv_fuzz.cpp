// SPDX-License-Identifier: MIT
// Any bytes as an env file, in both formats.
#include <cstdlib>

#include "manifest/dotenv.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace crstack::manifest;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Lookup lookup = [](std::string_view name) -> const std::string* {
    static const std::string value = "1";
    return name.size() == 1 ? &value : nullptr;
  };
  for (const EnvFile& file : {parse_env_file(text, lookup), parse_raw_env_file(text, lookup)})
    for (const auto& variable : file.variables)
      if (variable.line == 0 || variable.name.find('\n') != std::string::npos) std::abort();
  return 0;
}
