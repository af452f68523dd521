// Goal: an amount is what was written, or refused. Method: libFuzzer; what is accepted is written
// again, must be accepted again with the same cents, and must be plain digits within the range.
#include "domain/money.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto amount = taquilla::parse_money(text);
  if (!amount) return 0;
  if (amount->cents <= 0 || amount->cents > taquilla::money_cents_max) std::abort();
  if (text.find_first_not_of("0123456789.") != std::string_view::npos) std::abort();
  const auto again = taquilla::parse_money(to_string(*amount));
  if (!again || *again != *amount) std::abort();
  return 0;
}
