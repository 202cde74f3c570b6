// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace crstack::test {

/// An HTTP server on a temporary Unix socket that answers with bytes a test has written out. `/_ping` is
/// answered as Docker 20.10 does (API 1.41) unless the test says otherwise; a request without an answer gets
/// 404.
class FakeDaemon {
 public:
  enum class Then {
    keep,   ///< the connection waits for the next request
    close,  ///< it is closed behind the answer
    hang,   ///< nothing more comes, but it stays open
    echo    ///< it has been handed over: what comes in goes out, until the end of file
  };
  struct Request {
    std::string method, target, head, body;  ///< `head` holds all header lines; a chunked body is joined
  };

  FakeDaemon();
  ~FakeDaemon();
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;

  [[nodiscard]] std::string url() const { return "unix://" + path_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// To requests that begin with `request` (`GET /v1.41/info`): these pieces, each in a packet of its own.
  void answer(const std::string& request, std::vector<std::string> pieces, Then then = Then::keep);
  /// The same with a whole answer made of a status and a JSON body.
  void answer_json(const std::string& request, int status, const std::string& body);
  [[nodiscard]] std::vector<Request> requests() const;
  [[nodiscard]] std::size_t connections() const;

 private:
  struct Answer {
    std::vector<std::string> pieces;
    Then then;
  };
  void accept_all(const std::stop_token& stop);
  void serve(int fd);
  static bool read_request(int fd, std::string& buffer, Request& request);

  std::string directory_, path_;
  int listener_ = -1;
  mutable std::mutex mutex_;
  std::map<std::string, Answer, std::greater<>> answers_;  ///< a longer prefix comes first
  std::vector<Request> requests_;
  std::vector<int> open_;
  std::vector<std::jthread> servers_;
  std::size_t connections_ = 0;
  std::jthread acceptor_;
};

}  // namespace crstack::test
