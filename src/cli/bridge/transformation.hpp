// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "crstack/engine/engine.hpp"

namespace crstack::cli {

/// What `bridge` converts with, and begins new transformations from, where nothing else is named.
constexpr const char* default_transformation = "docker/compose-bridge-kubernetes";
/// What such images are labelled with.
constexpr const char* transformation_label = "com.docker.compose.bridge=transformation";

/// A container of a transformation, made now and removed, running or not, when this ends.
class TransformationContainer {
 public:
  TransformationContainer(engine::Engine& engine, const std::string& image, std::vector<std::string> binds);
  ~TransformationContainer();
  TransformationContainer(const TransformationContainer&) = delete;
  TransformationContainer& operator=(const TransformationContainer&) = delete;
  [[nodiscard]] const std::string& id() const { return id_; }

 private:
  engine::Engine& engine_;
  std::string id_;
};

}  // namespace crstack::cli
