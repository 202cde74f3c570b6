// SPDX-License-Identifier: MIT
#include <algorithm>

#include "crstack/plan/planners.hpp"
#include "run.hpp"

namespace crstack::exec {

/// Whether the run ended for want of an image: a pull or build failed, or was interrupted.
bool Run::lacks_image() const {
  if (first_failed_) return plan::gets_image(step(*first_failed_).action);
  return outcome_ == Outcome::interrupted &&
         std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const auto& step) {
           return plan::gets_image(step.action) && !done_.contains(step.id);
         });
}

/// Networks and the like are made while images are pulled; where that fails, nothing is left that nobody
/// uses.
void Run::take_back() {
  for (const auto& step : plan::plan_take_back(plan_, made_, "an image is not there").steps) {
    const auto show = [&](event::Activity activity, event::Phase phase, const std::string& detail) {
      sink_.emit(event::Progress{step.display->subject, activity, phase, detail});
    };
    show(event::Activity::removing, event::Phase::working, step.cause);
    try {
      if (runner_.run(step, {}) != StepRunner::Ending::told)
        show(event::Activity::removed, event::Phase::done, step.cause);
    } catch (const Error& problem) {
      show(event::Activity::error, event::Phase::failed, problem.what());
    }
  }
}

}  // namespace crstack::exec
