// SPDX-License-Identifier: MIT
#include "cli/archive/tar_stream.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <memory>
#include <thread>
#include <utility>

#include "cli/archive/archive_handle.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {
namespace {

namespace fs = std::filesystem;

/// Two connected ends: a thread fills one, the caller empties the other. A closed end is an error to the
/// other side, not a signal.
struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
      throw Error(std::string("can't make a pipe: ") + std::strerror(errno));
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    close_write();
    close_read();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_write() {
    if (write_end >= 0) ::close(write_end);
    write_end = -1;
  }
  void close_read() {
    if (read_end >= 0) ::close(read_end);
    read_end = -1;
  }
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(write_end, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EINTR) return false;
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  int read_end = -1, write_end = -1;
};

TarEntries existing(const std::vector<TarItem>& items) {
  return [&items, at = std::size_t{0}]() mutable -> std::optional<TarEntry> {
    std::error_code error;
    while (at < items.size() && !fs::exists(fs::symlink_status(items[at].source, error))) ++at;
    if (at == items.size()) return std::nullopt;
    const auto& item = items[at++];
    return TarEntry{item.source, item.name, {}};
  };
}

/// The name with its first part replaced.
std::string renamed(const std::string& name, const std::string& top) {
  if (top.empty()) return name;
  const auto slash = name.find('/');
  return slash == std::string::npos ? top : top + name.substr(slash);
}

/// Throws Error, in docker's words where the system gave a reason: `open PATH: permission denied`.
[[noreturn]] void refuse(const std::string& verb, const std::string& path, archive* disk) {
  const int error = archive_errno(disk);
  if (error <= 0) fail("can't write " + path, disk);
  throw Error(verb + " " + path + ": " + to_lower(std::strerror(error)));
}

/// Writes an entry of `tar` to the disk. archive_read_extract2 would do, but it calls an entry that it could
/// not write a warning.
void extract(archive* tar, archive_entry* entry, archive* disk) {
  const std::string path = archive_entry_pathname(entry);
  if (archive_write_header(disk, entry) < ARCHIVE_WARN) refuse("open", path, disk);
  const void* bytes = nullptr;
  std::size_t size = 0;
  la_int64_t at = 0;
  int state = ARCHIVE_OK;
  while ((state = archive_read_data_block(tar, &bytes, &size, &at)) == ARCHIVE_OK)
    if (archive_write_data_block(disk, bytes, size, at) < ARCHIVE_OK)  // a full disk is a warning to it
      refuse("write", path, disk);
  if (state != ARCHIVE_EOF) fail("can't unpack the archive", tar);
  if (archive_write_finish_entry(disk) < ARCHIVE_WARN) refuse("write", path, disk);
}

void unpack(int fd, const std::string& directory, const std::string& top, Owner owner) {
  const ArchiveHandle tar(archive_read_new()), disk(archive_write_disk_new());
  archive_read_support_format_tar(tar.get());
  int flags = ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_SECURE_NODOTDOT |
              ARCHIVE_EXTRACT_SECURE_SYMLINKS | ARCHIVE_EXTRACT_UNLINK;
  if (owner == Owner::as_archived) flags |= ARCHIVE_EXTRACT_OWNER;
  archive_write_disk_set_options(disk.get(), flags);
  if (archive_read_open_fd(tar.get(), fd, 65536) != ARCHIVE_OK) fail("can't unpack the archive", tar.get());
  archive_entry* entry = nullptr;
  int state = 0;
  while ((state = archive_read_next_header(tar.get(), &entry)) == ARCHIVE_OK) {
    const auto name = directory + "/" + renamed(archive_entry_pathname(entry), top);
    archive_entry_copy_pathname(entry, name.c_str());
    if (const char* link = archive_entry_hardlink(entry); link != nullptr)
      archive_entry_copy_hardlink(entry, (directory + "/" + renamed(link, top)).c_str());
    extract(tar.get(), entry, disk.get());
  }
  if (state != ARCHIVE_EOF) fail("can't unpack the archive", tar.get());
}

/// Runs `produce` in a thread beside `consume`; what the consumer throws goes first.
void join_ends(Pipe& pipe, const std::function<void()>& produce, const std::function<void()>& consume) {
  std::exception_ptr produced, consumed;
  std::thread producer([&] {
    try {
      produce();
    } catch (const std::exception&) {
      produced = std::current_exception();
    }
    pipe.close_write();
  });
  try {
    consume();
  } catch (const std::exception&) {
    consumed = std::current_exception();
  }
  pipe.close_read();
  producer.join();
  if (produced && !consumed) std::rethrow_exception(produced);
  if (consumed) std::rethrow_exception(consumed);
}

}  // namespace

void with_tar_of(const std::string& path, const std::string& top, Links links,
                 const std::function<void(const engine::ByteSource&)>& use) {
  std::error_code error;
  auto source = fs::path(path);
  if (links == Links::follow_first) source = fs::canonical(source, error);
  if (error || !fs::exists(fs::symlink_status(source, error)))
    throw Error("lstat " + fs::absolute(path).string() + ": no such file or directory");
  TarSource tar(tree_entries(source, top), Owner::as_archived);
  use([&] { return tar.read(); });
}

void with_tar_of(const std::vector<TarItem>& items,
                 const std::function<void(const engine::ByteSource&)>& use) {
  TarSource tar(existing(items), Owner::root);
  use([&] { return tar.read(); });
}

void unpack_tar(const std::string& directory, const std::string& top, Owner owner,
                const std::function<void(const engine::ByteSink&)>& produce) {
  Pipe pipe;
  const auto there = fs::canonical(directory).string();  // its own links and dots are nobody's trick
  join_ends(
      pipe, [&] { produce([&](std::string_view bytes) { return pipe.send(bytes); }); },
      [&] { unpack(pipe.read_end, there, top, owner); });
}

}  // namespace crstack::cli
