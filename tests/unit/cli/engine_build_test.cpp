// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>

#include "cli/build/build_inputs.hpp"
#include "cli/build/build_progress.hpp"
#include "crstack/base/error.hpp"

using namespace crstack;
using namespace crstack::cli;

namespace {

using Trace = engine::BuildTrace;

std::string refusal(const plan::BuildImage& step, engine::BuildSpec::Builder builder) {
  try {
    refuse_what_cannot_be(step, builder);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("BuildKit's trace is told in lines that say whose they are", "[cli]") {
  BuildProgress progress;
  std::string text;
  const auto line = [&](const std::string& words) { text += words + "\n"; };
  constexpr std::int64_t second = 1'000'000'000;
  Trace first;
  first.vertices = {{"a", "[1/2] FROM x", "", true, second, second},
                    {"b", "[2/2] RUN y", "", false, second, 0}};
  first.outputs = {{"b", "one\ntwo\n", second + second / 2}};
  progress.take("web", first, line);
  Trace second_one;
  second_one.vertices = {{"c", "exporting to image", "", false, second, 2 * second}};
  second_one.tasks = {{"c", "naming to x", 0, 0, second, 2 * second}, {"c", "not yet", 0, 0, second, 0}};
  progress.take("db", second_one, line);
  Trace last;
  last.vertices = {{"b", "[2/2] RUN y", "exit code: 1", false, second, 3 * second}};
  progress.take("web", last, line);
  progress.take("web", last, line);  // told once
  CHECK(text ==
        "#1 [web 2/2] RUN y\n#1 0.500 one\n#1 0.500 two\n\n#2 [web 1/2] FROM x\n#2 CACHED\n\n"
        "#3 [db] exporting to image\n#3 naming to x done\n#3 DONE 1.0s\n\n"
        "#1 [web 2/2] RUN y\n#1 ERROR: exit code: 1\n------\n > [web 2/2] RUN y:\n0.500 one\n0.500 "
        "two\n------\n");
}

TEST_CASE("additional contexts become stages in front of the first FROM", "[cli]") {
  project::Project project;
  project.name = "app";
  project.services["base"].name = "base";
  project.services["base"].build.emplace();
  project::Build build;
  build.dockerfile_inline = "# syntax=x\nARG V=1\nfrom busybox:$V\nCOPY --from=res f /\n";
  build.additional_contexts = {
      {"img", "docker-image://busybox:1"}, {"res", "/somewhere"}, {"svc", "service:base"}};
  const auto prepared = with_contexts(build, project);
  CHECK(prepared.build.dockerfile_inline ==
        "# syntax=x\nARG V=1\nFROM busybox:1 AS img\nFROM scratch AS res\nCOPY .crstack-contexts/res /\n"
        "FROM app-base AS svc\nfrom busybox:$V\nCOPY --from=res f /\n");
  REQUIRE(prepared.directories.size() == 1);
  CHECK(prepared.directories[0].name == ".crstack-contexts/res");
  CHECK(prepared.directories[0].path == "/somewhere");
  for (const auto& [name, source] :
       {std::pair("git", "https://example.org/x.git"), std::pair("Upper", "/somewhere")}) {
    build.additional_contexts = {{name, source}};
    CHECK_THROWS_AS(with_contexts(build, project), Error);
  }
}

TEST_CASE("what a builder can't do is refused in docker compose's words", "[cli]") {
  using Builder = engine::BuildSpec::Builder;
  plan::BuildImage step;
  step.build.edit().secrets.emplace_back();
  CHECK(refusal(step, Builder::classic) ==
        "the classic builder doesn't support secrets, set DOCKER_BUILDKIT=1 to use BuildKit");
  CHECK(refusal(step, Builder::buildkit).empty());
  step.build.edit().platforms = {"linux/amd64", "linux/arm64"};
  CHECK(refusal(step, Builder::buildkit) == "Multi-platform build is not supported for the docker driver.");
  step.platform = "linux/amd64";
  CHECK(refusal(step, Builder::buildkit).empty());
  step.build.edit().cache_to = {"type=local,dest=x"};
  CHECK(refusal(step, Builder::buildkit) == "Cache export is not supported for the docker driver.");
  step.build.edit().cache_to = {"type=inline"};
  CHECK(refusal(step, Builder::buildkit).empty());
  CHECK(resolved_args(*step.build, {}).contains("BUILDKIT_INLINE_CACHE"));
  CHECK(cached_images({"type=registry,ref=a/b:1", "c", "type=local,src=d"}) ==
        std::vector<std::string>{"a/b:1", "c"});
}
