// SPDX-License-Identifier: MIT
#include "crstack/engine/stats.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/human.hpp"
#include "cli/listing.hpp"
#include "cli/project_containers.hpp"
#include "cli/signals.hpp"
#include "crstack/base/error.hpp"
#include "crstack/plan/labels.hpp"

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

/// Reads the statistics of a project's containers, one thread each: the engine sends a sample a second.
class Reading {
 public:
  Reading(engine::Engine& engine, Samples& samples, std::stop_token stop)
      : engine_(engine), samples_(samples), stop_(std::move(stop)) {}

  void read_once(const std::string& id) { start(id, false, {}); }
  void follow(const std::string& id, std::function<void()> on_sample) {
    start(id, true, std::move(on_sample));
  }
  void join() {
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  void start(const std::string& id, bool stream, std::function<void()> on_sample) {
    {
      const std::lock_guard lock(mutex_);
      if (!read_.insert(id).second) return;  // a restarted container's stream goes on
    }
    threads_.emplace_back([this, id, stream, on_sample = std::move(on_sample)] {
      try {
        engine_.stats(
            id, stream,
            [&](std::string_view json) {
              samples_.set(id, engine::decode_stats(json));
              if (on_sample) on_sample();
              return true;
            },
            stop_);
      } catch (const Error&) {  // it has gone meanwhile: its row stays as it was
      }
      const std::lock_guard lock(mutex_);
      read_.erase(id);
    });
  }

  engine::Engine& engine_;
  Samples& samples_;
  std::stop_token stop_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::set<std::string> read_;  ///< the containers that are being read
};

engine::LabelFilter filter_of(const std::string& project, const Arguments& arguments) {
  engine::LabelFilter filter = {std::string(plan::labels::project) + "=" + project};
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

// Until stopped: containers that start join in, those that end leave unless all are wanted.
void follow(engine::Engine& engine, const engine::LabelFilter& filter, const Arguments& arguments,
            Samples& samples, std::stop_token stop) {
  Screenful screen(samples);
  Reading reading(engine, samples, stop);
  const auto draw = [&] { screen.draw(); };
  const auto list = [&] {
    const auto which =
        arguments.flag("all") ? engine::Containers::Which::all : engine::Containers::Which::running;
    for (const auto& container : engine.list_containers(filter, which)) {
      samples.know(container.id, container.name);
      reading.follow(container.id, draw);
    }
    draw();
  };
  engine.events(
      filter, "", "", list,
      [&](const engine::EngineEvent& event) {
        const auto name = event.attributes.find("name");
        if (event.action == "start") {
          samples.know(event.id, name == event.attributes.end() ? event.id : name->second);
          reading.follow(event.id, draw);
        } else if (event.action == "destroy" || (event.action == "die" && !arguments.flag("all"))) {
          samples.forget(event.id);
          draw();
        }
        return true;
      },
      stop);
  reading.join();
}

int run(Context& context, const Arguments& arguments) {
  const auto filter = filter_of(context.scope(arguments.positional()).name, arguments);
  auto& engine = context.engine();
  Samples samples(arguments);
  if (!arguments.flag("no-stream")) {
    const Signals signals(SecondSignal::ends_program);
    follow(engine, filter, arguments, samples, signals.stop());
    return signals.exit_code();
  }
  const auto which =
      arguments.flag("all") ? engine::Containers::Which::all : engine::Containers::Which::running;
  Reading reading(engine, samples, {});
  for (const auto& container : engine.list_containers(filter, which)) {
    samples.know(container.id, container.name);
    reading.read_once(container.id);
  }
  reading.join();
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
