# Everything taquilla links, all from Debian 12. CAF and cpp-httplib ship no CMake package there,
# so their imported targets are declared here. Why each is used: README.md, "Dependencies".
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(doctest REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(CURL REQUIRED)
find_package(prometheus-cpp REQUIRED)

find_path(CAF_INCLUDE_DIR caf/config.hpp REQUIRED)
find_library(CAF_CORE_LIBRARY caf_core REQUIRED)
find_path(HTTPLIB_INCLUDE_DIR httplib.h REQUIRED)
find_library(HTTPLIB_LIBRARY cpp-httplib REQUIRED)
find_path(ASIO_INCLUDE_DIR asio.hpp REQUIRED)
file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" caf_is_0_17_6 REGEX "define CAF_VERSION 1706")
if(NOT caf_is_0_17_6)
  message(FATAL_ERROR "taquilla needs CAF 0.17.6 (Debian: libcaf-dev)")
endif()

# The executable's allocator where there is one; without it the platform's own serves.
find_library(TCMALLOC_LIBRARY tcmalloc_minimal)
# Before the target's own libraries: malloc is whose library comes first. Not where a sanitizer wants
# to be the allocator.
function(taquilla_allocator target)
  if(TCMALLOC_LIBRARY AND NOT (TAQUILLA_SANITIZE OR TAQUILLA_THREAD_SANITIZE))
    target_link_libraries(${target} PRIVATE ${TCMALLOC_LIBRARY})
    target_compile_definitions(${target} PRIVATE TAQUILLA_WITH_TCMALLOC)
  endif()
endfunction()

function(add_system_library target library include)  # further arguments: what it links
  add_library(${target} SHARED IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION "${library}"
    INTERFACE_INCLUDE_DIRECTORIES "${include}" INTERFACE_LINK_LIBRARIES "${ARGN}")
endfunction()
add_system_library(caf::core "${CAF_CORE_LIBRARY}" "${CAF_INCLUDE_DIR}" Threads::Threads)
add_system_library(httplib::httplib "${HTTPLIB_LIBRARY}" "${HTTPLIB_INCLUDE_DIR}"
  "Threads::Threads;OpenSSL::SSL;OpenSSL::Crypto")
# What the split library was built with. Without them everything links, and runs on corrupted objects.
target_compile_definitions(httplib::httplib INTERFACE
  CPPHTTPLIB_OPENSSL_SUPPORT CPPHTTPLIB_ZLIB_SUPPORT CPPHTTPLIB_BROTLI_SUPPORT)

add_library(asio::asio INTERFACE IMPORTED GLOBAL)
target_include_directories(asio::asio INTERFACE "${ASIO_INCLUDE_DIR}")
target_compile_definitions(asio::asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED)
target_link_libraries(asio::asio INTERFACE Threads::Threads)
# The thread sanitizer does not know fences, and asio's locks are enough without them.
if(TAQUILLA_THREAD_SANITIZE)
  target_compile_definitions(asio::asio INTERFACE ASIO_DISABLE_FENCED_BLOCK)
endif()
