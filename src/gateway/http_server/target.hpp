// Request targets: into origin-form, and percent-decoded. Pure. Refuses what decoders disagree on:
// broken escapes, %00, fragments, authorities that are not those of the Host field.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taquilla::gateway {

/// True when every '%' is followed by two hexadecimal digits that are not "00".
bool well_escaped(std::string_view target);

/// `text` with its escapes decoded; `text` must be well escaped.
std::string percent_decoded(std::string_view text);

/// True for a host with an optional port: a name or IPv4 address of letters, digits, . - _ or an
/// IPv6 address in brackets.
bool valid_authority(std::string_view authority);

/// `target` as path and query: "/x?y" stays, "http://host/x" becomes "/x" if `host` is its
/// authority, "*" stays. Nothing when it is none of these.
std::optional<std::string> origin_form(std::string_view target, std::string_view host);

}  // namespace taquilla::gateway
