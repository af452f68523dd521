// SHARE: the places that are few and long held (who waits for a mail, who follows the stream) are
// shared by addresses: one may hold a quarter of them, so that it cannot take them from everybody.
// Who is behind an address that is not one client's (`http_application::is_one_client`) is counted
// among all and by no address.
#pragma once

#include <cstddef>

namespace taquilla::gateway {

/// What one address may hold of so many places: at least one, where there is any.
constexpr std::size_t share_of(std::size_t places) { return (places + 3) / 4; }

}  // namespace taquilla::gateway
