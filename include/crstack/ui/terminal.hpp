// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

namespace crstack::ui {

/// `--ansi`, `COMPOSE_ANSI`.
enum class AnsiMode { automatic, always, never };

/// `auto`, `always`, `never`; nothing for any other word.
std::optional<AnsiMode> parse_ansi_mode(std::string_view word);

/// Whether text gets colours.
enum class Colours { off, on };

struct TerminalSize {
  int columns = 80;
  int rows = 24;
};

/// What is known of one output: whether a person looks at it, and how.
class Terminal {
 public:
  /// Looks at the descriptor and at the environment (`NO_COLOR`, `TERM`, `COMPOSE_ANSI` where `ansi` is
  /// automatic).
  explicit Terminal(int fd, AnsiMode ansi = AnsiMode::automatic);

  [[nodiscard]] int fd() const noexcept { return fd_; }
  [[nodiscard]] bool is_terminal() const noexcept { return is_terminal_; }
  [[nodiscard]] Colours colours() const noexcept { return colours_; }
  /// Whether the cursor may be moved: it is a terminal that is not dumb and `--ansi` isn't never, or it is
  /// always.
  [[nodiscard]] bool can_redraw() const noexcept { return can_redraw_; }
  /// Asks anew each time, since windows are resized. `COLUMNS` and `LINES`, else 80 × 24, where it is no
  /// terminal.
  [[nodiscard]] TerminalSize size() const noexcept;

 private:
  int fd_;
  bool is_terminal_;
  Colours colours_;
  bool can_redraw_;
};

/// The rule behind `Terminal`, on plain values. `no_color`, `term`: the variables' values, empty where unset.
struct Look {
  Colours colours;
  bool can_redraw;
};
Look decide_look(AnsiMode ansi, bool is_terminal, std::string_view no_color, std::string_view term);

}  // namespace crstack::ui
