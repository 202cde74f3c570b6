// SPDX-License-Identifier: MIT
#include "cli/command_line/answer_completion.hpp"

#include <algorithm>
#include <set>

#include "cli/command_line/command_table.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/plan/labels.hpp"

namespace crstack::cli {
namespace {

struct Answer {
  enum class Directive { files = 0, no_files = 4, extensions = 8 } directive = Directive::no_files;
  std::vector<std::pair<std::string, std::string>> candidates;  ///< with what they are

  void add(std::string_view word, std::string_view is = {}) { candidates.emplace_back(word, is); }
};

/// What has been typed in front of the part that is to be completed.
class Typed {
 public:
  explicit Typed(const std::vector<std::string>& words) : global_(global_options()) {
    Options options = global_options();
    for (std::size_t at = 0; at < words.size(); ++at) {
      const auto& word = words[at];
      if (word.size() > 1 && word[0] == '-') {
        take_option(options, words, at);
      } else if (command_ == nullptr && !unknown_) {
        const auto [command, length] = find_command(std::span(words).subspan(at));
        command_ = command;
        unknown_ = command == nullptr;
        at += unknown_ ? 0 : length - 1;
        if (command_ != nullptr) options = command_->options;
      } else if (command_ != nullptr && command_->interspersed == Interspersed::no) {
        options = {};
      }
    }
  }

  [[nodiscard]] const Command* command() const { return command_; }
  [[nodiscard]] bool unknown() const { return unknown_; }
  /// The option whose value comes next.
  [[nodiscard]] const Option* awaited() const { return awaited_; }
  [[nodiscard]] const Arguments& global() const { return global_; }

 private:
  void take_option(Options options, const std::vector<std::string>& words, std::size_t& at) {
    const auto equals = words[at].find('=');
    const auto name = words[at].substr(0, equals);
    const auto row = std::find_if(options.begin(), options.end(), [&](const Option& option) {
      return name == "--" + std::string(key_of(option)) || name == "-" + std::string(letter_of(option));
    });
    if (row == options.end()) return;
    std::string value = equals == std::string::npos ? "true" : words[at].substr(equals + 1);
    if (row->takes != Takes::flag && equals == std::string::npos) {
      if (++at == words.size()) {
        awaited_ = &*row;
        return;
      }
      value = words[at];
    }
    if (command_ == nullptr) global_.add(key_of(*row), value);
  }

  Arguments global_;
  const Command* command_ = nullptr;
  bool unknown_ = false;
  const Option* awaited_ = nullptr;
};

std::set<std::string> project_names(Context& context) {
  std::set<std::string> names;
  for (const auto& container : context.engine().list_containers(
           {plan::labels::project, plan::labels::config_hash}, engine::Containers::Which::all))
    names.insert(container.labels.at(plan::labels::project));
  return names;
}

std::set<std::string> profile_names(const project::Project& project) {
  std::set<std::string> names;
  for (const auto* services : {&project.services, &project.disabled_services})
    for (const auto& [name, service] : *services)
      names.insert(service.profiles.begin(), service.profiles.end());
  return names;
}

std::set<std::string> service_names(const project::Project& project) {
  std::set<std::string> names;
  for (const auto* services : {&project.services, &project.disabled_services})
    for (const auto& [name, service] : *services) names.insert(name);
  return names;
}

void add_value(Answer& answer, const Option& option, const std::function<Context&()>& context) {
  const auto key = key_of(option);
  if (key == "file") {
    answer.directive = Answer::Directive::extensions;
    for (const auto* extension : {"yaml", "yml"}) answer.add(extension);
  } else if (key == "profile") {
    for (const auto& name : profile_names(context().project())) answer.add(name);
  } else if (key == "project-name") {
    for (const auto& name : project_names(context())) answer.add(name);
  } else if (!option.choices.empty()) {
    for (const auto& word : split(std::string(option.choices), ' ')) answer.add(word);
  } else {
    answer.directive = Answer::Directive::files;
  }
}

void add_options(Answer& answer, Options options) {
  for (const auto& row : options) {
    if (row.shown == Shown::hidden) continue;
    answer.add("--" + std::string(key_of(row)), row.summary);
    if (!letter_of(row).empty()) answer.add("-" + std::string(letter_of(row)), row.summary);
  }
}

void add_services(Answer& answer, const Command& command, const std::function<Context&()>& context) {
  if (command.name == "wait") answer.directive = Answer::Directive::files;
  if (command.name == "wait" || command.synopsis.find("SERVICE") == std::string_view::npos) return;
  for (const auto& name : service_names(context().project()))
    answer.add(command.name == "scale" ? name + "=" : name);
}

Answer candidates_for(const Typed& typed, const std::string& part, const std::function<Context&()>& context) {
  Answer answer;
  const auto* command = typed.command();
  if (typed.awaited() != nullptr) {
    add_value(answer, *typed.awaited(), context);
  } else if (part.starts_with('-')) {
    add_options(answer, command != nullptr ? command->options : global_options());
    if (command != nullptr) add_options(answer, common_options());
  } else if (command != nullptr && is_group(*command)) {
    for (const auto* one : members_of(*command)) answer.add(last_word(*one), one->summary);
  } else if (command != nullptr) {
    add_services(answer, *command, context);
  } else if (typed.unknown()) {
    answer.directive = Answer::Directive::files;
  } else {
    for (const auto* one : all_commands())
      if (one->shown == Shown::yes && !in_group(*one)) answer.add(one->name, one->summary);
  }
  return answer;
}

}  // namespace

std::string answer_completion(const std::vector<std::string>& words, Descriptions descriptions,
                              const MakeContext& make_context) {
  auto before = words;
  const std::string part = before.empty() ? "" : before.back();
  if (!before.empty()) before.pop_back();
  const Typed typed(before);
  std::unique_ptr<Context> made;
  const auto context = [&]() -> Context& {
    if (!made) made = make_context(typed.global());
    return *made;
  };
  Answer answer;
  try {
    answer = candidates_for(typed, part, context);
  } catch (const Error&) {  // no manifest, no engine: nothing to offer
  }
  std::string text;
  const bool extensions = answer.directive == Answer::Directive::extensions;
  for (const auto& [word, is] : answer.candidates) {
    if (!word.starts_with(part) && !extensions) continue;
    const bool described = descriptions == Descriptions::show && !is.empty();
    text += word + (described ? "\t" + is : "") + "\n";
  }
  return text + ":" + std::to_string(static_cast<int>(answer.directive)) + "\n";
}

}  // namespace crstack::cli
