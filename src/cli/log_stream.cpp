// SPDX-License-Identifier: MIT
#include "cli/log_stream.hpp"

#include "cli/log_follower.hpp"

namespace crstack::cli {

std::string log_name(const std::string& container, const std::string& project) {
  const bool ours = container.starts_with(project + "-") || container.starts_with(project + "_");
  return ours ? container.substr(project.size() + 1) : container;
}

void stream_logs(engine::Engine& engine, ui::LogWriter& writer, const LogRequest& request,
                 std::stop_token stop) {
  LogFollower(engine, writer, request, std::move(stop)).run();
  writer.flush();
}

}  // namespace crstack::cli
