// SPDX-License-Identifier: MIT
#include <algorithm>

#include "support/fake_engine_detail.hpp"

namespace crstack::test {

using engine::ContainerState;
using engine::EngineError;
using engine::ErrorKind;
using engine::Health;

namespace {

std::string status_text(const engine::ContainerDetails& details) {
  switch (details.state) {
    case ContainerState::running:
      if (details.health == Health::none) return "Up 1 second";
      return std::string("Up 1 second (") + (details.health == Health::starting ? "health: " : "") +
             to_string(details.health) + ")";
    case ContainerState::paused:
      return "Up 1 second (Paused)";
    case ContainerState::created:
      return "Created";
    case ContainerState::restarting:
      return "Restarting (" + std::to_string(details.exit_code) + ") 1 second ago";
    default:
      return "Exited (" + std::to_string(details.exit_code) + ") 1 second ago";
  }
}

}  // namespace

FakeEngine::Container* FakeEngine::find(const std::string& id) {
  if (const auto exact = containers_.find(id); exact != containers_.end()) return &exact->second;
  for (auto& [key, container] : containers_)
    if (key == id || container.details.name == id || (id.size() >= 4 && key.starts_with(id)))
      return &container;
  return nullptr;
}

FakeEngine::Container& FakeEngine::need(const std::string& id, const char* method) {
  if (auto* container = find(id)) return *container;
  throw EngineError(ErrorKind::not_found, 404, method, "/containers/" + id, "No such container: " + id);
}

std::string FakeEngine::name_of(const std::string& id) {
  Lock lock(mutex_);
  const auto* container = find(id);
  return container != nullptr ? container->details.name : id;
}

const ContainerScript& FakeEngine::script_of(const Container& container) const {
  static const ContainerScript none;
  auto found = scripts_.find(container.details.name);
  if (found == scripts_.end()) {
    const auto service = container.spec.labels.find("com.docker.compose.service");
    if (service != container.spec.labels.end()) found = scripts_.find(service->second);
  }
  return found == scripts_.end() ? none : found->second;
}

// --- the API

std::vector<engine::ContainerSummary> FakeEngine::list_containers(const engine::LabelFilter& labels,
                                                                  Which which) {
  Call call(*this, "list_containers");
  Lock lock(mutex_);
  std::vector<engine::ContainerSummary> rows;
  for (const auto& [id, container] : containers_) {
    const auto& details = container.details;
    if ((which == Which::running && !runs(details)) || !has_labels(details.labels, labels)) continue;
    engine::ContainerSummary row;
    row.id = id;
    row.name = details.name;
    row.image = details.image;
    row.image_id = details.image_id;
    row.state = script_of(container).listed_as_running ? ContainerState::running : details.state;
    row.health = details.health;
    row.status = status_text(details);
    if (details.state == ContainerState::exited) row.exit_code = details.exit_code;
    row.labels = details.labels;
    row.ports = details.ports;
    row.mounts = details.mounts;
    row.networks = details.networks;
    row.created = container.created;
    rows.push_back(std::move(row));
  }
  return rows;
}

engine::ContainerDetails FakeEngine::inspect_container(const std::string& id) {
  Call call(*this, "inspect_container", name_of(id));
  Lock lock(mutex_);
  return need(id, "GET").details;
}

void FakeEngine::mount_volumes(Container& container, const engine::ImageDetails& image) {
  auto& details = container.details;
  const auto add = [&](const std::string& type, const std::string& name, const std::string& source,
                       const std::string& target, bool read_only) {
    details.mounts.push_back({type, name, source, target, type == "volume" ? "local" : "", !read_only});
    if (type == "volume" && !volumes_.contains(name))
      volumes_[name] = {name, "local", "/var/lib/docker/volumes/" + name + "/_data", {}, {}};
  };
  const auto anonymous = [&](const std::string& target) {
    for (const auto& mount : details.mounts)
      if (mount.destination == target) return;
    container.anonymous.push_back(new_id('a'));
    add("volume", container.anonymous.back(), "", target, false);
  };
  for (const auto& mount : container.spec.mounts) {
    if (mount.type == "volume" && mount.source.empty())
      anonymous(mount.target);
    else
      add(mount.type, mount.type == "volume" ? mount.source : "", mount.source, mount.target,
          mount.read_only);
  }
  for (const auto& bind : container.spec.binds) {
    const auto colon = bind.find(':');
    const auto source = bind.substr(0, colon);
    const auto rest = bind.substr(colon + 1);
    const auto target = rest.substr(0, rest.find(':'));
    add(source.starts_with('/') ? "bind" : "volume", source.starts_with('/') ? "" : source, source, target,
        rest.ends_with(":ro"));
  }
  for (const auto& target : container.spec.anonymous_volumes) anonymous(target);
  for (const auto& target : image.volumes) anonymous(target);
}

namespace {

engine::ContainerDetails details_of(const engine::ContainerSpec& spec, const engine::ImageDetails& image) {
  engine::ContainerDetails details;
  details.name = spec.name;
  details.image = spec.image;
  details.image_id = image.id;
  details.labels = image.labels;
  for (const auto& [key, value] : spec.labels) details.labels[key] = value;
  details.health_spec = spec.health ? spec.health : image.health;
  details.environment = spec.environment;
  details.user = spec.user;
  details.working_dir = spec.working_dir;
  details.tty = spec.tty;
  details.open_stdin = spec.open_stdin;
  details.restart = spec.restart;
  for (const auto& port : spec.ports)
    details.ports.push_back({port.host_ip.empty() ? "0.0.0.0" : port.host_ip,
                             port.host_port.empty() ? 49153 : std::stoi(port.host_port), port.container_port,
                             port.protocol});
  return details;
}

}  // namespace

std::string FakeEngine::create_container(const engine::ContainerSpec& spec, std::vector<std::string>&) {
  Call call(*this, "create_container", spec.name);
  Lock lock(mutex_);
  const auto* image = find_image(spec.image);
  if (image == nullptr)
    throw EngineError(ErrorKind::not_found, 404, "POST", "/containers/create",
                      "No such image: " + spec.image);
  for (const auto& [id, other] : containers_)
    if (other.details.name == spec.name)
      refuse(ErrorKind::conflict, 409,
             "Conflict. The container name \"/" + spec.name + "\" is already in use by container \"" + id +
                 "\". You have to remove (or rename) that container to be able to reuse that name.");
  Container container;
  container.spec = spec;
  auto& details = container.details = details_of(spec, *image);
  details.id = new_id('c');
  if (const auto& script = script_of(container); !script.create_error.empty())
    refuse(ErrorKind::server, 500, script.create_error);
  mount_volumes(container, *image);
  container.created = std::chrono::duration_cast<std::chrono::seconds>(wall().time_since_epoch()).count();
  for (const auto& endpoint : spec.endpoints) {
    auto* network = find_network(endpoint.network);
    details.networks[network != nullptr ? network->name : endpoint.network] =
        network != nullptr ? network->id : "";
  }
  const auto id = details.id;
  event_locked(containers_[id] = std::move(container), "create");
  return id;
}

void FakeEngine::start_container(const std::string& id) {
  Call call(*this, "start_container", name_of(id));
  Lock lock(mutex_);
  auto& container = need(id, "POST");
  if (runs(container.details)) return;
  if (const auto& error = script_of(container).start_error; !error.empty()) {
    container.details.error = error;
    refuse(ErrorKind::server, 500, error);
  }
  for (auto& [name, network_id] : container.details.networks) {
    const auto* network = find_network(name);
    if (network == nullptr) refuse(ErrorKind::not_found, 404, "network " + name + " not found");
    network_id = network->id;
  }
  try {
    check_ports(container);
  } catch (const EngineError& error) {
    container.details.error = error.what();
    throw;
  }
  start_locked(container);
}

std::unique_ptr<engine::PendingCall> FakeEngine::stop_container(const std::string& id,
                                                                std::optional<int> timeout_seconds) {
  return std::make_unique<CallInThread>(
      [=, this](const std::stop_token& stop) { stop_now(id, timeout_seconds, stop); });
}

std::unique_ptr<engine::PendingCall> FakeEngine::restart_container(const std::string& id,
                                                                   std::optional<int> timeout_seconds) {
  return std::make_unique<CallInThread>(
      [=, this](const std::stop_token& stop) { restart_now(id, timeout_seconds, stop); });
}

void FakeEngine::stop_now(const std::string& id, std::optional<int> timeout_seconds,
                          const std::stop_token& stop) {
  const auto seconds = timeout_seconds ? " timeout=" + std::to_string(*timeout_seconds) : "";
  Call call(*this, "stop_container", name_of(id) + seconds, stop);
  Lock lock(mutex_);
  auto& container = need(id, "POST");
  if (!runs(container.details)) return;
  container.stopped_by_hand = true;
  event_locked(container, "kill", {{"signal", "15"}});
  const std::string key = container.details.id;
  exit_locked(container, script_of(container).stop_code, false);
  if (const auto found = containers_.find(key); found != containers_.end())
    event_locked(found->second, "stop");
}

void FakeEngine::restart_now(const std::string& id, std::optional<int> timeout_seconds,
                             const std::stop_token& stop) {
  const auto seconds = timeout_seconds ? " timeout=" + std::to_string(*timeout_seconds) : "";
  Call call(*this, "restart_container", name_of(id) + seconds, stop);
  Lock lock(mutex_);
  auto& container = need(id, "POST");
  container.stopped_by_hand = true;
  event_locked(container, "kill", {{"signal", "15"}});
  exit_locked(container, script_of(container).stop_code, false);
  event_locked(container, "stop");
  start_locked(container);
  event_locked(container, "restart");
}

void FakeEngine::kill_container(const std::string& id, const std::string& signal) {
  Call call(*this, "kill_container", name_of(id) + " " + signal);
  Lock lock(mutex_);
  auto& container = need(id, "POST");
  if (!runs(container.details))
    refuse(ErrorKind::conflict, 409,
           "Cannot kill container: " + id + ": Container " + container.details.id + " is not running");
  container.stopped_by_hand = true;
  event_locked(container, "kill", {{"signal", signal}});
  exit_locked(container, 137, false);
}

void FakeEngine::pause_container(const std::string& id) {
  Call call(*this, "pause_container", name_of(id));
  Lock lock(mutex_);
  auto& container = need(id, "POST");
  if (container.details.state != ContainerState::running)
    refuse(ErrorKind::conflict, 409, "Container " + container.details.id + " is not running");
  container.details.state = ContainerState::paused;
  event_locked(container, "pause");
}

void FakeEngine::unpause_container(const std::string& id) {
  Call call(*this, "unpause_container", name_of(id));
  Lock lock(mutex_);
  auto& container = need(id, "POST");
  if (container.details.state != ContainerState::paused)
    refuse(ErrorKind::conflict, 409, "Container " + container.details.id + " is not paused");
  container.details.state = ContainerState::running;
  event_locked(container, "unpause");
}

void FakeEngine::rename_container(const std::string& id, const std::string& name) {
  Call call(*this, "rename_container", name_of(id) + " " + name);
  Lock lock(mutex_);
  auto& container = need(id, "POST");
  if (find(name) != nullptr)
    refuse(ErrorKind::conflict, 409, "Conflict. The container name \"/" + name + "\" is already in use");
  container.details.name = name;
  event_locked(container, "rename");
}

void FakeEngine::remove_container(const std::string& id, Force force, AnonymousVolumes volumes) {
  Call call(*this, "remove_container",
            name_of(id) + (force == Force::yes ? " force" : "") +
                (volumes == AnonymousVolumes::remove ? " volumes" : ""));
  Lock lock(mutex_);
  auto* container = find(id);
  if (container == nullptr) return;
  if (runs(container->details)) {
    if (force == Force::no)
      refuse(ErrorKind::conflict, 409,
             "You cannot remove a running container " + container->details.id +
                 ". Stop the container before attempting removal or force remove");
    container->stopped_by_hand = true;
    exit_locked(*container, 137, false);
    container = find(id);
    if (container == nullptr) return;
  }
  if (volumes == AnonymousVolumes::remove)
    for (const auto& name : container->anonymous) volumes_.erase(name);
  event_locked(*container, "destroy");
  containers_.erase(container->details.id);
  changed_.notify_all();
}

int FakeEngine::wait_container(const std::string& id, std::stop_token stop) {
  Call call(*this, "wait_container", name_of(id), stop);
  Lock lock(mutex_);
  const std::string key = need(id, "POST").details.id;
  int code = 0;
  changed_.wait(lock, stop, [&] {
    const auto found = containers_.find(key);
    if (found == containers_.end()) return true;
    code = found->second.details.exit_code;
    return !runs(found->second.details) && found->second.details.state != ContainerState::created;
  });
  return code;
}

void FakeEngine::resize_container(const std::string& id, int rows, int columns) {
  Call call(*this, "resize_container",
            name_of(id) + " " + std::to_string(rows) + "x" + std::to_string(columns));
}

FakeEngine::ProcessTable FakeEngine::top(const std::string& id, const std::string&) {
  Call call(*this, "top", name_of(id));
  return {{"PID", "CMD"}, {{"1", "init"}}};
}

}  // namespace crstack::test
