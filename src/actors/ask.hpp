// How one actor asks another: with a deadline, and with an answer for every ending.
//
// `ask<Answer>(self, whom, patience, what, on_answer, on_error, silence)` is how a request is made
// whose answer matters. It does two things that CAF 0.17.6 leaves to its user: the timer of an
// answered request is cancelled (CAF lets it live, holding its actor, until it expires), and every
// caf::error becomes a `taquilla::error`: a refusal keeps its code, silence and death become
// `silence`. Continuations may capture `this` of the actor's state: CAF drops them with the actor.
//
// A bare `request` with a patience is left to those who ignore errors altogether: the door that
// loses a reply by order, and the log follower.
#pragma once

#include "actors/errors.hpp"
#include "actors/protocol.hpp"
#include "policies/time.hpp"

#include <caf/duration.hpp>
#include <caf/response_handle.hpp>

#include <chrono>
#include <utility>

namespace taquilla {

template <class Answer, class Self, class Handle, class Request, class OnAnswer, class OnError>
void ask(Self* self, const Handle& whom, duration_ms patience, Request&& what, OnAnswer on_answer,
         OnError on_error, errc silence) {
  auto response = self->request(whom, std::chrono::milliseconds{patience < 1 ? 1 : patience},
                                std::forward<Request>(what));
  const auto id = response.id();
  response.then(
      [self, id, on_answer = std::move(on_answer)](Answer& answer) mutable {
        self->clock().cancel_request_timeout(self, id);
        on_answer(answer);
      },
      [self, id, silence, on_error = std::move(on_error)](caf::error& e) mutable {
        self->clock().cancel_request_timeout(self, id);
        on_error(as_error(e, silence));
      });
}

}  // namespace taquilla
