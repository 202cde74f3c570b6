// SPDX-License-Identifier: MIT
#include <algorithm>

#include "engine/codec.hpp"
#include "engine/docker_engine_impl.hpp"

// Podman answers the Engine API with gaps; what fills them is only asked of a Podman.
namespace crstack::engine {

namespace {

/// Podman's own API, in the oldest version that it still speaks.
constexpr const char* own_list = "/v4.0.0/libpod/containers/json";

constexpr int docker_stop_timeout = 10;  ///< seconds

/// Unix seconds with a fraction of up to nine digits.
WallTime time_of(const std::string& unix_seconds) {
  const auto point = unix_seconds.find('.');
  auto fraction = point == std::string::npos ? std::string() : unix_seconds.substr(point + 1, 9);
  fraction.resize(9, '0');
  return WallTime(std::chrono::seconds(std::atoll(unix_seconds.c_str())) +
                  std::chrono::nanoseconds(std::atoll(fraction.c_str())));
}

}  // namespace

/// Its container lists leave out health: its own API tells it.
void DockerEngine::complete_health(std::vector<ContainerSummary>& rows, const LabelFilter& labels) {
  HttpRequest request;
  request.method = "GET";
  request.target = std::string(own_list) + "?all=true";
  if (!labels.empty()) request.target += "&filters=" + url_encode(codec::encode_filters({{"label", labels}}));
  const auto answer = client_.send(request);
  if (answer.status != 200) return;
  const auto known = codec::decode_podman_health(answer.body);
  for (auto& row : rows) {
    const auto found = known.find(row.id);
    if (found == known.end() || found->second == Health::none) continue;
    row.health = found->second;
    if (row.state != ContainerState::running) continue;
    const bool starting = row.health == Health::starting;
    row.status += starting ? " (health: starting)" : " (" + std::string(to_string(row.health)) + ")";
  }
}

/// It gives a network's name where the Engine API gives its ID.
void DockerEngine::complete_networks(const std::vector<StringMap*>& containers) {
  std::map<std::string, std::string> ids;
  for (const auto& network : list_networks({})) ids[network.name] = network.id;
  for (auto* networks : containers)
    for (auto& [name, id] : *networks)
      if (const auto found = ids.find(id); found != ids.end()) id = found->second;
}

/// What was made without a registry's name has `localhost/` before its own, and answers to both.
void DockerEngine::add_short_names(std::vector<ImageDetails>& images) {
  constexpr std::string_view nowhere = "localhost/";
  for (auto& image : images)
    for (const auto& tag : StringList(image.repo_tags))
      if (tag.starts_with(nowhere)) image.repo_tags.push_back(tag.substr(nowhere.size()));
}

StringList keep_what_has_a_value(StringList environment) {
  std::erase_if(environment,
                [](const std::string& variable) { return variable.find('=') == std::string::npos; });
  return environment;
}

/// A Podman 4 kills at once what nobody has given a time to stop: it gets Docker's. A bare name of a variable
/// is to unset what the image sets. Podman can't, which is only told where it matters.
ContainerSpec DockerEngine::as_podman_takes_it(ContainerSpec spec, std::vector<std::string>& warnings) {
  spec.stop_timeout = spec.stop_timeout.value_or(docker_stop_timeout);
  auto kept = keep_what_has_a_value(spec.environment);
  if (kept.size() == spec.environment.size()) return spec;
  const auto image = inspect_image(spec.image);
  for (const auto& name : spec.environment) {
    if (name.find('=') != std::string::npos || !image) continue;
    const auto& set = image->environment;
    if (std::any_of(set.begin(), set.end(), [&](const auto& one) { return one.starts_with(name + "="); }))
      warnings.push_back("environment: Podman can't unset " + name + ", which stays as the image has it");
  }
  spec.environment = std::move(kept);
  return spec;
}

bool has_fraction(const std::string& unix_seconds) {
  return unix_seconds.find('.') != std::string::npos;
}

/// A Podman 4 takes `since` and `until` for whole seconds: asked for more, and what is beyond is left out
/// here.
void DockerEngine::events_of_whole_seconds(const LabelFilter& labels, const std::string& since,
                                           const std::string& until, const std::function<void()>& on_open,
                                           const EventSinkFunction& sink, std::stop_token stop) {
  const auto from = since.empty() ? WallTime::min() : time_of(since);
  const auto to = until.empty() ? WallTime::max() : time_of(until);
  const auto within = [&](const EngineEvent& event) {
    return event.time < from || event.time > to || sink(event);
  };
  events(labels, since.substr(0, since.find('.')),
         until.empty() ? until : std::to_string(std::atoll(until.c_str()) + 1), on_open, within,
         std::move(stop));
}

}  // namespace crstack::engine
