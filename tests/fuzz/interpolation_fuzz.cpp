// SPDX-License-Identifier: MIT
// Any bytes as a text with variables in it, and as one value of each kind that interpolation restores.
#include <cstdlib>

#include "manifest/interpolate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace crstack::manifest;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Lookup lookup = [](std::string_view name) -> const std::string* {
    static const std::string value = "1";
    return name.size() == 1 ? &value : nullptr;
  };
  const Substitution result = substitute(text, lookup);
  if (text.find('$') == std::string::npos && result.text != text) std::abort();
  variables_of(text);
  Sources sources;
  Diagnostics diagnostics(sources);
  Node tree = Node::map();
  Node& service = tree.set("services", Node::map()).set("w", Node::map());
  for (const char* key : {"scale", "cpus", "tty", "image"}) service.set(key, Node::string(text));
  interpolate(tree, lookup, diagnostics);
  return 0;
}
