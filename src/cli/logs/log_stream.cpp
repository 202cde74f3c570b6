// SPDX-License-Identifier: MIT
#include "cli/logs/log_stream.hpp"

#include "cli/logs/log_follower.hpp"
#include "crstack/plan/container_spec.hpp"

namespace crstack::cli {

std::string log_name(const std::string& container, const std::string& project, const std::string& service) {
  const auto& separator = plan::name_separator();
  const auto before_number = project + separator + service + separator;
  const bool numbered = container.starts_with(before_number) && container.size() > before_number.size() &&
                        container.find_first_not_of("0123456789", before_number.size()) == std::string::npos;
  return numbered ? container.substr(project.size() + 1) : container;
}

void stream_logs(engine::Engine& engine, ui::LogWriter& writer, const LogRequest& request,
                 std::stop_token stop) {
  LogFollower(engine, writer, request, std::move(stop)).run();
  writer.flush();
}

}  // namespace crstack::cli
