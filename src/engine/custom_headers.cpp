// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "crstack/base/text.hpp"
#include "engine/docker_config.hpp"

namespace crstack::engine {

namespace {

constexpr const char* variable_name = "DOCKER_CUSTOM_HEADERS";

Error refused(const std::string& what) {
  return Error(std::string("Failed to initialize: failed to set custom headers from ") + variable_name +
               " environment variable: " + what);
}

/// Fields of a line of CSV: those with commas stand in quotes.
StringList fields_of(const std::string& line) {
  StringList fields(1);
  bool quoted = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (c == '"' && quoted && line.substr(at + 1, 1) == "\"") {
      fields.back() += line[++at];
    } else if (c == '"' && (quoted || fields.back().empty())) {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  if (quoted) throw refused("value must be formatted as comma-separated key=value pairs");
  return fields;
}

StringMap given_headers(const std::string& line) {
  StringMap headers;
  for (const auto& field : fields_of(line)) {
    const auto equals = field.find('=');
    const std::string name(trim(field.substr(0, equals)));
    // The name alone: what stands behind may be secret.
    if (name.empty()) throw refused("value contains a key=value pair with an empty key");
    if (equals == std::string::npos) throw refused("missing \"=\" in key=value pair");
    headers[name] = trim(field.substr(equals + 1));
  }
  return headers;
}

/// What the connection itself needs, and what would end the header.
bool is_reserved(const std::string& name, const std::string& value) {
  constexpr std::array<std::string_view, 6> own = {"host",         "user-agent", "content-length",
                                                   "content-type", "connection", "transfer-encoding"};
  const auto breaks = [](unsigned char c) { return c < ' ' && c != '\t'; };
  return std::find(own.begin(), own.end(), to_lower(name)) != own.end() ||
         std::any_of(value.begin(), value.end(), breaks) ||
         name.find_first_of(" :\t\r\n") != std::string::npos;
}

}  // namespace

StringMap custom_headers(const Environment& environment) {
  StringMap headers;
  if (const auto given = variable(environment, variable_name); !given.empty()) {
    headers = given_headers(given);
  } else {
    const auto config = load_config(environment);
    for (const auto& [name, value] : json::at(config, "HttpHeaders").items())
      if (value.is_string()) headers[name] = value.get<std::string>();
  }
  std::erase_if(headers, [](const auto& header) { return is_reserved(header.first, header.second); });
  return headers;
}

}  // namespace crstack::engine
