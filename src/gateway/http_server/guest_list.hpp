// Who is connected: how many clients altogether, and how many from one address, so that a single
// stranger cannot take every place. An address is counted as the limiter counts it (an IPv6 client
// is its /64). Which addresses are not one client's is the application's to say: they count among
// all, and not by address. Any thread; a place frees itself.
#pragma once

#include "gateway/http_server/traffic.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace taquilla::gateway {

class guest_list {
 public:
  struct limits {
    std::size_t all = 0;
    std::size_t per_peer = 0;
    std::function<bool(const std::string& address)> is_one_client;
  };
  guest_list(limits bounds, traffic& counters) : bounds_{std::move(bounds)}, counters_{counters} {}

  /// One client's place; empty after a move, and after a refusal. It must not outlive the list.
  class place {
   public:
    place() = default;
    explicit operator bool() const { return static_cast<bool>(held_); }
    void give_up() { held_.reset(); }

   private:
    friend guest_list;
    // Owns nothing but the duty to leave: what a unique_ptr moves and does once.
    struct leave {
      guest_list* list;
      std::string key;  ///< empty: not counted by address
      void operator()(guest_list*) const { list->left(key); }
    };
    std::unique_ptr<guest_list, leave> held_{nullptr, leave{nullptr, {}}};
  };

  /// So few places are left that the next clients may find none.
  bool short_of_places() const;
  /// Takes a place for a client at `address` (text); false when there is none left for him.
  place admit(const std::string& address);

 private:
  void left(const std::string& key);

  limits bounds_;
  traffic& counters_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> by_peer_;
};

}  // namespace taquilla::gateway
