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
 public:
  explicit turnstile(std::size_t places_max) : places_max_(places_max) {}

  /// `done` with a place that it leaves before it answers; empty when there was none, and then
  /// `done` has been told so.
  template <class T>
  reply<T> admit(reply<T> done) {
    auto taken = std::make_shared<place_of<T>>(inside_, std::move(done));
    if (taken->number > places_max_) {
      taken->done(error{errc::overloaded,
                        std::to_string(places_max_) + " of this kind are under way",
                        retry_after_ms});
      return {};
    }
    // Left before, or whoever asks again at once would meet himself.
    return [taken = std::move(taken)](result<T> answer) {
      taken->leave();
      taken->done(std::move(answer));
    };
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
  /// With the reply inside: an admitted one is copied as cheaply as any other.
  template <class T>
  struct place_of : place {
    place_of(count all, reply<T> asked) : place(std::move(all)), done(std::move(asked)) {}
    const reply<T> done;
  };

  const std::size_t places_max_;
  const count inside_ = std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace taquilla::gateway
