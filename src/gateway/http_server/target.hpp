// Request targets: into origin-form, and percent-decoded. Pure. Refuses what decoders disagree on:
// broken escapes, %00, fragments, authorities that are not those of the Host field.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taquilla::gateway {

/// True when every '%' is followed by two hexadecimal digits that are not "00".
bool well_escaped(std::string_view target);

/// `text`, which must be well escaped, with its escapes decoded but those of characters in `kept`.
std::string percent_decoded(std::string_view text, std::string_view kept = {});

/// True when a path, as sent or decoded but for '/' and '%', has a "%2F" in it. That is a letter of
/// a name and no separator (RFC 3986 2.2), and no route has such a name.
bool has_escaped_slash(std::string_view path);

/// The path of a target in origin-form, still escaped.
std::string_view path_of(std::string_view target);

/// The parameters of a target's query, decoded, in the order sent. As forms write them: the first
/// '=' ends a name, a blank is '+', and what is empty between two '&' is none. Well escaped.
std::vector<std::pair<std::string, std::string>> parameters_of(std::string_view target);

/// True for a host with an optional port: a name or IPv4 address of letters, digits, . - _ or an
/// IPv6 address in brackets.
bool valid_authority(std::string_view authority);

/// `target` as path and query: "/x?y" stays, "http://host/x" becomes "/x" if `host` names the same
/// authority, "*" stays. Nothing when it is none of these.
std::optional<std::string> origin_form(std::string_view target, std::string_view host);

}  // namespace taquilla::gateway
