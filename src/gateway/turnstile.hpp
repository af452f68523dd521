// TURNSTILE: at most so many requests of a kind at once, counted where they come in and not where
// they are worked on, because an actor's mailbox has no limit of its own. A place is left when the
// answer is given, and at the latest with the last copy of it: so a question that fails, falls
// silent or is dropped with the clerk gives its place back as well. Where an address is named, it
// has a share of the places and no more (share.hpp). Any thread; nobody waits.
#pragma once

#include "domain/planted.hpp"
#include "gateway/front_desk.hpp"
#include "gateway/share.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace taquilla::gateway {

class turnstile {
  struct place;
  template <class T>
  struct place_of;

 public:
  explicit turnstile(std::size_t places_max) : places_max_(places_max) {}

  /// The reply of a question that was let in. Copies share it, and cost no memory: a question has
  /// one in half a dozen continuations. False when there was no place.
  template <class T>
  class admission {
   public:
    explicit operator bool() const { return place_ != nullptr; }
    void operator()(result<T> answer) const {
      place_->leave();  // before, or whoever asks again at once would meet himself
      place_->done(std::move(answer));
    }

   private:
    friend turnstile;
    std::shared_ptr<place_of<T>> place_;
  };

  /// Lets `done` in; without a place, `done` has been told so. @param address in whose share he is
  /// counted; empty: in nobody's.
  template <class T>
  admission<T> admit(reply<T> done, std::string address = {}) {
    admission<T> fresh;
    auto taken = std::make_shared<place_of<T>>(inside_, std::move(address), std::move(done));
    if (taken->number > places_max_)
      taken->refuse(places_max_, " of this kind are under way");
    else if (taken->number_of_address > share_of(places_max_))
      taken->refuse(share_of(places_max_), " of this kind are under way for this address");
    else
      fresh.place_ = std::move(taken);
    return fresh;
  }

 private:
  static constexpr std::int64_t retry_after_ms = 1'000;

  /// Those inside. Their places share it, and may outlive the turnstile.
  class crowd {
   public:
    std::atomic<std::size_t> all{0};

    std::size_t enter(const std::string& address) {
      if (address.empty()) return 0;
      const std::lock_guard lock{mutex_};
      return ++by_address_[address];
    }
    void leave(const std::string& address) {
      if (address.empty()) return;
      const std::lock_guard lock{mutex_};
      const auto share = by_address_.find(address);
      if (--share->second == 0) by_address_.erase(share);
    }

   private:
    std::mutex mutex_;
    std::unordered_map<std::string, std::size_t> by_address_;
  };

  /// Numbers are counted from 1, in the moment of coming in.
  struct place {
    place(std::shared_ptr<crowd> among, std::string from)
        : inside(std::move(among)),
          address(std::move(from)),
          number_of_address(inside->enter(address)),
          number(++inside->all) {}
    ~place() { leave(); }
    place(const place&) = delete;
    place& operator=(const place&) = delete;
    void leave() {
      if (planted::is(planted::bug::place_kept) || left.exchange(true)) return;
      --inside->all;
      inside->leave(address);
    }
    const std::shared_ptr<crowd> inside;
    const std::string address;
    const std::size_t number_of_address, number;
    std::atomic<bool> left{false};
  };
  template <class T>
  struct place_of : place {
    place_of(std::shared_ptr<crowd> among, std::string from, reply<T> asked)
        : place(std::move(among), std::move(from)), done(std::move(asked)) {}
    void refuse(std::size_t places, const char* taken) const {
      done(error{errc::overloaded, std::to_string(places) + taken, retry_after_ms});
    }
    const reply<T> done;
  };

  const std::size_t places_max_;
  const std::shared_ptr<crowd> inside_ = std::make_shared<crowd>();
};

}  // namespace taquilla::gateway
