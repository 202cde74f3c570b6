// SPDX-License-Identifier: MIT
#include <cstdlib>

#include "crstack/base/units.hpp"
#include "crstack/plan/image_reference.hpp"
#include "up_planner.hpp"

namespace crstack::plan {

using event::Activity;
using event::ResourceKind;

namespace {

/// How old an image may get under `daily`, `weekly` and `every_DURATION`; nothing for other policies.
std::optional<Duration> greatest_age(const std::string& policy) {
  if (policy == "daily") return std::chrono::hours(24);
  if (policy == "weekly") return std::chrono::hours(24 * 7);
  if (!policy.starts_with("every_")) return std::nullopt;
  return parse_duration(policy.substr(6));
}

}  // namespace

/// What has to be done for a service's image, and why.
std::pair<UpPlanner::ImageNeed, std::string> UpPlanner::image_need(const Service& service) const {
  const std::string reference = image_name(project_, service);
  const auto image = state_.images.find(reference);
  const bool there = image != state_.images.end();
  const std::string& policy = options_.pull.empty() ? service.pull_policy : options_.pull;
  const bool settled = options_.images == UpOptions::Images::settled && there;
  if (service.build && options_.build != BuildMode::never) {
    if (options_.build == BuildMode::always && !settled) return {ImageNeed::build, "asked for"};
    if (policy == "build" && !settled) return {ImageNeed::build, "pull policy build"};
    const bool nowhere_else = policy == "never" || service.image.empty();
    if (!there && nowhere_else) return {ImageNeed::build, "not there"};
    if (!there) {
      require_reference(reference, service.name);
      return {ImageNeed::pull_or_build, "not there"};
    }
  }
  if (service.build && there && (policy.empty() || service.image.empty())) return {ImageNeed::none, ""};
  const bool not_to_be_pulled = policy == "never" || policy == "build";
  if (!there && (not_to_be_pulled || (service.build && service.image.empty()))) {
    // found out before anything is made, but in the words that the engine has for it
    const std::string why = not_to_be_pulled ? "its pull policy is " + policy : "building is forbidden";
    throw PlanError("Error response from daemon: No such image: " + familiar_reference(reference) +
                    " (of service " + service.name + ", and " + why + ")");
  }
  if (!there) {
    require_reference(reference, service.name);
    return {ImageNeed::pull, "not there"};
  }
  if (settled) return {ImageNeed::none, ""};
  if (policy == "always") return {ImageNeed::pull, "pull policy always"};
  const auto age = greatest_age(policy);
  if (age && state_.now - image->second.last_tagged > *age) return {ImageNeed::pull, "pull policy " + policy};
  return {ImageNeed::none, ""};
}

/// What might be pulled instead of built is tried first, so that all builds that are left can be one call of
/// `docker buildx bake`.
void UpPlanner::plan_images(const std::vector<std::string>& services) {
  for (const auto& name : services) {
    const auto& service = project_.services.at(name);
    if (service.provider || scale_of(service) == 0) continue;
    if (const auto [need, cause] = image_need(service); need == ImageNeed::pull_or_build)
      try_pull(service, cause);
  }
  for (const auto& name : services) plan_image(project_.services.at(name));
  for (const auto& [reference, steps] : image_steps_) images_had_ += steps;
}

void UpPlanner::try_pull(const Service& service, const std::string& cause) {
  if (!tried_.insert(image_name(project_, service)).second) return;
  trial_pulls_ += add_pull(service, cause, PullImage::OnFailure::warn);
}

void UpPlanner::plan_image(const Service& service) {
  if (service.provider || scale_of(service) == 0) return;
  const std::string reference = image_name(project_, service);
  if (image_steps_.contains(reference)) return;
  const auto [need, cause] = image_need(service);
  switch (need) {
    case ImageNeed::none:
      break;
    case ImageNeed::pull: {
      const bool dispensable = service.build && state_.images.contains(reference);  // the one built here does
      image_steps_[reference] =
          add_pull(service, cause, dispensable ? PullImage::OnFailure::warn : PullImage::OnFailure::fail);
      break;
    }
    case ImageNeed::build:
      add_build(service, cause, BuildImage::When::always);
      break;
    case ImageNeed::pull_or_build:
      try_pull(service, cause);
      add_build(service, "where the pull fails", BuildImage::When::absent);
      break;
  }
}

Steps UpPlanner::add_pull(const Service& service, const std::string& cause, PullImage::OnFailure on_failure) {
  const std::string reference = image_name(project_, service);
  const PullImage action{
      service.name,        reference,  platform_of(project_, service),
      service.pull_policy, on_failure, service.build ? PullImage::Buildable::yes : PullImage::Buildable::no};
  const event::Subject subject{ResourceKind::image, service.name, service.name};
  return {builder_.add(action, {}, cause, show(subject, Activity::pulling, Activity::pulled))};
}

/// A build may use what another service builds (`additional_contexts: service:NAME`).
void UpPlanner::add_build(const Service& service, const std::string& cause, BuildImage::When when) {
  const std::string reference = image_name(project_, service);
  Steps before = trial_pulls_;
  for (const auto& [name, context] : service.build->additional_contexts) {
    if (!context.starts_with("service:")) continue;
    const auto other = project_.services.find(context.substr(8));
    if (other == project_.services.end()) continue;
    if (!image_steps_.contains(image_name(project_, other->second))) plan_image(other->second);
    before += image_steps_[image_name(project_, other->second)];
  }
  auto action = build_of(project_, service, BuildFor::this_engine);
  action.when = when;
  const event::Subject subject{ResourceKind::image, service.name, service.name};
  image_steps_[reference] = {
      builder_.add(std::move(action), before, cause, show(subject, Activity::building, Activity::built))};
}

}  // namespace crstack::plan
