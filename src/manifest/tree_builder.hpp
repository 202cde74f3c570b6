// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crstack/manifest/node.hpp"
#include "diagnostics.hpp"
#include "reader.hpp"

namespace crstack::manifest {

/// A text that can't be read on with: the diagnostic is made, the document is given up.
struct Stop {};

/// Builds a document's tree from what a reader comes upon, in the order of the text: scalars, aliases, and
/// the beginnings and ends of lists and maps. Keys are scalars like others. Aliases and merge keys are
/// expanded. Errors go to `diagnostics`; those after which there is nothing to read on for throw Stop.
class TreeBuilder {
 public:
  /// An anchor's number, from 1 in each document; 0: none.
  using Anchor = std::size_t;

  explicit TreeBuilder(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void begin_document();
  /// Forgets the last document and gives it.
  Document take();
  /// Where the innermost list or map begins that is open; unknown where none is.
  [[nodiscard]] Mark innermost() const { return stack_.empty() ? Mark{} : stack_.back().node.mark; }
  [[nodiscard]] bool has_tags() const { return has_tags_; }
  /// Where the last quoted text began.
  [[nodiscard]] Mark last_quoted() const { return last_quoted_; }

  void name_anchor(std::string name) { names_.push_back(std::move(name)); }
  void null(Mark where, Anchor anchor = 0) { scalar(Node::null(where), anchor); }
  void plain(std::string_view text, Mark where, Anchor anchor = 0);
  void quoted(std::string text, Mark where, Anchor anchor = 0);
  void tagged(const std::string& tag, const std::string& text, Mark where, Anchor anchor);
  void alias(Mark where, Anchor anchor);
  void open_list(Mark where, Anchor anchor = 0, std::string_view tag = {});
  void open_map(Mark where, Anchor anchor = 0, std::string_view tag = {});
  void close_list() { close(); }
  void close_map();

 private:
  struct Frame {
    Node node;
    Anchor anchor = 0;
    std::size_t values_before = 0;
    std::string key;
    Mark key_mark;
    bool has_key = false;
    bool merges_value = false;  ///< the key is a `<<` without quotes
    std::vector<Node> merges;   ///< the values of `<<`, the most important first
    bool merged = false;        ///< a `<<` was seen
  };
  struct Anchored {
    std::shared_ptr<const Node> node;
    std::size_t size = 0;  ///< values in it, aliases expanded
  };

  [[noreturn]] void stop(Mark where, std::string message, std::string hint);
  [[nodiscard]] std::string path() const;
  void open(Node node, Anchor anchor, std::string_view tag);
  void close();
  void scalar(Node node, Anchor anchor);
  void remember(Anchor anchor, const Node& node, std::size_t size);
  void deliver(Node&& node);
  void take_key(Frame& frame, Node& node);
  void take_merge(Frame& frame, Node node);
  void put(Frame& frame, Node&& node);

  Diagnostics& diagnostics_;
  Node root_;
  std::vector<Frame> stack_;  ///< the collections that are open
  std::vector<Anchored> anchors_;
  std::vector<std::string> names_;
  std::size_t values_ = 0;
  std::size_t expansions_ = 0;
  bool has_tags_ = false;
  Mark last_quoted_;
};

}  // namespace crstack::manifest
