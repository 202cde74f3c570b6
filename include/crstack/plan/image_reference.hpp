// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crstack/engine/types.hpp"

namespace crstack::plan {

/// An image reference as the engine lists it: without the default registry, with a tag.
std::string familiar_reference(const std::string& reference);

/// The same in full: registry, repository, and tag or digest.
std::string full_reference(const std::string& reference);

/// Whether a text is a digest that registries know: `sha256:`, `sha384:` or `sha512:` and all of its digits.
bool is_digest(const std::string& text);

/// What keeps a text from being an image reference, in the engine's words; empty: nothing does.
std::string reference_problem(const std::string& reference);

/// Finds a listed image by what a service calls it: name, name and tag, digest, or (short) ID.
class ImageIndex {
 public:
  explicit ImageIndex(std::vector<engine::ImageDetails> images);
  /// Null: not there. Valid as long as the index lives.
  [[nodiscard]] const engine::ImageDetails* find(const std::string& reference) const;

 private:
  std::vector<engine::ImageDetails> images_;
  std::map<std::string, std::size_t> by_name_;
};

}  // namespace crstack::plan
