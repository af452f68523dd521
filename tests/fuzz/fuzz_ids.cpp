// Goal: a seat, a message id or a cursor has one spelling. Method: libFuzzer; what is accepted is
// written again and must be, byte for byte, what was read.
#include "domain/seat.hpp"
#include "store/mail_number.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto seat = taquilla::parse_seat(text))
    if (to_string(*seat) != text || seat->number == 0 || seat->row.empty()) std::abort();
  if (const auto number = taquilla::store::parse_message_id(text))
    if (taquilla::store::message_id_of(*number) != text) std::abort();
  if (const auto cursor = taquilla::store::parse_cursor(text))
    if (*cursor < 0) std::abort();
  if (taquilla::is_event_id(text) && (text.empty() || text.size() > 64)) std::abort();
  return 0;
}
