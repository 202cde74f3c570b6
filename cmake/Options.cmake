# Compiler and linker settings for all of crstack's own targets.
add_library(crstack_options INTERFACE)
target_compile_options(crstack_options INTERFACE -Wall -Wextra $<$<BOOL:${CRSTACK_WERROR}>:-Werror>)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_options(crstack_options INTERFACE -O0 -g1)
endif()
if(CRSTACK_SANITIZE)
  target_compile_options(crstack_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
                                                   -fno-omit-frame-pointer)
  target_link_options(crstack_options INTERFACE -fsanitize=address,undefined)
endif()
if(CRSTACK_STATIC)
  # The file has a fixed address: code that could lie anywhere would be 1 % larger.
  target_compile_options(crstack_options INTERFACE -ffunction-sections -fdata-sections -fno-pie)
  target_link_options(crstack_options INTERFACE -static -Wl,--gc-sections -s)
  # Where there is GNU gold (binutils has it in Debian 12), functions that are alike become one: 4 % of the size.
  include(CheckLinkerFlag)
  check_linker_flag(CXX "-fuse-ld=gold;-Wl,--icf=safe" CRSTACK_GOLD)
  if(CRSTACK_GOLD)
    target_link_options(crstack_options INTERFACE -fuse-ld=gold -Wl,--icf=safe,-O2)
  endif()
endif()
# The cache is shared between clones and presets; depend mode spares it the preprocessor.
find_program(CRSTACK_CCACHE ccache)
if(CRSTACK_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_CURRENT_SOURCE_DIR} CCACHE_NOHASHDIR=1
                                  CCACHE_DEPEND=1 CCACHE_SLOPPINESS=pch_defines,time_macros ${CRSTACK_CCACHE})
endif()
