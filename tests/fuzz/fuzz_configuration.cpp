// Goal: no configuration, file or --set, makes the reader crash or complain without end. Method:
// libFuzzer; the first byte says whether the rest is a file or one assignment.
#include "app/config_reader.hpp"
#include "app/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace taquilla::app;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text{reinterpret_cast<const char*>(data) + 1, size - 1};
  settings all;
  const auto complaints =
      data[0] == '=' ? apply_override(all, text) : apply_file(all, "fuzz.json", text);
  if (complaints.size() > complaints_max) std::abort();
  for (const auto& one : complaints)
    if (one.what.empty()) std::abort();
  if (complaints.empty()) check_interlocks(all);
  return 0;
}
