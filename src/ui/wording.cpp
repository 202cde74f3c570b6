// SPDX-License-Identifier: MIT
#include "ui/wording.hpp"

#include <algorithm>

#include "crstack/ui/text.hpp"

namespace crstack::ui {
namespace {

using event::Activity;
using event::ResourceKind;

struct ActivityWord {
  Activity activity;
  std::string_view word;
};

constexpr ActivityWord kWords[] = {{Activity::pulling, "Pulling"},
                                   {Activity::pulled, "Pulled"},
                                   {Activity::pull_skipped, "Skipped"},
                                   {Activity::building, "Building"},
                                   {Activity::built, "Built"},
                                   {Activity::pushing, "Pushing"},
                                   {Activity::pushed, "Pushed"},
                                   {Activity::creating, "Creating"},
                                   {Activity::created, "Created"},
                                   {Activity::starting, "Starting"},
                                   {Activity::started, "Started"},
                                   {Activity::running, "Running"},
                                   {Activity::waiting, "Waiting"},
                                   {Activity::healthy, "Healthy"},
                                   {Activity::exited, "Exited"},
                                   {Activity::recreating, "Recreate"},
                                   {Activity::recreated, "Recreated"},
                                   {Activity::restarting, "Restarting"},
                                   {Activity::restarted, "Restarted"},
                                   {Activity::stopping, "Stopping"},
                                   {Activity::stopped, "Stopped"},
                                   {Activity::killing, "Killing"},
                                   {Activity::killed, "Killed"},
                                   {Activity::removing, "Removing"},
                                   {Activity::removed, "Removed"},
                                   {Activity::pausing, "Pausing"},
                                   {Activity::paused, "Paused"},
                                   {Activity::unpausing, "Unpausing"},
                                   {Activity::unpaused, "Unpaused"},
                                   {Activity::copying, "Copying"},
                                   {Activity::copied, "Copied"},
                                   {Activity::skipped, "Skipped"},
                                   {Activity::interrupted, "Interrupted"},
                                   {Activity::left, "Left"},
                                   {Activity::warning, "Warning"},
                                   {Activity::error, "Error"}};

constexpr bool in_order() {
  for (std::size_t at = 0; at < std::size(kWords); ++at)
    if (static_cast<std::size_t>(kWords[at].activity) != at) return false;
  return std::size(kWords) == static_cast<std::size_t>(Activity::error) + 1;
}
static_assert(in_order(), "one word for each activity, in the order of the enumeration");

/// What happens to an image by the name of the service that wants it.
bool moves_image(Activity activity) {
  return activity != Activity::removing && activity != Activity::removed && activity != Activity::left &&
         !is_transfer(activity);
}

bool pulls_or_pushes(Activity activity) {
  return activity == Activity::pulling || activity == Activity::pulled || activity == Activity::pushing ||
         activity == Activity::pushed;
}

/// Transfers whose detail begins with a verb: ` web-1 copy file to web-1:/x Copied`.
struct Transfer {
  std::string_view verb, working, done;
};
constexpr Transfer kTransfers[] = {{"copy ", "Copying", "Copied"},
                                   {"Commit ", "Committing", "Committed"},
                                   {"export ", "Exporting", "Exported"}};

/// ` web-1 Commit web-1 Committed as sha256:…`: what a commit made stands behind the word.
Words split_result(const event::Progress& progress, std::string word) {
  const auto as = progress.detail.starts_with("Commit ") ? progress.detail.find(" as ") : std::string::npos;
  if (as != std::string::npos) word += progress.detail.substr(as);
  return {progress.subject.name, progress.detail.substr(0, as), std::move(word)};
}

Words transfer_words(const event::Progress& progress) {
  const bool done = progress.activity == Activity::copied;
  for (const auto& [verb, working, finished] : kTransfers)
    if (progress.detail.starts_with(verb))
      return split_result(progress, std::string(done ? finished : working));
  return {progress.subject.name, progress.detail, std::string(activity_word(progress.activity))};
}

Words image_words(const event::Progress& progress, std::string id, std::string word) {
  const Activity activity = progress.activity;
  const bool failed_push = activity == Activity::pushing && progress.phase == event::Phase::failed;
  if (failed_push) word = "Error";
  if (failed_push || activity == Activity::error || activity == Activity::warning)
    return {std::move(id), std::move(word), progress.detail};
  if (activity == Activity::pull_skipped || activity == Activity::skipped) {
    if (!progress.detail.empty()) word += " - " + progress.detail;
    return {std::move(id), std::move(word), {}};
  }
  if (progress.detail == "publish") word = activity == Activity::pushed ? "published" : "publishing";
  if (pulls_or_pushes(activity)) return {std::move(id), std::move(word), {}};
  return {std::move(id), {}, std::move(word)};
}

}  // namespace

std::string_view activity_word(Activity activity) {
  return kWords[static_cast<std::size_t>(activity)].word;
}

bool layer_done(std::string_view status) {
  return status == "Pull complete" || status == "Already exists" || status == "Pushed" ||
         status == "Layer already exists";
}

std::string remark(const std::string& cause) {
  constexpr std::string_view says_nothing_new[] = {
      "",           "not there", "no file yet", "not running", "never started", "down", "down --volumes",
      "down --rmi", "asked for", "start",       "stop",        "restart",       "kill", "pause",
      "unpause",    "paused",    "rm"};
  const bool known = std::find(std::begin(says_nothing_new), std::end(says_nothing_new), cause) !=
                     std::end(says_nothing_new);
  return known ? "" : "(" + printable(cause) + ")";
}

std::string title(const event::Subject& subject, Activity activity) {
  switch (subject.kind) {
    case ResourceKind::network:
      return "Network " + subject.name;
    case ResourceKind::volume:
      return "Volume " + subject.name;
    case ResourceKind::image:
      return moves_image(activity) ? subject.name : "Image " + subject.name;
    case ResourceKind::container:
      return "Container " + subject.name;
    case ResourceKind::service:
      return subject.name;
    case ResourceKind::secret:
      return "Secret " + subject.name;
  }
  return subject.name;
}

bool is_transfer(Activity activity) {
  return activity == Activity::copying || activity == Activity::copied;
}

Words words(const event::Progress& progress) {
  if (is_transfer(progress.activity)) return transfer_words(progress);
  std::string id = title(progress.subject, progress.activity);
  std::string word(activity_word(progress.activity));
  if (progress.activity == Activity::left) return {std::move(id), {}, progress.detail};
  if (progress.subject.kind == ResourceKind::image)
    return image_words(progress, std::move(id), std::move(word));
  const bool says_why = progress.activity == Activity::error || progress.activity == Activity::warning;
  if (progress.activity == Activity::skipped && !progress.detail.empty()) word += ": " + progress.detail;
  if (says_why && !progress.detail.empty()) word = progress.detail;
  return {std::move(id), {}, std::move(word)};
}

}  // namespace crstack::ui
