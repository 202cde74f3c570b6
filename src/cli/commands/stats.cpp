// SPDX-License-Identifier: MIT
#include "cli/stats_reading.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <mutex>
#include <thread>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/listing/human.hpp"
#include "cli/listing/listing.hpp"
#include "cli/project_containers.hpp"
#include "cli/signals.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/plan/labels.hpp"
#include "crstack/plan/observed_state.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"-a,--all", Takes::flag, "", "Show containers that don't run as well", ""},
    {"--format", Takes::text, "string", "table, table TEMPLATE, json, or a Go template", "table json"},
    {"--no-stream", Takes::flag, "", "Show one sample and end", ""},
    {"--no-trunc", Takes::flag, "", "Show whole IDs", ""},
};

const std::vector<Column> columns = {
    {"ID", "CONTAINER ID"}, {"Name", "NAME"},     {"CPUPerc", "CPU %"},     {"MemUsage", "MEM USAGE / LIMIT"},
    {"MemPerc", "MEM %"},   {"NetIO", "NET I/O"}, {"BlockIO", "BLOCK I/O"}, {"PIDs", "PIDS"}};

std::string percent(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.2f%%", value);
  return text;
}

template <typename Size>
std::string pair_of(std::int64_t one, std::int64_t other, Size size) {
  return size(static_cast<double>(one)) + " / " + size(static_cast<double>(other));
}

/// The samples of the project's containers, in the engine's order, as they come in.
class Samples {
 public:
  explicit Samples(const Arguments& arguments) : arguments_(arguments) {}

  void know(const std::string& id, const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (rows_.try_emplace(id, Row{name, {}}).second) order_.push_back(id);
  }
  void set(const std::string& id, const engine::StatsSample& sample) {
    const std::lock_guard lock(mutex_);
    if (const auto row = rows_.find(id); row != rows_.end()) row->second.sample = sample;
  }
  void forget(const std::string& id) {
    const std::lock_guard lock(mutex_);
    rows_.erase(id);
    std::erase(order_, id);
  }
  [[nodiscard]] std::string shown() {
    std::vector<Value> records;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& id : order_) records.push_back(record(id, rows_.at(id)));
    }
    return format_listing(arguments_.text_or("format", "table"), records, columns,
                          {{"Container", "CONTAINER"}});
  }

 private:
  struct Row {
    std::string name;
    engine::StatsSample sample;
  };

  [[nodiscard]] Value record(const std::string& id, const Row& row) const {
    const auto& sample = row.sample;
    const auto limit = static_cast<double>(sample.memory_limit);
    const auto part = limit > 0 ? static_cast<double>(sample.memory_used) / limit * 100 : 0;
    return Value::record({{"BlockIO", pair_of(sample.block_read, sample.block_written, human_size)},
                          {"CPUPerc", percent(sample.cpu_percent)},
                          {"Container", id},
                          {"ID", arguments_.flag("no-trunc") ? id : id.substr(0, 12)},
                          {"MemPerc", percent(part)},
                          {"MemUsage", pair_of(sample.memory_used, sample.memory_limit, binary_size)},
                          {"Name", row.name},
                          {"NetIO", pair_of(sample.received, sample.sent, human_size)},
                          {"PIDs", std::to_string(sample.processes)}});
  }

  const Arguments& arguments_;
  std::mutex mutex_;
  std::vector<std::string> order_;
  std::map<std::string, Row> rows_;
};

engine::LabelFilter filter_of(const std::string& project, const Arguments& arguments) {
  auto filter = plan::labels_of_containers(project);
  for (const auto& service : arguments.positional())
    filter.push_back(std::string(plan::labels::service) + "=" + service);
  return filter;
}

/// Redraws the listing whenever a sample came, at most twice a second.
class Screenful {
 public:
  explicit Screenful(Samples& samples) : samples_(samples) {}
  void draw() {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < std::chrono::milliseconds(500)) return;
    last_ = now;
    std::string text = "\033[H";
    for (const char c : samples_.shown()) text += c == '\n' ? std::string("\033[K\n") : std::string(1, c);
    write_out(text + "\033[J");
  }

 private:
  Samples& samples_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point last_;
};

engine::Containers::Which which_of(const Arguments& arguments) {
  return arguments.flag("all") ? engine::Containers::Which::all : engine::Containers::Which::running;
}

// The others' rows stay empty: they have no statistics.
bool runs(const engine::ContainerSummary& container) {
  return container.state == engine::ContainerState::running ||
         container.state == engine::ContainerState::paused;
}

// Until stopped: containers that start join in, those that end leave unless all are wanted.
void follow(engine::Engine& engine, const engine::LabelFilter& filter, const Arguments& arguments,
            Samples& samples, std::stop_token stop) {
  Screenful screen(samples);
  const auto draw = [&] { screen.draw(); };
  StatsReading reading(engine, [&](const std::string& id, const engine::StatsSample& sample) {
    samples.set(id, sample);
    draw();
  });
  const std::jthread reader(
      [&](const std::stop_token& over) { reading.run(StatsReading::Until::stopped, over); });
  const auto list = [&] {
    for (const auto& container : engine.list_containers(filter, which_of(arguments))) {
      samples.know(container.id, container.name);
      reading.add(container.id);
    }
    draw();
  };
  engine.events(
      filter, "", "", list,
      [&](const engine::EngineEvent& event) {
        const auto& name = value_of(event.attributes, "name");
        if (event.action == "start") {
          samples.know(event.id, name.empty() ? event.id : name);
          reading.add(event.id);
        } else if (event.action == "destroy" || (event.action == "die" && !arguments.flag("all"))) {
          samples.forget(event.id);
          draw();
        }
        return true;
      },
      stop);
}

int run(Context& context, const Arguments& arguments) {
  const auto filter = filter_of(context.scope(arguments.positional()).name, arguments);
  auto& engine = context.engine();
  Samples samples(arguments);
  const Signals signals(SecondSignal::ends_program);
  if (!arguments.flag("no-stream")) {
    follow(engine, filter, arguments, samples, signals.stop());
    return signals.exit_code_below_ctrl_c();
  }
  StatsReading reading(
      engine, [&](const std::string& id, const engine::StatsSample& sample) { samples.set(id, sample); });
  for (const auto& container : engine.list_containers(filter, which_of(arguments))) {
    samples.know(container.id, container.name);
    if (runs(container)) reading.add(container.id);
  }
  reading.run(StatsReading::Until::sampled, signals.stop());
  if (signals.stop().stop_requested()) return signals.exit_code_below_ctrl_c();
  write_out(samples.shown());
  return 0;
}

}  // namespace

constinit const Command stats_command{
    .name = "stats",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE]",
    .summary = "Display the containers' use of CPU, memory, networks and disks",
    .details = "",
    .options = options,
    .run = run,
    .count = {0, 1},
};

}  // namespace crstack::cli
