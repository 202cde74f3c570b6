// SPDX-License-Identifier: MIT
#include "cli/command_line/command_table.hpp"

namespace crstack::cli {
namespace {

constexpr Option global_rows[] = {
    {"--all-resources", Takes::flag, "", "Include all resources, even those not used by services", ""},
    {"--ansi", Takes::text, "string", "When to print ANSI control characters (default \"auto\")",
     "never always auto"},
    {"--compatibility", Takes::flag, "", "Join container names with _ instead of -", ""},
    {"-c,--context", Takes::text, "string", "The Docker context whose engine is used", ""},
    {"-D,--debug", Takes::flag, "", "Write what happens between crstack and the engine on standard error",
     ""},
    {"--dry-run", Takes::flag, "", "Print what would be done, and do nothing", ""},
    {"--env-file", Takes::list, "stringArray", "Read variables from this file instead of .env", ""},
    {"-f,--file", Takes::list, "stringArray", "Compose manifests, merged in this order", ""},
    {"-H,--host", Takes::text, "string", "The engine's address (unix://, tcp://, ssh://)", ""},
    {"--parallel", Takes::number, "int",
     "How many engine calls may run at once, -1 for unlimited (default -1)", ""},
    {"--profile", Takes::list, "stringArray", "Enable a profile", ""},
    {"--progress", Takes::text, "string", "How progress is shown", "auto tty plain json quiet"},
    {"--project-directory", Takes::text, "string", "The directory that relative paths start from", ""},
    {"-p,--project-name", Takes::text, "string", "Project name", ""},
    {"--tls", Takes::flag, "", "Use TLS", ""},
    {"--tlscacert", Takes::text, "string", "Trust certificates signed by this authority only", ""},
    {"--tlscert", Takes::text, "string", "The client's TLS certificate", ""},
    {"--tlskey", Takes::text, "string", "The client's TLS key", ""},
    {"--tlsverify", Takes::flag, "", "Use TLS and check the engine's certificate", ""},
    {"-v,--version", Takes::flag, "", "Show the version", ""},
    {"-h,--help", Takes::flag, "", "Show help", ""},
    // What older scripts and the docker CLI pass on.
    {"--config", Takes::text, "string", "Docker's configuration directory", "", Shown::hidden},
    {"-l,--log-level", Takes::text, "string", "Accepted and not used", "", Shown::hidden},
    {"--no-ansi", Takes::flag, "", "The same as --ansi never", "", Shown::hidden},
    {"--verbose", Takes::flag, "", "The same as --debug", "", Shown::hidden},
    {"--workdir", Takes::text, "string", "The same as --project-directory", "", Shown::hidden},
};

constexpr Option common_rows[] = {
    {"--dry-run", Takes::flag, "", "Print what would be done, and do nothing", ""},
    {"-h,--help", Takes::flag, "", "Show help", "", Shown::hidden},
};

}  // namespace

Options global_options() {
  return global_rows;
}

Options common_options() {
  return common_rows;
}

}  // namespace crstack::cli
