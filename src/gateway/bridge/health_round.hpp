// HEALTH ROUND: asks the three actors that know a part of the box office's health each, one after
// the other. Whoever does not answer is reported as what he is: not well. Who asks at the same time
// shares a round (shared_round.hpp).
//
// On the CLERK only.
#pragma once

#include "actors/theatre.hpp"
#include "gateway/bridge/clerk.hpp"
#include "gateway/front_desk.hpp"
#include "policies/time.hpp"

#include <memory>

namespace taquilla::gateway {

class health_round : public std::enable_shared_from_this<health_round> {
 public:
  health_round(theatre actors, duration_ms memory_patience_ms, duration_ms store_patience_ms,
               reply<health_view> done)
      : theatre_(std::move(actors)),
        memory_patience_ms_(memory_patience_ms),
        store_patience_ms_(store_patience_ms),
        done_(std::move(done)) {}

  void begin(clerk_pointer clerk);

 private:
  void ask_desk(clerk_pointer clerk);
  void ask_store(clerk_pointer clerk);

  /// Asks one of them; a throw of ours ends the round with an error.
  template <class Answer, class Handle, class Request, class OnAnswer, class OnError>
  void ask_one(clerk_pointer clerk, const Handle& whom, duration_ms patience, Request what,
               OnAnswer on_answer, OnError on_error);

  const theatre theatre_;
  const duration_ms memory_patience_ms_, store_patience_ms_;
  const reply<health_view> done_;
  health_view view_;
};

}  // namespace taquilla::gateway
