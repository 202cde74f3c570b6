// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crstack/base/error.hpp"
#include "crstack/plan/observed_state.hpp"
#include "crstack/plan/plan.hpp"
#include "crstack/project/project.hpp"

/// Pure functions from what should be (the project) and what is (the observed state) to what has to be done.
/// They throw PlanError where that can't be done, before anything was touched. An empty list of services
/// means all of them. A service that the project does not have is a PlanError.
namespace crstack::plan {

class PlanError : public Error {
 public:
  using Error::Error;
};

using ServiceNames = std::vector<std::string>;

enum class Recreate { changed, always, never };
enum class Dependencies { include, leave };        ///< `--no-deps` leaves them
enum class Start { yes, no };                      ///< `--no-start`
enum class Orphans { warn, remove, ignore };       ///< containers of services that the manifest has no more
enum class AnonymousVolumes { keep, renew };       ///< `--renew-anon-volumes`
enum class BuildMode { missing, always, never };   ///< `--build`, `--no-build`
enum class WaitMode { none, running_or_healthy };  ///< `--wait`

enum class Resources { used, all };  ///< `--all-resources`: those that no service uses as well

struct UpOptions {
  ServiceNames services;
  Dependencies dependencies = Dependencies::include;
  Recreate recreate = Recreate::changed;               ///< of the named services
  Recreate recreate_dependencies = Recreate::changed;  ///< `--always-recreate-deps`
  Start start = Start::yes;
  Orphans orphans = Orphans::warn;
  AnonymousVolumes anonymous_volumes = AnonymousVolumes::keep;
  BuildMode build = BuildMode::missing;
  Resources resources = Resources::used;
  WaitMode wait = WaitMode::none;
  std::set<std::string> renewable_volumes;  ///< changed ones that may be made anew: names; their data goes
  std::set<std::string> kept_networks;      ///< changed ones that are to stay as they are: names
  ProbePolicy probe = ProbePolicy::own;
  /// Whether pulls and builds that decide about existing containers have been done (see plan_refresh).
  enum class Images { as_planned, settled } images = Images::as_planned;
  std::set<std::string> provided;  ///< provider services that have been run already (see plan_providers)
  std::map<std::string, int> scale;
  std::string pull;  ///< `--pull`: overrides every service's policy; empty: the services' own
  std::optional<int> timeout_seconds;  ///< of stops; unset: the container's own
};
/// Makes the engine have what the project says. Throws PlanError also for what is missing and can't be made:
/// an external network or volume, the file of a secret.
Plan plan_up(const project::Project& project, const ObservedState& state, const UpOptions& options);
/// The pulls and builds of images that existing containers were made from: only their outcome tells whether a
/// container has to be recreated. Where this plan is not empty, carry it out, observe again, and call plan_up
/// with `Images::settled`.
Plan plan_refresh(const project::Project& project, const ObservedState& state, const UpOptions& options);
/// The provider services that wait for no container: what they set decides about existing containers. Where
/// this plan is not empty, carry it out, give the services their variables, and name them in
/// `UpOptions::provided`.
Plan plan_providers(const project::Project& project, const ObservedState& state, const UpOptions& options);
/// `create`: plan_up without any start.
Plan plan_create(const project::Project& project, const ObservedState& state, UpOptions options);
/// `scale`: plan_up of the services in `options.scale`.
Plan plan_scale(const project::Project& project, const ObservedState& state, UpOptions options);

/// What takes back those of a plan's finished steps that made something which no other finished step needs: a
/// network or volume that was not there before, a container that was not started. In the order in which it
/// goes; `made`: the finished steps, but for those that found there what they were to make.
Plan plan_take_back(const Plan& plan, const std::set<StepId>& made, const std::string& cause);

/// What exists with another configuration than the project's and costs something to make anew: names.
struct ChangedResources {
  std::vector<std::string> volumes;   ///< left as they are, unless they are in `UpOptions::renewable_volumes`
  std::vector<std::string> networks;  ///< with running containers, which a new one interrupts
};
/// Of what plan_up with these options would make use of and could make anew. Throws PlanError as plan_up
/// does.
ChangedResources changed_resources(const project::Project& project, const ObservedState& state,
                                   const UpOptions& options);

enum class RemoveImages { none, local, all };  ///< `--rmi`
enum class VolumeRemoval { keep, remove };     ///< `--volumes`
struct DownOptions {
  ServiceNames services;  ///< named: only those, and what only they use
  Orphans orphans = Orphans::warn;
  VolumeRemoval volumes = VolumeRemoval::keep;
  RemoveImages images = RemoveImages::none;
  std::optional<int> timeout_seconds;
};
Plan plan_down(const project::Project& project, const ObservedState& state, const DownOptions& options);

struct StartOptions {
  ServiceNames services;
  WaitMode wait = WaitMode::none;
  ProbePolicy probe = ProbePolicy::own;
};
Plan plan_start(const project::Project& project, const ObservedState& state, const StartOptions& options);

struct StopOptions {
  ServiceNames services;
  std::optional<int> timeout_seconds;
};
Plan plan_stop(const project::Project& project, const ObservedState& state, const StopOptions& options);

struct RestartOptions {
  ServiceNames services;
  Dependencies dependencies = Dependencies::include;  ///< dependents with `restart: true` restart as well
  std::optional<int> timeout_seconds;
};
Plan plan_restart(const project::Project& project, const ObservedState& state, const RestartOptions& options);

struct KillOptions {
  ServiceNames services;
  std::string signal = "SIGKILL";
  Orphans orphans = Orphans::ignore;
};
Plan plan_kill(const project::Project& project, const ObservedState& state, const KillOptions& options);

Plan plan_pause(const project::Project& project, const ObservedState& state, const ServiceNames& services);
Plan plan_unpause(const project::Project& project, const ObservedState& state, const ServiceNames& services);

enum class StopFirst { no, yes };
struct RemoveOptions {
  ServiceNames services;
  StopFirst stop = StopFirst::no;
  VolumeRemoval volumes = VolumeRemoval::keep;  ///< anonymous ones
};
/// `rm`: removes stopped containers. The names of what would go: `removable`.
Plan plan_rm(const project::Project& project, const ObservedState& state, const RemoveOptions& options);

struct PullOptions {
  ServiceNames services;
  Dependencies dependencies = Dependencies::leave;  ///< `--include-deps`
  std::string policy;                               ///< `--policy missing|always`
  enum class Buildable { pull, ignore } buildable = Buildable::pull;
  PullImage::OnFailure on_failure = PullImage::OnFailure::fail;
};
Plan plan_pull(const project::Project& project, const ObservedState& state, const PullOptions& options);

struct BuildOptions {
  ServiceNames services;
  Dependencies dependencies = Dependencies::leave;  ///< `--with-dependencies`
  std::map<std::string, std::optional<std::string>> args;
  bool no_cache = false, pull = false;
};
Plan plan_build(const project::Project& project, const ObservedState& state, const BuildOptions& options);

}  // namespace crstack::plan
