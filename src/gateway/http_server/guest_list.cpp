#include "gateway/http_server/guest_list.hpp"

#include "policies/client_key.hpp"

#include <algorithm>

namespace taquilla::gateway {

guest_list::place guest_list::admit(const std::string& address) {
  place fresh;
  const bool counted = bounds_.is_one_client(address);
  const std::lock_guard guard{mutex_};
  if (counters_.open_connections >= bounds_.all) return fresh;
  std::string key;
  if (counted) {
    key = client_key(address);
    auto& share = by_peer_[key];
    if (share >= bounds_.per_peer) return fresh;
    ++share;
  }
  ++counters_.open_connections;
  fresh.held_ = {this, place::leave{this, std::move(key)}};
  return fresh;
}

bool guest_list::short_of_places() const {
  const auto spare = std::max<std::size_t>(1, bounds_.all / 16);
  return counters_.open_connections + spare > bounds_.all;
}

void guest_list::left(const std::string& key) {
  const std::lock_guard guard{mutex_};
  --counters_.open_connections;
  const auto share = by_peer_.find(key);
  if (share != by_peer_.end() && --share->second == 0) by_peer_.erase(share);
}

}  // namespace taquilla::gateway
