# Where each dependency comes from: the distribution's package (find_package, pkg-config), else a pinned download for
# people who have internet and no package.
include(FetchContent)
find_package(Threads REQUIRED)

# crstack_fetch(NAME repository tag): a dependency that no package gave.
function(crstack_fetch name repository tag)
  message(STATUS "${name}: no package found, fetching ${tag} of ${repository}")
  FetchContent_Declare(${name} GIT_REPOSITORY ${repository} GIT_TAG ${tag} GIT_SHALLOW TRUE)
  FetchContent_MakeAvailable(${name})
endfunction()

set(YAML_CPP_BUILD_TESTS OFF)
set(YAML_CPP_BUILD_TOOLS OFF)
set(CLI11_BUILD_TESTS OFF)
set(CLI11_BUILD_EXAMPLES OFF)
set(JSON_BuildTests OFF)

find_package(yaml-cpp QUIET)
if(NOT yaml-cpp_FOUND)
  crstack_fetch(yaml-cpp https://github.com/jbeder/yaml-cpp 0.8.0)
endif()
find_package(CLI11 QUIET)
if(NOT CLI11_FOUND)
  crstack_fetch(CLI11 https://github.com/CLIUtils/CLI11 v2.4.2)
endif()
find_package(nlohmann_json QUIET)
if(NOT nlohmann_json_FOUND)
  crstack_fetch(nlohmann_json https://github.com/nlohmann/json v3.11.3)
endif()
find_package(spdlog QUIET)
if(NOT spdlog_FOUND)
  crstack_fetch(spdlog https://github.com/gabime/spdlog v1.14.1)
endif()
find_path(MBEDTLS_HEADERS mbedtls/ssl.h REQUIRED)
find_path(NGHTTP2_HEADERS nghttp2/nghttp2.h REQUIRED)
foreach(library mbedtls mbedx509 mbedcrypto nghttp2)
  set(names ${library})
  if(CRSTACK_STATIC)
    set(names lib${library}.a)
  endif()
  find_library(${library}_LIBRARY NAMES ${names} REQUIRED)
endforeach()
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBARCHIVE REQUIRED libarchive)

# cpp-httplib as one header: scripts/deps puts it there from the distribution's source package.
find_path(CRSTACK_HTTPLIB_DIR httplib.h
          HINTS "$ENV{CRSTACK_DEPS}" "${CMAKE_CURRENT_SOURCE_DIR}/build/deps" NO_DEFAULT_PATH)
if(NOT CRSTACK_HTTPLIB_DIR)
  crstack_fetch(httplib https://github.com/yhirose/cpp-httplib v0.11.4)
  set(CRSTACK_HTTPLIB_DIR "${httplib_SOURCE_DIR}")
endif()

# yaml-cpp renamed its target in 0.8; the package's target is the shared library, so a static link names the archive.
add_library(crstack_dependencies INTERFACE)
target_include_directories(crstack_dependencies SYSTEM INTERFACE "${CRSTACK_HTTPLIB_DIR}" "${MBEDTLS_HEADERS}"
                           "${NGHTTP2_HEADERS}")
if(CRSTACK_STATIC AND NOT yaml-cpp_POPULATED)
  target_link_libraries(crstack_dependencies INTERFACE -l:libyaml-cpp.a)
elseif(TARGET yaml-cpp::yaml-cpp)
  target_link_libraries(crstack_dependencies INTERFACE yaml-cpp::yaml-cpp)
else()
  target_link_libraries(crstack_dependencies INTERFACE yaml-cpp)
endif()
# Debian's spdlog leans on fmt's shared library; fmt's headers alone do as well.
find_package(fmt QUIET)
get_target_property(spdlog_headers spdlog::spdlog_header_only INTERFACE_INCLUDE_DIRECTORIES)
target_include_directories(crstack_dependencies SYSTEM INTERFACE ${spdlog_headers})
if(TARGET fmt::fmt-header-only)
  target_compile_definitions(crstack_dependencies INTERFACE SPDLOG_FMT_EXTERNAL)
  target_link_libraries(crstack_dependencies INTERFACE fmt::fmt-header-only)
endif()
target_link_libraries(crstack_dependencies INTERFACE CLI11::CLI11 nlohmann_json::nlohmann_json archive acl
                      ${mbedtls_LIBRARY} ${mbedx509_LIBRARY}
                      ${mbedcrypto_LIBRARY} ${nghttp2_LIBRARY} z Threads::Threads)
