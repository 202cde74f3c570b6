// SPDX-License-Identifier: MIT
#include <iostream>

#include "cli/commands/commands.hpp"
#include "cli/pinned_image.hpp"
#include "cli/prompt.hpp"
#include "cli/push_images.hpp"
#include "cli/remote/publication.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/plan/container_spec.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--app", Takes::flag, "", "Publish an application: pin its images as well", ""},
    {"--oci-version", Takes::text, "string", "OCI specification of the artifact (default 1.1)", "1.0 1.1"},
    {"--resolve-image-digests", Takes::flag, "", "Pin the images' tags to digests", ""},
    {"--with-env", Takes::flag, "", "Include environment variables and env files", ""},
    {"-y,--yes", Takes::flag, "", "Answer yes to all questions", ""},
    {"--y", Takes::flag, "", "--y is deprecated, please use --yes instead", "", Shown::hidden, "yes"},
};

void refuse_unpublishable(const project::Project& project) {
  std::string built;
  for (const auto& [name, service] : project.services)
    if (service.build && service.image.empty()) built += "- \"" + name + "\"\n";
  if (!built.empty())
    throw Error(
        "your Compose stack cannot be published as it only contains a build section for service(s):\n" +
            built,
        "Give each of them an image.");
}

/// Shown in place of a value: nobody learns it, nor how long it is.
constexpr const char* masked = "********";

bool may_publish_values(const std::vector<SensitiveValue>& values) {
  if (values.empty()) return true;
  std::string text =
      "you are about to publish sensitive data within your OCI artifact.\n"
      "please double check that you are not leaking sensitive data\n";
  for (const auto& [kind, key, where] : values)
    text += kind + "\n\"" + key + "\": " + masked + (where.empty() ? "" : " (" + where + ")") + "\n";
  write_out(text);
  return confirm("Are you ok to publish these sensitive data?") == Answer::yes;
}

bool may_publish_mounts(const Sensitive& sensitive) {
  if (sensitive.bind_mounts.empty()) return true;
  std::string text =
      "you are about to publish bind mounts declaration within your OCI artifact.\n"
      "only the bind mount declarations will be added to the OCI artifact (not content)\n"
      "please double check that you are not mounting potential user's sensitive directories or data\n";
  for (const auto& [service, mount] : sensitive.bind_mounts) text += service + mount + "\n";
  write_out(text);
  return confirm("Are you ok to publish these bind mount declarations?") == Answer::yes;
}

bool may_publish_variables(const Sensitive& sensitive) {
  if (sensitive.variables.empty()) return true;
  std::string text =
      "you are about to publish environment variables within your OCI artifact.\n"
      "please double check that you are not leaking sensitive data\n";
  for (const auto& [service, variables] : sensitive.variables) {
    text += "Service/Config  " + service + "\n";
    for (const auto& [name, value] : variables) text += name + "=" + (value.empty() ? "" : masked) + "\n";
  }
  write_out(text);
  return confirm("Are you ok to publish these environment variables?") == Answer::yes;
}

void refuse_variables(const Sensitive& sensitive) {
  if (!sensitive.complaints.empty())
    throw Error(
        join(sensitive.complaints, "\n") +
        "\nTo avoid leaking sensitive data, you must either explicitly allow the sending of environment "
        "variables by using the --with-env flag,\nor remove sensitive data from your Compose configuration");
}

// False where the user said no.
bool may_publish(const Context& context, const project::Project& project, const Arguments& arguments) {
  if (arguments.flag("yes")) return true;
  const auto sensitive = find_sensitive(project);
  if (!may_publish_mounts(sensitive)) return false;
  if (!may_publish_values(find_sensitive_values(context.load_options()))) return false;
  if (!arguments.flag("with-env")) refuse_variables(sensitive);
  return may_publish_variables(sensitive);
}

OciVersion version_of(const Arguments& arguments) {
  const auto text = arguments.text_or("oci-version", "1.1");
  if (text == "1.0" || text == "1.1") return text == "1.0" ? OciVersion::v1_0 : OciVersion::v1_1;
  throw Error("unsupported OCI version: " + text, "Use 1.0 or 1.1.");
}

std::map<std::string, std::string> pinned_images(Context& context, const project::Project& project) {
  std::map<std::string, std::string> pinned;
  for (const auto& [name, service] : project.services)
    if (!service.image.empty()) pinned[name] = pinned_image(context.engine(), service.image);
  return pinned;
}

// As `push` does: services that are built have their images pushed first.
int push_built(Context& context, const project::Project& project) {
  std::vector<ServiceImage> images;
  for (const auto& [name, service] : project.services) {
    const event::Subject subject{event::ResourceKind::image, name, name};
    if (service.build) {
      images.push_back({name, service.image});
      continue;
    }
    context.events().emit(event::Progress{subject, event::Activity::skipped, event::Phase::done, ""});
  }
  return context.dry_run() || images.empty() ? 0 : push_images(context, images, PushFailures::fail);
}

int run(Context& context, const Arguments& arguments) {
  auto project = context.project();
  project.services.merge(project.disabled_services);  // whatever their profiles: all of the file is published
  const auto& name = arguments.positional().front();
  refuse_unpublishable(project);
  const auto version = version_of(arguments);
  const auto env_files = arguments.flag("with-env") ? EnvFiles::include : EnvFiles::leave;
  const auto now = context.clock().system_now();
  make_publication(project, {}, version, env_files, now);  // tells first what can't be published
  if (!may_publish(context, project, arguments)) return 0;
  if (const int code = push_built(context, project); code != 0) return code;
  const bool pin = arguments.flag("resolve-image-digests") || arguments.flag("app");
  const auto pinned = pin ? pinned_images(context, project) : std::map<std::string, std::string>();
  const event::Subject subject{event::ResourceKind::image, name, ""};
  const auto reference = engine::parse_registry_reference(name);
  context.events().emit(event::Progress{subject, event::Activity::pushing, event::Phase::working, "publish"});
  if (!context.dry_run())
    engine::push_artifact(reference, make_publication(project, pinned, version, env_files, now),
                          context.environment());
  context.events().emit(event::Progress{subject, event::Activity::pushed, event::Phase::done, "publish"});
  return 0;
}

}  // namespace

constinit const Command publish_command{
    .name = "publish",
    .aliases = "",
    .synopsis = "[OPTIONS] REPOSITORY[:TAG]",
    .summary = "Publish the project's manifests in a registry",
    .details = "They become an OCI artifact, which `-f oci://REPOSITORY:TAG` and `include` read.",
    .options = options,
    .run = run,
    .count = {1, 1, ArgumentCount::Refusal::named},
    .effect = Effect::changes,
};

constinit const Command alpha_publish_command{
    .name = "alpha publish",
    .aliases = "",
    .synopsis = "[OPTIONS] REPOSITORY[:TAG]",
    .summary = "The same as publish",
    .details = "",
    .options = options,
    .run = run,
    .count = {1, 1, ArgumentCount::Refusal::named},
    .effect = Effect::changes,
    .shown = Shown::hidden,
};

}  // namespace crstack::cli
