// SPDX-License-Identifier: MIT
#include "support/fake_daemon.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace crstack::test {

namespace {

/// Reads more into the buffer; false at the end.
bool more(int fd, std::string& buffer) {
  std::array<char, 65536> piece{};
  const auto got = ::recv(fd, piece.data(), piece.size(), 0);
  if (got > 0) buffer.append(piece.data(), static_cast<std::size_t>(got));
  return got > 0;
}

/// Takes up to and with `end` from the buffer.
bool take_until(int fd, std::string& buffer, const std::string& end, std::string& text) {
  std::size_t place = 0;
  while ((place = buffer.find(end)) == std::string::npos)
    if (!more(fd, buffer)) return false;
  text = buffer.substr(0, place);
  buffer.erase(0, place + end.size());
  return true;
}

bool take(int fd, std::string& buffer, std::size_t size, std::string& text) {
  while (buffer.size() < size)
    if (!more(fd, buffer)) return false;
  text += buffer.substr(0, size);
  buffer.erase(0, size);
  return true;
}

bool read_chunks(int fd, std::string& buffer, std::string& body) {
  for (;;) {
    std::string size, end;
    if (!take_until(fd, buffer, "\r\n", size)) return false;
    const auto count = std::stoul(size, nullptr, 16);
    if (!take(fd, buffer, count, body) || !take_until(fd, buffer, "\r\n", end)) return false;
    if (count == 0) return true;
  }
}

}  // namespace

FakeDaemon::FakeDaemon() {
  std::string pattern = "/tmp/crstack-daemon-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = pattern;
  path_ = directory_ + "/engine.sock";
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::strncpy(name.sun_path, path_.c_str(), sizeof name.sun_path - 1);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 ||
      ::listen(listener_, 64) != 0)
    throw std::runtime_error("can't listen on " + path_);
  answer("GET /_ping", {"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK"});
  acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
}

FakeDaemon::~FakeDaemon() {
  acceptor_.request_stop();
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    std::lock_guard lock(mutex_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  servers_.clear();
  for (const int fd : open_) ::close(fd);
  ::close(listener_);
  ::unlink(path_.c_str());
  ::rmdir(directory_.c_str());
}

void FakeDaemon::answer(const std::string& request, std::vector<std::string> pieces, Then then) {
  std::lock_guard lock(mutex_);
  answers_[request] = {std::move(pieces), then};
}

void FakeDaemon::answer_json(const std::string& request, int status, const std::string& body) {
  answer(request, {"HTTP/1.1 " + std::to_string(status) +
                   " X\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
                   "\r\n\r\n" + body});
}

std::vector<FakeDaemon::Request> FakeDaemon::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t FakeDaemon::connections() const {
  std::lock_guard lock(mutex_);
  return connections_;
}

void FakeDaemon::accept_all(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    std::lock_guard lock(mutex_);
    ++connections_;
    open_.push_back(fd);
    servers_.emplace_back([this, fd] { serve(fd); });
  }
}

bool FakeDaemon::read_request(int fd, std::string& buffer, Request& request) {
  std::string line;
  if (!take_until(fd, buffer, "\r\n", line) || !take_until(fd, buffer, "\r\n\r\n", request.head))
    return false;
  const auto space = line.find(' ');
  request.method = line.substr(0, space);
  request.target = line.substr(space + 1, line.rfind(' ') - space - 1);
  if (request.head.find("Transfer-Encoding: chunked") != std::string::npos)
    return read_chunks(fd, buffer, request.body);
  const auto length = request.head.find("Content-Length: ");
  if (length == std::string::npos) return true;
  return take(fd, buffer, std::stoul(request.head.substr(length + 16)), request.body);
}

void FakeDaemon::serve(int fd) {
  std::string buffer;
  for (;;) {
    Request request;
    if (!read_request(fd, buffer, request)) break;
    Answer answer{{"HTTP/1.1 404 Not Found\r\nContent-Length: 26\r\n\r\n{\"message\":\"no such page\"}"},
                  Then::keep};
    {
      std::lock_guard lock(mutex_);
      requests_.push_back(request);
      const auto line = request.method + " " + request.target;
      for (const auto& [prefix, known] : answers_) {
        if (!line.starts_with(prefix)) continue;
        answer = known;
        break;
      }
    }
    for (const auto& piece : answer.pieces) {
      (void)::send(fd, piece.data(), piece.size(), MSG_NOSIGNAL);
      if (answer.pieces.size() > 1) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    if (answer.then == Then::close) break;
    while (answer.then == Then::hang && more(fd, buffer)) continue;
    if (answer.then == Then::echo) {
      do {
        (void)::send(fd, buffer.data(), buffer.size(), MSG_NOSIGNAL);
        buffer.clear();
      } while (more(fd, buffer));
      break;
    }
  }
  ::shutdown(fd, SHUT_RDWR);
}

}  // namespace crstack::test
