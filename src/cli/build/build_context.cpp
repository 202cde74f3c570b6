// SPDX-License-Identifier: MIT
#include "cli/build/build_context.hpp"

#include <filesystem>
#include <iterator>
#include <utility>

#include "cli/build/ignore_patterns.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/file.hpp"

namespace crstack::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* ignore_file = ".dockerignore";
constexpr const char* inline_name = ".dockerfile.crstack";

IgnorePatterns ignored_by(const fs::path& root, const std::string& dockerfile) {
  for (const auto& path : {root / (dockerfile + ".dockerignore"), root / ignore_file})
    if (fs::exists(path)) return IgnorePatterns::parse(read_file(path));
  return {};
}

// What the ignore file leaves of the context.
class ContextTree {
 public:
  ContextTree(fs::path root, IgnorePatterns ignored, std::string dockerfile)
      : root_(std::move(root)),
        ignored_(std::move(ignored)),
        dockerfile_(std::move(dockerfile)),
        at_(root_) {}

  std::optional<TarEntry> next() {
    // First a short header: BuildKit takes what has none in its first KiB for a Dockerfile.
    if (!std::exchange(begun_, true)) return TarEntry{root_, ".", {}};
    for (; at_ != fs::recursive_directory_iterator(); ++at_) {
      const auto name = at_->path().lexically_relative(root_).string();
      if (!wanted(name)) continue;
      TarEntry entry{at_->path(), name, {}};
      ++at_;
      return entry;
    }
    return std::nullopt;
  }

 private:
  bool wanted(const std::string& name) {
    if (name == dockerfile_ || name == ignore_file || !ignored_.ignores(name)) return true;
    const bool holds_dockerfile = dockerfile_.starts_with(name + "/");
    if (at_->is_directory() && !at_->is_symlink() && !ignored_.has_exceptions() && !holds_dockerfile)
      at_.disable_recursion_pending();
    return false;
  }

  fs::path root_;
  IgnorePatterns ignored_;
  std::string dockerfile_;
  fs::recursive_directory_iterator at_;
  bool begun_ = false;
};

TarEntries one_after_the_other(std::vector<TarEntries> all) {
  return [all = std::move(all), at = std::size_t{0}]() mutable -> std::optional<TarEntry> {
    for (; at < all.size(); ++at)
      if (auto entry = all[at]()) return entry;
    return std::nullopt;
  };
}

TarEntries text_entry(std::string name, std::string text) {
  return [entry = std::optional(TarEntry{{}, std::move(name), std::move(text)})]() mutable {
    return std::exchange(entry, std::nullopt);
  };
}

// The Dockerfile's path relative to the context; empty where it lies outside.
std::string inside(const fs::path& root, const fs::path& dockerfile) {
  const auto relative =
      dockerfile.is_absolute() ? dockerfile.lexically_relative(root) : dockerfile.lexically_normal();
  const auto text = relative.string();
  return text.empty() || text == ".." || text.starts_with("../") ? std::string() : text;
}

void require_directory(const fs::path& path) {
  if (!fs::is_directory(path))
    throw Error("unable to prepare context: path \"" + path.string() + "\" not found");
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

BuildContext::BuildContext(const project::Build& build, const std::vector<ExtraDirectory>& extra) {
  const fs::path root = build.context;
  require_directory(root);
  const auto named = build.dockerfile.empty() ? std::string("Dockerfile") : build.dockerfile;
  if (build.dockerfile_inline.empty()) dockerfile_ = inside(root, named);
  if (!dockerfile_.empty() && !fs::exists(root / dockerfile_))
    throw Error("failed to solve: failed to read dockerfile: open " + dockerfile_ +
                ": no such file or directory");
  std::vector<TarEntries> entries;
  entries.emplace_back(
      [tree = ContextTree(root, ignored_by(root, named), dockerfile_)]() mutable { return tree.next(); });
  for (const auto& directory : extra) {
    require_directory(directory.path);
    entries.push_back(tree_entries(directory.path, directory.name));
  }
  if (dockerfile_.empty()) {
    dockerfile_ = inline_name;
    entries.push_back(text_entry(
        inline_name, build.dockerfile_inline.empty() ? read_file(root / named) : build.dockerfile_inline));
  }
  tar_.emplace(one_after_the_other(std::move(entries)), Owner::root);
}

std::string BuildContext::next() {
  return tar_->read();
}

}  // namespace crstack::cli
