// SPDX-License-Identifier: MIT
#include "cli/buildx.hpp"

#include <exception>
#include <mutex>
#include <set>

#include "cli/bake_file.hpp"
#include "cli/docker_plugin.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

class BuildxBuilder final : public exec::ImageBuilder {
 public:
  BuildxBuilder(Context& context, std::string path, BuildSettings settings)
      : environment_(context.environment()),
        project_(context.project()),
        path_(std::move(path)),
        settings_(std::move(settings)) {}

  void build(const plan::BuildImage& step, event::EventSink& sink, std::stop_token stop) override {
    if (settings_.together.empty()) return bake({step}, sink, std::move(stop));
    std::call_once(baked_, [&] {  // whoever comes first does it for all
      try {
        bake(settings_.together, sink, stop);
      } catch (...) {
        failure_ = std::current_exception();
      }
    });
    if (failure_) std::rethrow_exception(failure_);
  }

  [[nodiscard]] Shows shows() const override { return Shows::image; }

 private:
  void bake(const std::vector<plan::BuildImage>& steps, event::EventSink& sink, std::stop_token stop) const {
    using Whose = event::BuildOutput::Whose;
    constexpr std::string_view mark = "ERROR: ";
    const auto whose = settings_.together.empty() ? Whose::unsaid : Whose::said;
    const auto& service = steps.front().service;
    const event::Subject subject{event::ResourceKind::image, service, service};
    std::string error;
    const auto relay = [&](const std::string& line) {
      if (line.starts_with(mark)) error = line.substr(mark.size());
      if (!line.empty() && !settings_.quiet) sink.emit(event::BuildOutput{subject, line, whose});
    };
    const int code = run_plugin(command(steps), environment_,
                                to_json(bake_file(steps, settings_, environment_, project_)), relay, stop);
    if (stop.stop_requested()) throw Cancelled("the build was interrupted");
    if (code == 0) return;
    throw Error(error.empty() ? "failed to execute bake: exit status " + std::to_string(code) : error);
  }

  [[nodiscard]] std::vector<std::string> command(const std::vector<plan::BuildImage>& steps) const {
    std::vector<std::string> words = {path_, "bake", "--file", "-", "--progress", "plain"};
    if (!settings_.builder.empty()) words.insert(words.end(), {"--builder", settings_.builder});
    std::set<std::string> allowed = {"fs.read=*", "fs.write=*"};
    for (const auto& step : steps)
      for (auto& entitlement : entitlements_of(step.build)) allowed.insert(std::move(entitlement));
    for (const auto& entitlement : allowed) words.insert(words.end(), {"--allow", entitlement});
    return words;
  }

  Environment environment_;
  const project::Project& project_;
  std::string path_;
  BuildSettings settings_;
  std::once_flag baked_;
  std::exception_ptr failure_;
};

}  // namespace

std::unique_ptr<exec::ImageBuilder> make_buildx_builder(Context& context, std::string path,
                                                        BuildSettings settings) {
  return std::make_unique<BuildxBuilder>(context, std::move(path), std::move(settings));
}

}  // namespace crstack::cli
