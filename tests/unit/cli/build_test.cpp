// SPDX-License-Identifier: MIT
#include <archive.h>
#include <archive_entry.h>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <map>

#include "cli/build/bake_file.hpp"
#include "cli/build/build_context.hpp"
#include "cli/build/ignore_patterns.hpp"
#include "crstack/base/error.hpp"

using namespace crstack;
using namespace crstack::cli;
namespace fs = std::filesystem;

namespace {

struct Directory {
  fs::path path;
  Directory() {
    std::string name = (fs::temp_directory_path() / "crstack-build-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Directory() { fs::remove_all(path); }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name) << text;
  }
};

// Names and contents of what a context's tar holds; directories are left out.
std::map<std::string, std::string> unpack(BuildContext& context) {
  std::string tar;
  for (auto bytes = context.next(); !bytes.empty(); bytes = context.next()) tar += bytes;
  std::map<std::string, std::string> files;
  archive* reader = archive_read_new();
  archive_read_support_format_tar(reader);
  archive_read_open_memory(reader, tar.data(), tar.size());
  archive_entry* entry = nullptr;
  while (archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
    if (archive_entry_filetype(entry) == AE_IFDIR) continue;
    std::string text(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
    archive_read_data(reader, text.data(), text.size());
    files[archive_entry_pathname(entry)] = text;
  }
  archive_read_free(reader);
  return files;
}

}  // namespace

TEST_CASE("ignore patterns: the last one that fits decides", "[cli]") {
  const auto patterns =
      IgnorePatterns::parse("# comment\n*.log\n/build/\n**/cache\ndocs/**\n!docs/keep.md\n?x\n");
  const std::pair<const char*, bool> cases[] = {
      {"a.log", true}, {"sub/a.log", false},  {"build/x/y", true},   {"sub/build", false},
      {"cache", true}, {"a/b/cache/z", true}, {"docs/a/b.md", true}, {"docs/keep.md", false},
      {"docs", false}, {"ax", true},          {"axe", false},        {"src/main.c", false},
  };
  for (const auto& [path, ignored] : cases) {
    INFO(path);
    CHECK(patterns.ignores(path) == ignored);
  }
}

TEST_CASE("a build context holds what its ignore file leaves, and the Dockerfile always", "[cli]") {
  const Directory directory;
  directory.write("Dockerfile", "FROM scratch\n");
  directory.write(".dockerignore", "*\n!src\nsrc/*.o\n");
  directory.write("src/a.c", "int a;\n");
  directory.write("src/a.o", "binary");
  directory.write("secret.txt", "no");
  project::Build build;
  build.context = directory.path.string();
  BuildContext context(build);
  CHECK(context.dockerfile() == "Dockerfile");
  CHECK(unpack(context) == std::map<std::string, std::string>{{".dockerignore", "*\n!src\nsrc/*.o\n"},
                                                              {"Dockerfile", "FROM scratch\n"},
                                                              {"src/a.c", "int a;\n"}});
}

TEST_CASE("a build context begins with a header that BuildKit knows a tar by", "[cli]") {
  const Directory directory;
  directory.write(std::string(180, 'n'), "needs a second header");
  project::Build build;
  build.context = directory.path.string();
  build.dockerfile_inline = "FROM inline\n";
  BuildContext context(build);
  const auto bytes = context.next();
  REQUIRE(bytes.size() > 512);
  CHECK(bytes.starts_with("./"));
  CHECK(bytes[156] == '5');  // a directory's type, in a tar's header
  CHECK(bytes.substr(257, 5) == "ustar");
  CHECK_THROWS_AS(BuildContext(build, {{"more", (directory.path / "more").string()}}), Error);
}

TEST_CASE("a Dockerfile in the manifest or outside of the context is packed along", "[cli]") {
  const Directory directory;
  directory.write("context/a", "1");
  directory.write("other/Dockerfile.dev", "FROM outside\n");
  project::Build build;
  build.context = (directory.path / "context").string();
  build.dockerfile_inline = "FROM inline\n";
  BuildContext inline_context(build);
  CHECK(unpack(inline_context).at(inline_context.dockerfile()) == "FROM inline\n");
  build.dockerfile_inline.clear();
  build.dockerfile = (directory.path / "other/Dockerfile.dev").string();
  BuildContext outside(build);
  CHECK(unpack(outside).at(outside.dockerfile()) == "FROM outside\n");
  build.dockerfile = "../other/Dockerfile.dev";  // relative to the context, as everywhere
  BuildContext beside(build);
  CHECK(unpack(beside).at(beside.dockerfile()) == "FROM outside\n");
  build.dockerfile = "missing";
  CHECK_THROWS_AS(BuildContext(build), Error);
}

TEST_CASE("a bake file has the service's build, and of secrets only where they come from", "[cli]") {
  plan::BuildImage step;
  step.service = "web";
  step.image = "app-web";
  step.build.edit().context = "/src";
  step.build.edit().args = {{"A", "1"}, {"B", std::nullopt}, {"C", std::nullopt}};
  step.build.edit().tags = {"web:2"};
  step.build.edit().secrets = {{"token", "", "", "", std::nullopt}, {"vault", "", "", "", std::nullopt}};
  step.build.edit().additional_contexts = {{"base", "service:base"}};
  project::Project project;
  project.name = "app";
  project.services["base"].name = "base";
  project.secrets["token"].environment = "TOKEN";
  project.secrets["vault"].external = true;  // nobody here knows it
  CHECK(to_json(bake_file({step}, {}, {{"B", "2"}, {"TOKEN", "hidden"}}, project)) ==
        "{\"group\":{\"default\":{\"targets\":[\"web\"]}},\"target\":{\"web\":{\"context\":\"/src\","
        "\"contexts\":{\"base\":\"docker-image://app-base\"},\"dockerfile\":\"/src/Dockerfile\","
        "\"args\":{\"A\":\"1\",\"B\":\"2\"},\"tags\":[\"web:2\",\"app-web\"],"
        "\"secret\":[\"id=token,type=env,env=TOKEN\"],\"output\":[\"type=docker\"]}}}");
}

TEST_CASE("what bake makes of an image: for the engine, for several platforms, for a registry", "[cli]") {
  project::Project project;
  project.services["web"].image = "registry/web";
  const auto output = [&](const std::string& service, std::vector<std::string> platforms, bool push) {
    plan::BuildImage step;
    step.service = service;
    step.build.edit().platforms = std::move(platforms);
    project.services[service].name = service;
    BuildSettings settings;
    settings.push = push;
    const auto text = to_json(bake_file({step}, settings, {}, project));
    const auto from = text.find("\"output\":[\"") + 11;
    return text.substr(from, text.find('"', from) - from);
  };
  CHECK(output("web", {"linux/arm64"}, false) == "type=docker");
  CHECK(output("web", {"linux/arm64", "linux/amd64"}, false) == "type=image,push=false");
  CHECK(output("web", {}, true) == "type=registry");
  CHECK(output("web", {"linux/arm64", "linux/amd64"}, true) == "type=image,push=true");
  CHECK(output("nameless", {}, true) == "type=docker");
}

TEST_CASE("a bake file of several builds lets one use the other, and asks for what they may do", "[cli]") {
  plan::BuildImage base, web;
  base.service = "base.x";
  base.build.edit().context = web.build.edit().context = "/src";
  base.build.edit().network = "host";
  base.build.edit().extra_hosts = {"db=10.0.0.1", "db=10.0.0.2", "v6:::1"};
  web.service = "web";
  web.build.edit().privileged = true;
  web.build.edit().additional_contexts = {{"b", "service:base.x"}};
  web.build.edit().dockerfile_inline = "RUN echo ${A} $B 5%";
  project::Project project;
  project.services["base.x"].name = "base.x";
  const auto text = to_indented_json(*bake_file({base, web}, {}, {}, project).find("target"));
  CHECK(text.find("\"base_x\": {") != std::string::npos);
  CHECK(text.find("\"b\": \"target:base_x\"") != std::string::npos);
  CHECK(text.find("\"extra-hosts\": {\n      \"db\": \"10.0.0.1,10.0.0.2\",\n      \"v6\": \"::1\"\n    }") !=
        std::string::npos);
  CHECK(text.find("RUN echo $${A} $B 5%") != std::string::npos);  // bake has ${} of its own
  CHECK(entitlements_of(*base.build) == std::vector<std::string>{"network.host"});
  CHECK(entitlements_of(*web.build) == std::vector<std::string>{"security.insecure"});
}

TEST_CASE("a bake target has its keys in docker compose's order, and a check has no output", "[cli]") {
  plan::BuildImage web;
  web.service = "web";
  web.build.edit().context = "/src";
  web.build.edit().network = "host";
  web.build.edit().shm_size = 1;
  web.build.edit().ulimits = {{"nofile", {10, 20}}, {"nproc", {5, 5}}};
  web.build.edit().extra_hosts = {"db=10.0.0.1"};
  web.build.edit().sbom = "true";
  web.build.edit().ssh = {"default", "k=/key"};
  web.build.edit().pull = web.build.edit().no_cache = true;
  const auto keys = [&](bool check) {
    BuildSettings settings;
    settings.check = check;
    settings.provenance = "mode=max";  // an option of buildx
    std::string names;
    const auto file = bake_file({web}, settings, {}, {});
    for (const auto& [name, value] : file.find("target")->find("web")->fields) names += name + " ";
    return names;
  };
  CHECK(keys(false) ==
        "context dockerfile ssh pull no-cache network shm-size ulimits extra-hosts output attest ");
  CHECK(keys(true) ==
        "context dockerfile ssh pull no-cache network shm-size ulimits call extra-hosts attest ");
  const auto file = bake_file({web}, {}, {}, {});
  const auto& limits = *file.find("target")->find("web")->find("ulimits");
  CHECK(to_json(limits) == R"(["nofile=10:20","nproc=5"])");
  CHECK(to_json(*file.find("target")->find("web")->find("ssh")) == R"(["default=","k=/key"])");
  CHECK(to_json(*file.find("target")->find("web")->find("attest")) == R"(["type=sbom"])");
  auto base = web;
  base.service = "base";
  const auto both = to_json(bake_file({web, base}, {}, {}, {}));
  CHECK(both.find(R"("targets":["web","base"])") != std::string::npos);
  CHECK(both.find(R"("base":{)") < both.find(R"("web":{)"));
}
