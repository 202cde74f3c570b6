// SPDX-License-Identifier: MIT
// Whole manifests: each directory of tests/config is a case named after a symptom. `in` is the project's
// directory, `out` is the canonical JSON, or what is wrong; `options`, where there is one, has options of
// `config` and services, one a line. CRSTACK_UPDATE_DATA=1 in the environment writes
// `out`: look at the difference.
#include "crstack/manifest/load.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "crstack/manifest/write.hpp"

using namespace crstack::manifest;
namespace fs = std::filesystem;

namespace {

const fs::path data = fs::path(CRSTACK_SOURCE_DIR) / "tests" / "config";

/// The project's directory differs from clone to clone; in `out` it is `/in`.
std::string portable(std::string text, const std::string& directory) {
  for (auto at = text.find(directory); at != std::string::npos; at = text.find(directory, at))
    text.replace(at, directory.size(), "/in");
  return text;
}

std::string told(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += to_string(diagnostic) + '\n';
  return text;
}

LoadOptions options_in(const fs::path& file) {
  LoadOptions options;
  std::ifstream stream(file);
  for (std::string word; stream >> word;) {
    if (word == "--no-interpolate") options.interpolate = false;
    if (word == "--no-normalize") options.normalize = false;
    if (word == "--no-path-resolution") options.resolve_paths = false;
    if (word == "--images") options.finish_raw = true;
    if (word.front() != '-') options.services.push_back(word);
  }
  return options;
}

std::string outcome(const std::string& directory, LoadOptions options) {
  options.current_directory = directory;
  if (options.normalize) options.project_name = "p";
  options.environment = {{"HOME", "/home/me"}};
  options.distinct_container_names = true;
  try {
    const Loaded loaded = load(options);
    return told(loaded.warnings) + to_json(*loaded.model, Dollars::doubled) + '\n';
  } catch (const ManifestError& error) {
    return told(error.diagnostics());
  }
}

std::string expected(const fs::path& file, const std::string& found) {
  if (std::getenv("CRSTACK_UPDATE_DATA")) std::ofstream(file, std::ios::binary) << found;
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("manifests of tests/config", "[manifest]") {
  std::set<fs::path> cases;
  for (const auto& entry : fs::directory_iterator(data)) cases.insert(entry.path());
  REQUIRE_FALSE(cases.empty());
  for (const fs::path& one : cases) {
    INFO(one.filename().string());
    const std::string directory = (one / "in").string();
    const std::string found = portable(outcome(directory, options_in(one / "options")), directory);
    CHECK(expected(one / "out", found) == found);
  }
}
