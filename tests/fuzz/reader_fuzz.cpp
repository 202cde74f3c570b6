// SPDX-License-Identifier: MIT
// Any bytes as YAML: read, tell what is wrong, compare with itself.
#include <cstdlib>
#include <cstring>

#include "manifest/reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace crstack::manifest;
  Sources sources;
  Diagnostics diagnostics(sources);
  const auto file = sources.add("fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size));
  const auto documents = read_documents(file, sources, diagnostics);
  for (const Diagnostic& diagnostic : diagnostics.all())
    if (to_string(diagnostic).empty()) std::abort();
  for (const Document& document : documents) {
    const Node copy = document.root;
    if (std::memchr(data, '.', size) == nullptr && !(copy == document.root))
      std::abort();  // `.nan` is no equal
  }
  return 0;
}
