// SPDX-License-Identifier: MIT
#include "key_path.hpp"
#include "manifest/syntax/syntax.hpp"
#include "stages.hpp"

namespace crstack::manifest {

namespace {

/// Looks for values that are of the right kind and yet wrong.
class Checker {
 public:
  explicit Checker(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void run(const Node& tree) {
    each_entry(tree.find("services"), "services", [this](const Node& service) { check_service(service); });
    each_entry(tree.find("volumes"), "volumes", [this](const Node& volume) { external_alone(volume); });
    each_entry(tree.find("configs"), "configs", [this](const Node& config) {
      one_source(config, {"file", "environment", "content"});
    });
    each_entry(tree.find("secrets"), "secrets", [this](const Node& secret) {
      one_source(secret, {"file", "environment"});
    });
  }

 private:
  using Keys = std::initializer_list<const char*>;

  template <typename Visit>
  void each_entry(const Node* map, const char* section, Visit visit) {
    if (!map || !map->is_map()) return;
    path_.push(section);
    for (const Map::Entry& entry : map->as_map()) {
      path_.push(entry.key);
      if (entry.value.is_map()) visit(entry.value);
      path_.pop();
    }
    path_.pop();
  }

  template <typename Visit>
  void each_item(const Node* list, const char* key, Visit visit) {
    if (!list || !list->is_list()) return;
    path_.push(key);
    for (std::size_t i = 0; i < list->as_list().size(); ++i) {
      path_.push_index(i);
      if (list->as_list()[i].is_map()) visit(list->as_list()[i]);
      path_.pop();
    }
    path_.pop();
  }

  void check_service(const Node& service) {
    each_item(service.find("ports"), "ports", [this](const Node& port) { check_port(port); });
    each_item(service.find("gpus"), "gpus", [this](const Node& request) { device_request(request); });
    each_item(service.find("volumes"), "volumes", [this](const Node& mount) { check_mount(mount); });
    each_item(service.find("devices"), "devices",
              [this](const Node& device) { needs_target(device, "mount target"); });
    if (const Node* develop = service.find("develop"); develop && develop->is_map()) {
      path_.push("develop");
      each_item(develop->find("watch"), "watch", [this](const Node& rule) { not_blank(rule, "path"); });
      path_.pop();
    }
    reserved_devices(service);
  }

  void reserved_devices(const Node& service) {
    const Node* node = &service;
    for (const char* key : {"deploy", "resources", "reservations"}) {
      node = node->find(key);
      if (!node) return;
    }
    for (const char* key : {"deploy", "resources", "reservations"}) path_.push(key);
    each_item(node->find("devices"), "devices", [this](const Node& request) { device_request(request); });
    for (int i = 0; i < 3; ++i) path_.pop();
  }

  void check_port(const Node& port) {
    needs_target(port, "target port");
    const Node* ip = port.find("host_ip");
    if (!ip || !ip->is_string() || ip->as_string().find('$') != std::string::npos) return;
    if (!syntax::is_ip_address(ip->as_string()))
      error(ip->mark, ".host_ip \"" + ip->as_string() + "\" is not an IP address");
  }

  void check_mount(const Node& mount) {
    needs_target(mount, "mount target");
    if (mount.text("type") == "bind" && !mount.find("source"))
      error(mount.mark, ": invalid mount config for type \"bind\": field Source must not be empty",
            "add `source: PATH`");
  }

  void device_request(const Node& request) {
    if (request.find("count") && request.find("device_ids"))
      error(request.find("count")->mark, ": \"count\" and \"device_ids\" attributes are exclusive",
            "keep one");
  }

  void needs_target(const Node& node, const char* name) {
    if (!node.find("target")) error(node.mark, std::string(" is missing a ") + name, "add `target: …`");
  }

  void not_blank(const Node& node, const char* key) {
    const Node* value = node.find(key);
    if (value && value->is_string() && value->as_string().empty())
      error(value->mark, std::string(".") + key + " is empty");
  }

  void external_alone(const Node& resource) {
    const Node* external = resource.find("external");
    if (!external || !external->is_boolean() || !external->as_boolean()) return;
    for (const Map::Entry& entry : resource.as_map()) {
      const bool allowed = entry.key == "external" || entry.key == "name" || entry.key.substr(0, 2) == "x-";
      if (!allowed)
        error(entry.key_mark, ": conflicting parameters \"external\" and \"" + entry.key + "\" specified",
              "remove `" + entry.key + "` or `external`");
    }
  }

  void one_source(const Node& object, Keys keys) {
    std::string names;
    const Node* second = nullptr;
    std::size_t count = 0;
    for (const char* key : keys) {
      names += (names.empty() ? "" : "|") + std::string(key);
      if (const Node* value = object.find(key); value && ++count > 1) second = value;
    }
    if (second) error(second->mark, ": " + names + " attributes are mutually exclusive", "keep one of them");
    if (count == 0 && !object.find("driver") && !object.find("external"))
      error(object.mark, ": one of " + names + " must be set");
  }

  void error(Mark mark, const std::string& what, std::string hint = {}) {
    const std::string path = path_.text();
    diagnostics_.error(mark, path, path + what, std::move(hint));
  }

  Diagnostics& diagnostics_;
  KeyPath path_;
};

}  // namespace

void check_values(const Node& tree, Diagnostics& diagnostics) {
  Checker(diagnostics).run(tree);
}

}  // namespace crstack::manifest
