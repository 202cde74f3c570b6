// SPDX-License-Identifier: MIT
#include "crstack/base/stop_signal.hpp"

#include <poll.h>

#include <catch2/catch_test_macros.hpp>
#include <stop_token>

using crstack::StopSignal;

TEST_CASE("a stop signal is readable once its token is stopped", "[base]") {
  std::stop_source source;
  const StopSignal signal(source.get_token());
  pollfd state{signal.fd(), POLLIN, 0};
  CHECK(::poll(&state, 1, 0) == 0);
  source.request_stop();
  CHECK(::poll(&state, 1, 0) == 1);
}
