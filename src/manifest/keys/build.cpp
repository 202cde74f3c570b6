// SPDX-License-Identifier: MIT
#include "common.hpp"

namespace crstack::manifest::keys {

namespace {

using enum Omit;

constexpr Key build_rows[] = {
    {"context", &a_text, Print::text, empty, "Directory or address of the sources."},
    {"dockerfile", &a_text, Print::text, empty, "The Dockerfile, relative to the context."},
    {"dockerfile_inline", &a_text, Print::text, empty, "The Dockerfile's text itself.", "2.17.0"},
    {"entitlements", &texts, Print::texts, empty, "Privileges that the build may use.", "2.27.1"},
    {"args", &pairs, Print::variable_map, empty, "Build arguments; a bare name takes the caller's variable."},
    {"provenance", &boolean_text, Print::text, empty, "Whether, and how, a provenance attestation is added.",
     "2.39.0"},
    {"sbom", &boolean_text, Print::text, empty, "Whether, and how, a bill of materials is added.", "2.39.0"},
    {"ssh", &pairs, Print::ssh_keys, empty, "SSH agents or keys that the build may use."},
    {"labels", &pairs, Print::text_map, empty, "Labels of the image."},
    {"cache_from", &texts, Print::texts, empty, "Where the builder looks for cached layers."},
    {"cache_to", &texts, Print::texts, empty, "Where the builder keeps its cache."},
    {"no_cache", &a_boolean, Print::boolean, empty, "Whether every layer is built anew."},
    {"additional_contexts", &pairs, Print::text_map, empty, "Other contexts, by name.", "2.17.0"},
    {"pull", &a_boolean, Print::boolean, empty, "Whether base images are pulled even when present."},
    {"extra_hosts", &host_list, Print::hosts, empty, "Entries for the hosts file during the build."},
    {"isolation", &a_text, Print::text, empty, "The isolation technology of the build."},
    {"network", &a_text, Print::text, empty, "The network that build steps use."},
    {"target", &a_text, Print::text, empty, "The stage of the Dockerfile to build."},
    {"secrets", &file_references, Print::shapes, empty, "Secrets that build steps can read."},
    {"shm_size", &a_count, Print::bytes, empty, "Size of /dev/shm during the build."},
    {"tags", &texts, Print::texts, empty, "More names for the image."},
    {"ulimits", &ulimits, Print::ulimits, empty, "Resource limits of build steps.", "2.23.1"},
    {"platforms", &texts, Print::texts, empty, "The platforms to build for."},
    {"privileged", &a_boolean, Print::boolean, empty, "Whether build steps get every privilege.", "2.15.0"},
};
constexpr Shape build_shape{.title = "build", .keys = build_rows};

constexpr std::string_view actions[] = {"rebuild", "sync", "restart", "sync+restart", "sync+exec"};
constexpr Rule action{.accepts = text, .choices = actions};
constexpr Key watch_rows[] = {
    {"path", &a_text, Print::text, empty, "The file or directory to watch."},
    {"action", &action, Print::text, empty, "What to do on a change."},
    {"target", &a_text, Print::text, empty, "Where changed files go in the container."},
    {"exec", &hook, Print::shape, json_map, "The command of `sync+exec`.", "2.32.2"},
    {"include", &text_or_set, Print::texts, empty, "Patterns of files to watch."},
    {"ignore", &text_or_set, Print::texts, empty, "Patterns of files to leave alone."},
    {"initial_sync", &strictly_boolean, Print::boolean, empty,
     "Whether files are synchronised at the start."},
};
constexpr std::string_view watch_required[] = {"path", "action"};
constexpr Shape watch_shape{.title = "develop.watch", .keys = watch_rows, .required = watch_required};
constexpr Rule watch_rule{.accepts = map, .shape = &watch_shape};
constexpr Rule watch_rules{.accepts = list, .items = &watch_rule};
constexpr Key develop_rows[] = {
    {"watch", &watch_rules, Print::shapes, empty, "What to watch, and what to do on a change."},
};
constexpr Shape develop_shape{.title = "develop", .keys = develop_rows};

constexpr Key hook_rows[] = {
    {"command", &command_line, Print::command, json_null, "The command to run."},
    {"user", &a_text, Print::text, empty, "The user that runs it."},
    {"privileged", &a_boolean, Print::boolean, empty, "Whether it runs with every privilege."},
    {"working_dir", &a_text, Print::text, empty, "The directory in which it runs."},
    {"environment", &pairs, Print::variable_map, empty, "Its environment variables."},
};
constexpr std::string_view hook_required[] = {"command"};

}  // namespace

const Rule build{.accepts = text | map, .shape = &build_shape};
const Rule develop{.accepts = map | null, .shape = &develop_shape};
const Shape hook_shape{.title = "post_start / pre_stop", .keys = hook_rows, .required = hook_required};

}  // namespace crstack::manifest::keys
