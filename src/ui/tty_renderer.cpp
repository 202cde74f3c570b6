// SPDX-License-Identifier: MIT
#include "ui/tty_renderer.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <exception>

#include "crstack/base/error.hpp"
#include "crstack/ui/text.hpp"
#include "ui/report.hpp"
#include "ui/tty_frame.hpp"

namespace crstack::ui {
namespace {

constexpr int kTickMs = 100;     // of the spinner and the seconds
constexpr int kLeastGapMs = 30;  // between two frames
constexpr std::size_t kKeptBuildLines = 20;

std::atomic<int> resize_fd{-1};
struct sigaction previous_action;

extern "C" void on_resize(int) {
  const int saved = errno;
  const std::uint64_t one = 1;
  const int fd = resize_fd.load();
  if (fd >= 0 && ::write(fd, &one, sizeof one) < 0) {
    // The counter is full: the thread is woken anyway.
  }
  errno = saved;
}

void wait_for(int fd, int timeout_ms) {
  pollfd ready{fd, POLLIN, 0};
  ::poll(&ready, 1, timeout_ms);
}

}  // namespace

Waker::Waker() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) throw Error("cannot make an eventfd for the progress display");
}

Waker::~Waker() {
  ::close(fd_);
}

void Waker::wake() const noexcept {
  const std::uint64_t one = 1;
  if (::write(fd_, &one, sizeof one) < 0) return;  // full: woken already
}

void Waker::clear() const noexcept {
  std::uint64_t count = 0;
  if (::read(fd_, &count, sizeof count) < 0) return;  // was clear
}

ResizeWatch::ResizeWatch(const Waker& waker) {
  resize_fd = waker.fd();
  struct sigaction action {};
  action.sa_handler = on_resize;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGWINCH, &action, &previous_action);
}

ResizeWatch::~ResizeWatch() {
  ::sigaction(SIGWINCH, &previous_action, nullptr);
  resize_fd = -1;
}

TtyRenderer::TtyRenderer(Output& output, const Terminal& terminal, const Clock& clock, DryRun dry_run,
                         std::string_view title)
    : output_(output),
      terminal_(terminal),
      clock_(clock),
      title_(title),
      afterwards_(output, {.mode = ProgressMode::plain, .dry_run = dry_run}, terminal.colours(), clock) {
  if (dry_run == DryRun::yes) above_ = "DRY-RUN MODE: nothing is changed\n";
}

void TtyRenderer::emit(const event::Event& event) noexcept {
  try {
    const std::unique_lock lock(mutex_);
    if (!finished_) {
      apply(event);
      if (!thread_.joinable()) thread_ = std::thread(&TtyRenderer::run, this);
      wake_.wake();
      return;
    }
  } catch (const std::exception&) {
    return;  // no memory or no thread: progress is what can be spared
  }
  afterwards_.emit(event);
}

void TtyRenderer::apply(const event::Event& event) {
  if (const auto* warning = std::get_if<event::Warning>(&event)) {
    (warning->level == event::Warning::Level::last_word ? below_ : above_) +=
        warning_text(*warning, MessageForm::terminal, terminal_.colours(), clock_);
  } else if (const auto* report = std::get_if<event::FailureReport>(&event)) {
    below_ += "\n" + report_text(*report, {terminal_.colours(), columns()});
  } else if (const auto* finished = std::get_if<event::Finished>(&event)) {
    below_ += finished_text(*finished, columns()) + "\n";
  } else {
    keep_build_output(event);
    model_.apply(event, clock_.steady_now());
  }
}

std::size_t TtyRenderer::columns() const {
  return static_cast<std::size_t>(std::max(terminal_.size().columns, 20));
}

void TtyRenderer::keep_build_output(const event::Event& event) {
  if (const auto* build = std::get_if<event::BuildOutput>(&event)) {
    std::deque<std::string>& lines = build_output_[build->subject.name];
    lines.push_back(build->line);
    if (lines.size() > kKeptBuildLines) lines.pop_front();
  }
  const auto* progress = std::get_if<event::Progress>(&event);
  if (progress == nullptr || progress->phase != event::Phase::failed) return;
  const auto lines = build_output_.find(progress->subject.name);
  if (lines == build_output_.end()) return;
  for (const std::string& line : lines->second) above_ += "[" + lines->first + "] " + printable(line) + "\n";
  build_output_.erase(lines);
}

void TtyRenderer::run() {
  const ResizeWatch resize(wake_);
  for (;;) {
    wake_.clear();
    bool running = false;
    {
      const std::lock_guard lock(mutex_);
      if (finished_) return;
      try {
        ++tick_;
        draw(false);
      } catch (const std::exception&) {
        return;  // no memory for a frame
      }
      running = model_.running();
    }
    wait_for(stop_.fd(), kLeastGapMs);
    wait_for(wake_.fd(), running ? kTickMs - kLeastGapMs : -1);
  }
}

std::size_t TtyRenderer::rows_taken(int columns) const {
  const auto width = static_cast<std::size_t>(std::max(columns, 1));
  std::size_t rows = 0;
  for (const std::size_t line : drawn_) rows += line == 0 ? 1 : (line + width - 1) / width;
  return rows;
}

void TtyRenderer::draw(bool last) {
  const TerminalSize size = terminal_.size();
  std::vector<std::string> lines;
  if (model_.total() > 0)
    lines = layout_frame(model_.rows(clock_.steady_now()), {size, terminal_.colours(), tick_, last, title_});
  std::string frame = "\033[?25l";
  const std::size_t up = rows_taken(size.columns);
  if (up > 0) frame += "\033[" + std::to_string(up) + "A\r\033[J";
  frame += above_;
  above_.clear();
  drawn_.clear();
  for (const std::string& line : lines) {
    drawn_.push_back(display_width(printable(line)));
    frame += line + "\n";
  }
  if (last) frame += below_;
  frame += "\033[?25h";
  output_.write(frame);
}

void TtyRenderer::finish() noexcept {
  std::thread thread;
  try {
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    finished_ = true;
    thread.swap(thread_);
    wake_.wake();
    stop_.wake();
    if (model_.total() > 0 || !above_.empty() || !below_.empty()) draw(true);
  } catch (const std::exception&) {
    // No memory for the last frame.
  }
  if (thread.joinable()) thread.join();
}

}  // namespace crstack::ui
