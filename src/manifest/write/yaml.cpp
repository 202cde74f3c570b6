// SPDX-License-Identifier: MIT
#include <cmath>

#include "crstack/base/base64.hpp"
#include "crstack/manifest/write.hpp"
#include "layout.hpp"
#include "yaml_text.hpp"

namespace crstack::manifest::write {

namespace {

enum class Order : bool { of_the_keys, alphabetical };

/// Writes block style, as Go's YAML encoder does.
class YamlWriter {
 public:
  YamlWriter(Dollars dollars, Indentation indentation, Order order)
      : dollars_(dollars), step_(static_cast<std::size_t>(indentation)), order_(order) {}

  std::string write(const Node& node, const Plan& plan) {
    if (node.is_map())
      map(entries_of(node, plan), 0, Start::line);
    else
      value(node, plan, 0);
    return std::move(out_);
  }

 private:
  /// Whether a collection starts on a line of its own or behind `- `.
  enum class Start : bool { line, here };

  void indent(std::size_t depth) { out_.append(depth, ' '); }

  /// The indentation of what is inside a value whose key stands at `depth`: the next whole step.
  [[nodiscard]] std::size_t inside(std::size_t depth) const { return step_ * ((depth + step_) / step_); }

  [[nodiscard]] std::vector<Entry> entries_of(const Node& node, const Plan& plan) const {
    auto list = entries(node, plan, Format::yaml);
    if (order_ == Order::of_the_keys) return list;
    if (plan.shape && node.is_map())  // what was added to the model is no key of a manifest
      for (const Map::Entry& entry : node.as_map())
        if (!plan.shape->find(entry.key) && !entry.key.starts_with("x-"))
          list.push_back({entry.key, &entry.value, {}});
    sort(list, Format::yaml);
    return list;
  }

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
      const auto contents = entries_of(node, plan);
      if (contents.empty()) {
        out_ += " {}\n";
      } else {
        out_ += '\n';
        map(contents, depth, Start::line);
      }
    } else if (node.is_list() && !node.as_list().empty()) {
      out_ += '\n';
      list(node, plan, depth, Start::line);
    } else {
      out_ += ' ';
      scalar(node, plan, depth);
    }
  }

  void map(const std::vector<Entry>& contents, std::size_t depth, Start start) {
    for (const Entry& entry : contents) {
      if (start == Start::line) indent(depth);
      start = Start::line;
      text(entry.name, Place::key, depth);
      out_ += ':';
      value(entry.value ? *entry.value : zero_of(*entry.plan.key), entry.plan, inside(depth));
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
      const auto contents = entries_of(node, plan);
      if (!contents.empty()) return map(contents, depth, Start::here);
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
    out_ += literal_header(value, static_cast<char>('0' + step_));
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
  std::size_t step_;
  Order order_;
  std::string out_;
  bool in_block_ = false;
};

}  // namespace

}  // namespace crstack::manifest::write

namespace crstack::manifest {

namespace {

std::string written(const Node& node, const write::Plan& plan, Dollars dollars,
                    Indentation indentation = Indentation::two,
                    write::Order order = write::Order::of_the_keys) {
  return write::YamlWriter(dollars, indentation, order).write(node, plan);
}

}  // namespace

std::string to_yaml(const Node& model, Dollars dollars) {
  return written(model, {nullptr, &keys::manifest}, dollars);
}

std::string to_sorted_yaml(const Node& model) {
  return written(model, {nullptr, &keys::manifest}, Dollars::as_they_are, Indentation::four,
                 write::Order::alphabetical);
}

std::string raw_to_yaml(const Node& tree) {
  return written(tree, {}, Dollars::as_they_are);
}

}  // namespace crstack::manifest
