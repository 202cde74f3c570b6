// SPDX-License-Identifier: MIT
#include "explain.hpp"

#include <algorithm>
#include <charconv>

#include "file_path.hpp"

namespace crstack::manifest {

std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> steps;
  std::string step;
  const auto end_step = [&] {
    if (!step.empty()) steps.push_back(std::move(step));
    step.clear();
  };
  for (const char c : path) {
    if (c == '.' || c == '[' || c == ']')
      end_step();
    else
      step += c;
  }
  end_step();
  return steps;
}

const Node* find_value(const Node& tree, const std::vector<std::string>& path) {
  const Node* node = &tree;
  for (const std::string& step : path) {
    if (node->is_list()) {
      std::size_t index = 0;
      const auto [stop, error] = std::from_chars(step.data(), step.data() + step.size(), index);
      if (error != std::errc() || stop != step.data() + step.size() || index >= node->as_list().size())
        return nullptr;
      node = &node->as_list()[index];
    } else if (!(node = node->find(step))) {
      return nullptr;
    }
  }
  return node;
}

ExplainListener::ExplainListener(const std::string& path, const Start& start, const Sources& sources)
    : path_(split_path(path)), start_(start), sources_(sources) {}

void ExplainListener::on_read(const Node& raw, const Environment& environment, Role role,
                              const std::string& file) {
  if (role == Role::merged) {
    look_for({path_, "", 0, ++round_}, raw, environment);
    return;
  }
  for (const Target& target : std::vector<Target>(targets_))
    if (base_name(target.file) == base_name(file))
      look_for({target.path, "", target.depth, target.round}, raw, environment);
}

void ExplainListener::look_for(const Target& target, const Node& raw, const Environment& environment) {
  follow_extends(target, raw, environment);
  const Node* value = find_value(raw, target.path);
  if (!value) return;
  const bool known = std::any_of(found_.begin(), found_.end(),
                                 [&](const Found& found) { return found.mark == value->mark; });
  if (known) return;
  Found found{{}, target.depth, target.round, value->mark};
  found.step.where = {sources_.name(value->mark.file), static_cast<int>(value->mark.line),
                      static_cast<int>(value->mark.column)};
  if (target.depth > 0) found.step.through = "extends of service " + target.path[1];
  if (value->is_scalar()) found.step.text = value->scalar_text();
  if (value->is_string())
    for (const VariableUse& use : variables_of(value->as_string()))
      found.step.variables.push_back(use.name + ' ' + origin(use.name, environment));
  found_.push_back(std::move(found));
}

void ExplainListener::follow_extends(const Target& target, const Node& raw, const Environment& environment) {
  constexpr int longest_chain = 50;
  if (target.path.size() < 2 || target.path[0] != "services" || target.depth > longest_chain) return;
  const Node* extends = find_value(raw, {"services", target.path[1], "extends"});
  if (!extends) return;
  Target base = target;
  base.depth = target.depth + 1;
  base.path[1] = extends->is_string() ? extends->as_string() : std::string(extends->text("service"));
  base.file = std::string(extends->text("file"));
  if (base.path[1].empty()) return;
  if (base.file.empty())
    look_for(base, raw, environment);
  else
    targets_.push_back(std::move(base));
}

std::string ExplainListener::origin(const std::string& name, const Environment& environment) const {
  const auto value = environment.find(name);
  if (value == environment.end()) return "is not set";
  const auto caller = start_.given.find(name);
  if (caller != start_.given.end()) return "from the environment";
  const auto file = start_.env_origins.find(name);
  if (file != start_.env_origins.end()) return "from " + file->second;
  return name == "COMPOSE_PROJECT_NAME" ? "is the project's name" : "from an included env file";
}

std::vector<ExplainStep> ExplainListener::steps() const {
  std::vector<Found> ordered = found_;
  std::stable_sort(ordered.begin(), ordered.end(), [](const Found& a, const Found& b) {
    return a.round != b.round ? a.round < b.round : a.depth > b.depth;
  });
  std::vector<ExplainStep> steps;
  for (Found& found : ordered) steps.push_back(std::move(found.step));
  return steps;
}

}  // namespace crstack::manifest
