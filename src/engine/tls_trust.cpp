// SPDX-License-Identifier: MIT
#include "engine/tls_trust.hpp"

#include <arpa/inet.h>
#include <mbedtls/error.h>
#include <mbedtls/pk.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>

#include "crstack/base/text.hpp"
#include "engine/connect_error.hpp"
#include "engine/tls_random.hpp"

namespace crstack::engine {

namespace {

/// Where distributions keep the authorities they trust.
constexpr std::array bundles = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/ca-bundle.pem",
                                "/etc/ssl/cert.pem"};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void read_system_authorities(mbedtls_x509_crt& authorities) {
  const std::string file = variable("SSL_CERT_FILE"), directories = variable("SSL_CERT_DIR");
  if (!file.empty()) mbedtls_x509_crt_parse_file(&authorities, file.c_str());
  for (const std::string& directory : split(directories, ':'))
    if (!directory.empty()) mbedtls_x509_crt_parse_path(&authorities, directory.c_str());
  if (!file.empty() || !directories.empty()) return;
  for (const char* bundle : bundles)
    if (::access(bundle, R_OK) == 0 && mbedtls_x509_crt_parse_file(&authorities, bundle) >= 0) return;
}

/// Why a file could not be used: the system's reason in docker's words, or else the TLS library's.
std::string unusable(const char* what, const std::string& file, int error) {
  return ::access(file.c_str(), R_OK) == 0
             ? "can't read the " + std::string(what) + file + ": " + tls_error_words(error)
             : "open " + file + ": " + to_lower(std::strerror(errno));
}

int read_key(const std::string& file, mbedtls_pk_context& key) {
#if MBEDTLS_VERSION_MAJOR >= 3
  return mbedtls_pk_parse_keyfile(&key, file.c_str(), nullptr, tls_random, nullptr);
#else
  return mbedtls_pk_parse_keyfile(&key, file.c_str(), nullptr);
#endif
}

int check_pair(const mbedtls_x509_crt& certificate, const mbedtls_pk_context& key) {
#if MBEDTLS_VERSION_MAJOR >= 3
  return mbedtls_pk_check_pair(&certificate.pk, &key, tls_random, nullptr);
#else
  return mbedtls_pk_check_pair(&certificate.pk, &key);
#endif
}

}  // namespace

void read_authorities(const HostAddress& address, mbedtls_x509_crt& authorities) {
  const std::string& file = address.files.authority;
  if (file.empty()) {
    read_system_authorities(authorities);
    if (authorities.raw.len == 0)
      throw tls_error(address,
                      "TLS: this system has no list of authorities, and none was named (--tlscacert)");
    return;
  }
  const int result = mbedtls_x509_crt_parse_file(&authorities, file.c_str());
  if (result < 0 || authorities.raw.len == 0)
    throw tls_error(address, unusable("certificate ", file, result));
}

bool read_own_certificate(const HostAddress& address, mbedtls_x509_crt& certificate,
                          mbedtls_pk_context& key) {
  const std::string &certificate_file = address.files.certificate, &key_file = address.files.key;
  if (certificate_file.empty() || ::access(certificate_file.c_str(), F_OK) != 0) return false;
  if (const int error = mbedtls_x509_crt_parse_file(&certificate, certificate_file.c_str()); error != 0)
    throw tls_error(address, unusable("certificate ", certificate_file, error));
  if (const int error = read_key(key_file, key); error != 0)
    throw tls_error(address, unusable("key ", key_file, error));
  if (check_pair(certificate, key) != 0)
    throw tls_error(address, "the key " + key_file + " is not that of the certificate " + certificate_file);
  return true;
}

std::string address_bytes(const std::string& server) {
  std::array<char, sizeof(in6_addr)> bytes{};
  if (::inet_pton(AF_INET, server.c_str(), bytes.data()) == 1) return {bytes.data(), sizeof(in_addr)};
  if (::inet_pton(AF_INET6, server.c_str(), bytes.data()) == 1) return {bytes.data(), bytes.size()};
  return {};
}

bool names_address(const mbedtls_x509_crt& certificate, std::string_view bytes) {
  constexpr int ip_address = 7;  // GeneralName's choice, RFC 5280, section 4.2.1.6
  for (const auto* name = &certificate.subject_alt_names; name != nullptr; name = name->next) {
    const auto& entry = name->buf;
    if (entry.tag == (MBEDTLS_ASN1_CONTEXT_SPECIFIC | ip_address) && entry.len == bytes.size() &&
        std::memcmp(entry.p, bytes.data(), bytes.size()) == 0)
      return true;
  }
  return false;
}

std::string distrust_words(std::uint32_t flags, const std::string& server) {
  if ((flags & MBEDTLS_X509_BADCERT_EXPIRED) != 0) return "the server's certificate has expired";
  if ((flags & MBEDTLS_X509_BADCERT_FUTURE) != 0) return "the server's certificate is not valid yet";
  if ((flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) != 0)
    return "the server's certificate is signed by an unknown authority";
  if ((flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) != 0) return "the server's certificate is not for " + server;
  std::array<char, 512> words{};
  mbedtls_x509_crt_verify_info(words.data(), words.size(), "", flags);
  return "the server's certificate: " + join(split(trim(words.data()), '\n'), ", ");
}

std::string alert_words(int alert) {
  static const std::map<int, std::string> refusals = {{42, "a bad certificate, or none"},
                                                      {43, "an unsupported certificate"},
                                                      {44, "a revoked certificate"},
                                                      {45, "an expired certificate"},
                                                      {46, "a certificate it can't use"},
                                                      {48, "a certificate of an unknown authority"},
                                                      {116, "no certificate"}};
  if (alert == 40) return "the server found no way to shake hands";
  if (alert == 70) return "the server speaks no version of TLS that this client speaks";
  const auto refusal = refusals.find(alert);
  if (refusal == refusals.end()) return "the server broke off with alert " + std::to_string(alert);
  return "the server refuses this client for " + refusal->second +
         " (--tlscert and --tlskey name the client's own)";
}

std::string tls_error_words(int error) {
  std::array<char, 256> words{};
  mbedtls_strerror(error, words.data(), words.size());
  return words.data();
}

}  // namespace crstack::engine
