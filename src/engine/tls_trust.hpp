// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crstack/engine/docker_engine.hpp"

struct mbedtls_pk_context;
struct mbedtls_x509_crt;

/// Whom a TLS connection trusts, as whom it shows itself, and why the one or the other failed.
namespace crstack::engine {

/// Reads the authorities of `address`, or else those that the system trusts (SSL_CERT_FILE, SSL_CERT_DIR, the
/// usual files). Throws EngineError where there is none.
void read_authorities(const HostAddress& address, mbedtls_x509_crt& authorities);

/// Reads the client's certificate and its key. False: there is none. Throws EngineError for what can't be
/// read.
bool read_own_certificate(const HostAddress& address, mbedtls_x509_crt& certificate, mbedtls_pk_context& key);

/// The 4 or 16 bytes of an IP address; empty for a name.
std::string address_bytes(const std::string& server);

/// Whether the certificate's subjectAltName lists the IP address (of `address_bytes`).
bool names_address(const mbedtls_x509_crt& certificate, std::string_view bytes);

/// What is wrong with the server's certificate, from the flags of its verification.
std::string distrust_words(std::uint32_t flags, const std::string& server);

/// Why the server broke the handshake off, from its alert (RFC 8446, section 6.2).
std::string alert_words(int alert);

/// The TLS library's words for an error of its own.
std::string tls_error_words(int error);

}  // namespace crstack::engine
