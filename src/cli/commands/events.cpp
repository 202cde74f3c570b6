// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <ctime>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/listing/value.hpp"
#include "cli/logs/log_time.hpp"
#include "crstack/base/text.hpp"
#include "crstack/plan/labels.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--json", Takes::flag, "", "Print events as JSON objects, one a line", ""},
    {"--since", Takes::text, "string", "Show all events since a time or a while ago", ""},
    {"--until", Takes::text, "string", "Stop at a time", ""},
};

/// Local time in this form, then nanoseconds cut to `digits`, then the zone.
std::string time_text(engine::WallTime time, const char* form, int digits, const char* zone_form) {
  const auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  const std::time_t seconds = nanos / 1'000'000'000;
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  std::array<char, 64> date{}, fraction{}, zone{};
  std::strftime(date.data(), date.size(), form, &parts);
  std::snprintf(fraction.data(), fraction.size(), "%09d", static_cast<int>(nanos % 1'000'000'000));
  std::strftime(zone.data(), zone.size(), zone_form, &parts);
  std::string offset = zone.data();
  if (offset == "+0000") offset = "Z";
  if (offset.size() == 5) offset.insert(3, ":");
  return std::string(date.data()) + "." +
         std::string(fraction.data()).substr(0, static_cast<std::size_t>(digits)) + offset;
}

engine::StringMap shown_attributes(const engine::EngineEvent& event) {
  auto attributes = event.attributes;
  std::erase_if(attributes, [](const auto& entry) { return entry.first.starts_with("com.docker.compose."); });
  return attributes;
}

std::string as_text(const engine::EngineEvent& event) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : shown_attributes(event)) parts.push_back(key + "=" + value);
  return time_text(event.time, "%Y-%m-%d %H:%M:%S", 6, "") + " container " + event.action + " " + event.id +
         " (" + join(parts, ", ") + ")\n";
}

std::string as_json(const engine::EngineEvent& event, const std::string& service) {
  std::vector<std::pair<std::string, Value>> attributes;
  for (const auto& [key, value] : shown_attributes(event)) attributes.emplace_back(key, value);
  return to_json(Value::record({{"action", event.action},
                                {"attributes", Value::record(std::move(attributes))},
                                {"id", event.id},
                                {"service", service},
                                {"time", time_text(event.time, "%Y-%m-%dT%H:%M:%S", 9, "%z")},
                                {"type", event.type}})) +
         "\n";
}

int run(Context& context, const Arguments& arguments) {
  const auto& services = arguments.positional();
  const auto scope = context.scope(services);
  const bool json = arguments.flag("json");
  const auto show = [&](const engine::EngineEvent& event) {
    const auto& service = value_of(event.attributes, plan::labels::service);
    const bool named =
        services.empty() || std::find(services.begin(), services.end(), service) != services.end();
    if (event.type == "container" && named && value_of(event.attributes, plan::labels::oneoff) != "True")
      write_out(json ? as_json(event, service) : as_text(event));
    return true;
  };
  context.engine().events({std::string(plan::labels::project) + "=" + scope.name},
                          engine_time(arguments.text_or("since", ""), "since", context.clock()),
                          engine_time(arguments.text_or("until", ""), "until", context.clock()), {}, show,
                          {});
  return 0;
}

}  // namespace

constinit const Command events_command{
    .name = "events",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "Receive real time events from containers",
    .details = "",
    .options = options,
    .run = run,
};

}  // namespace crstack::cli
