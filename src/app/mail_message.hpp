// MAIL MESSAGE: a mail as it travels (RFC 5322): ASCII headers, a UTF-8 body as quoted-printable,
// lines that any server takes. What a buyer typed can become text in it, never a header, a
// recipient or an end of the message. Pure; any thread.
#pragma once

#include "store/commands.hpp"

#include <optional>
#include <string>

namespace taquilla::app {

/// "<17-confirmed@taquilla>": the same for every delivery, so that a repeated one can be
/// recognized.
std::string message_id_of(const mail& what);

/// The whole message with CRLF line ends. @param date of this delivery.
/// Nothing when the addresses cannot stand in a header: such a mail can never be delivered.
std::optional<std::string> message_of(const mail& what, const std::string& from, wall_ms date);

/// Text for a header: unchanged when it is printable ASCII, else encoded words (RFC 2047).
std::string header_text(const std::string& text);

/// RFC 2045, section 6.7: lines of at most 76 characters.
std::string quoted_printable(const std::string& text);

/// "Tue, 24 Nov 2026 07:36:52 +0000".
std::string date_text(wall_ms at);

}  // namespace taquilla::app
