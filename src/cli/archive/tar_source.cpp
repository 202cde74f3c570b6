// SPDX-License-Identifier: MIT
#include "cli/archive/tar_source.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "cli/archive/archive_handle.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_size = 1 << 18;  // what the engine takes at once: less costs it more
constexpr const char* capability = "security.capability";

/// As the engine's own tools do: labels and ACLs of this machine mean nothing in a container.
void keep_only_capabilities(archive_entry* entry) {
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  std::optional<std::string> kept;
  archive_entry_xattr_reset(entry);
  while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK)
    if (std::strcmp(name, capability) == 0) kept.emplace(static_cast<const char*>(value), size);
  archive_entry_xattr_clear(entry);
  if (kept) archive_entry_xattr_add_entry(entry, capability, kept->data(), kept->size());
}

void give_to_root(archive_entry* entry) {
  archive_entry_set_uid(entry, 0);
  archive_entry_set_gid(entry, 0);
  archive_entry_set_uname(entry, nullptr);
  archive_entry_set_gname(entry, nullptr);
}

}  // namespace

class TarSource::Impl {
 public:
  Impl(TarEntries entries, Owner owner)
      : entries_(std::move(entries)),
        owner_(owner),
        tar_(archive_write_new()),
        disk_(archive_read_disk_new()),
        buffer_(piece_size) {
    for (const int limit : {M_TRIM_THRESHOLD, M_MMAP_THRESHOLD})
      ::mallopt(limit, 64 * piece_size);  // else memory comes and goes with every piece
    archive_write_set_format_pax_restricted(tar_.get());
    archive_write_set_bytes_per_block(tar_.get(), piece_size);
    archive_read_disk_set_symlink_physical(disk_.get());
    archive_read_disk_set_behavior(disk_.get(), ARCHIVE_READDISK_NO_ACL | ARCHIVE_READDISK_NO_FFLAGS);
    if (archive_write_open(tar_.get(), &piece_, nullptr, append, nullptr) != ARCHIVE_OK)
      fail("can't pack files", tar_.get());
  }
  ~Impl() { close_file(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::string read() {
    while (piece_.empty() && !ended_) step();
    return std::exchange(piece_, {});
  }

 private:
  static la_ssize_t append(archive*, void* piece, const void* bytes, std::size_t size) {
    static_cast<std::string*>(piece)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
  }

  void step() {
    if (file_ >= 0) return add_content();
    if (const auto entry = next_entry()) return entry->text ? add_text(*entry) : add(*entry);
    if (archive_write_close(tar_.get()) != ARCHIVE_OK) fail("can't pack files", tar_.get());
    ended_ = true;
  }

  std::optional<TarEntry> next_entry() try { return entries_(); } catch (const fs::filesystem_error& error) {
    throw Error("can't read " + error.path1().string() + ": " + error.code().message());
  }

  void add(const TarEntry& wanted) {
    const ArchiveEntry entry(archive_entry_new());
    archive_entry_copy_sourcepath(entry.get(), wanted.path.c_str());
    archive_entry_copy_pathname(entry.get(), wanted.name.c_str());
    if (archive_read_disk_entry_from_file(disk_.get(), entry.get(), -1, nullptr) < ARCHIVE_WARN)
      fail("can't read " + wanted.path.string(), disk_.get());
    if (archive_entry_filetype(entry.get()) == AE_IFSOCK) return;
    keep_only_capabilities(entry.get());
    if (owner_ == Owner::root) give_to_root(entry.get());
    begin(wanted, entry.get());
    if (archive_entry_filetype(entry.get()) != AE_IFREG) return;
    file_ = ::open(wanted.path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file_ < 0) throw Error("can't read " + wanted.path.string() + ": " + std::strerror(errno));
    path_ = wanted.path;
  }

  void add_text(const TarEntry& wanted) {
    const ArchiveEntry entry(archive_entry_new());
    archive_entry_copy_pathname(entry.get(), wanted.name.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(wanted.text->size()));
    begin(wanted, entry.get());
    write(wanted.text->data(), wanted.text->size());
  }

  void begin(const TarEntry& wanted, archive_entry* entry) {
    if (archive_write_header(tar_.get(), entry) < ARCHIVE_WARN) fail("can't pack " + wanted.name, tar_.get());
  }

  void add_content() {
    const auto got = ::read(file_, buffer_.data(), buffer_.size());
    if (got < 0) throw Error("can't read " + path_.string() + ": " + std::strerror(errno));
    // What has grown since its header is cut off, what has shrunk is filled with zeros.
    if (got == 0 || write(buffer_.data(), static_cast<std::size_t>(got)) < got) close_file();
  }

  la_ssize_t write(const char* bytes, std::size_t size) {
    const auto written = archive_write_data(tar_.get(), bytes, size);
    if (written < 0) fail("can't pack files", tar_.get());
    return written;
  }

  void close_file() {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
  }

  TarEntries entries_;
  Owner owner_;
  std::string piece_;  ///< before the archive, which may write at its end
  ArchiveHandle tar_, disk_;
  std::vector<char> buffer_;
  fs::path path_;  ///< of the open file
  int file_ = -1;
  bool ended_ = false;
};

TarSource::TarSource(TarEntries entries, Owner owner)
    : impl_(std::make_unique<Impl>(std::move(entries), owner)) {}
TarSource::~TarSource() = default;

std::string TarSource::read() {
  return impl_->read();
}

TarEntries tree_entries(const fs::path& path, const std::string& top) {
  return [=, begun = false, at = fs::recursive_directory_iterator()]() mutable -> std::optional<TarEntry> {
    if (!std::exchange(begun, true)) {
      if (fs::is_directory(fs::symlink_status(path))) at = fs::recursive_directory_iterator(path);
      return TarEntry{path, top, {}};
    }
    if (at == fs::recursive_directory_iterator()) return std::nullopt;
    const auto found = at->path();
    ++at;
    return TarEntry{found, top + "/" + found.lexically_relative(path).string(), {}};
  };
}

}  // namespace crstack::cli
