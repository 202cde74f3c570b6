// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "crstack/ui/log_writer.hpp"

using namespace crstack::ui;

namespace {

struct Logs {
  explicit Logs(LogStyle style = {}) : writer(output, output, style) {}
  std::string text() {
    writer.flush();
    return output.take();
  }
  StringOutput output;
  LogWriter writer;
};

}  // namespace

TEST_CASE("lines carry their container's name, aligned as names appear", "[ui]") {
  Logs logs;
  const auto web = logs.writer.add("web-1");
  logs.writer.write(web, LogStream::out, "one\ntwo\n");
  const auto longer = logs.writer.add("database-1");
  CHECK(logs.writer.add("web-1") == web);
  logs.writer.write(longer, LogStream::out, "three\n");
  logs.writer.write(web, LogStream::out, "\n");
  CHECK(logs.text() == "web-1  | one\nweb-1  | two\ndatabase-1  | three\nweb-1       | \n");
}

TEST_CASE("remarks stand where texts begin, in a column of names that is not too narrow", "[ui]") {
  LogStyle style;
  style.least_width = 6;
  Logs logs(style);
  logs.writer.write(logs.writer.add("b-1"), LogStream::out, "one\n");
  logs.writer.remark("two");
  logs.writer.write(logs.writer.add("longer-1"), LogStream::out, "three\n");
  logs.writer.remark("four");
  CHECK(logs.text() == "b-1     | one\n        ⦿ two\nlonger-1  | three\n          ⦿ four\n");
  style.colours = Colours::on;
  Logs coloured(style);
  coloured.writer.remark("five");
  CHECK(coloured.text() == "\033[92m        ⦿ \033[0mfive\n");
}

TEST_CASE("a line that comes in pieces is written whole, each stream for itself", "[ui]") {
  Logs logs;
  const auto web = logs.writer.add("web-1");
  const auto db = logs.writer.add("db-1");
  logs.writer.write(web, LogStream::out, "par");
  logs.writer.write(web, LogStream::err, "err");
  logs.writer.write(db, LogStream::out, "db\n");
  logs.writer.write(web, LogStream::out, "tial\nrest");
  CHECK(logs.text() == "db-1  | db\nweb-1  | partial\n");
  logs.writer.end(web);
  CHECK(logs.text() == "web-1  | rest\nweb-1  | err\n");
  logs.writer.end(web);
  CHECK(logs.text().empty());
}

TEST_CASE("any byte passes", "[ui]") {
  Logs logs;
  const auto web = logs.writer.add("w");
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte)
    if (byte != '\n') bytes += static_cast<char>(byte);
  logs.writer.write(web, LogStream::out, bytes + "\n");
  CHECK(logs.text() == "w  | " + bytes + "\n");
}

TEST_CASE("a line longer than any buffer passes unbroken while nobody else speaks", "[ui]") {
  Logs logs;
  const auto web = logs.writer.add("w");
  const std::string piece(300'000, 'x');
  for (int count = 0; count < 10; ++count) logs.writer.write(web, LogStream::out, piece);
  logs.writer.write(web, LogStream::out, "end\nnext\n");
  const std::string text = logs.text();
  CHECK(text.size() == 5 + 3'000'000 + 4 + 10);
  CHECK(text.substr(text.size() - 15) == "xend\nw  | next\n");
}

TEST_CASE("somebody else's line breaks an endless one", "[ui]") {
  Logs logs;
  const auto web = logs.writer.add("w");
  const auto db = logs.writer.add("d");
  logs.writer.write(web, LogStream::out, std::string(1'100'000, 'x'));
  logs.writer.write(db, LogStream::out, "hello\n");
  logs.writer.write(web, LogStream::out, "y\n");
  const std::string text = logs.text();
  CHECK(text.substr(text.size() - 20) == "x\nd  | hello\nw  | y\n");
}

TEST_CASE("timestamps stand before each line that begins", "[ui]") {
  Logs logs({Prefix::hide, Timestamps::show, Colours::off});
  const auto web = logs.writer.add("web-1");
  logs.writer.write(web, LogStream::out, "one\ntw", "T1");
  logs.writer.write(web, LogStream::out, "o\n", "T2");
  logs.writer.write(web, LogStream::out, "three\n", "T3");
  CHECK(logs.text() == "T1 one\nT1 two\nT3 three\n");
}

TEST_CASE("the colours go round, and stderr has a red bar", "[ui]") {
  Logs logs({Prefix::show, Timestamps::hide, Colours::on});
  std::string expected;
  const char* colours[] = {"36", "33", "32", "35", "34", "36;1", "33;1", "32;1", "35;1", "34;1", "36"};
  for (int at = 0; at < 11; ++at) {
    const std::string name(1, static_cast<char>('a' + at));
    logs.writer.write(logs.writer.add(name), LogStream::out, "x\n");
    expected += std::string("\033[") + colours[at] + "m" + name + "  | \033[0mx\n";
  }
  CHECK(logs.text() == expected);
  logs.writer.write(0, LogStream::err, "oops\n");
  CHECK(logs.text() == "\033[36ma  \033[31m| \033[0moops\n");
}

TEST_CASE("an end is told after what was left to say", "[ui]") {
  Logs logs;
  logs.writer.attaching({"db-1", "web-1"});
  const auto web = logs.writer.add("web-1");
  logs.writer.write(web, LogStream::out, "bye");
  logs.writer.exited(web, 2, LogWriter::After::restart);
  logs.writer.exited(web, 3);
  logs.writer.note("Gracefully stopping");
  CHECK(logs.text() ==
        "Attaching to db-1, web-1\nweb-1  | bye\nweb-1 exited with code 2 (restarting)\nweb-1 exited with "
        "code 3\nGracefully stopping\n");
}

TEST_CASE("stdout and stderr may go two ways", "[ui]") {
  StringOutput out, err;
  LogWriter writer(out, err, {});
  const auto web = writer.add("web-1");
  writer.write(web, LogStream::out, "data\n");
  writer.write(web, LogStream::err, "oops\n");
  CHECK(out.text().empty());
  CHECK(writer.flush());
  CHECK(out.text() == "web-1  | data\n");
  CHECK(err.text() == "web-1  | oops\n");
}
