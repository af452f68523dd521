// The limiter's name for a client: its address, written one way only.
//
// An IPv4 client is its address; the IPv4-mapped IPv6 form of it is the same client. An IPv6 client
// is its /64, because one subscriber holds a whole /64 and could otherwise change its key with
// every request. The caller passes the address of the connection (or what a trusted proxy rule
// derived), never a raw forwarded header. Text that is no address gets one shared key: strangers
// who cannot be told apart share a limit, they do not escape it.
#pragma once

#include <string>
#include <string_view>

namespace taquilla {

/// The key of text that is no address.
inline constexpr std::string_view unreadable_client_key = "unreadable";

/// @param address textual IPv4 or IPv6; brackets and a zone ("%eth0") are accepted, a port is not.
/// @return e.g. "192.0.2.7", "2001:db8:0:1::/64", or `unreadable_client_key`.
std::string client_key(std::string_view address);

/// True for an address at which only this very machine is reached, and from which only it comes.
bool is_loopback(std::string_view address);

}  // namespace taquilla
