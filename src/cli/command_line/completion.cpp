// SPDX-License-Identifier: MIT
#include "cli/command_line/completion.hpp"

#include "cli/command_line/command_table.hpp"

namespace crstack::cli {
namespace {

// In single quotes for a shell; fish and zsh read `'\''` as bash does.
std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string words_of(Options options) {
  std::string words;
  for (const auto& row : options) {
    if (row.shown == Shown::hidden) continue;
    words += " --" + std::string(key_of(row));
    if (!letter_of(row).empty()) words += " -" + std::string(letter_of(row));
  }
  return words;
}

// The names of those options that take a value, as a pattern for `case`.
std::string valued(Options options) {
  std::string pattern;
  for (const auto& row : options) {
    if (row.takes == Takes::flag) continue;
    pattern += (pattern.empty() ? "--" : "|--") + std::string(key_of(row));
    if (!letter_of(row).empty()) pattern += "|-" + std::string(letter_of(row));
  }
  return pattern;
}

bool offered(const Command& command) {
  return command.shown == Shown::yes && !in_group(command);
}

std::string command_names() {
  std::string names;
  for (const auto* command : all_commands())
    if (offered(*command)) names += (names.empty() ? "" : " ") + std::string(command->name);
  return names;
}

std::string member_names(const Command& group) {
  std::string names;
  for (const auto* member : members_of(group))
    names += (names.empty() ? "" : " ") + std::string(last_word(*member));
  return names;
}

bool takes_services(const Command& command) {
  return command.synopsis.find("SERVICE") != std::string_view::npos;
}

std::string bash_case(const Command& command) {
  std::string text =
      "    " + std::string(command.name) + ")\n      words=" + quoted(words_of(command.options)) + "\n";
  if (takes_services(command)) text += "      services=yes\n";
  if (is_group(command)) text += "      words=" + quoted(member_names(command)) + "\n";
  if (command.name == "help") text += "      words=" + quoted(command_names()) + "\n";
  return text + "      ;;\n";
}

// zsh reads `[`, `]` and `:` inside a description as its own.
std::string zsh_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string zsh_option(const Option& row) {
  std::string tail = "[" + zsh_text(row.summary) + "]";
  if (row.takes != Takes::flag)
    tail += ":" + std::string(row.value) + ":" +
            (row.choices.empty() ? "_files" : "(" + std::string(row.choices) + ")");
  const std::string repeat = row.takes == Takes::list ? "*" : "";
  std::string text = " \\\n        " + quoted(repeat + "--" + std::string(key_of(row)) + tail);
  if (!letter_of(row).empty())
    text += " \\\n        " + quoted(repeat + "-" + std::string(letter_of(row)) + tail);
  return text;
}

std::string zsh_options(Options options) {
  std::string text;
  for (const auto& row : options)
    if (row.shown == Shown::yes) text += zsh_option(row);
  return text;
}

std::string fish_option(const Option& row, const std::string& condition) {
  if (row.shown == Shown::hidden) return {};
  std::string text = "complete -c crstack -n " + quoted(condition) + " -l " + std::string(key_of(row));
  if (!letter_of(row).empty()) text += " -s " + std::string(letter_of(row));
  if (row.takes != Takes::flag) text += row.choices.empty() ? " -r -F" : " -x -a " + quoted(row.choices);
  return text + " -d " + quoted(row.summary) + "\n";
}

constexpr const char* bash_head = R"(# bash completion for crstack; made by `crstack completion bash`.
_crstack() {
  local current=${COMP_WORDS[COMP_CWORD]} command= words= services= at
  local -a global=()
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    case ${COMP_WORDS[at]} in
      %VALUED%) global+=("${COMP_WORDS[at]}" "${COMP_WORDS[at + 1]}"); ((at++)) ;;
      -*) global+=("${COMP_WORDS[at]}") ;;
      *) command=${COMP_WORDS[at]}; break ;;
    esac
  done
  case $command in
    '') words=%GLOBAL% ;;
)";

constexpr const char* bash_tail = R"(  esac
  if [[ -n $services && $current != -* ]]; then
    words=$(crstack "${global[@]}" config --services 2>/dev/null)
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _crstack crstack
)";

constexpr const char* zsh_head = R"zsh(#compdef crstack
# zsh completion for crstack; made by `crstack completion zsh`.
_crstack_services() {
  local -a names
  names=(${(f)"$(crstack config --services 2>/dev/null)"})
  compadd -a names
}
_crstack() {
  local state line
  typeset -A opt_args
)zsh";

std::string replace(std::string text, std::string_view what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

}  // namespace

std::string bash_completion() {
  auto text = replace(bash_head, "%VALUED%", valued(global_options()));
  text = replace(text, "%GLOBAL%", quoted(command_names() + words_of(global_options())));
  for (const auto* command : all_commands())
    if (offered(*command)) text += bash_case(*command);
  return text + bash_tail;
}

std::string zsh_completion() {
  std::string text =
      std::string(zsh_head) + "  _arguments -C" + zsh_options(global_options()) +
      " \\\n        '1: :->command' '*:: :->rest'\n  case $state in\n  command)\n    local -a commands\n"
      "    commands=(\n";
  for (const auto* command : all_commands())
    if (offered(*command))
      text += "      " + quoted(std::string(command->name) + ":" + zsh_text(command->summary)) + "\n";
  text += "    )\n    _describe command commands ;;\n  rest)\n    case $line[1] in\n";
  for (const auto* command : all_commands()) {
    if (!offered(*command)) continue;
    text += "    " + std::string(command->name) + ")\n      _arguments" + zsh_options(command->options);
    text += takes_services(*command) ? " \\\n        '*: :_crstack_services' ;;\n"
                                     : " \\\n        '*: :_files' ;;\n";
  }
  return text + "    esac ;;\n  esac\n}\n_crstack \"$@\"\n";
}

std::string fish_completion() {
  std::string text = "# fish completion for crstack; made by `crstack completion fish`.\n";
  const auto none = "not __fish_seen_subcommand_from " + command_names();
  for (const auto& row : global_options()) text += fish_option(row, none);
  for (const auto* command : all_commands()) {
    if (!offered(*command)) continue;
    const auto seen = "__fish_seen_subcommand_from " + std::string(command->name);
    text += "complete -c crstack -f -n " + quoted(none) + " -a " + std::string(command->name) + " -d " +
            quoted(command->summary) + "\n";
    for (const auto& row : command->options) text += fish_option(row, seen);
    if (takes_services(*command))
      text += "complete -c crstack -f -n " + quoted(seen) + " -a '(crstack config --services 2>/dev/null)'\n";
  }
  return text;
}

}  // namespace crstack::cli
