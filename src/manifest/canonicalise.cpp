// SPDX-License-Identifier: MIT
#include <functional>
#include <optional>

#include "crstack/base/text.hpp"
#include "key_path.hpp"
#include "manifest/syntax/syntax.hpp"
#include "stages.hpp"

namespace crstack::manifest {

namespace {

/// Rewrites short forms in place. One text that can't be read is one error; the rest goes on.
class Canonicaliser {
 public:
  Canonicaliser(Interpolated interpolated, Diagnostics& diagnostics)
      : interpolated_(interpolated), diagnostics_(diagnostics) {}

  void run(Node& tree) {
    for_each(tree, "services", [this](Node& service) { canonical_service(service); });
    for (const char* section : {"networks", "volumes", "secrets", "configs"})
      for_each(tree, section, [this](Node& resource) { external(resource); });
  }

 private:
  using Visit = std::function<void(Node&)>;
  /// Whether a text that can't be read may have variables in it that have yet to be replaced.
  enum class Unread : bool { may_wait, is_wrong };

  void for_each(Node& tree, const char* section, const Visit& visit) {
    Node* map = tree.find(section);
    if (!map || !map->is_map()) return;
    path_.push(section);
    for (Map::Entry& entry : map->as_map()) {
      path_.push(entry.key);
      if (entry.value.is_map()) visit(entry.value);
      path_.pop();
    }
    path_.pop();
  }

  void at(Node& parent, const char* key, const Visit& visit) {
    Node* value = parent.find(key);
    if (!value) return;
    path_.push(key);
    visit(*value);
    path_.pop();
  }

  void each_item(Node& parent, const char* key, const Visit& visit) {
    at(parent, key, [&](Node& list) {
      if (!list.is_list()) return;
      for (std::size_t i = 0; i < list.as_list().size(); ++i) {
        path_.push_index(i);
        visit(list.as_list()[i]);
        path_.pop();
      }
    });
  }

  void canonical_service(Node& service) {
    at(service, "build", [this](Node& node) { canonical_build(node); });
    at(service, "depends_on", [this](Node& node) { dependencies(node); });
    at(service, "env_file", [this](Node& node) { env_files(node); });
    at(service, "label_file", lone_text);
    at(service, "dns", name_servers);
    at(service, "extends", [](Node& node) { wrap(node, "service"); });
    at(service, "gpus", [](Node& node) { all_gpus(node); });
    at(service, "networks", [](Node& node) { names_to_map(node); });
    at(service, "models", [](Node& node) { names_to_map(node); });
    at(service, "ports", [this](Node& node) { ports(node); });
    each_item(service, "volumes", [this](Node& node) { mount(node); });
    each_item(service, "devices", [this](Node& node) { device(node); });
    each_item(service, "secrets", file_reference);
    each_item(service, "configs", file_reference);
    at(service, "develop",
       [this](Node& node) { each_item(node, "watch", [this](Node& rule) { patterns(rule); }); });
  }

  void patterns(Node& rule) {
    for (const char* key : {"ignore", "include"}) at(rule, key, lone_text);
  }

  void canonical_build(Node& node) {
    if (node.is_string()) wrap(node, "context");
    if (!node.is_map()) return;
    each_item(node, "secrets", file_reference);
    at(node, "additional_contexts", [this](Node& list) {
      if (interpolated_ != Interpolated::no || are_pairs(list)) pairs_to_map(list, {});
    });
    at(node, "ssh", [this](Node& list) { pairs_to_map(list, "default"); });
    for (const char* attestation : {"provenance", "sbom"}) at(node, attestation, boolean_text);
  }

  /// A lone text becomes a map with the text under `key`.
  static void wrap(Node& node, const char* key) {
    if (!node.is_string()) return;
    Node map = Node::map(node.mark);
    map.set(key, std::move(node));
    node = std::move(map);
  }

  static void file_reference(Node& node) { wrap(node, "source"); }

  static void boolean_text(Node& node) {
    if (node.is_boolean()) node = Node::string(node.scalar_text(), node.mark);
  }

  static void lone_text(Node& node) {
    if (!node.is_string()) return;
    Node list = Node::list(node.mark);
    list.push(std::move(node));
    node = std::move(list);
  }

  static void name_servers(Node& node) {
    lone_text(node);
    if (node.is_list())
      std::erase_if(node.as_list(),
                    [](const Node& item) { return item.is_string() && item.as_string().empty(); });
  }

  static bool are_pairs(const Node& list) {
    return list.is_list() && std::all_of(list.as_list().begin(), list.as_list().end(), [](const Node& item) {
             return item.scalar_text().find('=') != std::string::npos;
           });
  }

  /// Of `NAME=VALUE` items, only `bare`, if any, may have no value.
  void pairs_to_map(Node& node, std::optional<std::string_view> bare) {
    if (!node.is_list()) return;
    Node map = Node::map(node.mark);
    for (Node& item : node.as_list()) {
      const std::string text = item.scalar_text();
      const auto equals = text.find('=');
      guarded(item, [&] {
        if (equals == std::string::npos && text != bare)
          throw syntax::SyntaxError("\"" + text + "\" has no value: write NAME=VALUE");
      });
      map.set(text.substr(0, equals), equals == std::string::npos
                                          ? Node::null(item.mark)
                                          : Node::string(text.substr(equals + 1), item.mark));
    }
    node = std::move(map);
  }

  static void names_to_map(Node& node) {
    if (!node.is_list()) return;
    Node map = Node::map(node.mark);
    for (Node& item : node.as_list())
      if (item.is_scalar()) map.set(item.scalar_text(), Node::null(item.mark));
    node = std::move(map);
  }

  static void all_gpus(Node& node) {
    if (!node.is_string()) return;
    Node request = Node::map(node.mark);
    request.set("count", std::move(node));
    Node list = Node::list(request.mark);
    list.push(std::move(request));
    node = std::move(list);
  }

  void dependencies(Node& node) {
    if (node.is_list()) {
      Node map = Node::map(node.mark);
      for (Node& item : node.as_list()) {
        if (!item.is_scalar()) continue;
        Node dependency = Node::map(item.mark);
        dependency.set("condition", Node::string("service_started", item.mark));
        dependency.set("required", Node::boolean(true, item.mark));
        map.set(item.scalar_text(), std::move(dependency));
      }
      node = std::move(map);
    } else if (node.is_map()) {
      for (Map::Entry& entry : node.as_map())
        if (entry.value.is_map() && !entry.value.find("required"))
          entry.value.set("required", Node::boolean(true, entry.value.mark));
    }
  }

  void env_files(Node& node) {
    lone_text(node);
    if (!node.is_list()) return;
    for (Node& item : node.as_list()) {
      wrap(item, "path");
      if (item.is_map() && !item.find("required")) item.set("required", Node::boolean(true, item.mark));
    }
  }

  /// Without interpolation, a list with a text in it that can't be read stays as it is.
  void ports(Node& node) {
    if (!node.is_list()) return;
    Node list = Node::list(node.mark);
    for (std::size_t i = 0; i < node.as_list().size(); ++i) {
      path_.push_index(i);
      const Node& item = node.as_list()[i];
      failed_ = false;
      if (item.is_map())
        list.push(item);
      else
        guarded(item, [&] { add_ports(list, item); });
      path_.pop();
      if (failed_ && interpolated_ == Interpolated::no) return;
    }
    node = std::move(list);
  }

  static void add_ports(Node& list, const Node& item) {
    if (item.is_real()) throw syntax::SyntaxError("a port must be a whole number");
    for (const syntax::Port& port : syntax::parse_ports(item.scalar_text())) {
      if (port.target == 0) throw syntax::SyntaxError("the target port is missing");
      Node map = Node::map(item.mark);
      map.set("mode", Node::string("ingress", item.mark));
      if (!port.host_ip.empty()) map.set("host_ip", Node::string(port.host_ip, item.mark));
      map.set("target", Node::integer(port.target, item.mark));
      if (!port.published.empty()) map.set("published", Node::string(port.published, item.mark));
      map.set("protocol", Node::string(port.protocol, item.mark));
      list.push(std::move(map));
    }
  }

  void mount(Node& node) {
    const auto read = [&] { node = long_mount(node); };
    if (node.is_string()) guarded(node, read, Unread::is_wrong);
  }

  static Node long_mount(const Node& node) {
    const syntax::Mount mount = syntax::parse_mount(node.as_string());
    const Mark mark = node.mark;
    Node map = Node::map(mark);
    map.set("type", Node::string(mount.type, mark));
    if (!mount.source.empty()) map.set("source", Node::string(mount.source, mark));
    map.set("target", Node::string(mount.target, mark));
    if (mount.read_only) map.set("read_only", Node::boolean(true, mark));
    if (mount.type == "bind" || !mount.selinux.empty() || !mount.propagation.empty())
      map.set("bind", bind_options(mount, mark));
    if (mount.has_volume_options) {
      Node& volume = map.set("volume", Node::map(mark));
      if (mount.nocopy) volume.set("nocopy", Node::boolean(true, mark));
    }
    return map;
  }

  static Node bind_options(const syntax::Mount& mount, Mark mark) {
    Node bind = Node::map(mark);
    if (!mount.selinux.empty()) bind.set("selinux", Node::string(mount.selinux, mark));
    if (!mount.propagation.empty()) bind.set("propagation", Node::string(mount.propagation, mark));
    if (mount.type == "bind") bind.set("create_host_path", Node::boolean(true, mark));
    return bind;
  }

  void device(Node& node) {
    if (!node.is_string()) return;
    guarded(node, [&] {
      const syntax::Device device = syntax::parse_device(node.as_string());
      Node map = Node::map(node.mark);
      map.set("source", Node::string(device.source, node.mark));
      map.set("target", Node::string(device.target, node.mark));
      map.set("permissions", Node::string(device.permissions, node.mark));
      node = std::move(map);
    });
  }

  /// `external: {name: X}` is the old way of `external: true` with `name: X`.
  void external(Node& resource) {
    Node* value = resource.find("external");
    if (!value || !value->is_map()) return;
    const bool named = value->find("name") != nullptr;
    const std::string name(value->text("name"));
    const std::string path = path_.text();
    if (!name.empty() && resource.find("name") && resource.text("name") != name)
      diagnostics_.error(value->mark, path, path + ".external.name and " + path + ".name differ",
                         "keep `name` and write `external: true`");
    else
      diagnostics_.warning(value->mark, path,
                           path + ": external.name is deprecated. Please set name and external: true");
    const Mark mark = value->mark;
    *value = Node::boolean(true, mark);
    if (named) resource.set("name", Node::string(name, mark));
  }

  void guarded(const Node& node, const std::function<void()>& read, Unread unread = Unread::may_wait) {
    failed_ = false;
    const Mark mark = node.mark;
    try {
      read();
    } catch (const syntax::SyntaxError& wrong) {
      failed_ = true;
      const bool waits = interpolated_ == Interpolated::no && unread == Unread::may_wait;
      if (waits || is_unread(node)) return;
      const std::string path = path_.text();
      diagnostics_.error(mark, path, path + ": " + wrong.what());
    }
  }

  /// A variable that could not be replaced has had its error.
  [[nodiscard]] bool is_unread(const Node& node) const {
    return interpolated_ == Interpolated::partly && node.is_string() &&
           node.as_string().find('$') != std::string::npos;
  }

  Interpolated interpolated_;
  Diagnostics& diagnostics_;
  KeyPath path_;
  bool failed_ = false;
};

}  // namespace

void canonicalise(Node& tree, Interpolated interpolated, Diagnostics& diagnostics) {
  Canonicaliser(interpolated, diagnostics).run(tree);
}

}  // namespace crstack::manifest
