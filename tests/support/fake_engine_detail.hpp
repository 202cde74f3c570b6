// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <thread>

#include "support/fake_engine.hpp"

namespace crstack::test {

/// One engine call: logs it, then runs the hook, the holds, the failures and the latency that tests asked
/// for.
class FakeEngine::Call {
 public:
  Call(FakeEngine& engine, const std::string& name, const std::string& arguments = {},
       const std::stop_token& stop = {});
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

 private:
  FakeEngine& engine_;
  std::shared_ptr<CallRecord> record_;
};

/// A call whose answer is waited for elsewhere.
class CallInThread final : public engine::PendingCall {
 public:
  explicit CallInThread(std::function<void(const std::stop_token&)> call);
  ~CallInThread() override;
  CallInThread(const CallInThread&) = delete;
  CallInThread& operator=(const CallInThread&) = delete;
  [[nodiscard]] int fd() const override { return done_; }
  void finish() override;
  static std::atomic<std::size_t> alive;

 private:
  const int done_;  ///< an eventfd
  std::exception_ptr failure_;
  std::jthread thread_;
};

[[noreturn]] void refuse(engine::ErrorKind kind, int status, const std::string& message);
bool runs(const engine::ContainerDetails& details);
bool has_labels(const engine::StringMap& labels, const engine::LabelFilter& filter);
std::string normal_reference(const std::string& reference);  ///< `busybox` → `busybox:latest`

}  // namespace crstack::test
