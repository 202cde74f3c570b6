// SPDX-License-Identifier: MIT
#include "engine/chunked.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "crstack/engine/error.hpp"

using namespace crstack;
using engine::Dechunker;

TEST_CASE("chunks are put together, however they are cut", "[engine]") {
  const std::string body = "4\r\nWiki\r\nA;name=value\r\n0123456789\r\n1\n\r\r\n0\r\nX: y\r\n\r\nnext";
  for (std::size_t step = 1; step <= body.size(); ++step) {
    Dechunker dechunker;
    std::string got;
    for (std::size_t at = 0; at < body.size(); at += step) {
      std::string piece = body.substr(at, step);
      piece.resize(dechunker.decode(piece.data(), piece.size()));
      got += piece;
    }
    CHECK(got == "Wiki0123456789\r");
    CHECK(dechunker.ended());
  }
}

TEST_CASE("what is no chunk is no answer", "[engine]") {
  Dechunker dechunker;
  std::string bytes = "hello";
  CHECK_THROWS_AS(dechunker.decode(bytes.data(), bytes.size()), engine::EngineError);
}
