// SPDX-License-Identifier: MIT
#include "crstack/project/service.hpp"

namespace crstack::project {

const char* to_string(Condition condition) {
  switch (condition) {
    case Condition::started:
      return "service_started";
    case Condition::healthy:
      return "service_healthy";
    case Condition::completed_successfully:
      return "service_completed_successfully";
  }
  return "service_started";
}

}  // namespace crstack::project
