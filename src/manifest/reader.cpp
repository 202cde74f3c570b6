// SPDX-License-Identifier: MIT
#include "reader.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <istream>
#include <memory>
#include <streambuf>

#include "scalar.hpp"

namespace crstack::manifest {

namespace {

/// A text that can't be read on with: the diagnostic is made, the document is given up.
struct Stop {};

/// Reads a string in place.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* const begin = const_cast<char*>(text.data());  // std::streambuf's interface; it is never written to
    setg(begin, begin, begin + text.size());
  }
};

/// How many values aliases may add: plenty for templates that every service of a long manifest uses, nothing
/// for a few lines that grow exponentially.
constexpr std::size_t free_expansions = 200'000;
constexpr std::size_t expansions_per_value = 50;

/// Builds the tree from yaml-cpp's events. A stack holds the collections that are open.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::uint32_t file, Diagnostics& diagnostics) : file_(file), diagnostics_(diagnostics) {}

  /// Forgets the last document and gives it.
  Document take() {
    Document document{std::move(root_), std::move(cleared_)};
    root_ = Node();
    cleared_.clear();
    return document;
  }
  [[nodiscard]] bool has_tags() const { return has_tags_; }
  [[nodiscard]] Mark last_quoted() const { return last_quoted_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    // What yaml-cpp can make nothing of (`,:[`) it leaves where it is, and finds empty documents there
    // for ever.
    if (mark.pos == document_start_) throw YAML::ParserException(mark, "nothing can begin here");
    document_start_ = mark.pos;
    stack_.clear();
    anchors_.clear();
    names_.clear();
    root_ = Node();
    values_ = expansions_ = 0;
    has_tags_ = false;
  }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark&, const std::string& name) override { names_.push_back(name); }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    scalar(Node::null(place(mark)), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const Mark where = place(mark);
    if (tag == "?") return scalar(resolve_plain_scalar(value, where), anchor);
    if (tag == "!") last_quoted_ = where;
    Node node;
    const MergeTag merge = merge_tag(tag);
    if (merge != MergeTag::none) {
      node = Node::string(value, where);  // a tag of its own takes the meaning from what looks like a number
      node.tag = merge;
    } else if (tag == "!") {
      node = Node::string(value, where);
    } else if (!resolve_tagged_scalar(tag, value, where, node)) {
      diagnostics_.error(where, path(), "the value does not fit its tag", "take the tag away");
    }
    scalar(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Anchor* known = anchor < anchors_.size() && anchors_[anchor].node ? &anchors_[anchor] : nullptr;
    const std::string name = anchor <= names_.size() && anchor > 0 ? names_[anchor - 1] : "";
    if (!known)
      stop(place(mark), "the anchor '" + name + "' is used inside its own value",
           "a value can't contain itself");
    expansions_ += known->size;
    if (expansions_ > free_expansions + expansions_per_value * values_)
      stop(place(mark), "the aliases expand to far more values than the file has ('*" + name + "')",
           "write fewer nested aliases");
    deliver(Node(*known->node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::list(place(mark)), tag, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::map(place(mark)), tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override {
    Frame& frame = stack_.back();
    for (Node& source : frame.merges) merge_in(frame.node, source);
    close();
  }

 private:
  struct Frame {
    Node node;
    YAML::anchor_t anchor = 0;
    std::size_t values_before = 0;
    std::string key;
    Mark key_mark;
    bool has_key = false;
    bool merges_value = false;  ///< the key is a `<<` without quotes
    std::vector<Node> merges;   ///< the values of `<<`, the most important first
    bool merged = false;        ///< a `<<` was seen
  };
  struct Anchor {
    std::shared_ptr<const Node> node;
    std::size_t size = 0;  ///< values in it, aliases expanded
  };

  [[nodiscard]] Mark place(const YAML::Mark& mark) const {
    return {file_, static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)};
  }

  [[noreturn]] void stop(Mark where, std::string message, std::string hint) {
    diagnostics_.error(where, path(), std::move(message), std::move(hint));
    throw Stop{};
  }

  static MergeTag merge_tag(const std::string& tag) {
    if (tag == "!reset") return MergeTag::reset;
    if (tag == "!override") return MergeTag::override;
    return MergeTag::none;
  }

  [[nodiscard]] std::string path() const {
    std::string text;
    for (const Frame& frame : stack_) {
      if (frame.node.is_list())
        text += '[' + std::to_string(frame.node.as_list().size()) + ']';
      else if (frame.has_key)
        text += (text.empty() ? "" : ".") + frame.key;
    }
    return text;
  }

  void open(Node node, const std::string& tag, YAML::anchor_t anchor) {
    node.tag = merge_tag(tag);
    if (!stack_.empty() && stack_.back().node.is_map() && !stack_.back().has_key)
      stop(node.mark, "a key must be a text, not a list or a map", "quote the key");
    Frame& frame = stack_.emplace_back();
    frame.node = std::move(node);
    frame.anchor = anchor;
    frame.values_before = values_ + expansions_;
  }

  void close() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    ++values_;
    if (frame.anchor) remember(frame.anchor, frame.node, values_ + expansions_ - frame.values_before);
    deliver(std::move(frame.node));
  }

  void scalar(Node node, YAML::anchor_t anchor) {
    ++values_;
    if (anchor) remember(anchor, node, 1);
    deliver(std::move(node));
  }

  void remember(YAML::anchor_t anchor, const Node& node, std::size_t size) {
    if (anchors_.size() <= anchor) anchors_.resize(anchor + 1);
    anchors_[anchor] = {std::make_shared<const Node>(node), size};
  }

  void deliver(Node node) {
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

  void take_key(Frame& frame, const Node& node) {
    if (!node.is_string())
      diagnostics_.error(node.mark, path(),
                         "non-string key " + (node.is_null() ? std::string("null") : node.scalar_text()) +
                             (path().empty() ? " at top level" : " in '" + path() + "'"),
                         "quote it");
    frame.key = node.is_string() ? node.as_string() : node.scalar_text();
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

  void take_merge(Frame& frame, Node node) {
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

  void put(Frame& frame, Node node) {
    const auto [entry, fresh] = frame.node.as_map().insert(frame.key, frame.key_mark);
    if (!fresh) {
      diagnostics_.error(
          frame.key_mark, path(),
          "the key '" + frame.key + "' is already defined in line " + std::to_string(entry->key_mark.line),
          "keep one of the two");
      return;
    }
    entry->value = std::move(node);
  }

  static void merge_in(Node& target, Node& source) {
    for (Map::Entry& from : source.as_map()) {
      const auto [entry, fresh] = target.as_map().insert(from.key, from.key_mark);
      if (fresh) entry->value = std::move(from.value);
    }
  }

  std::uint32_t file_;
  Diagnostics& diagnostics_;
  Node root_;
  std::vector<std::vector<std::string>> cleared_;
  std::vector<Frame> stack_;
  std::vector<Anchor> anchors_;  ///< by yaml-cpp's number
  std::vector<std::string> names_;
  std::size_t values_ = 0;
  std::size_t expansions_ = 0;
  bool has_tags_ = false;
  Mark last_quoted_;
  int document_start_ = -1;  ///< of the last document, in characters
};

/// Takes values marked `!reset` out of the tree and notes the paths of both tags.
void collect_cleared(Node& node, std::vector<std::string>& path, Document& document) {
  if (node.tag == MergeTag::override) {
    document.cleared.push_back(path);
    node.tag = MergeTag::none;
    return;
  }
  const auto take = [&](Node& child, std::string step) {
    path.push_back(std::move(step));
    const bool reset = child.tag == MergeTag::reset;
    if (reset)
      document.cleared.push_back(path);
    else
      collect_cleared(child, path, document);
    path.pop_back();
    return reset;
  };
  if (node.is_map()) {
    node.as_map().erase_if([&](Map::Entry& entry) { return take(entry.value, entry.key); });
  } else if (node.is_list()) {
    std::size_t index = 0;
    std::erase_if(node.as_list(), [&](Node& item) { return take(item, std::to_string(index++)); });
  }
}

/// yaml-cpp reads a quoted text that never ends up to the end of the file: only the last one can be such.
bool unterminated(std::string_view text, Mark quoted) {
  std::size_t at = 0;
  for (std::uint32_t line = 1; line < quoted.line; ++line) {
    at = text.find('\n', at);
    if (at == std::string_view::npos) return false;
    ++at;
  }
  at = text.find_first_of("\"'", at + quoted.column - 1);
  if (at == std::string_view::npos) return false;
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\')
      ++at;
    else if (text[at] == quote && quote == '\'' && at + 1 < text.size() && text[at + 1] == quote)
      ++at;
    else if (text[at] == quote)
      return false;
  }
  return true;
}

}  // namespace

std::vector<Document> read_documents(std::uint32_t file, const Sources& sources, Diagnostics& diagnostics) {
  std::vector<Document> documents;
  TreeBuilder builder(file, diagnostics);
  try {
    ViewBuffer buffer(sources.text(file));
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
      const bool tagged = builder.has_tags();
      Document& document = documents.emplace_back(builder.take());
      std::vector<std::string> path;
      if (tagged) collect_cleared(document.root, path, document);
    }
  } catch (const YAML::Exception& problem) {
    const Mark where = problem.mark.is_null() ? Mark{file, 1, 1}
                                              : Mark{file, static_cast<std::uint32_t>(problem.mark.line + 1),
                                                     static_cast<std::uint32_t>(problem.mark.column + 1)};
    diagnostics.error(where, "", "the YAML can't be read: " + problem.msg);
    return documents;
  } catch (const Stop&) {
    return documents;
  }
  const Mark quoted = builder.last_quoted();
  if (quoted.known() && unterminated(sources.text(file), quoted))
    diagnostics.error(quoted, "", "the quoted text that starts here never ends", "add the closing quote");
  return documents;
}

}  // namespace crstack::manifest
