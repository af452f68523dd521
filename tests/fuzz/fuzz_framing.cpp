// Goal: no bytes make the framer crash, hang or change its mind. Method: libFuzzer; the first byte
// says where to cut, and the verdict must be the same with the cut and without.
#include "gateway/http_server/verdict.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using taquilla::gateway::testing::verdict;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto cut = bytes.size() * data[0] / 255;
  verdict whole, parts;
  whole.feed(bytes);
  parts.feed(bytes.substr(0, cut));
  parts.feed(bytes.substr(cut));
  if (whole.text() != parts.text()) std::abort();
  return 0;
}
