// SPDX-License-Identifier: MIT
#include "cli/build/engine_builder.hpp"

#include <mutex>

#include "cli/build/build_inputs.hpp"
#include "cli/build/build_progress.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {
namespace {

using Builder = engine::BuildSpec::Builder;

engine::BuildSpec spec_of(const plan::BuildImage& step, Builder builder) {
  const auto& build = *step.build;
  engine::BuildSpec spec;
  spec.builder = builder;
  spec.tags = build.tags;
  spec.tags.push_back(step.image);
  spec.target = build.target;
  spec.network = build.network;
  if (builder == Builder::classic) spec.isolation = build.isolation;
  spec.platform = step.platform.empty() && build.platforms.size() == 1 ? build.platforms[0] : step.platform;
  spec.labels = build.labels;
  if (builder == Builder::classic) spec.labels["com.docker.compose.image.builder"] = "classic";
  spec.cache_from = cached_images(build.cache_from);
  for (auto host : build.extra_hosts) {
    if (const auto equals = host.find('='); equals != std::string::npos) host[equals] = ':';
    spec.extra_hosts.push_back(std::move(host));
  }
  spec.no_cache = build.no_cache;
  spec.pull = build.pull;
  spec.shm_size = build.shm_size.value_or(0);
  return spec;
}

class EngineBuilder final : public exec::ImageBuilder {
 public:
  EngineBuilder(Context& context, Builder builder, BuildSettings settings, std::string remark)
      : context_(context), builder_(builder), settings_(std::move(settings)), remark_(std::move(remark)) {}

  void build(const plan::BuildImage& step, event::EventSink& sink, std::stop_token stop) override {
    std::call_once(remarked_, [&] {
      if (!remark_.empty()) sink.emit(event::Warning{remark_});
      if (builder_ == Builder::buildkit && settings_.memory != 0)
        sink.emit(event::Warning{"--memory is not supported by BuildKit and will be ignored"});
    });
    const auto builder = context_.engine().version().podman ? Builder::classic : builder_;
    refuse_what_cannot_be(step, builder);
    auto spec = spec_of(step, builder);
    spec.args = resolved_args(*step.build, context_.environment());
    if (builder == Builder::classic) spec.memory = settings_.memory;
    if (builder == Builder::buildkit) add_session_inputs(spec, *step.build, settings_.ssh, context_);
    std::unique_ptr<BuildContext> packed;
    if (is_remote_context(step.build->context)) {
      spec.remote = step.build->context;
      spec.dockerfile = step.build->dockerfile;
    } else {
      const auto prepared = with_contexts(*step.build, context_.project());
      packed = std::make_unique<BuildContext>(prepared.build, prepared.directories);
      spec.dockerfile = packed->dockerfile();
    }
    if (builder == Builder::buildkit) return run(step, spec, packed.get(), sink, std::move(stop));
    const event::Subject subject{event::ResourceKind::service, "Service " + step.service, step.service};
    sink.emit(event::Progress{subject, event::Activity::building, event::Phase::working, ""});
    run(step, spec, packed.get(), sink, std::move(stop));
    sink.emit(event::Progress{subject, event::Activity::built, event::Phase::done, ""});
  }

  void expect(const std::vector<plan::BuildImage>& builds) override { several_ = builds.size() > 1; }

 private:
  void run(const plan::BuildImage& step, const engine::BuildSpec& spec, BuildContext* packed,
           event::EventSink& sink, std::stop_token stop) {
    const event::Subject subject{event::ResourceKind::image, step.service, step.service};
    using Whose = event::BuildOutput::Whose;
    const auto say = [&](const std::string& line) {
      sink.emit(event::BuildOutput{subject, line, Whose::said});
    };
    const auto progress = [&](const engine::ProgressLine& line) {
      if (settings_.quiet) return;
      progress_.take(step.service, line.trace, say);
      auto text = line.stream;
      while (text.ends_with('\n')) text.pop_back();
      if (text.empty() || spec.builder != Builder::classic) return;
      for (const auto& one : split(text, '\n'))
        sink.emit(event::BuildOutput{subject, one, several_ ? Whose::unsaid : Whose::said});
    };
    const auto source = [&] { return packed != nullptr ? packed->next() : std::string(); };
    try {
      context_.engine().build_image(spec, source, progress, std::move(stop));
    } catch (const engine::EngineError& error) {
      if (error.kind() != engine::ErrorKind::server && error.kind() != engine::ErrorKind::bad_request &&
          error.kind() != engine::ErrorKind::not_found)
        throw;
      const std::string_view what = error.what();  // as BuildKit says it, which scripts know
      throw Error((what.starts_with("failed to solve") ? "" : "failed to solve: ") + std::string(what));
    }
  }

  Context& context_;
  Builder builder_;
  BuildSettings settings_;
  std::string remark_;
  std::once_flag remarked_;
  bool several_ = false;
  BuildProgress progress_;
};

}  // namespace

std::unique_ptr<exec::ImageBuilder> make_engine_builder(Context& context, Builder builder,
                                                        BuildSettings settings, std::string remark) {
  return std::make_unique<EngineBuilder>(context, builder, std::move(settings), std::move(remark));
}

}  // namespace crstack::cli
