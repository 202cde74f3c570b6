// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <utility>

namespace crstack {

/// A value that its copies share until one of them is to change: that one then gets a copy of its own. For
/// what is large and mostly read. One thread may change what others don't look at meanwhile.
template <class T>
class Shared {
 public:
  Shared() : Shared(T{}) {}
  Shared(T value) : value_(std::make_shared<T>(std::move(value))) {}  // NOLINT(google-explicit-constructor)
  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }
  /// The value, to be changed. References to it from before may be to what the copies keep.
  T& edit() {
    if (value_.use_count() > 1) value_ = std::make_shared<T>(*value_);
    return *value_;
  }

 private:
  std::shared_ptr<T> value_;
};

}  // namespace crstack
