// SPDX-License-Identifier: MIT
#include "cli/image_builder.hpp"

#include "cli/build_context.hpp"
#include "cli/buildx.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/units.hpp"

namespace crstack::cli {
namespace {

// Build arguments without a value take the caller's, as docker compose does.
std::map<std::string, std::optional<std::string>> resolved_args(const project::Build& build,
                                                                const Environment& environment) {
  auto args = build.args;
  for (auto& [name, value] : args) {
    const auto found = environment.find(name);
    if (!value && found != environment.end()) value = found->second;
  }
  return args;
}

engine::BuildSpec classic_spec(const plan::BuildImage& step, const Environment& environment) {
  const auto& build = step.build;
  engine::BuildSpec spec;
  spec.tags = {step.image};
  spec.tags.insert(spec.tags.end(), build.tags.begin(), build.tags.end());
  spec.target = build.target;
  spec.network = build.network;
  spec.isolation = build.isolation;
  spec.platform = step.platform;
  spec.args = resolved_args(build, environment);
  spec.labels = build.labels;
  spec.cache_from = build.cache_from;
  spec.extra_hosts = build.extra_hosts;
  spec.no_cache = build.no_cache;
  spec.pull = build.pull;
  spec.shm_size = build.shm_size.value_or(0);
  return spec;
}

// What only BuildKit can do is refused, not left out silently.
void refuse_buildkit_keys(const plan::BuildImage& step) {
  const auto& build = step.build;
  const std::string key = !build.secrets.empty()               ? "secrets"
                          : !build.ssh.empty()                 ? "ssh"
                          : !build.additional_contexts.empty() ? "additional_contexts"
                          : !build.cache_to.empty()            ? "cache_to"
                          : build.platforms.size() > 1         ? "platforms"
                                                               : "";
  if (key.empty()) return;
  throw Error("service \"" + step.service + "\": build." + key +
                  " needs BuildKit, and docker buildx is not installed",
              "Install the docker-buildx plugin, or take the key out.");
}

std::int64_t memory_of(const std::string& text) {
  const auto bytes = parse_byte_size(text);
  if (!bytes) throw UsageError("invalid argument \"" + text + "\" for \"-m, --memory\" flag: not a size");
  return *bytes;
}

class ClassicBuilder final : public exec::ImageBuilder {
 public:
  ClassicBuilder(Context& context, BuildSettings settings)
      : context_(context), settings_(std::move(settings)) {}

  void build(const plan::BuildImage& step, event::EventSink& sink, std::stop_token stop) override {
    refuse_buildkit_keys(step);
    if (is_remote_context(step.build.context))
      throw Error("service \"" + step.service + "\": a remote build context needs docker buildx");
    BuildContext packed(step.build);
    auto spec = classic_spec(step, context_.environment());
    if (!settings_.memory.empty()) spec.memory = memory_of(settings_.memory);
    spec.dockerfile = packed.dockerfile();
    const event::Subject subject{event::ResourceKind::image, step.service, step.service};
    const auto progress = [&](const engine::ProgressLine& line) {
      if (settings_.quiet || line.stream.empty()) return;
      auto text = line.stream;
      while (text.ends_with('\n')) text.pop_back();
      if (!text.empty()) sink.emit(event::BuildOutput{subject, text});
    };
    try {
      context_.engine().build_image(
          spec, [&] { return packed.next(); }, progress, std::move(stop));
    } catch (const engine::EngineError& error) {
      if (error.kind() == engine::ErrorKind::server || error.kind() == engine::ErrorKind::bad_request)
        throw Error(std::string("failed to solve: ") +
                    error.what());  // as BuildKit says it, which scripts know
      throw;
    }
  }

 private:
  Context& context_;
  BuildSettings settings_;
};

}  // namespace

std::unique_ptr<exec::ImageBuilder> make_image_builder(Context& context, BuildSettings settings) {
  auto buildx = find_buildx(context.environment());
  if (!buildx.empty()) return make_buildx_builder(context, std::move(buildx), std::move(settings));
  return std::make_unique<ClassicBuilder>(context, std::move(settings));
}

}  // namespace crstack::cli
