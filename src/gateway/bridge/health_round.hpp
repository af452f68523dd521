// HEALTH ROUND: asks the three actors that know a part of the box office's health each. Whoever
// does not answer is reported as what he is: not well. One round runs at a time, however many ask:
// those who come during a round share the next one, so that every answer is younger than its
// question and a crowd at /readyz costs STORE one count a round. They are bounded by what the
// server lets in.
//
// On the CLERK only.
#pragma once

#include "actors/theatre.hpp"
#include "gateway/bridge/clerk.hpp"
#include "gateway/front_desk.hpp"
#include "policies/time.hpp"

#include <memory>
#include <vector>

namespace taquilla::gateway {

class health_round : public std::enable_shared_from_this<health_round> {
 public:
  health_round(theatre house, duration_ms memory_patience_ms, duration_ms store_patience_ms)
      : house_(std::move(house)),
        memory_patience_ms_(memory_patience_ms),
        store_patience_ms_(store_patience_ms) {}

  void ask_for(clerk_pointer clerk, reply<health_view> done);

 private:
  void begin(clerk_pointer clerk);
  void ask_desk(clerk_pointer clerk);
  void ask_store(clerk_pointer clerk);
  void over(clerk_pointer clerk, const result<health_view>& outcome);

  /// Asks one of them; a throw of ours ends the round with an error.
  template <class Answer, class Handle, class Request, class OnAnswer, class OnError>
  void ask_one(clerk_pointer clerk, const Handle& whom, duration_ms patience, Request what,
               OnAnswer on_answer, OnError on_error);

  const theatre house_;
  const duration_ms memory_patience_ms_, store_patience_ms_;
  health_view view_;
  std::vector<reply<health_view>> asking_, next_;
  bool running_ = false;
};

}  // namespace taquilla::gateway
