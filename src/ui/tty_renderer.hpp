// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "crstack/ui/progress_model.hpp"
#include "crstack/ui/renderer.hpp"
#include "ui/line_renderers.hpp"

namespace crstack::ui {

/// Wakes a thread out of poll; from another thread or from a signal handler.
class Waker {
 public:
  Waker();
  ~Waker();
  Waker(const Waker&) = delete;
  Waker& operator=(const Waker&) = delete;
  void wake() const noexcept;
  void clear() const noexcept;
  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

/// Calls a waker for each SIGWINCH while it lives; puts the old handler back.
class ResizeWatch {
 public:
  explicit ResizeWatch(const Waker& waker);
  ~ResizeWatch();
  ResizeWatch(const ResizeWatch&) = delete;
  ResizeWatch& operator=(const ResizeWatch&) = delete;
};

/// Redraws a block of lines in place. Each frame is one write that hides the cursor and shows it again, so
/// that it is there whatever ends the program.
class TtyRenderer final : public Renderer {
 public:
  TtyRenderer(Output& output, const Terminal& terminal, const Clock& clock, DryRun dry_run,
              std::string_view title);
  ~TtyRenderer() override { finish(); }
  void emit(const event::Event& event) noexcept override;
  void finish() noexcept override;

 private:
  void run();
  void apply(const event::Event& event);
  void keep_build_output(const event::Event& event);
  void draw(bool last);
  /// How many rows of the screen the last frame takes now, lines that a narrower window has broken included.
  [[nodiscard]] std::size_t rows_taken(int columns) const;
  /// For text below the frame, which is broken there.
  [[nodiscard]] std::size_t columns() const;

  Output& output_;
  const Terminal& terminal_;
  const Clock& clock_;
  const std::string title_;
  PlainRenderer afterwards_;
  Waker wake_, stop_;

  std::mutex mutex_;  // guards all below
  ProgressModel model_;
  std::map<std::string, std::deque<std::string>> build_output_;
  std::string above_;               ///< text that goes above the block with the next frame
  std::string below_;               ///< text for the end
  std::vector<std::size_t> drawn_;  ///< widths of the last frame's lines
  unsigned tick_ = 0;
  bool finished_ = false;
  std::thread thread_;
};

}  // namespace crstack::ui
