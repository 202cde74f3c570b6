// SPDX-License-Identifier: MIT
#include "cli/logs/log_stream.hpp"

#include "cli/logs/log_follower.hpp"

namespace crstack::cli {

std::string log_name(const std::string& container, const std::string& project, const std::string& service) {
  for (const std::string separator : {"-", "_"}) {
    const auto before_number = project + separator + service + separator;
    if (container.starts_with(before_number) && container.size() > before_number.size() &&
        container.find_first_not_of("0123456789", before_number.size()) == std::string::npos)
      return container.substr(project.size() + 1);
  }
  return container;
}

void stream_logs(engine::Engine& engine, ui::LogWriter& writer, const LogRequest& request,
                 std::stop_token stop) {
  LogFollower(engine, writer, request, std::move(stop)).run();
  writer.flush();
}

}  // namespace crstack::cli
