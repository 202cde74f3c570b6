// SPDX-License-Identifier: MIT
#include <algorithm>
#include <unordered_map>

#include "consistency.hpp"

namespace crstack::manifest {

namespace {

/// Goes through the services depth first, with a stack of its own: a chain of dependencies may be as long as
/// the manifest.
class CycleFinder {
 public:
  CycleFinder(const Map& services, Diagnostics& diagnostics)
      : services_(services), diagnostics_(diagnostics) {}

  void follow(const Map::Entry& start) {
    enter(start);
    while (!stack_.empty()) {
      Frame& frame = stack_.back();
      const bool more = frame.dependencies && frame.dependencies->is_map() &&
                        frame.next < frame.dependencies->as_map().size();
      if (!more) {
        seen_[frame.service->key] = Visit::done;
        stack_.pop_back();
        continue;
      }
      const Map::Entry& dependency = frame.dependencies->as_map().begin()[static_cast<long>(frame.next++)];
      const Map::Entry* target = services_.find(dependency.key);
      if (!target) continue;
      const auto known = seen_.find(target->key);
      if (known == seen_.end())
        enter(*target);
      else if (known->second == Visit::open)
        draw(target->key, *frame.service, dependency);
    }
  }

 private:
  enum class Visit : char { open, done };

  struct Frame {
    const Map::Entry* service;
    const Node* dependencies;
    std::size_t next;
  };

  void enter(const Map::Entry& entry) {
    if (seen_.try_emplace(entry.key, Visit::open).second)
      stack_.push_back({&entry, entry.value.find("depends_on"), 0});
  }

  void draw(std::string_view back_to, const Map::Entry& from, const Map::Entry& dependency) {
    std::string drawn;
    auto step = std::find_if(stack_.begin(), stack_.end(),
                             [&](const Frame& frame) { return frame.service->key == back_to; });
    for (; step != stack_.end(); ++step) drawn += step->service->key + " -> ";
    drawn += back_to;
    diagnostics_.error(place_of(dependency), "services." + from.key + ".depends_on." + dependency.key,
                       "dependency cycle detected: " + drawn, "take one of these dependencies out");
  }

  const Map& services_;
  Diagnostics& diagnostics_;
  std::unordered_map<std::string_view, Visit> seen_;
  std::vector<Frame> stack_;
};

}  // namespace

Mark place_of(const Map::Entry& entry) {
  return entry.key_mark.known() ? entry.key_mark : entry.value.mark;
}

void check_cycles(const Node& services, Diagnostics& diagnostics) {
  CycleFinder finder(services.as_map(), diagnostics);
  for (const Map::Entry& entry : services.as_map()) finder.follow(entry);
}

}  // namespace crstack::manifest
