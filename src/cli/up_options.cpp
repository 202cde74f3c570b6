// SPDX-License-Identifier: MIT
#include "cli/up_options.hpp"

#include <charconv>

#include "cli/run_plan.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {

namespace {

/// What is wrong with a scale, in docker compose's words.
UsageError wrong_scale(const std::string& word, ScaleForm form) {
  const auto equals = word.find('=');
  const bool pair = equals != std::string::npos && equals > 0;
  const std::string hint = "For example web=3.";
  if (form == ScaleForm::argument)
    return UsageError(
        "invalid scale specifier: " + std::string(pair ? "can't parse replica value as int: " : "") + word,
        hint);
  if (pair)
    return UsageError("strconv.Atoi: parsing \"" + word.substr(equals + 1) + "\": invalid syntax", hint);
  return UsageError("invalid --scale option \"" + word + "\". Should be SERVICE=NUM", hint);
}

}  // namespace

std::map<std::string, int> read_scales(const std::vector<std::string>& words, ScaleForm form) {
  std::map<std::string, int> scales;
  for (const auto& word : words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos || equals == 0) throw wrong_scale(word, form);
    int count = -1;
    const auto* end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data() + equals + 1, end, count);
    if (error != std::errc{} || stop != end || count < 0) throw wrong_scale(word, form);
    scales[word.substr(0, equals)] = count;
  }
  return scales;
}

void refuse_both(const Arguments& arguments, std::string_view one, std::string_view other) {
  if (arguments.flag(one) && arguments.flag(other))
    throw UsageError("--" + std::string(one) + " and --" + std::string(other) + " are incompatible");
}

std::string pull_policy_of(const Arguments& arguments) {
  if (!arguments.given("pull")) return {};
  const auto policy = arguments.text_or("pull", "");
  for (const auto* known : {"always", "missing", "never", "build", "if_not_present", "newer"})
    if (policy == known) return policy;
  throw UsageError("invalid --pull option \"" + policy + "\"", "Use always, missing, never or build.");
}

plan::ProbePolicy probe_policy_of(const Arguments& arguments) {
  const auto word = arguments.text_or("probe", "own");
  if (word == "own") return plan::ProbePolicy::own;
  if (word == "engine") return plan::ProbePolicy::engine_only;
  throw UsageError("invalid --probe option \"" + word + "\"", "Use own or engine.");
}

std::shared_ptr<TimelineFile> timeline_file_of(const Context& context, const Arguments& arguments,
                                               const std::string& title) {
  if (context.dry_run()) return nullptr;
  return std::make_shared<TimelineFile>(arguments.text_or("timeline", ""), title, context.clock());
}

plan::UpOptions up_options_of(const Context& context, const Arguments& arguments) {
  refuse_both(arguments, "build", "no-build");
  refuse_both(arguments, "force-recreate", "no-recreate");
  plan::UpOptions options;
  options.services = arguments.positional();
  options.scale = read_scales(arguments.list("scale"), ScaleForm::option);
  options.pull = pull_policy_of(arguments);
  if (context.global().flag("all-resources")) options.resources = plan::Resources::all;
  if (arguments.flag("build")) options.build = plan::BuildMode::always;
  if (arguments.flag("no-build")) options.build = plan::BuildMode::never;
  if (arguments.flag("force-recreate")) options.recreate = plan::Recreate::always;
  if (arguments.flag("no-recreate")) {
    options.recreate = plan::Recreate::never;
    options.recreate_dependencies = plan::Recreate::never;
  }
  return options;
}

}  // namespace crstack::cli
