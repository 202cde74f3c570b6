// SPDX-License-Identifier: MIT
#include "cli/listing/go_template.hpp"

#include "cli/listing/template_tree.hpp"

namespace crstack::cli {
namespace {

using Node = GoTemplate::Node;
using Nodes = std::vector<std::unique_ptr<Node>>;

class Renderer {
 public:
  Renderer(const Nodes& all, const Value& root, int depth = 0) : all_(all), depth_(depth) {
    variables_.emplace_back("", root);
  }

  std::string render(const Nodes& nodes, const Value& dot) {
    std::string result;
    for (const auto& node : nodes) {
      result += render(*node, dot);
      if (flow_ != Flow::on) break;
    }
    return result;
  }

 private:
  enum class Flow {
    on,
    next,
    leave
  };  ///< what `{{continue}}` and `{{break}}` change until their range sees it

  std::string render(const Node& node, const Value& dot) {
    if (node.kind == Node::Kind::text) return node.text;
    if (node.kind == Node::Kind::definition) return "";
    if (node.kind == Node::Kind::call) return call(node, dot);
    if (node.kind == Node::Kind::leave || node.kind == Node::Kind::next) {
      flow_ = node.kind == Node::Kind::leave ? Flow::leave : Flow::next;
      return "";
    }
    const auto scope = variables_.size();
    const auto value = evaluate(node.pipeline, dot);
    if (node.kind == Node::Kind::print) {
      give(node.pipeline, value);
      return node.pipeline.variables.empty() ? to_text(value) : "";
    }
    auto result =
        node.kind == Node::Kind::range ? render_range(node, value, dot) : render_branch(node, value, dot);
    variables_.resize(scope);
    return result;
  }

  std::string call(const Node& node, const Value& dot) {
    const auto given = node.pipeline.calls.front().empty() ? "<no value>" : evaluate(node.pipeline, dot);
    if (depth_ > 100) template_error("exceeded maximum template depth");
    for (const auto& one : all_)
      if (one->kind == Node::Kind::definition && one->text == node.text)
        return Renderer(all_, given, depth_ + 1).render(one->body, given);
    template_error("template \"" + node.text + "\" not defined");
  }

  std::string render_branch(const Node& node, const Value& value, const Value& dot) {
    give(node.pipeline, value);
    if (!value.truthy()) return render(node.otherwise, dot);
    return render(node.body, node.kind == Node::Kind::with ? value : dot);
  }

  std::string render_range(const Node& node, const Value& value, const Value& dot) {
    if (!value.truthy()) return render(node.otherwise, dot);
    std::string result;
    const auto scope = variables_.size();
    const auto round = [&](const Value& key, const Value& item) {
      if (flow_ == Flow::leave) return;
      const auto& names = node.pipeline.variables;
      if (names.size() == 2) variables_.emplace_back(names[0], key);
      if (!names.empty()) variables_.emplace_back(names.back(), item);
      result += render(node.body, item);
      variables_.resize(scope);
      if (flow_ == Flow::next) flow_ = Flow::on;
    };
    std::int64_t at = 0;
    for (const auto& item : value.items) round(at++, item);
    for (const auto& [name, field] : value.fields) round(name, field);
    if (value.kind == Value::Kind::number && value.number > most_rounds) template_error("range is too long");
    for (; value.kind == Value::Kind::number && at < value.number; ++at) round(at, at);
    flow_ = Flow::on;
    return result;
  }

  void give(const Pipeline& pipeline, const Value& value) {
    for (const auto& name : pipeline.variables) {
      if (pipeline.gives == Pipeline::Gives::sets)
        variable(name) = value;
      else
        variables_.emplace_back(name, value);
    }
  }

  Value& variable(const std::string& name) {
    for (auto entry = variables_.rbegin(); entry != variables_.rend(); ++entry)
      if (entry->first == name) return entry->second;
    template_error("undefined variable \"$" + name + "\"");
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
        return field(evaluate(*term.nested, dot), term.path);
      case Term::Kind::path:
        break;
    }
    return field(term.variable ? variable(*term.variable) : dot, term.path);
  }

  static Value field(const Value& of, const std::vector<std::string>& path) {
    const auto* value = &of;
    for (const auto& part : path) {
      value = value->find(part);
      if (value == nullptr) template_error("can't evaluate field " + part);
    }
    return *value;
  }

  static constexpr std::int64_t most_rounds = 1000000;
  const Nodes& all_;                                      ///< where the definitions are
  int depth_;                                             ///< of templates in templates
  std::vector<std::pair<std::string, Value>> variables_;  ///< the innermost last
  Flow flow_ = Flow::on;
};

}  // namespace

GoTemplate::GoTemplate(std::string_view source) : nodes_(parse_template(source)) {}
GoTemplate::~GoTemplate() = default;
GoTemplate::GoTemplate(GoTemplate&&) noexcept = default;

std::string GoTemplate::render(const Value& data) const {
  return Renderer(nodes_, data).render(nodes_, data);
}

}  // namespace crstack::cli
