// SPDX-License-Identifier: MIT
#include "crstack/plan/image_platform.hpp"

#include <catch2/catch_test_macros.hpp>

#include "unit/exec/stack.hpp"

using namespace crstack;

namespace {

engine::ImageDetails image(const std::string& os, const std::string& architecture,
                           const std::string& variant = "") {
  engine::ImageDetails details;
  details.os = os;
  details.architecture = architecture;
  details.variant = variant;
  return details;
}

}  // namespace

TEST_CASE("an image is for a platform by whatever name that goes", "[plan]") {
  const auto arm = image("linux", "arm64");
  for (const auto* same : {"linux/arm64", "linux/arm64/v8", "linux/aarch64", "arm64", "linux", "Linux/ARM64"})
    CHECK(plan::is_for_platform(arm, same));
  for (const auto* other : {"linux/amd64", "windows/arm64", "linux/arm64/v9", "linux/arm/v7", "windows"})
    CHECK_FALSE(plan::is_for_platform(arm, other));
  CHECK(plan::is_for_platform(image("linux", "amd64"), "linux/x86_64"));
  CHECK(plan::is_for_platform(image("linux", "arm", "v7"), "linux/arm"));
  CHECK_FALSE(plan::is_for_platform(image("linux", "arm", "v6"), "linux/arm"));
  CHECK(plan::is_for_platform(image("linux", ""), "linux/arm"));
}

TEST_CASE("an image of another platform than the service's is pulled", "[plan]") {
  test::Stack stack;
  stack.engine.add_image("other:1", image("linux", "amd64"));
  stack.add("web").image = "other:1";
  CHECK(to_string(plan::plan_up(stack.project, stack.observe(), {})).find("pull image") == std::string::npos);
  stack.project.services.at("web").platform = "linux/amd64";
  CHECK(to_string(plan::plan_up(stack.project, stack.observe(), {})).find("pull image") == std::string::npos);
  stack.project.services.at("web").platform = "linux/arm64";
  CHECK(
      to_string(plan::plan_up(stack.project, stack.observe(), {})).find("pull image other:1  (not there)") !=
      std::string::npos);
}
