// SPDX-License-Identifier: MIT
#include "cli/push_images.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include "cli/signals.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

using event::Activity;
using event::Phase;

// Why the push failed, which the sink knows as well; empty: it did not.
std::string push_one(engine::Engine& engine, event::EventSink& sink, const ServiceImage& image,
                     std::stop_token stop) {
  const event::Subject subject{event::ResourceKind::image, image.service, image.service};
  const auto progress = [&](const engine::ProgressLine& line) {
    if (line.id.empty()) return;
    const auto layer = "Pushing " + image.image + ": " + line.id;  // as docker compose has it
    sink.emit(event::Transfer{subject, layer, line.status, line.current, line.total});
  };
  sink.emit(event::Progress{subject, Activity::pushing, Phase::working, ""});
  try {
    engine.push_image(image.image, progress, std::move(stop));
  } catch (const Error& error) {
    sink.emit(event::Progress{subject, Activity::pushing, Phase::failed, error.what()});
    return error.what();
  }
  sink.emit(event::Progress{subject, Activity::pushed, Phase::done, ""});
  return {};
}

std::size_t at_once(int parallel) {
  constexpr std::size_t by_default = 16;
  return parallel > 0 ? static_cast<std::size_t>(parallel) : by_default;
}

}  // namespace

int push_images(Context& context, const std::vector<ServiceImage>& images, PushFailures failures) {
  const Signals signals(SecondSignal::ends_program);
  auto& engine = context.engine();
  auto& sink = context.events();
  std::vector<std::string> problems(images.size());
  {
    std::atomic<std::size_t> next{0};
    const auto push_the_next = [&] {
      for (auto i = next++; i < images.size(); i = next++)
        problems[i] = push_one(engine, sink, images[i], signals.stop());
    };
    std::vector<std::jthread> workers;
    const auto count = std::min(images.size(), at_once(context.parallel_limit()));
    while (workers.size() < count) workers.emplace_back(push_the_next);
  }
  if (signals.stop().stop_requested()) return signals.exit_code();
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (problems[i].empty()) continue;
    if (failures == PushFailures::fail) throw Error(problems[i]);
    sink.emit(event::Warning{"Pushing " + images[i].service + ": " + problems[i],
                             event::Warning::Level::last_word});
  }
  return 0;
}

}  // namespace crstack::cli
