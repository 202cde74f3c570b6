// SPDX-License-Identifier: MIT
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#if MBEDTLS_VERSION_MAJOR >= 3
#include <psa/crypto.h>
#endif

#include <atomic>
#include <cerrno>
#include <mutex>
#include <optional>
#include <utility>

#include "engine/connect_error.hpp"
#include "engine/tls_random.hpp"
#include "engine/tls_trust.hpp"
#include "engine/transport.hpp"

#if MBEDTLS_VERSION_MAJOR == 2
/// crstack is nobody's TLS server: the library's own one, which each handshake of a client could lead to, is
/// half a hundredth of the binary.
extern "C" [[gnu::weak]] int mbedtls_ssl_handshake_server_step(mbedtls_ssl_context*) {
  return MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE;
}
#endif

namespace crstack::engine {

namespace {

/// What the library wants before it can go on; nothing: the connection is over.
using Waiting = std::optional<short>;

Waiting waiting_for(int error) {
  switch (error) {
    case MBEDTLS_ERR_SSL_WANT_READ:
      return POLLIN;
    case MBEDTLS_ERR_SSL_WANT_WRITE:
      return POLLOUT;
#ifdef MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET
    case MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET:
      return 0;
#endif
    default:
      return std::nullopt;
  }
}

/// The library's contexts for one connection, and the socket beneath them. Not for two threads at once.
class Session {
 public:
  explicit Session(int fd) : fd_(fd) {
    mbedtls_ssl_init(&ssl_);
    mbedtls_ssl_config_init(&config_);
    mbedtls_x509_crt_init(&authorities_);
    mbedtls_x509_crt_init(&certificate_);
    mbedtls_pk_init(&key_);
  }
  ~Session() {
    mbedtls_ssl_free(&ssl_);
    mbedtls_ssl_config_free(&config_);
    mbedtls_x509_crt_free(&authorities_);
    mbedtls_x509_crt_free(&certificate_);
    mbedtls_pk_free(&key_);
    ::close(fd_);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void set_up(const HostAddress& address, const std::string& server);
  void shake_hands(const HostAddress& address, const std::string& server);

  mbedtls_ssl_context* ssl() { return &ssl_; }
  [[nodiscard]] const mbedtls_ssl_context* ssl() const { return &ssl_; }
  [[nodiscard]] int fd() const { return fd_; }

  /// Sends what the library wrote. What it waits for before there can be more; 0: all is sent.
  Waiting flush() {
    while (!outgoing_.empty()) {
      const auto sent = ::send(fd_, outgoing_.data(), outgoing_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent > 0)
        outgoing_.erase(0, static_cast<std::size_t>(sent));
      else if (errno == EAGAIN)
        return POLLOUT;
      else if (errno != EINTR)
        return std::nullopt;
    }
    return 0;
  }

 private:
  static int receive(void* self, unsigned char* to, std::size_t size) {
    auto& session = *static_cast<Session*>(self);
    const auto got = ::recv(session.fd_, to, size, MSG_DONTWAIT);
    if (got < 0)
      return errno == EAGAIN || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_SSL_CONN_EOF;
    session.remember({reinterpret_cast<const char*>(to), static_cast<std::size_t>(got)});
    return static_cast<int>(got);
  }
  /// The library's output waits in a buffer, so that a record is never half written when a reader comes by.
  static int send_later(void* self, const unsigned char* from, std::size_t size) {
    static_cast<Session*>(self)->outgoing_.append(reinterpret_cast<const char*>(from), size);
    return static_cast<int>(size);
  }
  static int expect_address(void* self, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags) {
    if (depth == 0 && !names_address(*certificate, static_cast<Session*>(self)->address_))
      *flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
    return 0;
  }
  void remember(std::string_view received) {
    latest_ += received;
    if (latest_.size() > alert_record) latest_.erase(0, latest_.size() - alert_record);
  }
  void verify(const HostAddress& address, const std::string& server);
  std::string failure(int error, const std::string& server) const;

  static constexpr std::size_t alert_record = 7;  ///< bytes: type, version, length, level, alert
  int fd_;
  mbedtls_ssl_context ssl_{};
  mbedtls_ssl_config config_{};
  mbedtls_x509_crt authorities_{}, certificate_{};
  mbedtls_pk_context key_{};
  std::string outgoing_, address_;
  std::string latest_;  ///< the last bytes that came: the library doesn't tell which alert it got
};

void Session::verify(const HostAddress& address, const std::string& server) {
  read_authorities(address, authorities_);
  mbedtls_ssl_conf_authmode(&config_, MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_ca_chain(&config_, &authorities_, nullptr);
  address_ = address_bytes(server);
  if (!address_.empty()) mbedtls_ssl_conf_verify(&config_, expect_address, this);
}

void Session::set_up(const HostAddress& address, const std::string& server) {
#if MBEDTLS_VERSION_MAJOR >= 3
  static const auto started = psa_crypto_init();
  if (started != PSA_SUCCESS) throw tls_error(address, "TLS: the cryptographic library doesn't start");
#endif
  mbedtls_ssl_config_defaults(&config_, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                              MBEDTLS_SSL_PRESET_DEFAULT);
#if MBEDTLS_VERSION_MAJOR < 3
  mbedtls_ssl_conf_min_version(&config_, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
#endif
  mbedtls_ssl_conf_rng(&config_, tls_random, nullptr);
  mbedtls_ssl_conf_authmode(&config_, MBEDTLS_SSL_VERIFY_NONE);
  if (address.tls_verify) verify(address, server);
  if (read_own_certificate(address, certificate_, key_))
    mbedtls_ssl_conf_own_cert(&config_, &certificate_, &key_);
  const bool named = address.tls_verify && address_.empty();
  if (const int error = mbedtls_ssl_setup(&ssl_, &config_); error != 0)
    throw tls_error(address, "TLS: " + tls_error_words(error));
  if (const int error = mbedtls_ssl_set_hostname(&ssl_, named ? server.c_str() : nullptr); error != 0)
    throw tls_error(address, "TLS: " + tls_error_words(error));
  mbedtls_ssl_set_bio(&ssl_, this, send_later, receive, nullptr);
}

std::string Session::failure(int error, const std::string& server) const {
  constexpr char alert = 21;
  if (error == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED)
    return "failed to verify certificate: " + distrust_words(mbedtls_ssl_get_verify_result(&ssl_), server);
  if (error == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE && latest_.size() == alert_record && latest_[0] == alert)
    return alert_words(static_cast<unsigned char>(latest_.back()));
  if (waiting_for(error) || error == 0 || error == MBEDTLS_ERR_SSL_CONN_EOF) return "the connection ended";
  return tls_error_words(error);
}

void Session::shake_hands(const HostAddress& address, const std::string& server) {
  for (;;) {
    const int result = mbedtls_ssl_handshake(&ssl_);
    const Waiting unsent = flush(), wanted = result == 0 ? Waiting(0) : waiting_for(result);
    const auto kind =
        result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED ? ErrorKind::untrusted : ErrorKind::socket_absent;
    if (!wanted || !unsent) throw tls_error(address, "TLS: " + failure(result, server), kind);
    if (result == 0 && *unsent == 0) return;
    pollfd waiting{fd_, static_cast<short>(*wanted | *unsent), 0};
    if (waiting.events != 0) ::poll(&waiting, 1, -1);
  }
}

/// A reader and a writer share the session: its lock is never held while waiting.
class TlsTransport final : public Transport {
 public:
  explicit TlsTransport(std::unique_ptr<Session> session) : session_(std::move(session)) {}

  std::size_t read(char* buffer, std::size_t size) override {
    int got = 0;
    drive([&]() -> Waiting {
      if (ended_) return std::nullopt;
      got = mbedtls_ssl_read(session_->ssl(), reinterpret_cast<unsigned char*>(buffer), size);
      session_->flush();
      if (got > 0) return done;
      const Waiting wanted = waiting_for(got);
      ended_ = !wanted;
      return wanted;
    });
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  bool write(std::string_view bytes) override {
    while (!bytes.empty()) {
      if (!drive([&]() -> Waiting {
            const int sent = mbedtls_ssl_write(
                session_->ssl(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
            if (sent <= 0) return waiting_for(sent);
            bytes.remove_prefix(static_cast<std::size_t>(sent));
            return done;
          }) ||
          !send_all())
        return false;
    }
    return true;
  }
  void close_write() override {
    {
      std::lock_guard lock(mutex_);
      mbedtls_ssl_close_notify(session_->ssl());
    }
    send_all();
  }
  void shut_down() override {
    stopped_ = true;
    ::shutdown(session_->fd(), SHUT_RDWR);
  }
  [[nodiscard]] int fd() const override { return session_->fd(); }
  [[nodiscard]] bool has_buffered() const override {
    std::lock_guard lock(mutex_);
    return mbedtls_ssl_get_bytes_avail(session_->ssl()) > 0;
  }

 private:
  static constexpr short done = -1;

  /// Runs a call on the session until it is done; false where the connection is over.
  template <class Call>
  bool drive(const Call& call) {
    while (!stopped_) {
      Waiting wanted;
      {
        std::lock_guard lock(mutex_);
        wanted = call();
      }
      if (!wanted) return false;
      if (*wanted == done) return true;
      pollfd waiting{session_->fd(), *wanted, 0};
      if (*wanted != 0) ::poll(&waiting, 1, -1);
    }
    return false;
  }
  bool send_all() {
    return drive([&]() -> Waiting {
      const Waiting wanted = session_->flush();
      return wanted == Waiting(0) ? Waiting(done) : wanted;
    });
  }

  mutable std::mutex mutex_;
  std::atomic<bool> stopped_ = false;
  bool ended_ = false;  ///< nothing more comes: the library must not wait for it again
  std::unique_ptr<Session> session_;
};

}  // namespace

std::unique_ptr<Transport> open_tls(int fd, const HostAddress& address, const std::string& server) {
  auto session = std::make_unique<Session>(fd);
  session->set_up(address, server);
  session->shake_hands(address, server);
  return std::make_unique<TlsTransport>(std::move(session));
}

}  // namespace crstack::engine
