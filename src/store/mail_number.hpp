// How a mail is named: one number in the tables, one word outside. Both say the same two things,
// whose reservation and which of its mails, so that a mail has the same name however often it is
// composed. Numbers sort by reservation, and the confirmation before the cancellation. Pure.
#pragma once

#include "domain/mail_text.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace taquilla::store {

std::int64_t mail_number(reservation_id id, mail_kind kind);
reservation_id reservation_of(std::int64_t number);
mail_kind kind_of(std::int64_t number);
std::string message_id_of(std::int64_t number);  ///< "17-confirmed"
std::optional<std::int64_t> parse_message_id(std::string_view text);

/// A plain decimal number, no sign, as cursors and message ids contain it.
std::optional<std::int64_t> parse_cursor(std::string_view text);

}  // namespace taquilla::store
