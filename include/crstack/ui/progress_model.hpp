// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "crstack/base/clock.hpp"
#include "crstack/event/event.hpp"

namespace crstack::ui {

/// How a line of progress stands.
enum class RowState { waiting, working, done, failed, warned };

/// One line of progress, ready to be laid out.
struct Row {
  std::string title;   ///< `Container web-1`
  std::string status;  ///< `Starting`
  std::string detail;  ///< what it waits for, its last probe's output, a pull's bytes; may be empty
  RowState state = RowState::working;
  Duration elapsed{};  ///< of what it is doing, or took in the end
};

/// What a run looks like at a moment: events go in, lines come out. Pure; not thread-safe.
class ProgressModel {
 public:
  using Instant = Clock::Instant;
  void apply(const event::Event& event, Instant now);
  /// Networks and volumes first, containers last; else in the order in which their first event came.
  [[nodiscard]] std::vector<Row> rows(Instant now) const;
  [[nodiscard]] std::size_t done() const;
  [[nodiscard]] std::size_t total() const { return lines_.size(); }
  /// Whether a line's elapsed time grows, so that it has to be drawn again although no event comes.
  [[nodiscard]] bool running() const { return done() < total(); }

 private:
  struct Layer {
    std::string status;
    std::int64_t current = 0, total = 0;
  };
  struct Line {
    event::Subject subject;
    event::Activity activity = event::Activity::waiting;
    RowState state = RowState::waiting;
    std::string detail, probe, build_line;
    std::vector<std::string> waits_for;
    std::map<std::string, Layer> layers;
    Instant since, until;
  };
  Line& line(const event::Subject& subject, Instant now);
  void on(const event::Progress& progress, Instant now);
  void on(const event::Transfer& transfer, Instant now);
  /// `wait` as in `Waiting`, or its beginning.
  void no_longer_awaited(const std::string& wait);
  /// Whether there is nothing to do for it but to wait for others.
  static bool waits(const Line& line);
  static std::string detail_of(const Line& line);
  static std::string transfer_of(const Line& line);

  std::vector<Line> lines_;
  std::map<std::pair<event::ResourceKind, std::string>, std::size_t> index_;  ///< by kind and name
};

}  // namespace crstack::ui
