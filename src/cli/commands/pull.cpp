// SPDX-License-Identifier: MIT
#include <mutex>
#include <set>

#include "cli/commands/commands.hpp"
#include "cli/run_plan.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--ignore-buildable", Takes::flag, "", "Leave out images that can be built", ""},
    {"--ignore-pull-failures", Takes::flag, "", "Pull what can be pulled", ""},
    {"--include-deps", Takes::flag, "", "Pull the images of dependencies as well", ""},
    {"--policy", Takes::text, "string", "Pull policy", "missing always"},
    {"-q,--quiet", Takes::flag, "", "Show no progress", ""},
    {"--parallel", Takes::flag, "", "Accepted and not used", "", Shown::hidden},
    {"--no-parallel", Takes::flag, "", "Accepted and not used", "", Shown::hidden},
};

std::string policy_of(const Arguments& arguments) {
  auto policy = arguments.text_or("policy", "");
  for (const auto* known : {"", "missing", "always", "never"})
    if (policy == known) return policy;
  throw UsageError("invalid --policy option \"" + policy + "\"", "Use missing, always or never.");
}

/// Notes which images that can be built could not be pulled.
class PullWarnings final : public event::EventSink {
 public:
  explicit PullWarnings(event::EventSink& inner) : inner_(inner) {}
  void emit(const event::Event& event) override {
    const auto* progress = std::get_if<event::Progress>(&event);
    if (progress != nullptr && progress->activity == event::Activity::warning) {
      const std::lock_guard lock(mutex_);
      services_.insert(progress->subject.service);
    }
    inner_.emit(event);
  }
  [[nodiscard]] const std::set<std::string>& services() const { return services_; }

 private:
  event::EventSink& inner_;
  std::mutex mutex_;
  std::set<std::string> services_;
};

void remark_old_options(const Arguments& arguments) {
  for (const std::string name : {"parallel", "no-parallel"})
    if (arguments.given(name)) write_error("option '--" + name + "' is DEPRECATED and will be ignored.\n");
}

int run(Context& context, const Arguments& arguments) {
  remark_old_options(arguments);
  plan::PullOptions options;
  options.services = arguments.positional();
  options.policy = policy_of(arguments);
  if (arguments.flag("include-deps")) options.dependencies = plan::Dependencies::include;
  if (arguments.flag("ignore-buildable")) options.buildable = plan::PullOptions::Buildable::ignore;
  if (arguments.flag("ignore-pull-failures")) options.on_failure = plan::PullImage::OnFailure::warn;
  require_manifest(context, options.services);
  const auto situation = look(context, options.services, plan::ObserveOptions::Depth::everything);
  require_services(situation, options.services);
  const auto plan = plan::plan_pull(*situation.project, situation.state, options);
  auto run_options = carry_on();
  if (arguments.flag("quiet")) run_options.transfers = RunOptions::Transfers::hide;
  PullWarnings warnings(context.events());
  run_options.sink = &warnings;
  const int code = run_plan(context, plan, run_options);
  if (warnings.services().empty()) return code;
  std::string remark =
      "WARNING: Some service image(s) must be built from source by running:\n    docker compose build";
  for (const auto& service : warnings.services()) remark += " " + service;
  context.events().emit(event::Warning{remark, event::Warning::Level::last_word});
  return code;
}

}  // namespace

constinit const Command pull_command{
    .name = "pull",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "Pull the services' images",
    .details = "",
    .options = options,
    .run = run,
    .effect = Effect::changes,
    .title = "Pulling",
};

}  // namespace crstack::cli
