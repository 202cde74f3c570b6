// SPDX-License-Identifier: MIT
#include "cli/build_context.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "cli/ignore_patterns.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* ignore_file = ".dockerignore";
constexpr const char* inline_name = ".dockerfile.crstack";

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error("cannot read " + path.string() + ": " + std::strerror(errno));
  return {std::istreambuf_iterator<char>(file), {}};
}

IgnorePatterns ignored_by(const fs::path& root, const std::string& dockerfile) {
  for (const auto& path : {root / (dockerfile + ".dockerignore"), root / ignore_file})
    if (fs::exists(path)) return IgnorePatterns::parse(read_file(path));
  return {};
}

struct ArchiveDeleter {
  void operator()(archive* tar) const { archive_write_free(tar); }
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

class Packer {
 public:
  Packer(int file, fs::path root, IgnorePatterns ignored, std::string dockerfile)
      : root_(std::move(root)),
        ignored_(std::move(ignored)),
        dockerfile_(std::move(dockerfile)),
        tar_(archive_write_new()) {
    archive_write_set_format_pax_restricted(tar_.get());
    archive_write_add_filter_none(tar_.get());
    check(archive_write_open_fd(tar_.get(), file));
  }

  void add_tree() {
    for (auto at = fs::recursive_directory_iterator(root_); at != fs::recursive_directory_iterator(); ++at) {
      const auto name = at->path().lexically_relative(root_).string();
      const bool needed = name == dockerfile_ || name == ignore_file;
      if (!needed && ignored_.ignores(name)) {
        const bool holds_dockerfile = dockerfile_.starts_with(name + "/");
        if (at->is_directory() && !at->is_symlink() && !ignored_.has_exceptions() && !holds_dockerfile)
          at.disable_recursion_pending();
        continue;
      }
      add(at->path(), name);
    }
  }

  void add_extra(const ExtraDirectory& extra) {
    const fs::path root = extra.path;
    if (!fs::is_directory(root))
      throw Error("unable to prepare context: path \"" + extra.path + "\" not found");
    add(root, extra.name);
    for (const auto& item : fs::recursive_directory_iterator(root))
      add(item.path(), extra.name + "/" + item.path().lexically_relative(root).string());
  }

  void add_text(const std::string& name, const std::string& text) {
    const std::unique_ptr<archive_entry, ArchiveDeleter> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(text.size()));
    check(archive_write_header(tar_.get(), entry.get()));
    check(static_cast<int>(archive_write_data(tar_.get(), text.data(), text.size()) < 0 ? ARCHIVE_FATAL
                                                                                        : ARCHIVE_OK));
  }

  void finish() { check(archive_write_close(tar_.get())); }

 private:
  void check(int code) {
    if (code >= ARCHIVE_WARN) return;
    throw Error(std::string("cannot pack the build context: ") + archive_error_string(tar_.get()));
  }

  void add(const fs::path& path, const std::string& name) {
    struct stat status {};
    if (lstat(path.c_str(), &status) != 0)
      throw Error("cannot read " + path.string() + ": " + std::strerror(errno));
    if (S_ISSOCK(status.st_mode)) return;  // a tar has no sockets
    const std::unique_ptr<archive_entry, ArchiveDeleter> entry(archive_entry_new());
    archive_entry_copy_stat(entry.get(), &status);
    archive_entry_set_uid(entry.get(), 0);
    archive_entry_set_gid(entry.get(), 0);
    archive_entry_set_pathname(entry.get(), name.c_str());
    if (S_ISLNK(status.st_mode)) archive_entry_set_symlink(entry.get(), fs::read_symlink(path).c_str());
    check(archive_write_header(tar_.get(), entry.get()));
    if (S_ISREG(status.st_mode)) add_content(path);
  }

  void add_content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw Error("cannot read " + path.string() + ": " + std::strerror(errno));
    char buffer[65536];
    while (file.read(buffer, sizeof buffer) || file.gcount() > 0) {
      const auto size = static_cast<std::size_t>(file.gcount());
      if (archive_write_data(tar_.get(), buffer, size) < 0) check(ARCHIVE_FATAL);
    }
  }

  fs::path root_;
  IgnorePatterns ignored_;
  std::string dockerfile_;
  std::unique_ptr<archive, ArchiveDeleter> tar_;
};

int nameless_file() {
  const char* directory = std::getenv("TMPDIR");
  std::string path =
      std::string(directory != nullptr && *directory != 0 ? directory : "/tmp") + "/crstack-XXXXXX";
  const int file = mkostemp(path.data(), O_CLOEXEC);
  if (file < 0)
    throw Error("cannot make a temporary file for the build context: " + std::string(std::strerror(errno)));
  unlink(path.c_str());
  return file;
}

// The Dockerfile's path relative to the context; empty where it lies outside.
std::string inside(const fs::path& root, const fs::path& dockerfile) {
  const auto relative =
      dockerfile.is_absolute() ? dockerfile.lexically_relative(root) : dockerfile.lexically_normal();
  const auto text = relative.string();
  return text.empty() || text == ".." || text.starts_with("../") ? std::string() : text;
}

}  // namespace

IgnorePatterns ignored_in_context(const project::Build& build) {
  if (is_remote_context(build.context)) return {};
  return ignored_by(build.context, build.dockerfile.empty() ? "Dockerfile" : build.dockerfile);
}

bool is_remote_context(const std::string& context) {
  for (const auto* prefix : {"http://", "https://", "git://", "ssh://", "git@", "github.com/"})
    if (context.starts_with(prefix)) return true;
  return false;
}

BuildContext::BuildContext(const project::Build& build, const std::vector<ExtraDirectory>& extra)
    : file_(nameless_file()) {
  const fs::path root = build.context;
  if (!fs::is_directory(root)) {
    close(file_);
    throw Error("unable to prepare context: path \"" + root.string() + "\" not found");
  }
  try {
    const auto named = build.dockerfile.empty() ? std::string("Dockerfile") : build.dockerfile;
    dockerfile_ = build.dockerfile_inline.empty() ? inside(root, named) : std::string();
    Packer packer(file_, root, ignored_by(root, named), dockerfile_);
    packer.add_tree();
    for (const auto& directory : extra) packer.add_extra(directory);
    if (dockerfile_.empty()) {
      packer.add_text(inline_name,
                      build.dockerfile_inline.empty() ? read_file(root / named) : build.dockerfile_inline);
      dockerfile_ = inline_name;
    } else if (!fs::exists(root / dockerfile_)) {
      throw Error("failed to solve: failed to read dockerfile: open " + dockerfile_ +
                  ": no such file or directory");
    }
    packer.finish();
  } catch (const fs::filesystem_error& error) {
    close(file_);
    throw Error(std::string("cannot pack the build context: ") + error.what());
  } catch (...) {
    close(file_);
    throw;
  }
  lseek(file_, 0, SEEK_SET);
}

BuildContext::~BuildContext() {
  close(file_);
}

std::string BuildContext::next() {
  std::string bytes(1 << 18, '\0');
  const auto size = read(file_, bytes.data(), bytes.size());
  if (size < 0) throw Error("cannot read the packed build context: " + std::string(std::strerror(errno)));
  bytes.resize(static_cast<std::size_t>(size));
  return bytes;
}

}  // namespace crstack::cli
