// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <regex>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/listing/listing.hpp"
#include "cli/project_containers.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/plan/labels.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"-a,--all", Takes::flag, "", "Show stopped projects as well", ""},
    {"--filter", Takes::list, "filter", "Filter by a condition (supported: name=REGEX)", ""},
    {"--format", Takes::text, "string", "Output format (default \"table\")", "table json"},
    {"-q,--quiet", Takes::flag, "", "Show only the projects' names", ""},
};

struct Stack {
  std::map<std::string, int> states;
  std::vector<std::string> config_files;  ///< of the newest container first, in the order that they had
};

std::map<std::string, Stack> stacks(const std::vector<engine::ContainerSummary>& containers) {
  std::map<std::string, Stack> found;
  for (const auto& container : containers) {
    auto& stack = found[label_of(container, plan::labels::project)];
    ++stack.states[to_string(container.state)];
    const std::string files = label_of(container, plan::labels::config_files);
    for (const auto& file : split(files, ',')) {
      auto& known = stack.config_files;
      if (!file.empty() && std::find(known.begin(), known.end(), file) == known.end()) known.push_back(file);
    }
  }
  return found;
}

std::string status_of(const Stack& stack) {
  std::vector<std::string> parts;
  for (const auto& [state, count] : stack.states) parts.push_back(state + "(" + std::to_string(count) + ")");
  return join(parts, ", ");
}

std::vector<std::regex> name_filters(const Arguments& arguments) {
  std::vector<std::regex> filters;
  for (const auto& filter : arguments.list("filter")) {
    const auto equals = filter.find('=');
    if (equals == std::string::npos)
      throw UsageError("bad format of filter (expected name=value)", "The only filter is name=REGEX.");
    if (filter.substr(0, equals) != "name")
      throw UsageError("invalid filter '" + filter.substr(0, equals) + "'", "The only filter is name=REGEX.");
    try {
      filters.emplace_back(filter.substr(equals + 1));
    } catch (const std::regex_error&) {
      filters.emplace_back("(?!)");  // nothing is like it
    }
  }
  return filters;
}

bool matches(const std::vector<std::regex>& filters, const std::string& name) {
  for (const auto& filter : filters)
    if (std::regex_search(name, filter)) return true;
  return filters.empty();
}

int run(Context& context, const Arguments& arguments) {
  const auto filters = name_filters(arguments);
  using Which = engine::Containers::Which;
  const auto containers =
      context.engine().list_containers({plan::labels::project, plan::labels::config_hash},
                                       arguments.flag("all") ? Which::all : Which::running);
  std::vector<Value> records;
  std::string names;
  for (const auto& [name, stack] : stacks(containers)) {
    if (!matches(filters, name)) continue;
    names += name + "\n";
    const auto files = join(stack.config_files, ",");
    records.push_back(Value::record(
        {{"Name", name}, {"Status", status_of(stack)}, {"ConfigFiles", files.empty() ? "N/A" : files}}));
  }
  const std::vector<Column> columns = {
      {"Name", "NAME"}, {"Status", "STATUS"}, {"ConfigFiles", "CONFIG FILES"}};
  write_out(arguments.flag("quiet") ? names
                                    : format_simple_listing(arguments.text_or("format", "table"), records,
                                                            columns, Value::list(records)));
  return 0;
}

}  // namespace

constinit const Command ls_command{
    .name = "ls",
    .aliases = "list",
    .synopsis = "[OPTIONS]",
    .summary = "List running compose projects",
    .details = "",
    .options = options,
    .run = run,
    .count = {0, 0},
};

}  // namespace crstack::cli
