// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "crstack/base/base64.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/engine/docker_engine.hpp"
#include "crstack/engine/docker_settings.hpp"
#include "engine/docker_config.hpp"
#include "engine/resolve.hpp"
#include "engine/transport.hpp"

using namespace crstack;
using namespace crstack::engine;

namespace {

/// A home directory with a Docker configuration.
struct Home {
  Home() : path("/tmp/crstack-home-" + std::to_string(::getpid())) {
    std::filesystem::create_directories(path + "/.docker");
  }
  ~Home() { std::filesystem::remove_all(path); }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  void write(const std::string& name, const std::string& text) const {
    const auto file = path + "/" + name;
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream(file) << text;
  }
  [[nodiscard]] Environment environment() const { return {{"HOME", path}}; }
  std::string path;
};

}  // namespace

TEST_CASE("a Docker configuration that can't be read is told by its line, and none of its text", "[engine]") {
  const Home home;
  const auto problem = [&](const char* text) {
    home.write(".docker/config.json", text);
    return docker_settings(home.environment()).problem;
  };
  const auto start = "Error parsing config file (" + home.path + "/.docker/config.json): ";
  CHECK(docker_settings(home.environment()).problem.empty());
  CHECK(problem("\n").empty());
  CHECK(problem("{\"auths\": {}}").empty());
  CHECK(problem("{\"auths\":\n  {\"r.test\": {\"auth\": \"c2VjcmV0}}}") == start + "line 2 is no JSON");
  CHECK(problem("[]") == start + "it is no JSON object");
}

TEST_CASE("proxies of the Docker configuration are variables, those of the engine itself before all others",
          "[engine]") {
  const Home home;
  CHECK(proxy_variables("unix:///a", home.environment()).empty());
  home.write(".docker/config.json", R"({"proxies": {"default": {"httpProxy": "http://p", "noProxy": "x,y"},
    "unix:///a": {"allProxy": "socks://q", "ftpProxy": ""}}})");
  CHECK(proxy_variables("unix:///a", home.environment()) ==
        StringMap{{"ALL_PROXY", "socks://q"}, {"all_proxy", "socks://q"}});
  CHECK(proxy_variables("unix:///b", home.environment()) == StringMap{{"HTTP_PROXY", "http://p"},
                                                                      {"http_proxy", "http://p"},
                                                                      {"NO_PROXY", "x,y"},
                                                                      {"no_proxy", "x,y"}});
}

TEST_CASE("the file of credentials has those that are known, as docker writes them", "[engine]") {
  const Home home;
  CHECK(credentials_file(home.environment()) == "{\n\t\"auths\": {}\n}");
  home.write(".docker/config.json", R"({"currentContext": "x", "auths": {"https://index.docker.io/v1/":
    {"auth": "dTpwYXNz"}, "reg.io": {"identitytoken": "t"}}})");
  CHECK(credentials_file(home.environment()) ==
        "{\n\t\"auths\": {\n\t\t\"https://index.docker.io/v1/\": {\n\t\t\t\"auth\": \"dTpwYXNz\"\n\t\t},\n"
        "\t\t\"reg.io\": {\n\t\t\t\"identitytoken\": \"t\"\n\t\t}\n\t}\n}");
}

TEST_CASE("the host comes from --host, DOCKER_HOST, the context, the default, in that order", "[engine]") {
  const Home home;
  auto environment = home.environment();
  CHECK(find_host({}, environment).url == "unix:///var/run/docker.sock");
  CHECK(find_host({}, environment).origin == "default");
  const auto id = sha256_hex("far");
  home.write(".docker/contexts/meta/" + id + "/meta.json",
             R"({"Name":"far","Endpoints":{"docker":{"Host":"tcp://far.test:2376","SkipTLSVerify":false}}})");
  home.write(".docker/contexts/tls/" + id + "/docker/ca.pem", "x");
  home.write(".docker/config.json", R"({"currentContext":"far"})");
  const auto context = find_host({}, environment);
  CHECK(context.url == "tcp://far.test:2376");
  CHECK(context.origin == "context far");
  CHECK(context.tls_verify);
  CHECK(context.files.authority.ends_with("/docker/ca.pem"));
  environment["DOCKER_CONTEXT"] = "default";
  CHECK(find_host({}, environment).origin == "default");
  environment["DOCKER_CONTEXT"] = "nowhere";
  CHECK_THROWS_AS(find_host({}, environment), Error);
  environment["DOCKER_HOST"] = "tcp://10.0.0.1:2376";
  environment["DOCKER_TLS_VERIFY"] = "1";
  environment["DOCKER_CERT_PATH"] = "/certificates";
  const auto variable = find_host({}, environment);
  CHECK(variable.origin == "DOCKER_HOST");
  CHECK(variable.tls);
  CHECK(variable.files.key == "/certificates/key.pem");
  HostOptions option;
  option.host = "unix:///tmp/x.sock";
  CHECK(find_host(option, environment).origin == "--host");
  CHECK_FALSE(find_host(option, environment).tls);
  option.host = "unix://";
  CHECK(find_host(option, environment).url == "unix:///var/run/docker.sock");
  option.host = " tcp://10.0.0.1:2376\n";
  CHECK(find_host(option, environment).url == "tcp://10.0.0.1:2376");
}

TEST_CASE("options for TLS beat variables, and each asks for what it is good for", "[engine]") {
  const Environment environment = {{"HOME", "/home/me"}, {"DOCKER_HOST", "tcp://10.0.0.1"}};
  CHECK_FALSE(find_host({}, environment).tls);
  HostOptions options;
  options.files.certificate = "my.pem";
  const auto shown = find_host(options, environment);
  CHECK(shown.tls);
  CHECK_FALSE(shown.tls_verify);
  CHECK(shown.files.certificate == "my.pem");
  CHECK(shown.files.authority == "/home/me/.docker/ca.pem");
  options.files.authority = "ours.pem";
  CHECK(find_host(options, environment).tls_verify);
  options.tls_verify = false;
  CHECK_FALSE(find_host(options, environment).tls_verify);
  CHECK(find_host(options, environment).tls);
  options.host = "ssh://far.test";
  CHECK_FALSE(find_host(options, environment).tls);
}

TEST_CASE("addresses fall into their parts", "[engine]") {
  CHECK(split_host("unix:///var/run/x.sock").path == "/var/run/x.sock");
  const auto ssh = split_host("ssh://me@host.test:2222/run/x.sock");
  CHECK(ssh.user == "me");
  CHECK(ssh.host == "host.test");
  CHECK(ssh.port == "2222");
  CHECK(ssh.path == "/run/x.sock");
  const auto v6 = split_host("tcp://[::1]:2375");
  CHECK(v6.host == "::1");
  CHECK(v6.port == "2375");
  CHECK(resolve("127.0.0.1") == std::vector<std::string>{"127.0.0.1"});
  CHECK(!resolve("localhost").empty());
}

TEST_CASE("credentials come from helpers, then from the file, as base64url", "[engine]") {
  const Home home;
  const auto environment = home.environment();
  CHECK(base64_decode(registry_auth("busybox", environment)) == "{}");
  home.write(".docker/config.json", R"({"auths":{
    "https://index.docker.io/v1/":{"auth":"bWU6c2VjcmV0"},
    "registry.test:5000":{"auth":"eW91OmE6Yg=="},
    "token.test":{"identitytoken":"T"}}})");
  CHECK(base64_decode(registry_auth("busybox:1", environment)) ==
        R"({"password":"secret","serveraddress":"https://index.docker.io/v1/","username":"me"})");
  CHECK(base64_decode(registry_auth("registry.test:5000/app", environment)) ==
        R"({"password":"a:b","serveraddress":"registry.test:5000","username":"you"})");
  CHECK(base64_decode(registry_auth("token.test/app", environment)) ==
        R"({"identitytoken":"T","serveraddress":"token.test"})");
  CHECK(registry_of("localhost/app") == "localhost");
  CHECK(registry_of("team/app") == "docker.io");
  CHECK(base64_url("\xfb\xff") == "-_8=");
}

TEST_CASE("a credential helper that fails is an error, one that knows nothing is not", "[engine]") {
  const Home home;
  const std::string before = std::getenv("PATH");
  const auto helper = [&](const std::string& name, const std::string& script) {
    home.write("bin/docker-credential-" + name, "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(home.path + "/bin/docker-credential-" + name,
                                 std::filesystem::perms::owner_all);
  };
  helper("broken", "echo helper broke; exit 1");
  helper("empty", "echo credentials not found in native keychain; exit 1");
  const auto outcome = [&](const std::string& store) {
    home.write(".docker/config.json", "{\"credsStore\":\"" + store + "\",\"auths\":{\"r.test\":{}}}");
    (void)registry_config(home.environment());  // for builds it is as if nothing were known
    ::setenv("PATH", (home.path + "/bin:" + before).c_str(), 1);
    std::string result;
    try {
      result = base64_decode(registry_auth("r.test/app", home.environment()));
    } catch (const Error& error) {
      result = error.what();
    }
    ::setenv("PATH", before.c_str(), 1);
    return result;
  };
  CHECK(outcome("broken") == "error getting credentials - err: exit status 1, out: `helper broke`");
  CHECK(outcome("nowhere") ==
        "error getting credentials - err: exec: \"docker-credential-nowhere\": executable "
        "file not found in $PATH, out: ``");
  CHECK(outcome("empty") == "{}");
}

TEST_CASE("a context that is not there is named with the file that it should have", "[engine]") {
  const Home home;
  auto environment = home.environment();
  environment["DOCKER_CONTEXT"] = "nope";
  try {
    (void)find_host({}, environment);
    FAIL("no error");
  } catch (const Error& error) {
    const std::string what = error.what();
    CHECK(what.starts_with("unable to resolve docker endpoint: context \"nope\": context not found: open " +
                           home.path + "/.docker/contexts/meta/"));
    CHECK(what.ends_with("/meta.json: no such file or directory"));
  }
}

TEST_CASE("a credential helper is asked on its standard input", "[engine]") {
  const Home home;
  home.write("bin/docker-credential-fake",
             "#!/bin/sh\nread server\necho '{\"Username\":\"<token>\",\"Secret\":\"for '$server'\"}'\n");
  std::filesystem::permissions(home.path + "/bin/docker-credential-fake", std::filesystem::perms::owner_all);
  home.write(".docker/config.json", R"({"credHelpers":{"registry.test":"fake"}})");
  const std::string before = std::getenv("PATH");
  ::setenv("PATH", (home.path + "/bin:" + before).c_str(), 1);
  const auto auth = base64_decode(registry_auth("registry.test/app", home.environment()));
  ::setenv("PATH", before.c_str(), 1);
  CHECK(auth == R"({"identitytoken":"for registry.test","serveraddress":"registry.test"})");
}

TEST_CASE("requests carry the headers of the configuration, or else those of the variable", "[engine]") {
  using Headers = std::map<std::string, std::string>;
  const Home home;
  home.write(".docker/config.json",
             R"({"HttpHeaders": {"X-A": "1", "User-Agent": "no", "X-B": "a\r\nX-C: 2"}})");
  auto environment = home.environment();
  CHECK(find_host({}, environment).headers == Headers{{"X-A", "1"}});
  environment["DOCKER_CUSTOM_HEADERS"] = R"(X-E = e ,"X-Q=a,""b""",X-N=,Host=no)";
  CHECK(find_host({}, environment).headers == Headers{{"X-E", "e"}, {"X-Q", "a,\"b\""}, {"X-N", ""}});
  for (const auto* wrong : {"secret", "=secret", "\"X=secret"}) {
    environment["DOCKER_CUSTOM_HEADERS"] = wrong;
    try {
      find_host({}, environment);
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(std::string(error.what()).starts_with("Failed to initialize: "));
      CHECK(std::string(error.what()).find("secret") == std::string::npos);
    }
  }
}
