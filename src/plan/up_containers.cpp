// SPDX-License-Identifier: MIT
#include <algorithm>

#include "crstack/plan/labels.hpp"
#include "up_planner.hpp"

namespace crstack::plan {

using event::Activity;
using Kind = Fate::Kind;

namespace {

/// The volumes of a container that no name in the manifest stands for: where the service or the image still
/// has one at that place, it is carried over.
std::vector<engine::MountPoint> anonymous_volumes(const project::Service& service,
                                                  const ObservedContainer& container,
                                                  const engine::ImageDetails* image) {
  std::vector<engine::MountPoint> found;
  for (const auto& point : container.summary.mounts) {
    if (point.type != "volume") continue;
    const auto mount = std::find_if(service.volumes.begin(), service.volumes.end(),
                                    [&](const auto& one) { return one.target == point.destination; });
    const bool of_service =
        mount != service.volumes.end() && mount->type == "volume" && mount->source.empty();
    const bool of_image =
        mount == service.volumes.end() && image != nullptr &&
        std::find(image->volumes.begin(), image->volumes.end(), point.destination) != image->volumes.end();
    if (of_service || of_image) found.push_back(point);
  }
  return found;
}

/// Dependencies that are left alone are none of the container's either.
project::Service depending_on(project::Service service, const std::set<std::string>& selected) {
  std::erase_if(service.depends_on, [&](const auto& one) { return !selected.contains(one.first); });
  return service;
}

}  // namespace

/// What must be there before a service's containers can be made, or started where they are there already.
Steps UpPlanner::resources_of(const Service& service) const {
  Steps steps;
  const auto join_steps = [&](const auto& map, const std::string& key) {
    if (const auto found = map.find(key); found != map.end()) steps += found->second;
  };
  join_steps(image_steps_, image_name(project_, service));
  for (const auto& [key, attachment] : service.networks) join_steps(network_steps_, key);
  for (const auto& mount : service.volumes) join_steps(volume_steps_, mount.source);
  for (const auto& secret : service.secrets) join_steps(secret_steps_, secret.source);
  for (const auto& target : shared_with(service)) join_steps(created_, target);
  if (const auto found = joined_.find(service.name); found != joined_.end())
    for (const auto& target : found->second) join_steps(created_, target);
  for (const auto& link : service.links) join_steps(created_, link.substr(0, link.find(':')));
  for (const auto& [name, dependency] : service.depends_on) {
    const auto other = project_.services.find(name);
    if (other != project_.services.end() && other->second.provider) join_steps(started_, name);
  }
  return steps;
}

void UpPlanner::plan_service(const Service& service) {
  if (service.provider) return plan_provider(service);
  const auto& fates = fates_.at(service.name);
  const auto changes = [](const Fate& fate) {
    return fate.kind == Kind::create || fate.kind == Kind::recreate || fate.kind == Kind::adopt;
  };
  if (std::any_of(fates.begin(), fates.end(), changes)) check_files(service);
  if (renewed_.services.contains(service.name)) stop_dependents(service);
  for (const auto& fate : fates) {
    switch (fate.kind) {
      case Kind::keep:
        keep(service, fate);
        break;
      case Kind::adopt:
        adopt(service, fate);
        break;
      case Kind::create:
      case Kind::recreate:
        create(service, fate);
        break;
      case Kind::remove:
        remove(fate);
        break;
    }
  }
}

void UpPlanner::plan_provider(const Service& service) {
  if (options_.provided.contains(service.name)) return;
  const RunProvider action{service.name, project_.name, *service.provider, RunProvider::Operation::up};
  const event::Subject subject{event::ResourceKind::service, service.name, service.name};
  const Steps after = options_.start == Start::no ? Steps{} : gates_of(service);
  started_[service.name] = {builder_.add(action, after, "provider " + service.provider->type,
                                         show(subject, Activity::creating, Activity::created))};
}

/// A container that stays joins what takes the place of networks that it was on.
Steps UpPlanner::rejoin(const Service& service, const Fate& fate, const ContainerRef& ref) {
  const bool renewed = std::any_of(service.networks.begin(), service.networks.end(), [&](const auto& one) {
    const auto network = project_.networks.find(one.first);
    return network != project_.networks.end() && renewed_networks_.contains(network->second.name);
  });
  if (!renewed) return {};
  const auto recipe = container_recipe(project_, service, identity_of(service, fate, ref));
  Steps before = resources_of(service);
  if (const auto stopped = stopped_.find(ref.id); stopped != stopped_.end()) before += stopped->second;
  Steps joined;
  for (const auto* endpoints : {&recipe.spec.endpoints, &recipe.connect}) {
    for (const auto& endpoint : *endpoints) {
      if (!renewed_networks_.contains(endpoint.network)) continue;
      joined.push_back(builder_.add(ConnectNetwork{ref, endpoint.network, endpoint}, before,
                                    "network " + endpoint.network + " changed"));
    }
  }
  return joined;
}

void UpPlanner::keep(const Service& service, const Fate& fate) {
  const auto& container = *fate.current;
  const auto ref = ref_of(container);
  for (const auto& target :
       shared_with(service))  // a scale of 0 leaves nothing to share: said as of a new one
    if (fates_.contains(target) && !containers_.contains(target))
      container_recipe(project_, service, identity_of(service, fate, ref));
  const auto stopped = stopped_.find(container.id());
  const auto restarted = restart_cause_.find(service.name);
  const bool runs = container.running() && stopped == stopped_.end();
  const Steps joined = rejoin(service, fate, ref);
  if (options_.start == Start::no && !runs) return;
  if (runs && options_.start == Start::yes && container.summary.state == engine::ContainerState::paused) {
    started_[service.name].push_back(
        builder_.add(UnpauseContainer{ref}, {}, "paused",
                     show(container_subject(ref), Activity::unpausing, Activity::unpaused)));
    return;
  }
  if (runs) {
    builder_.unchanged(container_subject(ref), Activity::running);
    if (options_.start == Start::yes) gates_of(service);  // what it depends on may have failed since
    return;
  }
  std::string cause =
      container.summary.state == engine::ContainerState::created ? "never started" : "not running";
  if (restarted != restart_cause_.end()) cause = restarted->second;
  if (!joined.empty()) cause = "network recreated";
  Steps after = resources_of(service);
  if (stopped != stopped_.end()) after += stopped->second;
  after += joined;
  add_start(service, ref, after, cause);
}

/// Gives a container of a recreation that was cut short its name.
void UpPlanner::adopt(const Service& service, const Fate& fate) {
  const std::string name = container_name(project_, service, fate.number);
  const auto ref = ref_of(*fate.current);
  const ContainerRef renamed{service.name, name, ref.id};
  const Steps done = {
      builder_.add(RenameContainer{ref, name}, {}, fate.cause,
                   show(container_subject(renamed), Activity::recreating, Activity::recreated))};
  created_[service.name] += done;
  Steps after = resources_of(service);
  after += done;
  after += rejoin(service, fate, renamed);
  if (options_.start == Start::yes) add_start(service, renamed, after, fate.cause);
}

void UpPlanner::create(const Service& service, const Fate& fate) {
  const ContainerRef ref{service.name, container_name(project_, service, fate.number), ""};
  const Steps made = add_creation(service, fate, ref);
  created_[service.name] += made;
  if (options_.start == Start::yes) add_start(service, ref, made, fate.cause);
}

std::optional<ContainerRef> UpPlanner::first_container(const std::string& service) const {
  if (const auto made = containers_.find(service); made != containers_.end() && !made->second.empty())
    return made->second.front();
  const auto there = state_.of_service(service);
  return there.empty() ? std::nullopt : std::optional(ref_of(*there.front()));
}

ContainerIdentity UpPlanner::identity_of(const Service& service, const Fate& fate,
                                         const ContainerRef& ref) const {
  ContainerIdentity identity;
  identity.name = ref.name;
  identity.number = fate.number;
  identity.api_version = state_.api_version;
  if (replaces(fate)) identity.temporary_name = fate.current->id().substr(0, 12) + "_" + ref.name;
  const std::string reference = image_name(project_, service);
  const auto image = state_.images.find(reference);
  const auto* details = image == state_.images.end() ? nullptr : &image->second;
  if (details != nullptr && !image_steps_.contains(reference)) identity.image_id = details->id;
  if (fate.current != nullptr && options_.anonymous_volumes == AnonymousVolumes::keep)
    identity.inherited = anonymous_volumes(service, *fate.current, details);
  identity.containers_of = [this](const std::string& name) {
    std::vector<std::string> names;
    if (const auto made = containers_.find(name); made != containers_.end())
      for (const auto& container : made->second) names.push_back(container.name);
    if (!names.empty() || fates_.contains(name)) return names;
    for (const auto* container : state_.of_service(name)) names.push_back(container->name());
    return names;
  };
  return identity;
}

/// Whether a container takes the place of one that is still there.
bool UpPlanner::replaces(const Fate& fate) const {
  return fate.current != nullptr && !removed_.contains(fate.current->id());
}

CreateContainer UpPlanner::creation_of(const Service& service, const Fate& fate,
                                       const ContainerRef& ref) const {
  CreateContainer action;
  action.container = ref;
  if (replaces(fate)) action.replaces = fate.current->id();
  action.hash_text = service.hash_text;
  if (!service.hash_text.empty()) {
    for (const auto& target : shared_with(service))
      if (const auto first = first_container(target)) action.shared.emplace(target, *first);
  }
  for (const auto& [name, dependency] : service.depends_on) {
    const auto other = project_.services.find(name);
    if (other != project_.services.end() && other->second.provider && !options_.provided.contains(name))
      action.environment_from.push_back(name);
  }
  return action;
}

/// Makes a container; where it replaces another, first the new one, so that a failure costs nothing.
Steps UpPlanner::add_creation(const Service& service, const Fate& fate, const ContainerRef& ref) {
  const bool alone = options_.dependencies == Dependencies::leave;
  const auto identity = identity_of(service, fate, ref);
  auto recipe = alone ? container_recipe(project_, depending_on(service, named_), identity)
                      : container_recipe(project_, service, identity);
  for (auto& warning : recipe.warnings) builder_.warn(std::move(warning));

  auto action = creation_of(service, fate, ref);
  action.spec = std::move(recipe.spec);
  Steps before = resources_of(service);
  if (replaces(fate)) {
    before += images_had_;
  } else if (fate.current != nullptr) {
    before += stopped_.at(fate.current->id());
  }
  if (const auto freed = names_freed_.find(action.spec->name); freed != names_freed_.end())
    before += freed->second;
  const auto subject = container_subject(replaces(fate) ? ref_of(*fate.current) : ref);
  const Steps created = {builder_.add(std::move(action), before, fate.cause,
                                      replaces(fate) ? show(subject, Activity::recreating, std::nullopt)
                                                     : show(subject, Activity::creating, Activity::created))};
  Steps made = created;
  for (const auto& endpoint : recipe.connect) {
    made.push_back(
        builder_.add(ConnectNetwork{ref, endpoint.network, endpoint}, created, "network of the service"));
  }
  if (!recipe.files.empty()) {
    made.push_back(builder_.add(CopyFiles{ref, recipe.files}, created, "secrets and configs"));
  }
  return replaces(fate) ? replace(service, fate, ref, made) : made;
}

/// The old container goes, once who depends on it has stopped, and the new one gets its name.
Steps UpPlanner::replace(const Service& service, const Fate& fate, const ContainerRef& ref,
                         const Steps& made) {
  const auto& old = *fate.current;
  const auto old_ref = ref_of(old);
  auto& stopped = stopped_[old.id()];
  if (stopped.empty()) {
    stopped = made;
    stopped += stops_of_dependents(service.name);
    if (old.running()) {
      for (const auto& hook : service.pre_stop)
        stopped = {builder_.add(RunHook{old_ref, hook, RunHook::OnFailure::warn}, stopped, "pre_stop")};
      stopped = {builder_.add(StopContainer{old_ref, options_.timeout_seconds}, stopped, fate.cause)};
    }
  }
  Steps before_removal = made;
  before_removal += stopped;
  if (const auto sharers = unshared_.find(service.name); sharers != unshared_.end())
    before_removal += sharers->second;
  const auto volumes = options_.anonymous_volumes == AnonymousVolumes::renew
                           ? engine::Containers::AnonymousVolumes::remove
                           : engine::Containers::AnonymousVolumes::keep;
  const auto removed = builder_.add(removal_of(old, project_, engine::Containers::Force::no, volumes),
                                    before_removal, fate.cause);
  return {builder_.add(RenameContainer{ref, ref.name}, {removed}, fate.cause,
                       show(container_subject(old_ref), std::nullopt, Activity::recreated))};
}

void UpPlanner::remove(const Fate& fate) {
  const auto ref = ref_of(*fate.current);
  if (removed_.contains(ref.id)) return;
  const auto removed = builder_.add(RemoveContainer{ref}, stop(*fate.current, fate.cause), fate.cause,
                                    show(container_subject(ref), Activity::removing, Activity::removed));
  names_freed_[ref.name] = {removed};
}

void UpPlanner::add_start(const Service& service, const ContainerRef& ref, const Steps& after,
                          const std::string& cause) {
  Steps before = after;
  before += gates_of(service);
  started_[service.name] += plan::add_start(builder_, ref, service, before, cause);
}

/// Stops a container, unless that is planned already, once every image is there: where one can't be had, what
/// runs goes on. Gives the step after which it doesn't run any more.
Steps UpPlanner::stop(const ObservedContainer& container, const std::string& cause) {
  auto& stopped = stopped_[container.id()];
  if (!stopped.empty()) return stopped;
  const auto service = project_.services.find(container.service);
  const auto* definition = service == project_.services.end() ? nullptr : &service->second;
  Steps after = images_had_;
  if (definition != nullptr) after += stops_of_dependents(definition->name);
  return stopped = add_stop(builder_, container, definition, options_.timeout_seconds, after, cause);
}

/// The stops that are planned already of who depends on a service.
Steps UpPlanner::stops_of_dependents(const std::string& service) const {
  Steps steps;
  for (const auto& dependent : graph_.dependents(service))
    for (const auto* container : state_.of_service(dependent))
      if (const auto found = stopped_.find(container->id()); found != stopped_.end()) steps += found->second;
  return steps;
}

/// `depends_on.restart`: who depends on a service in that way stops before it is recreated and starts after.
void UpPlanner::stop_dependents(const Service& service) {
  for (const auto& name : graph_.dependents(service.name)) {
    if (!selected_.contains(name)) continue;
    const auto& dependent = project_.services.at(name);
    if (!dependent.depends_on.at(service.name).restart) continue;
    const std::string cause = "service " + service.name + " recreated";
    restart_cause_.emplace(name, cause);
    for (const auto* container : state_.of_service(name))
      if (container->running()) stop(*container, cause);
  }
}

/// Where an engine keeps what others share: who shares with a container that is made anew goes before it
/// does.
void UpPlanner::remove_sharers() {
  for (const auto& [name, service] : project_.services) {
    if (selected_.contains(name) || state_.of_service(name).empty()) continue;
    for (const auto& owner : shared_with(service))
      if (renewed_.services.contains(owner))
        throw PlanError("service \"" + owner + "\" can't be recreated alone: \"" + name +
                            "\" shares with it, and this engine removes no container that another one shares",
                        "Name " + name + " as well, or no service at all.");
  }
  for (auto name = order_.rbegin(); name != order_.rend(); ++name)
    for (const auto& fate : fates_[*name])
      if (fate.kind == Kind::recreate) remove_sharer(project_.services.at(*name), fate);
}

void UpPlanner::remove_sharer(const Service& service, const Fate& fate) {
  std::set<std::string> owners = shared_with(service);
  std::erase_if(owners, [this](const auto& owner) { return !renewed_.services.contains(owner); });
  if (owners.empty() || removed_.contains(fate.current->id())) return;
  Steps before = stop(*fate.current, fate.cause);
  before += unshared_[service.name];
  const Steps removed = {builder_.add(RemoveContainer{ref_of(*fate.current)}, before, fate.cause)};
  stopped_[fate.current->id()] = removed;
  removed_.insert(fate.current->id());
  for (const auto& owner : owners) unshared_[owner] += removed;
}

}  // namespace crstack::plan
