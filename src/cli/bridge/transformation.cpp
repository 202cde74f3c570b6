// SPDX-License-Identifier: MIT
#include "cli/bridge/transformation.hpp"

namespace crstack::cli {

using engine::Containers;

TransformationContainer::TransformationContainer(engine::Engine& engine, const std::string& image,
                                                 std::vector<std::string> binds)
    : engine_(engine) {
  engine::ContainerSpec spec;
  spec.image = image;
  spec.user = "0";
  spec.environment = {"LICENSE_AGREEMENT=true"};
  spec.binds = std::move(binds);
  std::vector<std::string> warnings;
  id_ = engine.create_container(spec, warnings);
}

TransformationContainer::~TransformationContainer() {
  try {
    engine_.remove_container(id_, Containers::Force::yes, Containers::AnonymousVolumes::remove);
  } catch (const engine::EngineError&) {  // the engine has gone, and nobody else can remove it
  }
}

}  // namespace crstack::cli
