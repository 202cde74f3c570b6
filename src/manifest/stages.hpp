// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "crstack/base/environment.hpp"
#include "crstack/manifest/load.hpp"
#include "crstack/manifest/node.hpp"
#include "crstack/project/project.hpp"
#include "diagnostics.hpp"

/// The stages that `load()` runs on the tree. For each file, in the order of merging: interpolate, extends,
/// include, merge, then `validate` and `canonicalise` of the merged tree. Once at the end: `apply_defaults`,
/// `check_values`, path resolution, profiles, `normalise`, and `decode`. Every stage adds what it finds to
/// the diagnostics and goes on where it can; none throws for a wrong manifest.
namespace crstack::manifest {

/// Whether variables have been replaced: where not, texts such as `${PORT}` stand in place of numbers;
/// `partly` where some could not be.
enum class Interpolated : std::uint8_t { no, partly, yes };

/// What the stages may know beside the tree.
struct Context {
  const LoadOptions* options = nullptr;
  std::string project_name;
  std::string working_directory;  ///< absolute
  Environment environment;        ///< the caller's over `.env`
  std::vector<std::string> profiles;
};

/// Checks kinds of values and names of keys against the key tables, short and long forms alike (what docker
/// compose does with the JSON schema). Runs on the merged tree of a file and those before it; nodes may be
/// canonical already.
void validate(const Node& tree, Diagnostics& diagnostics);

/// Replaces short forms by long ones in place. Runs after each merge, so it leaves long forms as they are. A
/// text that can't be read is an error (with Interpolated::partly only where no `$` is in it); with
/// Interpolated::no it is left alone, but for mounts.
void canonicalise(Node& tree, Interpolated interpolated, Diagnostics& diagnostics);

/// Fills in the values that the specification gives keys by default (`protocol: tcp`, `dockerfile:
/// Dockerfile`, …).
void apply_defaults(Node& tree, Diagnostics& diagnostics);

/// Checks what kinds of values can't say: keys that exclude each other, external resources with a driver, …
void check_values(const Node& tree, Diagnostics& diagnostics);

/// Adds what is implied: names of resources, the default network, dependencies from links, `volumes_from` and
/// `service:` modes, build args from the environment.
void normalise(Node& tree, const Context& context, Diagnostics& diagnostics);

/// The part of it that makes dependencies of links, `volumes_from` and `service:` modes, for a tree that may
/// have errors in it.
void imply_dependencies(Node& tree);

/// Repeats a service's `scale` as `replicas` of its `deploy`, where it has that, as docker compose does with
/// what it found consistent.
void share_scale(Node& tree);

/// Gives every value the kind that the canonical form shows it in, along the key tables: sizes as texts of
/// digits, durations as `1m30s`, command lines as lists, `KEY=VALUE` lists as maps. Runs after `normalise`;
/// what it can't read is an error; what has one already is left alone. The writers (write.hpp) leave out what
/// is empty and put keys in order.
void finish(Node& tree, Diagnostics& diagnostics);

/// Reads the finished tree. Services of profiles that are not active are in `disabled` (a map of services).
project::Project decode(const Node& tree, const Node& disabled, const Context& context,
                        Diagnostics& diagnostics);

}  // namespace crstack::manifest
