// SPDX-License-Identifier: MIT
// Any bytes as YAML: read, tell what is wrong, compare with itself. What the simple reader takes it reads as
// yaml-cpp does.
#include <cstdlib>
#include <cstring>

#include "manifest/reader.hpp"
#include "manifest/simple_reader.hpp"
#include "unit/manifest/trees.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace crstack::manifest;
  Sources sources;
  Diagnostics diagnostics(sources);
  const auto file = sources.add("fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size));
  const auto documents = read_documents(file, sources, diagnostics);
  for (const Diagnostic& diagnostic : diagnostics.all())
    if (to_string(diagnostic).empty()) std::abort();
  if (const auto simple = read_simple_document(file, sources)) {
    Diagnostics said(sources);
    const auto any = read_any_documents(file, sources, said);
    if (said.has_errors() || any.size() != 1) std::abort();
    if (testing::text_of(any[0].root, testing::Marks::shown) !=
        testing::text_of(simple->root, testing::Marks::shown))
      std::abort();
  }
  for (const Document& document : documents) {
    const Node copy = document.root;
    if (std::memchr(data, '.', size) == nullptr && !(copy == document.root))
      std::abort();  // `.nan` is no equal
  }
  return 0;
}
