// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crstack/engine/engine.hpp"

/// The Engine API's JSON to crstack's types and back. Decoders throw EngineError{protocol} for what they
/// can't understand and take a missing or null field for its default.
namespace crstack::engine::codec {

// --- requests. API versions are `major * 1000 + minor`.

/// The body of `POST /containers/create`. What this version can't carry is thrown as
/// EngineError{unsupported}, or told in `warnings` where the container works without it. Below 1.44 only the
/// first endpoint goes in.
std::string encode_container(const ContainerSpec& spec, int api_version, std::vector<std::string>& warnings);
/// The endpoints in the order in which they are connected: higher priority first, then by name.
std::vector<EndpointSpec> in_connect_order(std::vector<EndpointSpec> endpoints);
std::string encode_connect(const std::string& container, const EndpointSpec& endpoint, int api_version);
std::string encode_disconnect(const std::string& container, bool force);
std::string encode_network(const NetworkSpec& spec, int api_version);
std::string encode_volume(const VolumeSpec& spec);
std::string encode_exec(const ExecSpec& spec);
std::string encode_exec_start(bool detach, bool tty);
std::string encode_commit();
/// The value of a `filters` parameter: `{"label":["a=b"],"type":["container"]}`, without empty lists.
std::string encode_filters(const std::vector<std::pair<std::string, StringList>>& filters);
std::string encode_list(const StringList& list);
std::string encode_platform(const std::string& platform);  ///< `OS/ARCHITECTURE[/VARIANT]`
std::string encode_map(const StringMap& map);
std::string encode_build_args(const std::map<std::string, std::optional<std::string>>& map);

// --- answers

std::vector<ContainerSummary> decode_containers(std::string_view json);
/// Health by container ID, from Podman's own list (`GET /libpod/containers/json`, version 4).
std::map<std::string, Health> decode_podman_health(std::string_view json);
std::string decode_swarm_state(std::string_view info);
ContainerDetails decode_container(std::string json);
ImageDetails decode_image(std::string_view json);
std::vector<ImageDetails> decode_images(std::string_view json);
NetworkInfo decode_network(std::string_view json);
std::vector<NetworkInfo> decode_networks(std::string_view json);
VolumeInfo decode_volume(std::string_view json);
std::vector<VolumeInfo> decode_volumes(std::string_view json);
EngineVersion decode_version(std::string_view json);
Execs::ExecState decode_exec(std::string_view json);
Containers::ProcessTable decode_top(std::string_view json);
Containers::PathStat decode_path_stat(std::string_view json);
EngineEvent decode_event(std::string_view json);
/// A line of a pull, push or build. `image_id` gets the built image's ID (the `aux` field), if it is there.
ProgressLine decode_progress(std::string_view json, std::string* image_id = nullptr);
/// What BuildKit says of a build, from its protocol buffers.
BuildTrace decode_trace(std::string_view message);
std::string decode_id(std::string_view json, std::vector<std::string>* warnings = nullptr);
/// `Descriptor.digest` of a distribution's answer.
std::string decode_digest(std::string_view json);
int decode_status_code(std::string_view json);
/// The engine's message in an error's body; the body itself where it isn't JSON.
std::string decode_message(std::string_view body);

}  // namespace crstack::engine::codec
