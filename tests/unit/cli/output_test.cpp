// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>

#include "cli/go_template.hpp"
#include "cli/human.hpp"
#include "cli/listing.hpp"
#include "cli/project_containers.hpp"
#include "cli/value.hpp"
#include "crstack/base/error.hpp"

using namespace crstack;
using namespace crstack::cli;

namespace {

Value web() {
  auto record = Value::record({{"Name", "app-web-1"},
                               {"State", "running"},
                               {"ExitCode", 0},
                               {"Labels", "a=1,org.test.role-name=front,2"},
                               {"Publishers", Value::list({Value::record({{"URL", "::1"}, {"Port", 80}}),
                                                           Value::record({{"URL", ""}, {"Port", 81}})})}});
  return with_labels(std::move(record), {{"a", "1"}, {"org.test.role-name", "front,2"}});
}

std::string error_of(const std::string& source) {
  try {
    return "rendered " + GoTemplate(source).render(web());
  } catch (const UsageError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("templates show fields, call functions, branch and repeat", "[cli]") {
  const std::pair<const char*, const char*> cases[] = {
      {"{{.Name}}", "app-web-1"},
      {R"({{.Name}}\t{{.State}})", "app-web-1\trunning"},
      {"{{json .Name}} {{json .ExitCode}}", "\"app-web-1\" 0"},
      {"{{.Name | upper}}", "APP-WEB-1"},
      {R"({{.Label "org.test.role-name"}}|{{.Label "name"}})", "front,2|"},
      {R"({{if eq .State "running"}}up{{else}}down{{end}})", "up"},
      {R"({{if eq .State "x"}}a{{else if .Name}}b{{else}}c{{end}})", "b"},
      {R"({{range .Publishers}}[{{.URL}}:{{.Port}}]{{end}})", "[::1:80][:81]"},
      {R"({{range .Publishers}}{{if .URL}}{{$.Name}}{{end}}{{end}})", "app-web-1"},
      {R"({{with .ExitCode}}bad{{else}}fine{{end}})", "fine"},
      {"a {{- .State -}} b", "arunningb"},
      {"{{/* nothing */}}x", "x"},
      {R"({{printf "%s=%d" .Name .ExitCode}})", "app-web-1=0"},
      {R"({{printf "%-10s|%12s|%.3s|%03d|%3d%%" .Name .Name .Name .ExitCode .ExitCode}})",
       "app-web-1 |   app-web-1|app|000|  0%"},
      {R"({{join (split .Name "-") "/"}})", "app/web/1"},
      {R"({{len .Publishers}} {{title "web"}} {{truncate .Name 3}} {{not .ExitCode}})", "2 Web app true"},
  };
  for (const auto& [source, text] : cases) {
    INFO(source);
    CHECK(GoTemplate(source).render(web()) == text);
  }
}

TEST_CASE("a wrong template says what is wrong with it", "[cli]") {
  CHECK(error_of("{{.Foo}}") == "template parsing error: template: can't evaluate field Foo");
  CHECK(error_of("{{.Name") == "template parsing error: template: unclosed action");
  CHECK(error_of("{{nope .}}") == "template parsing error: template: function \"nope\" not defined");
  CHECK(error_of("{{if .Name}}x") == "template parsing error: template: unexpected EOF");
  CHECK(error_of("{{end}}") == "template parsing error: template: unexpected {{end}}");
  CHECK(error_of("{{}}") == "template parsing error: template: missing value for command");
}

TEST_CASE("a listing is a table, objects line by line, or a template's text", "[cli]") {
  const std::vector<Column> columns = {{"Name", "NAME"}, {"State", "STATE"}};
  CHECK(format_listing("table", {web()}, columns) == "NAME        STATE\napp-web-1   running\n");
  CHECK(format_listing("{{.Name}}", {web()}, columns) == "app-web-1\n");
  CHECK(format_listing(R"(table {{.State}}\t{{.Name}})", {web()}, columns) ==
        "STATE     NAME\nrunning   app-web-1\n");
  CHECK(format_listing(R"(table {{.Label "org.test.role-name"}}\t{{.Name}})", {web()}, columns) ==
        "role name   NAME\nfront,2     app-web-1\n");
  CHECK(format_listing("json", {Value::record({{"A", "x->\"y\""}, {"B", true}})}, columns) ==
        "{\"A\":\"x-\\u003e\\\"y\\\"\",\"B\":true}\n");
  CHECK(format_simple_listing("json", {}, columns, {}) == "[]\n");
  CHECK_THROWS_AS(format_simple_listing("foo", {}, columns, {}), UsageError);
}

TEST_CASE("published ports are shown as ranges where they follow each other", "[cli]") {
  using Port = engine::PublishedPort;
  CHECK(shown_ports({{"127.0.0.1", 32774, 443, "tcp"}, {"127.0.0.1", 18080, 80, "tcp"}}) ==
        "127.0.0.1:18080->80/tcp, 127.0.0.1:32774->443/tcp");
  CHECK(shown_ports({{"0.0.0.0", 80, 80, "tcp"}, {"0.0.0.0", 81, 81, "tcp"}, {"::", 80, 80, "tcp"}}) ==
        "0.0.0.0:80-81->80-81/tcp, [::]:80->80/tcp");
  CHECK(shown_ports({Port{"", 0, 6379, "tcp"}}) == "6379/tcp");
  CHECK(shown_ports({}).empty());
}

TEST_CASE("spans and sizes read as the docker CLI writes them", "[cli]") {
  using std::chrono::seconds;
  const std::pair<int, const char*> spans[] = {
      {0, "Less than a second"}, {1, "1 second"},      {59, "59 seconds"},
      {60, "About a minute"},    {3599, "59 minutes"}, {3600, "About an hour"},
      {9000, "3 hours"},         {172800, "2 days"},   {1209600, "2 weeks"}};
  for (const auto& [span, text] : spans) CHECK(human_span(seconds(span)) == text);
  CHECK(human_size(1984197) == "1.98MB");
  CHECK(human_size(0) == "0B");
  CHECK(ellipsis("sleep 1000", 20) == "sleep 1000");
  CHECK(ellipsis("aéiou", 4) == "aéi…");
}
