// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace crstack::ui {

/// Where text goes. Not thread-safe: whoever shares one locks.
class Output {
 public:
  virtual ~Output() = default;
  /// Writes all of `text`. False once nobody reads any more (closed pipe, full disk); never throws.
  virtual bool write(std::string_view text) noexcept = 0;
};

/// A file descriptor, which it doesn't own. Writes at once, without a buffer; survives EINTR, short writes
/// and non-blocking descriptors.
class FdOutput final : public Output {
 public:
  explicit FdOutput(int fd) : fd_(fd) {}
  bool write(std::string_view text) noexcept override;

 private:
  int fd_;
};

/// Memory, for tests and for text that is printed later.
class StringOutput final : public Output {
 public:
  bool write(std::string_view text) noexcept override;
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// The text so far, which is forgotten.
  std::string take();

 private:
  std::string text_;
};

}  // namespace crstack::ui
