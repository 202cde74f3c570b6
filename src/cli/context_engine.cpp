// SPDX-License-Identifier: MIT
#include "cli/context.hpp"
#include "cli/dry_run_engine.hpp"
#include "crstack/base/error.hpp"
#include "crstack/engine/docker_settings.hpp"

namespace crstack::cli {
namespace {

// The docker CLI's own global options arrive here when crstack runs as its plugin; find_host and docker's
// other plugins read variables.
Environment with_options(Environment environment, const Arguments& global) {
  if (global.given("context") && global.given("host"))
    throw UsageError("conflicting options: cannot specify both --host and --context",
                     "Name the engine once.");
  if (const auto name = global.text("context")) {
    environment["DOCKER_CONTEXT"] = *name;
    if (*name != "default") environment.erase("DOCKER_HOST");  // that one is what DOCKER_HOST names
  }
  if (const auto host = global.text("host")) environment["DOCKER_HOST"] = *host;
  if (const auto directory = global.text("config")) environment["DOCKER_CONFIG"] = *directory;
  return environment;
}

engine::HostAddress host_of(const Arguments& global, const Environment& environment) {
  engine::HostOptions options;
  options.host = global.text_or("host", "");
  options.tls = global.flag("tls");
  if (global.given("tlsverify")) options.tls_verify = global.flag("tlsverify");
  options.files = {global.text_or("tlscacert", ""), global.text_or("tlscert", ""),
                   global.text_or("tlskey", "")};
  return engine::find_host(options, environment);
}

}  // namespace

Environment Context::engine_environment() const {
  return with_options(environment(), global_);
}

const engine::HostAddress& Context::host() {
  if (!host_) host_ = host_of(global_, with_options(environment_, global_));
  return *host_;
}

engine::Engine& Context::engine() {
  if (engine_) return *engine_;
  const auto environment = with_options(environment_, global_);
  if (const auto problem = engine::docker_settings(environment).problem; !problem.empty())
    write_error("WARNING: " + problem + "\n");
  engine_ = engine::connect(host(), environment);
  if (dry_run_) {
    real_engine_ = std::move(engine_);
    engine_ = make_dry_run_engine(*real_engine_);
  }
  return *engine_;
}

}  // namespace crstack::cli
