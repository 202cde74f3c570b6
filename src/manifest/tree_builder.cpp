// SPDX-License-Identifier: MIT
#include "tree_builder.hpp"

#include <utility>

#include "scalar.hpp"

namespace crstack::manifest {

namespace {

/// How many values aliases may add: plenty for templates that every service of a long manifest uses, nothing
/// for a few lines that grow exponentially.
constexpr std::size_t free_expansions = 200'000;
constexpr std::size_t expansions_per_value = 50;

MergeTag merge_tag(std::string_view tag) {
  if (tag == "!reset") return MergeTag::reset;
  if (tag == "!override") return MergeTag::override;
  return MergeTag::none;
}

void merge_in(Node& target, Node& source) {
  for (Map::Entry& from : source.as_map()) {
    const auto [entry, fresh] = target.as_map().insert(from.key, from.key_mark);
    if (fresh) entry->value = std::move(from.value);
  }
}

}  // namespace

void TreeBuilder::begin_document() {
  stack_.clear();
  anchors_.clear();
  names_.clear();
  root_ = Node();
  values_ = expansions_ = 0;
  has_tags_ = false;
}

Document TreeBuilder::take() {
  return {std::exchange(root_, Node()), {}};
}

void TreeBuilder::plain(std::string_view text, Mark where, Anchor anchor) {
  scalar(resolve_plain_scalar(text, where), anchor);
}

void TreeBuilder::quoted(std::string text, Mark where, Anchor anchor) {
  last_quoted_ = where;
  scalar(Node::string(std::move(text), where), anchor);
}

void TreeBuilder::tagged(const std::string& tag, const std::string& text, Mark where, Anchor anchor) {
  Node node;
  const MergeTag merge = merge_tag(tag);
  if (merge != MergeTag::none) {
    node = Node::string(text, where);  // a tag of its own takes the meaning from what looks like a number
    node.tag = merge;
  } else if (!resolve_tagged_scalar(tag, text, where, node)) {
    diagnostics_.error(where, path(), "the value does not fit its tag", "take the tag away");
  }
  scalar(std::move(node), anchor);
}

void TreeBuilder::alias(Mark where, Anchor anchor) {
  const Anchored* known = anchor < anchors_.size() && anchors_[anchor].node ? &anchors_[anchor] : nullptr;
  const std::string name = anchor <= names_.size() && anchor > 0 ? names_[anchor - 1] : "";
  if (!known)
    stop(where, "the anchor '" + name + "' is used inside its own value", "a value can't contain itself");
  expansions_ += known->size;
  if (expansions_ > free_expansions + expansions_per_value * values_)
    stop(where, "the aliases expand to far more values than the file has ('*" + name + "')",
         "write fewer nested aliases");
  deliver(Node(*known->node));
}

void TreeBuilder::open_list(Mark where, Anchor anchor, std::string_view tag) {
  open(Node::list(where), anchor, tag);
}

void TreeBuilder::open_map(Mark where, Anchor anchor, std::string_view tag) {
  open(Node::map(where), anchor, tag);
}

void TreeBuilder::close_map() {
  Frame& frame = stack_.back();
  for (Node& source : frame.merges) merge_in(frame.node, source);
  close();
}

void TreeBuilder::stop(Mark where, std::string message, std::string hint) {
  diagnostics_.error(where, path(), std::move(message), std::move(hint));
  throw Stop{};
}

std::string TreeBuilder::path() const {
  std::string text;
  for (const Frame& frame : stack_) {
    if (frame.node.is_list())
      text += '[' + std::to_string(frame.node.as_list().size()) + ']';
    else if (frame.has_key)
      text += (text.empty() ? "" : ".") + frame.key;
  }
  return text;
}

void TreeBuilder::open(Node node, Anchor anchor, std::string_view tag) {
  node.tag = merge_tag(tag);
  if (!stack_.empty() && stack_.back().node.is_map() && !stack_.back().has_key)
    stop(node.mark, "a key must be a text, not a list or a map", "quote the key");
  Frame& frame = stack_.emplace_back();
  frame.node = std::move(node);
  frame.anchor = anchor;
  frame.values_before = values_ + expansions_;
}

void TreeBuilder::close() {
  const Frame& frame = stack_.back();
  ++values_;
  if (frame.anchor) remember(frame.anchor, frame.node, values_ + expansions_ - frame.values_before);
  Node node = std::move(stack_.back().node);
  stack_.pop_back();
  deliver(std::move(node));
}

void TreeBuilder::scalar(Node node, Anchor anchor) {
  ++values_;
  if (anchor) remember(anchor, node, 1);
  deliver(std::move(node));
}

void TreeBuilder::remember(Anchor anchor, const Node& node, std::size_t size) {
  if (anchors_.size() <= anchor) anchors_.resize(anchor + 1);
  anchors_[anchor] = {std::make_shared<const Node>(node), size};
}

void TreeBuilder::deliver(Node&& node) {
  if (node.tag != MergeTag::none) has_tags_ = true;
  if (stack_.empty()) {
    root_ = std::move(node);
    return;
  }
  Frame& frame = stack_.back();
  if (frame.node.is_list()) {
    frame.node.as_list().push_back(std::move(node));
  } else if (!frame.has_key) {
    take_key(frame, node);
  } else {
    frame.has_key = false;
    if (frame.merges_value)
      take_merge(frame, std::move(node));
    else
      put(frame, std::move(node));
  }
}

void TreeBuilder::take_key(Frame& frame, Node& node) {
  if (!node.is_string())
    diagnostics_.error(node.mark, path(),
                       "non-string key " + (node.is_null() ? std::string("null") : node.scalar_text()) +
                           (path().empty() ? " at top level" : " in '" + path() + "'"),
                       "quote it");
  frame.key = node.is_string() ? std::move(node.as_string()) : node.scalar_text();
  frame.key_mark = node.mark;
  frame.has_key = true;
  const bool quoted = last_quoted_.line == node.mark.line && last_quoted_.column == node.mark.column;
  frame.merges_value = frame.key == "<<" && !quoted;
  if (frame.merges_value) {
    if (frame.merged)
      diagnostics_.error(node.mark, path(), "the key '<<' is given twice", "write <<: [*first, *second]");
    frame.merged = true;
  }
}

void TreeBuilder::take_merge(Frame& frame, Node node) {
  const auto add = [&](Node& source) {
    if (source.is_map())
      frame.merges.push_back(std::move(source));
    else
      diagnostics_.error(frame.key_mark, path(), "'<<' merges a map or a list of maps, nothing else",
                         "write <<: *anchor");
  };
  if (!node.is_list()) return add(node);
  for (Node& source : node.as_list()) add(source);
}

void TreeBuilder::put(Frame& frame, Node&& node) {
  const auto [entry, fresh] = frame.node.as_map().insert(frame.key, frame.key_mark);
  if (!fresh) {
    diagnostics_.error(
        frame.key_mark, path(),
        "mapping key \"" + frame.key + "\" already defined at line " + std::to_string(entry->key_mark.line),
        "keep one of the two");
    return;
  }
  entry->value = std::move(node);
}

}  // namespace crstack::manifest
