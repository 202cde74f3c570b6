// SPDX-License-Identifier: MIT
#include <cmath>

#include "crstack/manifest/write.hpp"
#include "layout.hpp"
#include "yaml_text.hpp"

namespace crstack::manifest::write {

namespace {

/// Writes block style with two spaces of indentation, as Go's YAML encoder does.
class YamlWriter {
 public:
  explicit YamlWriter(Dollars dollars) : dollars_(dollars) {}

  std::string write(const Node& node, const Plan& plan) {
    if (node.is_map())
      map(entries(node, plan, Format::yaml), 0, Start::line);
    else
      value(node, plan, 0);
    return std::move(out_);
  }

 private:
  /// Whether a collection starts on a line of its own or behind `- `.
  enum class Start : bool { line, here };

  void indent(std::size_t depth) { out_.append(depth, ' '); }

  void append(std::string_view text) {
    if (dollars_ != Dollars::doubled) {
      out_ += text;
      return;
    }
    for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$')) {
      out_.append(text, 0, at + 1);
      out_ += '$';
      text.remove_prefix(at + 1);
    }
    out_ += text;
  }

  /// Behind `key:`. `depth` is the indentation of what is inside.
  void value(const Node& node, const Plan& plan, std::size_t depth) {
    if (node.is_map()) {
      const auto inside = entries(node, plan, Format::yaml);
      if (inside.empty()) {
        out_ += " {}\n";
      } else {
        out_ += '\n';
        map(inside, depth, Start::line);
      }
    } else if (node.is_list() && !node.as_list().empty()) {
      out_ += '\n';
      list(node, plan, depth, Start::line);
    } else {
      out_ += ' ';
      scalar(node, plan, depth);
    }
  }

  void map(const std::vector<Entry>& inside, std::size_t depth, Start start) {
    for (const Entry& entry : inside) {
      if (start == Start::line) indent(depth);
      start = Start::line;
      text(entry.name, Place::key, depth);
      out_ += ':';
      value(entry.value ? *entry.value : zero_of(*entry.plan.key), entry.plan, depth + 2);
    }
  }

  void list(const Node& node, const Plan& plan, std::size_t depth, Start start) {
    const Plan each = item_plan(plan);
    for (const Node& item : node.as_list()) {
      if (start == Start::line) indent(depth);
      start = Start::line;
      out_ += "- ";
      this->item(item, each, depth + 2);
    }
  }

  void item(const Node& node, const Plan& plan, std::size_t depth) {
    if (node.is_map()) {
      const auto inside = entries(node, plan, Format::yaml);
      if (!inside.empty()) return map(inside, depth, Start::here);
      out_ += "{}\n";
    } else if (node.is_list() && !node.as_list().empty()) {
      list(node, plan, depth, Start::here);
    } else {
      scalar(node, plan, depth);
    }
  }

  void scalar(const Node& node, const Plan& plan, std::size_t depth) {
    switch (node.kind()) {
      case Kind::null:
        out_ += "null";
        break;
      case Kind::list:
        out_ += "[]";
        break;
      case Kind::real:
        out_ += number(node.as_real(), width_of(plan));
        break;
      case Kind::string:
        text(node.as_string(), Place::value, depth);
        return end_line();
      default:
        out_ += node.scalar_text();
    }
    out_ += '\n';
  }

  /// A literal block has ended its last line already.
  void end_line() {
    if (!in_block_) out_ += '\n';
    in_block_ = false;
  }

  void text(std::string_view value, Place place, std::size_t depth) {
    switch (style_of(value, place)) {
      case Style::plain:
        return append(value);
      case Style::single_quoted:
        return append(single_quoted(value));
      case Style::double_quoted:
        return append(double_quoted(value));
      case Style::literal:
        return literal(value, depth);
      case Style::binary:
        out_ += "!!binary " + base64(value);
    }
  }

  void literal(std::string_view value, std::size_t depth) {
    out_ += literal_header(value);
    out_ += '\n';
    while (!value.empty()) {
      const auto end = value.find('\n');
      const std::string_view line = value.substr(0, end);
      if (!line.empty()) indent(depth);
      append(line);
      out_ += '\n';
      value.remove_prefix(end == std::string_view::npos ? value.size() : end + 1);
    }
    in_block_ = true;
  }

  static std::string number(double value, Width width) {
    if (std::isnan(value)) return ".nan";
    if (std::isinf(value)) return value > 0 ? ".inf" : "-.inf";
    const double size = std::fabs(value);
    const double small = width == Width::bits32 ? static_cast<double>(1e-4F) : 1e-4;
    const bool scientific = size != 0 && (size < small || size >= 1e6);
    return shortest_text(value, width, scientific ? Notation::scientific : Notation::fixed);
  }

  Dollars dollars_;
  std::string out_;
  bool in_block_ = false;
};

}  // namespace

}  // namespace crstack::manifest::write

namespace crstack::manifest {

std::string to_yaml(const Node& model, Dollars dollars) {
  return write::YamlWriter(dollars).write(model, {nullptr, &keys::manifest});
}

std::string raw_to_yaml(const Node& tree) {
  return write::YamlWriter(Dollars::as_they_are).write(tree, {});
}

}  // namespace crstack::manifest
