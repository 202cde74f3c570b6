// SPDX-License-Identifier: MIT
#include "reader.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <istream>
#include <iterator>
#include <streambuf>

#include "simple_reader.hpp"
#include "tree_builder.hpp"

namespace crstack::manifest {

namespace {

/// Reads a string in place.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* const begin = const_cast<char*>(text.data());  // std::streambuf's interface; it is never written to
    setg(begin, begin, begin + text.size());
  }
};

/// The part of a text from a place on.
std::string_view text_at(std::string_view text, Mark where) {
  std::size_t at = 0;
  for (std::uint32_t line = 1; line < where.line && at != std::string_view::npos; ++line) {
    at = text.find('\n', at);
    if (at != std::string_view::npos) ++at;
  }
  return at == std::string_view::npos ? "" : text.substr(std::min(at + where.column - 1, text.size()));
}

/// Whether a new document can begin at a place that is not the first: at a `---`, or behind a `...`.
bool begins_document(std::string_view text, Mark where) {
  const std::string_view rest = text_at(text, where);
  if (rest.starts_with("---")) return true;
  std::string_view before = text.substr(0, text.size() - rest.size());
  while (!before.empty()) {
    const auto end = before.find_last_not_of(" \t\r\n");
    if (end == std::string_view::npos) return true;
    const auto line_end = before.rfind('\n', end);
    const std::size_t start = line_end == std::string_view::npos ? 0 : line_end + 1;
    const std::string_view line = before.substr(start, end + 1 - start);
    const auto first = line.find_first_not_of(" \t");
    if (line[first] != '#') return line.starts_with("...");
    before = before.substr(0, start);
  }
  return true;
}

constexpr const char* no_part_of_document = "this line is no part of what stands above it";

/// Hands yaml-cpp's events on. The library calls a plain scalar's tag "?", a quoted one's "!".
class Events final : public YAML::EventHandler {
 public:
  Events(std::uint32_t file, std::string_view text, TreeBuilder& builder)
      : file_(file), text_(text), builder_(builder) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    // What yaml-cpp can make nothing of (`,:[`) it leaves where it is, and finds empty documents there
    // for ever.
    if (mark.pos == document_start_) throw YAML::ParserException(mark, "nothing can begin here");
    // Keys further to the left than the first one are another document to yaml-cpp.
    if (document_start_ >= 0 && !begins_document(text_, place(mark)))
      throw YAML::ParserException(mark, no_part_of_document);
    document_start_ = mark.pos;
    builder_.begin_document();
  }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark&, const std::string& name) override { builder_.name_anchor(name); }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { builder_.null(place(mark), anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    builder_.alias(place(mark), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (tag == "?") return builder_.plain(value, place(mark), anchor);
    if (tag == "!") return builder_.quoted(value, place(mark), anchor);
    builder_.tagged(tag, value, place(mark), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    builder_.open_list(place(mark), anchor, tag);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    builder_.open_map(place(mark), anchor, tag);
  }
  void OnSequenceEnd() override { builder_.close_list(); }
  void OnMapEnd() override { builder_.close_map(); }

 private:
  [[nodiscard]] Mark place(const YAML::Mark& mark) const {
    return {file_, static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)};
  }

  std::uint32_t file_;
  std::string_view text_;
  TreeBuilder& builder_;
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

/// The name in `*NAME`.
std::string alias_name(std::string_view alias) {
  const std::string_view name = alias.substr(std::min<std::size_t>(1, alias.size()));
  return std::string(name.substr(0, name.find_first_of(" \t\r\n,[]{}")));
}

/// What yaml-cpp says, and what that means to somebody who looks at the text: at a line's first word, and
/// behind it.
struct Problem {
  const char* message;
  const char* at_start;
  const char* start_hint;
  const char* inside;
  const char* inside_hint;
};

constexpr const char* same_column = "the keys of one map start in the same column";
constexpr const char* same_dashes = "the `-` of one list stand in the same column";
constexpr const char* behind_value = "there is more text behind a value that has ended";
constexpr const char* quote_whole = "put the whole value in quotes, other quotes than those inside it";

const Problem problems[] = {
    {YAML::ErrorMsg::END_OF_MAP, "this line does not fit into the map above it", same_column, behind_value,
     quote_whole},
    {YAML::ErrorMsg::END_OF_SEQ, "this line does not fit into the list above it", same_dashes, behind_value,
     quote_whole},
    {YAML::ErrorMsg::BLOCK_ENTRY, "a list can't begin here", same_dashes, "a list can't begin here",
     "start a list on a line of its own"},
    {YAML::ErrorMsg::UNKNOWN_TOKEN, "no value can begin with this character", "put the value in quotes",
     "no value can begin with this character", "put the value in quotes"},
    {YAML::ErrorMsg::FLOW_END, "this bracket closes nothing", "remove it, or open it before",
     "this bracket closes nothing", "remove it, or open it before"},
    {no_part_of_document, no_part_of_document, same_column, no_part_of_document, same_column},
};

/// A `:` too many behind the first one of its line, or none on the line before.
Problem misplaced_colon(std::string_view line) {
  const auto colon = line.find(": ");
  const bool second = colon != std::string_view::npos;
  const char* reason = "a `:` can't stand here";
  const char* hint = second ? "put a value that has `: ` in it in quotes"
                            : "either this line is indented too far, or the one above lacks its `:`";
  return {"", reason, hint, reason, hint};
}

/// Puts yaml-cpp's words into better ones, where there are any.
void explain(std::string& reason, std::string& hint, std::string_view line, Mark where) {
  if (where.column == 0 || line.size() < where.column - 1) return;
  const std::string_view before = line.substr(0, where.column - 1);
  const auto first = before.find_first_not_of(" \t-");
  if (before.find_first_not_of(' ') != std::string_view::npos &&
      before[before.find_first_not_of(' ')] == '\t') {
    reason = "a tab can't indent a line";
    hint = "indent with spaces";
    return;
  }
  const auto* row = std::find_if(std::begin(problems), std::end(problems),
                                 [&](const Problem& problem) { return reason == problem.message; });
  if (reason.starts_with(YAML::ErrorMsg::INVALID_ESCAPE))
    hint = "write \\\\ for a backslash, or use single quotes";
  const bool colon = reason == YAML::ErrorMsg::MAP_VALUE;
  if (row == std::end(problems) && !colon) return;
  const Problem problem = colon ? misplaced_colon(before) : *row;
  const bool inside = first != std::string_view::npos;
  reason = inside ? problem.inside : problem.at_start;
  hint = inside ? problem.inside_hint : problem.start_hint;
}

/// What yaml-cpp found, in the words of somebody who looks at the text.
void report(const YAML::Exception& problem, std::string_view text, Mark innermost, std::uint32_t file,
            Diagnostics& diagnostics) {
  Mark where{file, 1, 1};
  if (!problem.mark.is_null())
    where = {file, static_cast<std::uint32_t>(problem.mark.line + 1),
             static_cast<std::uint32_t>(problem.mark.column + 1)};
  std::string reason = problem.msg;
  std::string hint;
  const bool open_map = reason == YAML::ErrorMsg::END_OF_MAP_FLOW;
  if (reason == YAML::ErrorMsg::BAD_FILE) {  // its word for too many levels, too
    reason = "lists and maps are nested too deeply";
    hint = "a manifest needs a dozen levels at most";
  } else if (reason == YAML::ErrorMsg::UNKNOWN_ANCHOR) {
    reason = "the anchor '" + alias_name(text_at(text, where)) + "' is not defined";
    hint = "an anchor (&NAME) must stand above its aliases (*NAME), in the same file";
  } else if ((open_map || reason == YAML::ErrorMsg::END_OF_SEQ_FLOW) && innermost.known()) {
    where = innermost;
    reason =
        open_map ? "the map that starts here is never closed" : "the list that starts here is never closed";
    hint = open_map ? "add a '}'" : "add a ']'";
  } else {
    const std::string_view rest = text_at(text, {file, where.line, 1});
    explain(reason, hint, rest.substr(0, rest.find('\n')), where);
  }
  diagnostics.error(where, "", "the YAML can't be read: " + reason, hint);
}

}  // namespace

std::vector<Document> read_documents(std::uint32_t file, const Sources& sources, Diagnostics& diagnostics) {
  auto simple = read_simple_document(file, sources);
  if (!simple) return read_any_documents(file, sources, diagnostics);
  std::vector<Document> documents;
  documents.push_back(std::move(*simple));
  return documents;
}

std::vector<Document> read_any_documents(std::uint32_t file, const Sources& sources,
                                         Diagnostics& diagnostics) {
  std::vector<Document> documents;
  TreeBuilder builder(diagnostics);
  Events events(file, sources.text(file), builder);
  try {
    ViewBuffer buffer(sources.text(file));
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(events)) {
      const bool tagged = builder.has_tags();
      Document& document = documents.emplace_back(builder.take());
      std::vector<std::string> path;
      if (tagged) collect_cleared(document.root, path, document);
    }
  } catch (const YAML::Exception& problem) {
    report(problem, sources.text(file), builder.innermost(), file, diagnostics);
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
