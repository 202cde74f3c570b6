// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>

#include "cli/listing/go_template.hpp"
#include "cli/listing/human.hpp"
#include "cli/listing/listing.hpp"
#include "cli/listing/value.hpp"
#include "cli/project_containers.hpp"
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
      {R"({{printf "%q" "a<b & \"c\""}})", R"("a<b & \"c\"")"},
      {R"({{printf "%-10s|%12s|%.3s|%03d|%3d%%" .Name .Name .Name .ExitCode .ExitCode}})",
       "app-web-1 |   app-web-1|app|000|  0%"},
      {R"({{join (split .Name "-") "/"}})", "app/web/1"},
      {R"({{split "aé-" ""}} {{split "" ""}} {{split "" "-"}})", "[a é -] [] []"},
      {R"({{$n := .Name}}{{range $i, $p := .Publishers}}{{$i}}{{$p.Port}}{{$n}};{{end}})",
       "080app-web-1;181app-web-1;"},
      {R"({{$n := 1}}{{range $p := .Publishers}}{{$n = $p.Port}}{{end}}{{$n}})", "81"},
      {R"({{range 3}}{{if eq . 1}}{{continue}}{{end}}{{.}}{{end}}{{range .Publishers}}{{break}}x{{end}}.)",
       "02."},
      {R"({{with $x := .State}}{{$x}}{{.}}{{end}}{{with .ExitCode}}a{{else with .Name}}b{{end}})",
       "runningrunningb"},
      {R"({{slice .Name 4 7}} {{index .Name 0}} {{index .Publishers 1 "Port"}} {{len (slice .Publishers 1)}})",
       "web 97 81 1"},
      {R"({{ge 2 2}} {{le 3 2}} {{print 1 2 "x" 3}} {{html "a<b>"}})", "true false 1 2x3 a&lt;b&gt;"},
      {R"({{(index .Publishers 0).Port}} {{(.Name)}}{{"}}"}}{{/* }} */}})", "80 app-web-1}}"},
      {R"({{define "x"}}<{{.}}{{$}}>{{end}}{{template "x" .Name | upper}}{{range 1}}{{template "x"}}{{end}})",
       "<APP-WEB-1APP-WEB-1><<no value><no value>>"},
      {R"({{block "x" .}}[{{.State}}]{{end}}{{with .Name}}{{template "x" $}}{{end}})", "[running][running]"},
      {R"({{js "a'b\"<"}} {{urlquery "a b/é" "~"}})", R"(a\'b\"\u003C a+b%2F%C3%A9~)"},
      {R"({{printf "%x %X %o %b %04x" 255 -255 8 5 "az"}})", "ff -FF 10 101 617a"},
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
  CHECK(error_of("{{$x}}") == "template parsing error: template: undefined variable \"$x\"");
  CHECK(error_of("{{slice .Name 9 10}}") == "template parsing error: template: index out of range: 10");
  CHECK(error_of("{{break}}") == "template parsing error: template: {{break}} outside {{range}}");
  CHECK(error_of(R"({{template "x"}})") == "template parsing error: template: template \"x\" not defined");
  CHECK(error_of(R"({{define "x"}}{{template "x"}}{{end}}{{template "x"}})") ==
        "template parsing error: template: exceeded maximum template depth");
  CHECK(error_of("{{}}") == "template parsing error: template: missing value for command");
}

TEST_CASE("a raw listing names each value", "[cli]") {
  CHECK(format_raw({web()}, {{"Name", "name"}, {"State", "state"}}) == "name: app-web-1\nstate: running\n\n");
  const std::vector<Column> columns = {{"Name", "NAME"}};
  const auto none = Value::list({});
  CHECK(format_simple_listing("pretty", {}, columns, none) == "NAME\n");
  CHECK(format_simple_listing("JSON", {}, columns, none) == "[]\n");
  const auto record = Value::record({{"a", Value::record({{"b", "x>\"y\""}, {"c", true}})}, {"d", none}});
  CHECK(
      format_simple_listing("Json", {}, columns, record) ==
      "{\n    \"a\": {\n        \"b\": \"x>\\\"y\\\"\",\n        \"c\": true\n    },\n    \"d\": []\n}\n\n");
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
  CHECK(format_simple_listing("json", {}, columns, Value::list({})) == "[]\n");
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

TEST_CASE("a command is quoted on one line", "[cli]") {
  CHECK(go_string("sh -c 'eval \"echo…") == R"("sh -c 'eval \"echo…")");
  CHECK(go_string("a\nb\tc\\d\a<&>") == R"("a\nb\tc\\d\a<&>")");
  CHECK(go_string("\x1b[1m\x7f\xff é") == R"("\x1b[1m\x7f\xff é")");
}
