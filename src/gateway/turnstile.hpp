// TURNSTILE: at most so many requests of a kind at once, counted where they come in and not where
// they are worked on, because an actor's mailbox has no limit of its own. A place is left when the
// answer is given, and at the latest with the last copy of it: so a question that fails, falls
// silent or is dropped with the clerk gives its place back as well. Any thread; nobody waits.
#pragma once

#include "domain/planted.hpp"
#include "gateway/front_desk.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
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

  /// Lets `done` in; without a place, `done` has been told so.
  template <class T>
  admission<T> admit(reply<T> done) {
    admission<T> fresh;
    auto taken = std::make_shared<place_of<T>>(inside_, std::move(done));
    if (taken->number <= places_max_)
      fresh.place_ = std::move(taken);
    else
      taken->done(error{errc::overloaded,
                        std::to_string(places_max_) + " of this kind are under way",
                        retry_after_ms});
    return fresh;
  }

 private:
  static constexpr std::int64_t retry_after_ms = 1'000;
  using count = std::shared_ptr<std::atomic<std::size_t>>;

  struct place {
    explicit place(count all) : inside(std::move(all)), number(++*inside) {}
    ~place() { leave(); }
    place(const place&) = delete;
    place& operator=(const place&) = delete;
    void leave() {
      if (planted::is(planted::bug::place_kept)) return;
      if (!left.exchange(true)) --*inside;
    }
    const count inside;
    const std::size_t number;  ///< counted from 1, in the moment of coming in
    std::atomic<bool> left{false};
  };
  template <class T>
  struct place_of : place {
    place_of(count all, reply<T> asked) : place(std::move(all)), done(std::move(asked)) {}
    const reply<T> done;
  };

  const std::size_t places_max_;
  const count inside_ = std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace taquilla::gateway
