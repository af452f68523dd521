# taquilla_settings: what every target of ours is compiled with. Third-party headers come in as
# SYSTEM, so that our warnings are about our own code alone.
add_library(taquilla_settings INTERFACE)
target_compile_features(taquilla_settings INTERFACE cxx_std_17)
target_compile_options(taquilla_settings INTERFACE -Wall -Wextra -Wpedantic -Werror)
target_include_directories(taquilla_settings INTERFACE ${CMAKE_SOURCE_DIR}/src)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

# What sanitizers add to a function makes this warning see values that are always set.
set(after_sanitizing $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
if(TAQUILLA_SANITIZE)
  # null and vptr fire inside CAF's own headers (docs/adr/0004), so they are off.
  set(sanitize -fsanitize=address,undefined -fno-sanitize=null,vptr -fno-sanitize-recover=undefined
      -fno-omit-frame-pointer)
  target_compile_options(taquilla_settings INTERFACE ${sanitize} -O1 ${after_sanitizing})
  target_link_options(taquilla_settings INTERFACE ${sanitize})
elseif(TAQUILLA_THREAD_SANITIZE)
  target_compile_options(taquilla_settings INTERFACE -fsanitize=thread -O1 ${after_sanitizing})
  target_link_options(taquilla_settings INTERFACE -fsanitize=thread)
endif()

# taquilla_layer(name SOURCES a.cpp ... LINKS x y ...): one static library per layer.
function(taquilla_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${LAYER_SOURCES})
  target_link_libraries(${name} PUBLIC taquilla_settings ${LAYER_LINKS})
endfunction()
