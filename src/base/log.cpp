// SPDX-License-Identifier: MIT
#include "crstack/base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace crstack {

namespace {

std::unique_ptr<spdlog::logger> logger;

}  // namespace

void enable_debug_log() {
  logger = std::make_unique<spdlog::logger>("crstack", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%H:%M:%S.%e debug: %v");
  logger->set_level(spdlog::level::debug);
}

void debug_log(const std::string& line) {
  if (logger) logger->debug(line);
}

}  // namespace crstack
