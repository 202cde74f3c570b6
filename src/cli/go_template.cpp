// SPDX-License-Identifier: MIT
#include "cli/go_template.hpp"

#include "cli/template_tree.hpp"

namespace crstack::cli {
namespace {

using Node = GoTemplate::Node;
using Nodes = std::vector<std::unique_ptr<Node>>;

class Renderer {
 public:
  explicit Renderer(const Value& root) : root_(root) {}

  std::string render(const Nodes& nodes, const Value& dot) {
    std::string result;
    for (const auto& node : nodes) result += render(*node, dot);
    return result;
  }

 private:
  std::string render(const Node& node, const Value& dot) {
    if (node.kind == Node::Kind::text) return node.text;
    const auto value = evaluate(node.pipeline, dot);
    switch (node.kind) {
      case Node::Kind::print:
        return to_text(value);
      case Node::Kind::conditional:
        return render(value.truthy() ? node.body : node.otherwise, dot);
      case Node::Kind::with:
        return value.truthy() ? render(node.body, value) : render(node.otherwise, dot);
      default:
        return render_range(node, value, dot);
    }
  }

  std::string render_range(const Node& node, const Value& value, const Value& dot) {
    std::string result;
    for (const auto& item : value.items) result += render(node.body, item);
    for (const auto& [name, field] : value.fields) result += render(node.body, field);
    return value.truthy() ? result : render(node.otherwise, dot);
  }

  Value evaluate(const Pipeline& pipeline, const Value& dot) {
    std::vector<Value> piped;
    for (const auto& call : pipeline.calls) {
      auto value = evaluate(call, piped, dot);
      piped = {std::move(value)};
    }
    return piped.front();
  }

  Value evaluate(const std::vector<Term>& call, const std::vector<Value>& piped, const Value& dot) {
    std::vector<Value> arguments;
    for (std::size_t i = 1; i < call.size(); ++i) arguments.push_back(evaluate(call[i], dot));
    arguments.insert(arguments.end(), piped.begin(), piped.end());
    const auto& head = call.front();
    if (head.kind == Term::Kind::function) return call_template_function(head.function, arguments);
    if (head.kind == Term::Kind::path && head.path.size() == 1 && head.path[0] == "Label" &&
        !arguments.empty() && dot.label)
      return dot.label(to_text(arguments[0]));
    if (!arguments.empty()) template_error("can't give argument to non-function");
    return evaluate(head, dot);
  }

  Value evaluate(const Term& term, const Value& dot) {
    switch (term.kind) {
      case Term::Kind::literal:
        return term.literal;
      case Term::Kind::function:
        return call_template_function(term.function, {});
      case Term::Kind::nested:
        return evaluate(*term.nested, dot);
      case Term::Kind::path:
        break;
    }
    const auto* value = term.from_root ? &root_ : &dot;
    for (const auto& part : term.path) {
      value = value->find(part);
      if (value == nullptr) template_error("can't evaluate field " + part);
    }
    return *value;
  }

  const Value& root_;
};

}  // namespace

GoTemplate::GoTemplate(std::string_view source) : nodes_(parse_template(source)) {}
GoTemplate::~GoTemplate() = default;
GoTemplate::GoTemplate(GoTemplate&&) noexcept = default;

std::string GoTemplate::render(const Value& data) const {
  return Renderer(data).render(nodes_, data);
}

}  // namespace crstack::cli
