// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include "crstack/engine/docker_engine.hpp"
#include "support/fake_daemon.hpp"

/// What tests need that talk to a FakeDaemon.
namespace crstack::test {

inline std::unique_ptr<engine::Engine> connect(const FakeDaemon& daemon) {
  return engine::connect({daemon.url(), false, false, {}, "DOCKER_HOST"}, {});
}

inline engine::EngineError error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const engine::EngineError& error) {
    return error;
  }
  FAIL("no error");
  return {engine::ErrorKind::protocol, 0, "", "", ""};
}

/// A target without its encoding, of which the HTTP library knows more than one.
inline std::string decoded(const std::string& target) {
  std::string result;
  for (std::size_t i = 0; i < target.size(); ++i) {
    const bool encoded = target[i] == '%' && i + 2 < target.size();
    result += encoded ? static_cast<char>(std::stoi(target.substr(i + 1, 2), nullptr, 16))
                      : (target[i] == '+' ? ' ' : target[i]);
    if (encoded) i += 2;
  }
  return result;
}

inline std::string chunked_head(const std::string& type = "application/json") {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n\r\n";
}

inline std::string chunk(const std::string& text) {
  std::array<char, 24> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", text.size());
  return size.data() + text + "\r\n";
}

inline std::string frame(int kind, const std::string& text) {
  std::string head(8, '\0');
  head[0] = static_cast<char>(kind);
  head[6] = static_cast<char>(text.size() >> 8);
  head[7] = static_cast<char>(text.size());
  return head + text;
}

}  // namespace crstack::test
