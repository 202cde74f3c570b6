// SPDX-License-Identifier: MIT
#include "cli/context.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>

#include "cli/screen.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/log.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {

Context::Context(Arguments global, bool dry_run, Environment environment, std::string current_directory,
                 CalledAs called_as)
    : global_(std::move(global)),
      dry_run_(dry_run),
      environment_(std::move(environment)),
      current_directory_(std::move(current_directory)),
      called_as_(called_as) {
  if (global_.flag("debug") || global_.flag("verbose")) enable_debug_log();
}

Context::~Context() = default;

std::string Context::variable(const std::string& name) const {
  return crstack::variable(environment(), name);
}

const Environment& Context::environment() const {
  return loaded_ ? loaded_->project->environment : environment_;
}

bool Context::switched_on(const std::string& name) const {
  static const std::vector<std::string> words = {"1", "true", "t", "yes", "y", "on"};
  return std::find(words.begin(), words.end(), to_lower(variable(name))) != words.end();
}

int Context::parallel_limit() const {
  int limit = -1;
  const auto text = variable("COMPOSE_PARALLEL_LIMIT");
  if (const auto option = global_.number("parallel")) {
    limit = *option;
  } else if (!text.empty()) {
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc{} || stop != text.data() + text.size())
      throw UsageError("COMPOSE_PARALLEL_LIMIT must be an integer (found: \"" + text + "\")");
  }
  return std::max(limit, 0);
}

void write_out(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0)
    throw Error("write /dev/stdout: " + to_lower(std::strerror(errno)));
}

void write_error(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace crstack::cli
