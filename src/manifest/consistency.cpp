// SPDX-License-Identifier: MIT
#include "consistency.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>

#include "crstack/base/text.hpp"
#include "crstack/base/units.hpp"
#include "profiles.hpp"
#include "similar_keys.hpp"

namespace crstack::manifest {

namespace {

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

const Node* at(const Node& node, std::initializer_list<std::string_view> keys) {
  const Node* found = &node;
  for (const std::string_view key : keys)
    if (!(found = found->find(key))) return nullptr;
  return found;
}

std::optional<double> amount(const Node& value) {
  if (value.is_number()) return value.as_real();
  if (!value.is_string()) return {};
  if (const auto bytes = parse_byte_size(value.as_string())) return static_cast<double>(*bytes);
  return std::strtod(value.as_string().c_str(), nullptr);
}

class ConsistencyCheck {
 public:
  ConsistencyCheck(const Node& tree, const Node& inactive, const Context& context, Diagnostics& diagnostics,
                   const Unfinished& unfinished)
      : tree_(tree),
        inactive_(inactive),
        context_(context),
        diagnostics_(diagnostics),
        unfinished_(unfinished),
        services_(tree.find("services")) {}

  void run() {
    if (!services_ || !services_->is_map()) return;
    wanted_ = with_dependencies(*services_, context_.options->services);
    for (const Map::Entry& entry : services_->as_map()) {
      if (!entry.value.is_map()) continue;
      name_ = entry.key;
      key_ = "services." + entry.key;
      service(entry);
    }
    check_secrets();
    check_cycles(*services_, diagnostics_);
  }

 private:
  void error(Mark where, const std::string& key, std::string message, std::string hint = {}) {
    diagnostics_.error(where, key, std::move(message), std::move(hint));
  }

  /// One that docker compose finds in the finished project, in its words: scripts look for them.
  void invalid(Mark where, const std::string& key, const std::string& message, std::string hint = {}) {
    error(where, key, message + ": invalid compose project", std::move(hint));
  }

  void service(const Map::Entry& entry) {
    const Node& service = entry.value;
    if (!service.find("build") && service.text("image").empty() && !service.find("provider") &&
        !diagnostics_.has_error_in(key_) && !unfinished_.files && !unfinished_.services.contains(name_))
      invalid(place_of(entry), key_,
              "service \"" + name_ + "\" has neither an image nor a build context specified",
              "add `image:` or `build:`");
    check_build(service);
    check_networks(service);
    check_health(service);
    check_dependencies(service);
    check_sources(service);
    check_limits(service);
    check_watch(service);
    check_targets(service);
    check_container_name(service);
  }

  /// Something that a service refers to by name must stand in a section of the manifest.
  void must_exist(const char* section, const char* what, std::string_view name, Mark where,
                  const std::string& key) {
    const Node* defined = tree_.find(section);
    if (unfinished_.files) return;
    if (defined && defined->is_map() && defined->as_map().contains(name)) return;
    const std::string similar = similar_.to(name, defined);
    invalid(where, key,
            "service \"" + name_ + "\" refers to undefined " + what + " " +
                diagnostics_.shown(std::string(name), where),
            similar.empty() ? "define it under the top-level `" + std::string(section) + ":`"
                            : "did you mean '" + similar + "'?");
  }

  void check_build(const Node& service) {
    const Node* build = service.find("build");
    if (!build || !build->is_map()) return;
    const Node* inline_file = build->find("dockerfile_inline");
    if (inline_file && !build->text("dockerfile").empty())
      invalid(inline_file->mark, key_ + ".build",
              "service \"" + name_ + "\" declares mutually exclusive dockerfile and dockerfile_inline",
              "keep one of the two");
    if (const Node* contexts = build->find("additional_contexts"); contexts && contexts->is_map())
      for (const Map::Entry& context : contexts->as_map()) check_context(context);
    check_platforms(service, *build);
    for_each_source(build->find("secrets"), [&](std::string_view name, Mark where, const std::string& item) {
      must_exist("secrets", "build secret", name, where, key_ + ".build.secrets" + item);
    });
  }

  void check_context(const Map::Entry& context) {
    if (!context.value.is_string() || !starts_with(context.value.as_string(), "service:")) return;
    const std::string target = context.value.as_string().substr(8);
    const Node* other = services_->find(target);
    const std::string key = key_ + ".build.additional_contexts." + context.key;
    if (!other && unfinished_.files) return;
    if (!other)
      error(context.value.mark, key,
            "service \"" + name_ + "\" declares unknown service \"" + target + "\" as additional contexts " +
                context.key);
    else if (!other->find("build"))
      error(context.value.mark, key,
            "service \"" + name_ + "\" declares non-buildable service \"" + target +
                "\" as additional contexts " + context.key);
  }

  void check_platforms(const Node& service, const Node& build) {
    const Node* platforms = build.find("platforms");
    const Node* own = service.find("platform");
    const std::string_view platform = service.text("platform");
    if (!platforms || !platforms->is_list() || platforms->as_list().empty() || platform.empty()) return;
    const List& list = platforms->as_list();
    if (std::any_of(list.begin(), list.end(),
                    [&](const Node& one) { return one.is_string() && one.as_string() == platform; }))
      return;
    invalid(own->mark, key_ + ".build.platforms",
            "service.build.platforms MUST include service.platform \"" + std::string(platform) + "\"");
  }

  void check_networks(const Node& service) {
    const Node* networks = service.find("networks");
    const Node* mode = service.find("network_mode");
    const bool attached = networks && networks->is_map() && !networks->as_map().empty();
    if (mode && attached && mode->is_string() && !mode->as_string().empty())
      invalid(mode->mark, key_ + ".network_mode",
              "service " + name_ + " declares mutually exclusive `network_mode` and `networks`",
              "keep one of the two");
    if (attached)
      for (const Map::Entry& entry : networks->as_map()) check_network(entry);
    if (mode && mode->is_string() && starts_with(mode->as_string(), "service:"))
      check_joined(service, mode->as_string().substr(8), mode->mark);
  }

  void check_network(const Map::Entry& entry) {
    const std::string path = key_ + ".networks." + entry.key;
    if (starts_with(entry.key, "x-"))
      error(place_of(entry), path,
            "service \"" + name_ + "\" can't join network " + entry.key +
                ": there, a name that begins with `x-` is an extension field",
            "give the network another name");
    else if (entry.key != "default" || !diagnostics_.has_errors())  // else nothing has implied it
      must_exist("networks", "network", entry.key, place_of(entry), path);
  }

  /// The service whose network another one joins; where that has been made a dependency, it is looked at
  /// there.
  void check_joined(const Node& service, const std::string& target, Mark where) {
    if (services_->find(target) || at(service, {"depends_on", target})) return;
    must_run(target, where, key_ + ".network_mode", "");
  }

  void check_health(const Node& service) {
    const Node* test = at(service, {"healthcheck", "test"});
    if (!test || !test->is_list() || test->as_list().empty()) return;
    const std::string first = test->as_list()[0].scalar_text();
    if (first != "CMD" && first != "CMD-SHELL" && first != "NONE")
      error(test->mark, key_ + ".healthcheck.test",
            "healthcheck.test must start either by \"CMD\", \"CMD-SHELL\" or \"NONE\"",
            "write a plain text for a shell command");
  }

  void check_dependencies(const Node& service) {
    const Node* dependencies = service.find("depends_on");
    if (!dependencies || !dependencies->is_map()) return;
    for (const Map::Entry& entry : dependencies->as_map()) {
      if (services_->as_map().contains(entry.key)) continue;
      const Node* required = entry.value.find("required");
      const bool optional = required && required->is_boolean() && !required->as_boolean();
      if (!optional || !inactive_.find(entry.key))
        must_run(entry.key, place_of(entry), key_ + ".depends_on." + entry.key,
                 ", or write `required: false`");
    }
  }

  /// A service that another one needs, and that isn't among those that run.
  void must_run(const std::string& target, Mark where, const std::string& key, const char* or_else) {
    const std::string problem = "service \"" + name_ + "\" depends on undefined service \"" + target + "\"";
    if (const Node* left_out = inactive_.find(target))
      return invalid(where, key, problem,
                     "no such service: " + target + " in the active profiles: activate its own (" +
                         profiles_of(*left_out) + ')' + or_else);
    if (unfinished_.files) return;
    const std::string similar = similar_.to(target, services_);
    invalid(where, key, problem,
            similar.empty() ? "define it, or take the dependency out" : "did you mean '" + similar + "'?");
  }

  static std::string profiles_of(const Node& service) {
    std::vector<std::string> names;
    if (const Node* profiles = service.find("profiles"); profiles && profiles->is_list())
      for (const Node& profile : profiles->as_list()) names.push_back(profile.scalar_text());
    return join(names, ", ");
  }

  template <typename Visit>
  void for_each_source(const Node* list, Visit visit) {
    if (!list || !list->is_list()) return;
    std::size_t index = 0;
    for (const Node& item : list->as_list()) {
      const Node* source = item.is_map() ? item.find("source") : &item;
      const std::string place = '[' + std::to_string(index++) + ']';
      if (!source)
        visit("", item.mark, place);
      else if (source->is_string())
        visit(source->as_string(), source->mark.known() ? source->mark : item.mark, place);
    }
  }

  void check_sources(const Node& service) {
    if (const Node* mounts = service.find("volumes"); mounts && mounts->is_list()) {
      for (const Node& mount : mounts->as_list())
        if (const Node* source = mount.find("source");
            source && source->is_string() && !source->as_string().empty() && mount.text("type") == "volume")
          must_exist("volumes", "volume", source->as_string(), source->mark, key_ + ".volumes");
    }
    for_each_source(service.find("configs"), [&](std::string_view name, Mark where, const std::string& item) {
      must_exist("configs", "config", name, where, key_ + ".configs" + item);
    });
    for_each_source(service.find("secrets"), [&](std::string_view name, Mark where, const std::string& item) {
      must_exist("secrets", "secret", name, where, key_ + ".secrets" + item);
    });
    if (const Node* models = service.find("models"); models && models->is_map())
      for (const Map::Entry& entry : models->as_map())
        must_exist("models", "model", entry.key, place_of(entry), key_ + ".models." + entry.key);
  }

  /// A limit of the service and that in a section of `deploy.resources` must be the same: where there is such
  /// a section, a limit that is missing from it is none at all.
  void must_agree(const Node& service, const char* key, const char* section, const char* other) {
    const Node* first = service.find(key);
    const Node* limits = at(service, {"deploy", "resources", section});
    if (!first || !limits || !limits->is_map()) return;
    const Node* second = limits->find(other);
    const auto a = amount(*first);
    const auto b = second ? amount(*second) : 0;
    if (!a || !b || *a == *b || *a == 0) return;
    const std::string path = std::string("deploy.resources.") + section + '.' + other;
    invalid(first->mark, key_ + '.' + key,
            key_ + ": can't set distinct values on '" + key + "' and '" + path + "'",
            second ? "keep one of the two" : "write it there, too, or instead");
  }

  void check_limits(const Node& service) {
    must_agree(service, "cpus", "limits", "cpus");
    must_agree(service, "mem_limit", "limits", "memory");
    must_agree(service, "mem_reservation", "reservations", "memory");
    must_agree(service, "pids_limit", "limits", "pids");
    const Node* scale = service.find("scale");
    const Node* replicas = at(service, {"deploy", "replicas"});
    if (scale && replicas && amount(*scale) != amount(*replicas))
      invalid(scale->mark, key_ + ".scale",
              key_ + ": can't set distinct values on 'scale' and 'deploy.replicas'", "keep one of the two");
  }

  void check_watch(const Node& service) {
    const Node* rules = at(service, {"develop", "watch"});
    if (!rules || !rules->is_list()) return;
    for (const Node& rule : rules->as_list()) {
      const std::string_view action = rule.text("action");
      if (rule.text("target").empty() && action != "rebuild" && action != "restart")
        invalid(rule.mark, key_ + ".develop.watch",
                key_ + ".develop.watch: target is required for non-rebuild actions");
    }
  }

  /// No two mounts of a container may have the same target.
  void check_targets(const Node& service) {
    std::map<std::string, std::string> mounted;
    for (const char* kind : {"tmpfs", "volumes"}) {
      const Node* list = service.find(kind);
      if (!list || !list->is_list()) continue;
      std::size_t index = 0;
      for (const Node& item : list->as_list()) {
        const std::string place = key_ + '.' + kind + '[' + std::to_string(index++) + ']';
        std::string target = item.is_string() ? item.as_string().substr(0, item.as_string().find(':'))
                                              : std::string(item.text("target"));
        if (target.empty()) continue;
        const auto [first, fresh] = mounted.try_emplace(target, place);
        if (!fresh)
          error(item.mark, place, place + ": target \"" + target + "\" already mounted as " + first->second,
                "give each its own target");
      }
    }
  }

  /// The names of those that are to run together must differ.
  void check_container_name(const Node& service) {
    const Node* name = service.find("container_name");
    if (!name || !name->is_string() || name->as_string().empty()) return;
    one_container(service, *name);
    if (!context_.options->distinct_container_names) return;
    if (!wanted_.empty() && !wanted_.contains(name_)) return;
    const auto [first, fresh] = container_names_.try_emplace(name->as_string(), name_);
    if (!fresh)
      error(name->mark, key_ + ".container_name",
            key_ + ": container name \"" + name->as_string() + "\" is already in use by service \"" +
                first->second + "\"",
            "give each its own name");
  }

  /// One that no profile makes active but its name alone may be run once, whatever its scale.
  void one_container(const Node& service, const Node& name) {
    if (!has_profile(service, context_.profiles)) return;
    const Node* scale = service.find("scale");
    const char* said_by = scale ? "scale" : "deploy.replicas";
    if (!scale) scale = at(service, {"deploy", "replicas"});
    if (scale && scale->is_integer() && scale->as_integer() > 1)
      error(name.mark, key_ + ".container_name",
            key_ + ": can't set container_name and " + said_by + " as container name must be unique",
            "remove one of the two");
  }

  void check_secrets() {
    const Node* secrets = tree_.find("secrets");
    if (!secrets || !secrets->is_map()) return;
    for (const Map::Entry& entry : secrets->as_map()) {
      const Node* external = entry.value.find("external");
      if (external && external->is_boolean() && external->as_boolean()) continue;
      if (diagnostics_.has_error_in("secrets." + entry.key)) continue;
      if (entry.value.text("file").empty() && entry.value.text("environment").empty())
        error(place_of(entry), "secrets." + entry.key,
              "secret \"" + entry.key + "\" must declare either `file` or `environment`",
              "say where its value comes from");
    }
  }

  const Node& tree_;
  const Node& inactive_;
  const Context& context_;
  Diagnostics& diagnostics_;
  const Unfinished& unfinished_;
  const Node* services_;
  Names wanted_;  ///< the services named on the command line and what they need; empty: all
  std::string name_, key_;
  std::map<std::string, std::string> container_names_;
  SimilarKeys similar_;
};

}  // namespace

void check_consistency(const Node& tree, const Node& inactive, const Context& context,
                       Diagnostics& diagnostics, const Unfinished& unfinished) {
  ConsistencyCheck(tree, inactive, context, diagnostics, unfinished).run();
}

}  // namespace crstack::manifest
