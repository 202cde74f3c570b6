// SPDX-License-Identifier: MIT
#include "cli/tar_stream.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <memory>
#include <thread>

#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

namespace fs = std::filesystem;

struct Free {
  void operator()(archive* handle) const { archive_free(handle); }
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using Archive = std::unique_ptr<archive, Free>;
using Entry = std::unique_ptr<archive_entry, Free>;

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

[[noreturn]] void fail(const std::string& what, archive* handle) {
  const char* why = archive_error_string(handle);
  throw Error(what + ": " + (why != nullptr ? why : "unknown error"));
}

la_ssize_t send_piece(archive* handle, void* pipe, const void* bytes, std::size_t size) {
  if (static_cast<Pipe*>(pipe)->send({static_cast<const char*>(bytes), size}))
    return static_cast<la_ssize_t>(size);
  archive_set_error(handle, EPIPE, "the other side wants no more");
  return -1;
}

void add_content(archive* tar, const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw Error("can't read " + path + ": " + std::strerror(errno));
  std::array<char, 65536> buffer;
  for (ssize_t got = 0; (got = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    if (archive_write_data(tar, buffer.data(), static_cast<std::size_t>(got)) < 0) break;
  }
  ::close(fd);
}

void add_path(archive* tar, archive* disk, const fs::path& path, const std::string& name, Owner owner) {
  const Entry entry(archive_entry_new());
  archive_entry_copy_sourcepath(entry.get(), path.c_str());
  archive_entry_copy_pathname(entry.get(), name.c_str());
  if (archive_read_disk_entry_from_file(disk, entry.get(), -1, nullptr) < ARCHIVE_WARN)
    fail("can't read " + path.string(), disk);
  if (archive_entry_filetype(entry.get()) == AE_IFSOCK) return;
  if (owner == Owner::root) {
    archive_entry_set_uid(entry.get(), 0);
    archive_entry_set_gid(entry.get(), 0);
    archive_entry_set_uname(entry.get(), nullptr);
    archive_entry_set_gname(entry.get(), nullptr);
  }
  if (archive_write_header(tar, entry.get()) < ARCHIVE_WARN) fail("can't pack " + path.string(), tar);
  if (archive_entry_filetype(entry.get()) == AE_IFREG) add_content(tar, path.string());
}

/// Writes an archive to the pipe; `add` puts the entries in.
void write_tar(Pipe& pipe, const std::function<void(archive* tar, archive* disk)>& add) {
  const Archive tar(archive_write_new()), disk(archive_read_disk_new());
  archive_write_set_format_pax_restricted(tar.get());
  archive_write_set_bytes_per_block(tar.get(), 65536);
  archive_read_disk_set_symlink_physical(disk.get());
  if (archive_write_open(tar.get(), &pipe, nullptr, send_piece, nullptr) != ARCHIVE_OK)
    fail("can't pack files", tar.get());
  add(tar.get(), disk.get());
  if (archive_write_close(tar.get()) != ARCHIVE_OK) fail("can't pack files", tar.get());
}

void write_tree(Pipe& pipe, const fs::path& path, const std::string& top) {
  write_tar(pipe, [&](archive* tar, archive* disk) {
    add_path(tar, disk, path, top, Owner::as_archived);
    if (!fs::is_directory(fs::symlink_status(path))) return;
    for (const auto& item : fs::recursive_directory_iterator(path))
      add_path(tar, disk, item.path(), top + "/" + item.path().lexically_relative(path).string(),
               Owner::as_archived);
  });
}

void write_items(Pipe& pipe, const std::vector<TarItem>& items) {
  write_tar(pipe, [&](archive* tar, archive* disk) {
    for (const auto& item : items)
      if (std::error_code error; fs::exists(fs::symlink_status(item.source, error)))
        add_path(tar, disk, item.source, item.name, Owner::root);
  });
}

/// The name with its first part replaced.
std::string renamed(const std::string& name, const std::string& top) {
  if (top.empty()) return name;
  const auto slash = name.find('/');
  return slash == std::string::npos ? top : top + name.substr(slash);
}

void unpack(int fd, const std::string& directory, const std::string& top, Owner owner) {
  const Archive tar(archive_read_new()), disk(archive_write_disk_new());
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
    if (archive_read_extract2(tar.get(), entry, disk.get()) < ARCHIVE_WARN)
      fail("can't write " + name, tar.get());
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

/// Gives `use` what `write` puts into a pipe.
void read_tar(const std::function<void(Pipe&)>& write,
              const std::function<void(const engine::ByteSource&)>& use) {
  Pipe pipe;
  join_ends(
      pipe, [&] { write(pipe); },
      [&] {
        use([&] {
          std::string piece(65536, '\0');
          const auto got = ::read(pipe.read_end, piece.data(), piece.size());
          piece.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
          return piece;
        });
      });
}

}  // namespace

void with_tar_of(const std::string& path, const std::string& top, Links links,
                 const std::function<void(const engine::ByteSource&)>& use) {
  std::error_code error;
  auto source = fs::path(path);
  if (links == Links::follow_first) source = fs::canonical(source, error);
  if (error || !fs::exists(fs::symlink_status(source, error)))
    throw Error("lstat " + fs::absolute(path).string() + ": no such file or directory");
  read_tar([&](Pipe& pipe) { write_tree(pipe, source, top); }, use);
}

void with_tar_of(const std::vector<TarItem>& items,
                 const std::function<void(const engine::ByteSource&)>& use) {
  read_tar([&](Pipe& pipe) { write_items(pipe, items); }, use);
}

void unpack_tar(const std::string& directory, const std::string& top, Owner owner,
                const std::function<void(const engine::ByteSink&)>& produce) {
  Pipe pipe;
  join_ends(
      pipe, [&] { produce([&](std::string_view bytes) { return pipe.send(bytes); }); },
      [&] { unpack(pipe.read_end, directory, top, owner); });
}

}  // namespace crstack::cli
