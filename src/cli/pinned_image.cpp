// SPDX-License-Identifier: MIT
#include "cli/pinned_image.hpp"

#include "crstack/base/error.hpp"
#include "crstack/plan/image_reference.hpp"

namespace crstack::cli {

std::string pinned_image(engine::Engine& engine, const std::string& image) {
  const std::string name = plan::full_reference(image);
  if (const auto at = name.find('@'); at != std::string::npos) {
    if (plan::is_digest(name.substr(at + 1))) return name;
    throw UsageError("invalid reference format: the image \"" + image + "\" has no valid digest",
                     "a digest is sha256: and 64 hexadecimal digits");
  }
  try {
    return name + '@' + engine.image_digest(name);
  } catch (const Error& error) {
    throw Error("failed to resolve digest for " + name + ": " + error.what());
  }
}

}  // namespace crstack::cli
