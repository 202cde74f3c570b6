// SPDX-License-Identifier: MIT
#include "crstack/base/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/sink.h>

#include <cstdio>
#include <ctime>
#include <memory>
#include <mutex>

namespace crstack {

namespace {

/// `12:30:00.125 debug: text`. The library's own sinks and patterns would be a hundredth of the whole
/// program.
class StandardError final : public spdlog::sinks::sink {
 public:
  void log(const spdlog::details::log_msg& message) override {
    using namespace std::chrono;
    const auto now = floor<milliseconds>(message.time);
    const std::time_t seconds = system_clock::to_time_t(now);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    const std::lock_guard lock(mutex_);
    std::fprintf(stderr, "%02d:%02d:%02d.%03d debug: %.*s\n", local.tm_hour, local.tm_min, local.tm_sec,
                 static_cast<int>((now - floor<std::chrono::seconds>(now)).count()),
                 static_cast<int>(message.payload.size()), message.payload.data());
  }
  void flush() override { std::fflush(stderr); }
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

 private:
  std::mutex mutex_;
};

std::unique_ptr<spdlog::logger> logger;

}  // namespace

void enable_debug_log() {
  logger = std::make_unique<spdlog::logger>("crstack", std::make_shared<StandardError>());
  logger->set_level(spdlog::level::debug);
}

void debug_log(const std::string& line) {
  if (logger) logger->debug(line);
}

}  // namespace crstack
