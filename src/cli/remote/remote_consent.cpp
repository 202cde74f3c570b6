// SPDX-License-Identifier: MIT
#include "cli/remote/remote_consent.hpp"

#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/manifest/inspect.hpp"
#include "crstack/manifest/local_files.hpp"
#include "crstack/ui/table.hpp"

namespace crstack::cli {
namespace {

std::string table_of(const std::vector<manifest::VariableInfo>& variables, const Environment& environment) {
  ui::Table table({"VARIABLE", "VALUE", "SOURCE", "REQUIRED", "DEFAULT"}, {.min_width = 0});
  for (const auto& variable : variables) {
    std::string value = "<unset>", source = "none";
    if (const auto found = environment.find(variable.name); found != environment.end()) {
      value = found->second;
      source = "environment";
    } else if (!variable.default_value.empty()) {
      value = variable.default_value;
      source = "compose file";
    }
    table.add({variable.name, value, source, variable.required ? "yes" : "no", variable.default_value});
  }
  return table.str();
}

bool says_yes() {
  std::string line;
  if (!std::getline(std::cin, line)) return false;
  const auto answer = to_lower(trim(line));
  return answer == "y" || answer == "yes" || (answer.empty() && ::isatty(STDIN_FILENO) != 0);
}

}  // namespace

void agree_to_remote_stack(Context& context, const std::vector<std::string>& services, Consent consent) {
  const auto files = context.global().list("file");
  if (files.empty() || !manifest::is_remote_manifest(files.front())) return;
  const auto& lies_in = context.project(services).config_files.front();
  write_out("Your compose stack \"" + files.front() + "\" is stored in \"" +
            std::filesystem::path(lies_in).parent_path().string() + "\"\n");
  if (consent == Consent::given) return;
  auto options = context.load_options();
  options.interpolate = false;
  options.services = services;
  const auto variables = manifest::used_variables(*manifest::load(options).model);
  if (variables.empty()) return;
  write_out("\nFound the following variables in configuration:\n" +
            table_of(variables, context.environment()) +
            "\nDo you want to proceed with these variables? [Y/n]: ");
  if (!says_yes()) throw Error("operation cancelled by user");
}

}  // namespace crstack::cli
