// SHARED ROUND: one question to the house for everybody who wants to know. One is under way at a
// time, however many ask: those who come meanwhile share the next, so that every answer is younger
// than its question, and a crowd costs the asked actor, and the clerk, one question a round.
// Sharers beyond the limit are told `overloaded`.
//
// On the CLERK only.
#pragma once

#include "gateway/bridge/clerk.hpp"
#include "gateway/front_desk.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace taquilla::gateway {

template <class T>
class shared_round : public std::enable_shared_from_this<shared_round<T>> {
 public:
  /// Puts the question; the reply is called once, on the clerk.
  using question = std::function<void(clerk_pointer, reply<T>)>;

  shared_round(std::size_t sharers_max, question put)
      : sharers_max_(sharers_max), put_(std::move(put)) {}

  void ask_for(clerk_pointer clerk, reply<T> done) {
    if (asking_.size() + next_.size() >= sharers_max_)
      return done(error{errc::overloaded, "too many ask for this", 1'000});
    next_.push_back(std::move(done));
    if (!running_) begin(clerk);
  }

 private:
  void begin(clerk_pointer clerk) {
    asking_ = std::exchange(next_, {});
    running_ = true;
    try {
      // One that failed half-way may still be answered, which is no answer for the next.
      const auto round = ++round_;
      put_(clerk, [self = this->shared_from_this(), clerk, round](const result<T>& outcome) {
        if (self->running_ && self->round_ == round) self->over(clerk, outcome);
      });
    } catch (const std::exception& problem) {
      // What could not be asked is answered by nobody else.
      errand_failed(clerk, problem.what(), [this, clerk](const error& why) { tell(clerk, why); });
    }
  }

  void tell(clerk_pointer clerk, const result<T>& outcome) {
    running_ = false;
    for (auto& done : std::exchange(asking_, {})) guarded(clerk, done, done)(outcome);
  }

  void over(clerk_pointer clerk, const result<T>& outcome) {
    tell(clerk, outcome);
    if (!next_.empty() && !running_) begin(clerk);
  }

  const std::size_t sharers_max_;
  const question put_;
  std::vector<reply<T>> asking_, next_;
  bool running_ = false;
  std::uint64_t round_ = 0;
};

}  // namespace taquilla::gateway
