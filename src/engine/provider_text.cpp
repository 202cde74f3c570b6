// SPDX-License-Identifier: MIT
#include "crstack/engine/provider_text.hpp"

#include "json.hpp"

namespace crstack::engine {

namespace {

json::Json parse_leniently(std::string_view text) {
  return json::Json::parse(text.begin(), text.end(), nullptr, false);
}

}  // namespace

std::optional<ProviderMessage> parse_provider_message(std::string_view line) {
  const auto value = parse_leniently(line);
  if (!value.is_object()) return std::nullopt;
  return ProviderMessage{json::text(value, "type"), json::text(value, "message")};
}

std::optional<std::map<std::string, bool>> parse_provider_parameters(std::string_view metadata,
                                                                     const char* command) {
  const auto value = parse_leniently(metadata);
  const auto& parameters = json::at(json::at(value, command), "parameters");
  if (!parameters.is_array() || parameters.empty()) return std::nullopt;
  std::map<std::string, bool> names;
  for (const auto& parameter : parameters)
    names[json::text(parameter, "name")] = json::truth(parameter, "required");
  return names;
}

std::vector<std::string> parse_model_tags(std::string_view text) {
  std::vector<std::string> tags;
  const auto models = parse_leniently(text);
  if (!models.is_array()) return tags;
  for (const auto& model : models)
    for (auto& tag : json::list(model, "tags")) tags.push_back(std::move(tag));
  return tags;
}

std::string parse_model_endpoint(std::string_view text) {
  const auto status = parse_leniently(text);
  return json::truth(status, "running") ? json::text(status, "endpoint") : std::string();
}

}  // namespace crstack::engine
