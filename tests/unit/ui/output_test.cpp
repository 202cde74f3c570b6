// SPDX-License-Identifier: MIT
#include <unistd.h>
#include <catch2/catch_test_macros.hpp>

#include "crstack/ui/diagnostics.hpp"
#include "crstack/ui/output.hpp"
#include "crstack/ui/table.hpp"
#include "crstack/ui/terminal.hpp"
#include "crstack/ui/text.hpp"

using namespace crstack;
using namespace crstack::ui;

TEST_CASE("the width of text is what a terminal makes of it", "[ui]") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("äé…") == 3);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("a\xff\xc3") == 3);
}

TEST_CASE("text is cut between characters", "[ui]") {
  CHECK(fit("abcdef", 6) == "abcdef");
  CHECK(fit("abcdef", 4) == "abc…");
  CHECK(fit("日本語", 4) == "日…");
  CHECK(fit("abc", 0).empty());
  CHECK(fit_end("web-server-1", 6) == "…ver-1");
  CHECK(fit_end("日本語", 4) == "…語");
  CHECK(pad("äb", 4) == "äb  ");
}

TEST_CASE("printable text can't move the cursor", "[ui]") {
  CHECK(printable("\x1b[2J\x1b[31mred\x1b[0m\tx\r\n") == "red x  ");
  CHECK(printable("\x1b]0;title\x07text") == "text");
  CHECK(printable("\x1b]8;;u\x1b\\link") == "link");
  CHECK(printable("end\x1b") == "end");
}

TEST_CASE("columns are three spaces apart and at least ten wide", "[ui]") {
  Table table({"NAME", "SERVICE", "STATUS"});
  table.add({"shop-web-1", "web", "Up 3 seconds"});
  table.add({"x"});
  CHECK(table.str() ==
        "NAME         SERVICE   STATUS\n"
        "shop-web-1   web       Up 3 seconds\n"
        "x                      \n");
}

TEST_CASE("a table of images has wider columns", "[ui]") {
  Table table({"CONTAINER", "TAG", "CREATED"}, {20, 3, 0});
  table.add({"uiref4-gone2-1", "local", "36 minutes ago"});
  CHECK(table.str() ==
        "CONTAINER           TAG                 CREATED\n"
        "uiref4-gone2-1      local               36 minutes ago\n");
}

TEST_CASE("a table fits the width by shortening its widest columns", "[ui]") {
  Table table({"NAME", "COMMAND", "STATUS"}, {10, 3, 40});
  table.add({"web-1", "a-very-long-command --with --many --flags", "Up 3 seconds"});
  CHECK(table.str() ==
        "NAME      COMMAND           STATUS\n"
        "web-1     a-very-long-co…   Up 3 seconds\n");
  Table narrow({"NAME", "COMMAND"}, {10, 3, 5});
  narrow.add({"web-server", "sleep"});
  narrow.add({"db", "sleep 1000"});
  CHECK(narrow.str() == "NAME         COMMAND\nweb-server   sleep\ndb           sleep …\n");
}

TEST_CASE("a cell stays on its line", "[ui]") {
  Table table({"A", "B"});
  table.add({"one\ntwo", "\x1b[31mred"});
  CHECK(table.str() == "A         B\none two   red\n");
}

TEST_CASE("who gets colours and a moving cursor", "[ui]") {
  const auto look = [](AnsiMode mode, bool terminal, std::string_view no_color, std::string_view term) {
    const Look out = decide_look(mode, terminal, no_color, term);
    return std::pair(out.colours == Colours::on, out.can_redraw);
  };
  CHECK(look(AnsiMode::automatic, true, "", "xterm") == std::pair(true, true));
  CHECK(look(AnsiMode::automatic, false, "", "xterm") == std::pair(false, false));
  CHECK(look(AnsiMode::automatic, true, "1", "xterm") == std::pair(false, true));
  CHECK(look(AnsiMode::automatic, true, "", "dumb") == std::pair(false, false));
  CHECK(look(AnsiMode::never, true, "", "xterm") == std::pair(false, false));
  CHECK(look(AnsiMode::always, false, "1", "dumb") == std::pair(true, true));
  CHECK(parse_ansi_mode("always") == AnsiMode::always);
  CHECK_FALSE(parse_ansi_mode("sometimes").has_value());
}

TEST_CASE("a closed pipe is told, not thrown", "[ui]") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  FdOutput output(ends[1]);
  CHECK(output.write("abc"));
  char text[4] = {};
  CHECK(::read(ends[0], text, 3) == 3);
  CHECK(std::string(text) == "abc");
  ::close(ends[1]);
  CHECK_FALSE(output.write("abc"));
  ::close(ends[0]);
}

TEST_CASE("errors and hints, with and without colours", "[ui]") {
  const RealClock clock;
  StringOutput output;
  Diagnostics(output, MessageForm::terminal, Colours::off, clock).error("it broke", "mend it");
  CHECK(output.take() == "error: it broke\nhint: mend it\n");
  Diagnostics(output, MessageForm::terminal, Colours::on, clock).error("it broke");
  CHECK(output.take() == "\x1b[1;31merror:\x1b[0m it broke\n");
  Diagnostics(output, MessageForm::terminal, Colours::on, clock)
      .error(Error("it broke"), Diagnostics::Label::left_out);
  CHECK(output.take() == "it broke\n");
  Diagnostics(output, MessageForm::json, Colours::on, clock).error(Error("it \"broke\"\n"));
  CHECK(output.take() == "{\"error\":true,\"message\":\"it \\\"broke\\\"\\n\"}\n");
  Diagnostics(output, MessageForm::terminal, Colours::off, clock).warning("careful");
  CHECK(output.take() == "warning: careful\n");
}

TEST_CASE("a rendered diagnostic gets colours only where they are wanted", "[ui]") {
  const RealClock clock;
  StringOutput output;
  const std::string text = "a.yaml:1:2: error: no such key\n  imgae: x\n  ^\nhint: image\n";
  Diagnostics(output, MessageForm::plain, Colours::off, clock).rendered(text);
  CHECK(output.take() == text);
  Diagnostics(output, MessageForm::terminal, Colours::on, clock).rendered(text);
  CHECK(output.take() ==
        "a.yaml:1:2: \x1b[1;31merror:\x1b[0m no such key\n  imgae: x\n\x1b[1;31m  ^\x1b[0m\n"
        "\x1b[1;34mhint:\x1b[0m image\n");
}
