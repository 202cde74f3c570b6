// SPDX-License-Identifier: MIT
#include "cli/remote/remote_consent.hpp"

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <utility>

#include "cli/remote/remote_manifest.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/manifest/inspect.hpp"
#include "crstack/manifest/local_files.hpp"
#include "crstack/ui/table.hpp"

namespace crstack::cli {
namespace {

/// What the environment gives may be secret: it is not shown.
std::string table_of(const std::vector<manifest::VariableInfo>& variables, const Environment& environment) {
  ui::Table table({"VARIABLE", "VALUE", "SOURCE", "REQUIRED", "DEFAULT"}, {.min_width = 0});
  for (const auto& variable : variables) {
    std::string value = "<unset>", source = "none";
    if (environment.contains(variable.name)) {
      value = "<hidden>";
      source = "environment";
    } else if (!variable.default_value.empty()) {
      value = variable.default_value;
      source = "compose file";
    }
    table.add({variable.name, value, source, variable.required ? "yes" : "no", variable.default_value});
  }
  return table.str();
}

enum class Unsaid { no, yes };  ///< what an empty line at a terminal means

void ask(const std::string& question, Unsaid unsaid) {
  write_out(question);
  std::string line;
  const bool read = static_cast<bool>(std::getline(std::cin, line));
  const auto answer = to_lower(trim(line));
  const bool agreed = read && answer.empty() && unsaid == Unsaid::yes && ::isatty(STDIN_FILENO) != 0;
  if (!agreed && answer != "y" && answer != "yes") throw Error("operation cancelled by user");
}

void ask_about_includes(const std::vector<std::string>& files) {
  std::string text = "\nWarning: This Compose project includes files from remote sources:\n";
  for (const auto& file : files)
    if (manifest::is_remote_manifest(file)) text += "  - " + file + "\n";
  ask(text +
          "\nRemote includes could potentially be malicious. Make sure you trust the source.\n"
          "Do you want to continue? [y/N]: ",
      Unsaid::no);
}

/// The model as it is written, and whether it fetches more than itself.
std::pair<manifest::Loaded, bool> read_as_written(Context& context,
                                                  const std::vector<std::string>& services) {
  auto options = context.load_options();
  options.interpolate = false;
  options.services = services;
  const auto fetches = std::make_shared<bool>(false);
  manifest::set_manifest_fetcher([&context, fetches](const std::string& reference) {
    *fetches = true;
    return fetch_manifest(reference, context.environment());
  });
  auto loaded = manifest::load(options);
  return {std::move(loaded), *fetches};
}

}  // namespace

void agree_to_remote_stack(Context& context, const std::vector<std::string>& services, Consent consent) {
  const auto files = context.global().list("file");
  if (files.empty() || !manifest::is_remote_manifest(files.front())) return;
  const auto& manifest = context.project(services).config_files.front();
  const auto place = "Your compose stack \"" + files.front() + "\" is stored in \"" +
                     std::filesystem::path(manifest).parent_path().string() + "\"\n";
  if (consent == Consent::given) return write_out(place);
  const auto [loaded, fetches] = read_as_written(context, services);
  if (fetches && consent == Consent::to_includes_and_variables) ask_about_includes(files);
  write_out(place);
  const auto variables = manifest::used_variables(*loaded.model);
  if (variables.empty()) return;
  ask("\nFound the following variables in configuration:\n" + table_of(variables, context.environment()) +
          "\nDo you want to proceed with these variables? [Y/n]: ",
      Unsaid::yes);
}

}  // namespace crstack::cli
