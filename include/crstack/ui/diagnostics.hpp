// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "crstack/base/clock.hpp"
#include "crstack/base/error.hpp"
#include "crstack/ui/output.hpp"
#include "crstack/ui/terminal.hpp"

namespace crstack::ui {

/// The form that messages take: for people; as docker compose logs them where nobody looks (`time="…"
/// level=warning msg="…"`, for warnings only); as one JSON object a line (`--progress json`).
enum class MessageForm { terminal, plain, json };

/// Writes errors, warnings and hints; meant for stderr. Not thread-safe. Never throws but for want of memory.
class Diagnostics {
 public:
  Diagnostics(Output& output, MessageForm form, Colours colours, const Clock& clock)
      : output_(output), form_(form), colours_(colours), clock_(clock) {}

  /// Whether `error:` stands before an error for people. docker compose has it stand alone.
  enum class Label { shown, left_out };
  void error(std::string_view message, std::string_view hint = {}, Label label = Label::shown);
  void error(const Error& error, Label label = Label::shown) {
    this->error(error.what(), error.hint(), label);
  }
  /// `level` is what logs call it: `info` for what is no more than a remark.
  void warning(std::string_view message, std::string_view level = "warning");
  /// Text that is laid out already (`manifest::to_string(diagnostic)`): only colours are added, to `error:`,
  /// `warning:`, `hint:` and carets.
  void rendered(std::string_view text);

 private:
  Output& output_;
  MessageForm form_;
  Colours colours_;
  const Clock& clock_;
};

}  // namespace crstack::ui
