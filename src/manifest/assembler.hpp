// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "consistency.hpp"
#include "crstack/base/environment.hpp"
#include "environment.hpp"
#include "reader.hpp"
#include "stages.hpp"

namespace crstack::manifest {

/// Where a group of files is loaded from: the main ones, or those of one `include`.
struct Scope {
  std::string base;       ///< what their relative paths start from; relative itself inside an include
  std::string directory;  ///< absolute: where file names in their `include` and `extends` start
  Environment environment;
  std::vector<std::string> including;  ///< the files that led here, for cycles
};

/// Hears of every file's tree just before it is merged, for `config --explain`.
class MergeListener {
 public:
  /// Whether a file's services are merged, or only extended by others.
  enum class Role { merged, extended };
  virtual ~MergeListener() = default;
  /// `raw` as read, variables in place; `environment` is what they were looked up in.
  virtual void on_read(const Node& raw, const Environment& environment, Role role,
                       const std::string& file) = 0;
};

/// Makes one tree of several files: for each it reads, interpolates, extends, includes, merges, validates and
/// brings into canonical form. Not for use by several threads.
class Assembler {
 public:
  Assembler(const LoadOptions& options, Sources& sources, Diagnostics& diagnostics);

  /// What may be missing from the tree where something is wrong.
  [[nodiscard]] const Unfinished& unfinished() const { return unfinished_; }

  void set_listener(MergeListener* listener) { listener_ = listener; }

  /// The documents of a file (`-`: standard input), read once. `where` is who asks for it.
  const std::vector<Document>& documents(const std::string& file, Mark where);

  /// All of `files` merged, with defaults, checked values and resolved paths.
  Node load_model(const std::vector<std::string>& files, const Scope& scope);

 private:
  using Resets = std::vector<std::vector<std::string>>;
  struct Base;  ///< a file that services of another file extend
  struct ExtendsScope {
    const Scope& scope;
    std::string file;  ///< the file whose services are extended
    Resets resets;     ///< `!reset` and `!override` of the files in play
    std::vector<std::pair<std::string, std::string>> chain;  ///< file and service, for cycles
  };

  /// The file's text among the sources; 0 where it can't be read.
  std::uint32_t add_source(const std::string& file, Mark where);
  /// A file's documents for good. Who asks for them again has the file read again.
  std::vector<Document> take_documents(const std::string& file);
  void load_file(const std::string& file, Node& merged, const Scope& scope);
  void load_document(Document document, const std::string& file, Node& merged, const Scope& scope);
  Interpolated interpolated(Node& tree, const Scope& scope);

  void extend_services(Node& tree, const std::string& file, const Scope& scope, const Resets& resets);
  void extend_service(const std::string& name, Node& services, ExtendsScope& extending);
  bool is_extends_cycle(const std::string& name, ExtendsScope& extending, Mark where);
  Node* find_base(const std::string& name, const Node& extends, Node& services, ExtendsScope& extending,
                  std::string& reference);
  Base* base_file(const std::string& file, const Scope& scope, Mark where);

  void include_files(Node& tree, const std::string& file, const Scope& scope);
  void include_entry(Node& entry, Node& tree, const std::string& file, const Scope& scope);
  bool is_include_entry(const Node& entry);
  /// Where the listed files of an include are; empty, with an error, if one can't be had.
  std::vector<std::string> included_files(const std::vector<const Node*>& listed, const Scope& scope);
  bool is_include_cycle(const std::string& file, const Scope& inner, Mark where);
  /// Gives an included manifest the directory and the environment that its entry asks for.
  void enter_included(Scope& inner, const std::string& first, const Node& entry, const Scope& scope);

  const LoadOptions& options_;
  Sources& sources_;
  Diagnostics& diagnostics_;
  MergeListener* listener_ = nullptr;
  std::string home_;
  struct File {
    std::uint32_t source = 0;  ///< 0: it couldn't be read
    std::vector<Document> documents{};
    bool taken = false;
    bool broken = false;  ///< something of it could not be read
  };
  std::map<std::string, File> files_;
  std::map<std::string, std::unique_ptr<Base>> bases_;
  Unfinished unfinished_;
};

struct Assembler::Base {
  Node tree;
  Resets resets;
};

}  // namespace crstack::manifest
