// SPDX-License-Identifier: MIT
#include "interpolate.hpp"

#include <optional>
#include <string>
#include <unordered_map>

#include "crstack/base/text.hpp"
#include "crstack/base/units.hpp"
#include "key_path.hpp"

namespace crstack::manifest {

namespace {

enum class Cast { integer, real, boolean };

struct CastRow {
  std::string_view path;  ///< below `services.*.` or below a section's entry
  Cast cast;
};

constexpr CastRow service_casts[] = {
    {"attach", Cast::boolean},
    {"cpu_count", Cast::integer},
    {"cpu_percent", Cast::real},
    {"cpu_period", Cast::integer},
    {"cpu_quota", Cast::integer},
    {"cpu_rt_period", Cast::integer},
    {"cpu_rt_runtime", Cast::integer},
    {"cpu_shares", Cast::integer},
    {"cpus", Cast::real},
    {"deploy.placement.max_replicas_per_node", Cast::integer},
    {"deploy.replicas", Cast::integer},
    {"deploy.restart_policy.max_attempts", Cast::integer},
    {"deploy.rollback_config.max_failure_ratio", Cast::real},
    {"deploy.rollback_config.parallelism", Cast::integer},
    {"deploy.update_config.max_failure_ratio", Cast::real},
    {"deploy.update_config.parallelism", Cast::integer},
    {"healthcheck.disable", Cast::boolean},
    {"healthcheck.retries", Cast::integer},
    {"init", Cast::boolean},
    {"oom_kill_disable", Cast::boolean},
    {"oom_score_adj", Cast::integer},
    {"pids_limit", Cast::integer},
    {"ports.[].target", Cast::integer},
    {"privileged", Cast::boolean},
    {"read_only", Cast::boolean},
    {"scale", Cast::integer},
    {"stdin_open", Cast::boolean},
    {"tty", Cast::boolean},
    {"ulimits.*", Cast::integer},
    {"ulimits.*.hard", Cast::integer},
    {"ulimits.*.soft", Cast::integer},
    {"volumes.[].read_only", Cast::boolean},
    {"volumes.[].volume.nocopy", Cast::boolean},
};

/// The rows by the key of the service that they start with.
const std::unordered_multimap<std::string_view, CastRow>& casts_by_key() {
  static const auto table = [] {
    std::unordered_multimap<std::string_view, CastRow> rows;
    for (const CastRow& row : service_casts) rows.emplace(row.path.substr(0, row.path.find('.')), row);
    return rows;
  }();
  return table;
}

bool below_matches(const KeyPath& path, std::string_view pattern) {
  std::size_t at = 0;
  for (std::size_t step = 2; step < path.size(); ++step) {
    if (at > pattern.size()) return false;
    const std::string_view part = pattern.substr(at, pattern.find('.', at) - at);
    if (part != path[step] && part != "*") return false;
    at += part.size() + 1;
  }
  return at == pattern.size() + 1;
}

std::optional<Cast> cast_of(const KeyPath& path) {
  if (path.size() < 3) return {};
  if (path[0] == "services") {
    const auto [begin, end] = casts_by_key().equal_range(path[2]);
    for (auto row = begin; row != end; ++row)
      if (below_matches(path, row->second.path)) return row->second.cast;
    return {};
  }
  if (path.size() != 3) return {};
  if (path[2] == "external" &&
      (path[0] == "networks" || path[0] == "volumes" || path[0] == "secrets" || path[0] == "configs"))
    return Cast::boolean;
  if (path[0] == "networks" && (path[2] == "internal" || path[2] == "attachable")) return Cast::boolean;
  return {};
}

std::optional<Node> to_integer(std::string_view text, Mark mark) {
  const auto value = parse_integer(text);
  if (!value) return {};
  return Node::integer(*value, mark);
}

std::optional<Node> to_real(std::string_view text, Mark mark) {
  const auto value = parse_number(text);
  if (!value) return {};
  return Node::real(*value, mark);
}

class Interpolator {
 public:
  Interpolator(const Lookup& lookup, Diagnostics& diagnostics) : lookup_(lookup), diagnostics_(diagnostics) {}

  void walk(Node& node) {
    if (node.is_map()) {
      for (Map::Entry& entry : node.as_map()) {
        path_.push(entry.key);
        walk(entry.value);
        path_.pop();
      }
    } else if (node.is_list()) {
      std::size_t index = 0;
      for (Node& item : node.as_list()) {
        path_.push_index(index++);
        walk(item);
        path_.pop();
      }
    } else if (node.is_string()) {
      replace(node);
    }
  }

 private:
  void replace(Node& node) {
    if (node.as_string().find('$') != std::string::npos) {
      Substitution result = substitute(node.as_string(), lookup_);
      for (const std::string& name : result.unset)
        diagnostics_.warning(node.mark, path_.text(),
                             "The \"" + name + "\" variable is not set. Defaulting to a blank string.",
                             "set it, or write ${" + name + ":-} if it may be empty");
      if (!result.problem.empty()) return report(node, result);
      node.as_string() = std::move(result.text);
    }
    if (const auto cast = cast_of(path_)) restore_kind(node, *cast);
  }

  void report(const Node& node, const Substitution& result) {
    const std::string key = path_.text();
    if (result.missing.empty())
      diagnostics_.error(node.mark, key, "invalid interpolation format for " + key + ": " + result.problem,
                         "You may need to escape any $ with another $.");
    else
      diagnostics_.error(node.mark, key, "error while interpolating " + key + ": " + result.problem,
                         "set " + result.missing + " in the environment or in the .env file");
  }

  void restore_kind(Node& node, Cast cast) {
    const std::string& text = node.as_string();
    std::optional<Node> value;
    if (cast == Cast::boolean)
      value = to_boolean(text, node.mark);
    else
      value = cast == Cast::integer ? to_integer(text, node.mark) : to_real(text, node.mark);
    if (value) {
      node = std::move(*value);
      return;
    }
    const std::string kind = cast == Cast::boolean ? "boolean" : cast == Cast::integer ? "integer" : "number";
    const std::string key = path_.text();
    diagnostics_.error(
        node.mark, key,
        "error while interpolating " + key + ": failed to cast to expected type: invalid " + kind,
        cast == Cast::boolean ? "write true or false" : "write a plain number");
  }

  std::optional<Node> to_boolean(std::string_view text, Mark mark) {
    const std::string word = to_lower(text);
    const bool yes = word == "true" || word == "yes" || word == "y" || word == "on";
    if (!yes && word != "false" && word != "no" && word != "n" && word != "off") return {};
    if (word != "true" && word != "false")
      diagnostics_.warning(mark, path_.text(),
                           "\"" + std::string(text) +
                               "\" for boolean is not supported by YAML 1.2, please use `" +
                               (yes ? "true" : "false") + "`");
    return Node::boolean(yes, mark);
  }

  const Lookup& lookup_;
  Diagnostics& diagnostics_;
  KeyPath path_;
};

}  // namespace

void interpolate(Node& tree, const Lookup& lookup, Diagnostics& diagnostics) {
  Interpolator(lookup, diagnostics).walk(tree);
}

}  // namespace crstack::manifest
