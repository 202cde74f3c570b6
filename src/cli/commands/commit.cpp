// SPDX-License-Identifier: MIT
#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/project_containers.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"-a,--author", Takes::text, "string", "Author (for example \"A. Name <a@name.test>\")", ""},
    {"-c,--change", Takes::list, "list", "Apply a Dockerfile instruction to the created image", ""},
    {"--index", Takes::number, "int", "Index of the container if the service has several", ""},
    {"-m,--message", Takes::text, "string", "Commit message", ""},
    {"-p,--pause", Takes::flag, "", "Pause the container during the commit (default true)", ""},
};

/// A tag's colon stands behind the last slash; one before it belongs to a registry's port.
void set_name(engine::Containers::CommitOptions& options, const std::string& reference) {
  const auto slash = reference.rfind('/');
  const auto colon = reference.rfind(':');
  const bool tagged = colon != std::string::npos && (slash == std::string::npos || colon > slash);
  options.repo = reference.substr(0, tagged ? colon : std::string::npos);
  if (tagged) options.tag = reference.substr(colon + 1);
}

int run(Context& context, const Arguments& arguments) {
  auto& engine = context.engine();
  const auto& words = arguments.positional();
  const auto container =
      container_of(engine, context.scope({words[0]}).name, words[0], arguments.number("index").value_or(0));
  engine::Containers::CommitOptions commit;
  if (words.size() > 1) set_name(commit, words[1]);
  commit.author = arguments.text_or("author", "");
  commit.message = arguments.text_or("message", "");
  commit.changes = arguments.list("change");
  commit.pause = arguments.flag_or("pause", true);
  const event::Subject subject{event::ResourceKind::container, container.name, words[0]};
  const auto tell = [&](event::Activity activity, event::Phase phase, const std::string& detail) {
    context.events().emit(event::Progress{subject, activity, phase, detail});
  };
  tell(event::Activity::copying, event::Phase::working, "Commit " + container.name);
  const auto image = context.dry_run() ? "" : " as " + engine.commit_container(container.id, commit);
  tell(event::Activity::copied, event::Phase::done, "Commit " + container.name + image);
  return 0;
}

}  // namespace

constinit const Command commit_command{
    .name = "commit",
    .aliases = "",
    .synopsis = "[OPTIONS] SERVICE [REPOSITORY[:TAG]]",
    .summary = "Create a new image from a service container's changes",
    .details = "",
    .options = options,
    .run = run,
    .count = {1, 2},
    .effect = Effect::changes,
    .title = "Committing",
};

}  // namespace crstack::cli
