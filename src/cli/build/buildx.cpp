// SPDX-License-Identifier: MIT
#include "cli/build/buildx.hpp"

#include <exception>
#include <memory>
#include <mutex>
#include <set>

#include "cli/build/bake_file.hpp"
#include "cli/docker_plugin.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

/// Warnings come coloured, terminal or not.
std::string without_colours(std::string text) {
  for (auto at = text.find("\033["); at != std::string::npos; at = text.find("\033[", at)) {
    const auto end = text.find('m', at);
    text.erase(at, end == std::string::npos ? end : end - at + 1);
  }
  return text;
}

/// Of several, buildx says which target has failed: `target b_1: failed to solve: …`.
std::string failed_service(const std::vector<plan::BuildImage>& steps, const std::string& error) {
  for (const auto& step : steps)
    if (error.starts_with("target " + target_name(step.service) + ": ")) return step.service;
  return steps.front().service;
}

class BuildxBuilder final : public exec::ImageBuilder {
 public:
  BuildxBuilder(Context& context, std::string path, BuildSettings settings)
      : context_(context),
        environment_(context.engine_environment()),
        project_(context.project()),
        path_(std::move(path)),
        settings_(std::move(settings)) {}

  void expect(const std::vector<plan::BuildImage>& builds) override {
    bake_ = std::make_unique<Bake>();
    bake_->builds = builds;
  }

  void build(const plan::BuildImage& step, event::EventSink& sink, std::stop_token stop) override {
    if (bake_ == nullptr) return bake({step}, sink, std::move(stop));
    std::call_once(bake_->once, [&] {  // whoever comes first does it for all
      try {
        bake(still_to_build(), sink, stop);
      } catch (...) {
        bake_->failure = std::current_exception();
      }
    });
    if (bake_->failure) std::rethrow_exception(bake_->failure);
  }

  [[nodiscard]] Shows shows() const override { return Shows::image; }

 private:
  struct Bake {
    std::vector<plan::BuildImage> builds;
    std::once_flag once;
    std::exception_ptr failure;
  };

  /// Without those whose images a pull has brought.
  [[nodiscard]] std::vector<plan::BuildImage> still_to_build() const {
    auto builds = bake_->builds;
    std::erase_if(builds, [&](const auto& build) {
      return build.when == plan::BuildImage::When::absent && context_.engine().inspect_image(build.image);
    });
    return builds;
  }

  void bake(const std::vector<plan::BuildImage>& steps, event::EventSink& sink, std::stop_token stop) const {
    constexpr std::string_view mark = "ERROR: ", opening = "#0 building with ";
    const auto& service = steps.front().service;
    const event::Subject subject{event::ResourceKind::image, service, service};
    std::string error, excerpt;
    bool begun = false;
    int rules = 0;
    const auto relay = [&](const std::string& written) {
      const auto line = without_colours(written);
      if (line.starts_with(mark)) {
        error = line.substr(mark.size());
      } else if (!error.empty()) {
        if (!line.empty()) error += "\n" + line;  // what to do about it
      } else if (rules == 2 && (!excerpt.empty() || (!line.empty() && line.front() != ' '))) {
        excerpt += line + "\n";
        return;
      }
      if (line == "------") ++rules;  // around the output of what failed
      begun = begun || (!line.empty() && !line.starts_with(opening));
      if (begun && error.empty() && !settings_.quiet) sink.emit(event::BuildOutput{subject, line, whose()});
    };
    const auto file = to_json(bake_file(steps, settings_, context_.environment(), project_));
    const int code = run_plugin(command(steps), environment_, file, relay, stop);
    if (stop.stop_requested()) throw Cancelled("the build was interrupted");
    if (code == 0) return;
    show_excerpt(excerpt, sink);
    if (error.empty()) throw Error("failed to execute bake: exit status " + std::to_string(code));
    throw exec::BuildError(error, failed_service(steps, error));
  }

  /// Where in the Dockerfile it failed: no part of the output, and told however quiet it is.
  void show_excerpt(const std::string& excerpt, event::EventSink& sink) const {
    if (excerpt.empty()) return;
    if (settings_.quiet) return write_error(excerpt);
    sink.emit(event::Warning{excerpt.substr(0, excerpt.size() - 1), event::Warning::Level::last_word});
  }

  [[nodiscard]] std::vector<std::string> command(const std::vector<plan::BuildImage>& steps) const {
    const auto* progress = settings_.records ? "rawjson" : "plain";
    std::vector<std::string> words = {path_, "bake", "--file", "-", "--progress", progress};
    if (!settings_.builder.empty()) words.insert(words.end(), {"--builder", settings_.builder});
    if (!settings_.sbom.empty()) words.push_back("--sbom=" + settings_.sbom);
    if (!settings_.provenance.empty()) words.push_back("--provenance=" + settings_.provenance);
    std::set<std::string> allowed = {"fs.read=*", "fs.write=*"};
    for (const auto& step : steps)
      for (auto& entitlement : entitlements_of(*step.build)) allowed.insert(std::move(entitlement));
    for (const auto& entitlement : allowed) words.insert(words.end(), {"--allow", entitlement});
    return words;
  }

  [[nodiscard]] event::BuildOutput::Whose whose() const {
    return settings_.records ? event::BuildOutput::Whose::record : event::BuildOutput::Whose::said;
  }

  Context& context_;
  Environment environment_;
  const project::Project& project_;
  std::string path_;
  BuildSettings settings_;
  std::unique_ptr<Bake> bake_;  ///< null: each build by itself
};

}  // namespace

std::unique_ptr<exec::ImageBuilder> make_buildx_builder(Context& context, std::string path,
                                                        BuildSettings settings) {
  return std::make_unique<BuildxBuilder>(context, std::move(path), std::move(settings));
}

}  // namespace crstack::cli
