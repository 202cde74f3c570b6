// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <mutex>
#include <utility>

#include "engine/connect_error.hpp"
#include "engine/transport.hpp"

namespace crstack::engine {

namespace {

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

/// Closes a socket unless it was handed on.
struct Socket {
  explicit Socket(int descriptor) : fd(descriptor) {}
  ~Socket() {
    if (fd >= 0) ::close(fd);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd;
};

/// Keeps SIGPIPE from this thread while the TLS library writes to a socket that may be closed.
class NoPipeSignal {
 public:
  NoPipeSignal() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoPipeSignal() {
    const timespec at_once{};
    if (sigismember(&before_, SIGPIPE) == 0) sigtimedwait(&pipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;

 private:
  sigset_t pipe_{}, before_{};
};

std::string last_tls_error() {
  const auto code = ERR_get_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "the connection ended" : reason;
}

/// The socket doesn't block, so that a reader and a writer can share the session: its lock is never held
/// while waiting.
class TlsTransport final : public Transport {
 public:
  TlsTransport(int fd, std::unique_ptr<SSL_CTX, FreeSsl> context, std::unique_ptr<SSL, FreeSsl> ssl)
      : fd_(fd), context_(std::move(context)), ssl_(std::move(ssl)) {}
  ~TlsTransport() override {
    ssl_.reset();
    ::close(fd_);
  }
  TlsTransport(const TlsTransport&) = delete;
  TlsTransport& operator=(const TlsTransport&) = delete;

  /// Runs a call on the session until it is through; its result, or 0 where the connection is over.
  template <class CallOnSession>
  int drive(const CallOnSession& call) {
    while (!stopped_) {
      pollfd waiting{fd_, POLLIN, 0};
      {
        std::lock_guard lock(mutex_);
        ERR_clear_error();
        const int result = call(ssl_.get());
        if (result > 0) return result;
        const int error = SSL_get_error(ssl_.get(), result);
        if (error == SSL_ERROR_WANT_WRITE)
          waiting.events = POLLOUT;
        else if (error != SSL_ERROR_WANT_READ)
          return 0;
      }
      ::poll(&waiting, 1, -1);
    }
    return 0;
  }

  std::size_t read(char* buffer, std::size_t size) override {
    return static_cast<std::size_t>(
        drive([&](SSL* ssl) { return SSL_read(ssl, buffer, static_cast<int>(size)); }));
  }
  bool write(std::string_view bytes) override {
    const NoPipeSignal quiet;
    while (!bytes.empty()) {
      const auto size = static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20));
      const int sent = drive([&](SSL* ssl) { return SSL_write(ssl, bytes.data(), size); });
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void close_write() override {
    const NoPipeSignal quiet;
    std::lock_guard lock(mutex_);
    SSL_shutdown(ssl_.get());
  }
  void shut_down() override {
    stopped_ = true;
    ::shutdown(fd_, SHUT_RDWR);
  }
  [[nodiscard]] int fd() const override { return fd_; }
  [[nodiscard]] bool has_buffered() const override {
    std::lock_guard lock(mutex_);
    return SSL_pending(ssl_.get()) > 0;
  }

 private:
  int fd_;
  mutable std::mutex mutex_;
  std::atomic<bool> stopped_ = false;
  std::unique_ptr<SSL_CTX, FreeSsl> context_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
};

std::unique_ptr<SSL_CTX, FreeSsl> make_context(const HostAddress& address) {
  std::unique_ptr<SSL_CTX, FreeSsl> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const auto& [authority, certificate, key] = address.files;
  if (address.tls_verify) {
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    // Without authorities of its own it trusts whom the system trusts (SSL_CERT_FILE, SSL_CERT_DIR).
    if (authority.empty()) SSL_CTX_set_default_verify_paths(context.get());
    if (!authority.empty() && SSL_CTX_load_verify_locations(context.get(), authority.c_str(), nullptr) != 1)
      throw absent_error(address, "can't read the certificate " + authority + ": " + last_tls_error());
  }
  const bool has_own = !certificate.empty() && ::access(certificate.c_str(), F_OK) == 0;
  if (has_own && (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1 ||
                  SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1))
    throw absent_error(address, "can't read " + certificate + " or its key " + key + ": " + last_tls_error());
  return context;
}

void expect_server(SSL* ssl, const std::string& server) {
  in6_addr any{};
  const bool numeric =
      ::inet_pton(AF_INET, server.c_str(), &any) == 1 || ::inet_pton(AF_INET6, server.c_str(), &any) == 1;
  if (numeric) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), server.c_str());
  } else {
    SSL_set1_host(ssl, server.c_str());
    SSL_set_tlsext_host_name(ssl, server.c_str());
  }
}

}  // namespace

std::unique_ptr<Transport> open_tls(int fd, const HostAddress& address, const std::string& server) {
  Socket socket{fd};
  auto context = make_context(address);
  std::unique_ptr<SSL, FreeSsl> ssl(SSL_new(context.get()));
  if (address.tls_verify) expect_server(ssl.get(), server);
  SSL_set_fd(ssl.get(), fd);
  if (SSL_connect(ssl.get()) != 1) {
    const long verdict = SSL_get_verify_result(ssl.get());
    throw absent_error(
        address, std::string("TLS: ") +
                     (verdict != X509_V_OK ? X509_verify_cert_error_string(verdict) : last_tls_error()));
  }
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  return std::make_unique<TlsTransport>(std::exchange(socket.fd, -1), std::move(context), std::move(ssl));
}

}  // namespace crstack::engine
