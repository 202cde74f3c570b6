// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crstack::engine {

/// A line of a provider program (docker compose's `docs/extension.md`): `{"type": "info", "message": "…"}`.
struct ProviderMessage {
  std::string type, message;
};
/// Nothing for what is not such a line.
std::optional<ProviderMessage> parse_provider_message(std::string_view line);

/// What a provider's `compose metadata` says that one of its commands (`up`, `down`) takes: parameter names,
/// true for those that it needs. Nothing where it says nothing: then it takes all options.
std::optional<std::map<std::string, bool>> parse_provider_parameters(std::string_view metadata,
                                                                     const char* command);

/// The models that docker's `model` plugin has (`ls --json`): all their tags.
std::vector<std::string> parse_model_tags(std::string_view json);

/// Where models answer (`status --json`); empty where the runner doesn't run.
std::string parse_model_endpoint(std::string_view json);

}  // namespace crstack::engine
