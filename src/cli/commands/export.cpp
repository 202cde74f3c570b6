// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/archive/output_path.hpp"
#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/project_containers.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--index", Takes::number, "int", "Index of the container if the service has several", ""},
    {"-o,--output", Takes::text, "string", "Write to a file instead of standard output", ""},
};

/// A file that takes its name only once it is whole: the old one stays until then.
class WholeFile {
 public:
  explicit WholeFile(std::string path)
      : path_(std::move(path)), part_(path_ + ".part-" + std::to_string(::getpid())) {
    namespace fs = std::filesystem;
    if (fs::is_directory(path_)) throw Error("cannot write to a directory: " + path_);
    if (const auto parent = fs::path(path_).parent_path(); !parent.empty() && !fs::is_directory(parent))
      throw Error("failed to export container: invalid output path: directory \"" + parent.string() +
                  "\" does not exist");
    try {
      refuse_special(path_);
    } catch (const Error& error) {
      throw Error(std::string("failed to export container: ") + error.what());
    }
    fd_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd_ < 0) throw Error("can't write " + path_ + ": " + std::strerror(errno));
  }
  ~WholeFile() {
    ::close(fd_);
    if (!whole_) ::unlink(part_.c_str());
  }
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;
  [[nodiscard]] int fd() const { return fd_; }
  void finish() {
    if (::rename(part_.c_str(), path_.c_str()) != 0)
      throw Error("can't write " + path_ + ": " + std::strerror(errno));
    whole_ = true;
  }

 private:
  std::string path_, part_;
  int fd_ = -1;
  bool whole_ = false;
};

int run(Context& context, const Arguments& arguments) {
  auto& engine = context.engine();
  const auto& service = arguments.positional().front();
  const auto container =
      container_of(engine, context.scope({service}).name, service, arguments.number("index").value_or(0));
  const auto path = arguments.text_or("output", "");
  if (path.empty() && ::isatty(STDOUT_FILENO) != 0)
    throw UsageError("output option is required when exporting to terminal", "Use --output FILE, or a pipe.");
  const event::Subject subject{event::ResourceKind::container, container.name, service};
  const auto detail = "export " + container.name + " to " + path;
  context.events().emit(event::Progress{subject, event::Activity::copying, event::Phase::working, detail});
  if (context.dry_run()) {
    context.events().emit(event::Progress{subject, event::Activity::copied, event::Phase::done, detail});
    return 0;
  }
  const auto produce = [&](const engine::ByteSink& sink) { engine.export_container(container.id, sink); };
  if (path.empty() || path == "-") {
    write_archive(STDOUT_FILENO, "/dev/stdout", produce);
    return 0;
  }
  WholeFile file(path);
  write_archive(file.fd(), path, produce);
  file.finish();
  return 0;
}

}  // namespace

constinit const Command export_command{
    .name = "export",
    .aliases = "",
    .synopsis = "[OPTIONS] SERVICE",
    .summary = "Export a service container's filesystem as a tar archive",
    .details = "",
    .options = options,
    .run = run,
    .count = {1},
    .title = "Exporting",
};

}  // namespace crstack::cli
