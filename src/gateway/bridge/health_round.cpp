#include "gateway/bridge/health_round.hpp"

#include "actors/ask.hpp"

#include <caf/all.hpp>

#include <utility>

namespace taquilla::gateway {

namespace {

breaker_view breaker_of(const desk_report& r) {
  breaker_view out{r.breaker_state, r.consecutive, r.trips, r.rejected, r.retry_after_ms, {}};
  for (const auto& turn : r.breaker_turns) out.turns.push_back({turn.to, turn.cause, turn.count});
  return out;
}

}  // namespace

template <class Answer, class Handle, class Request, class OnAnswer, class OnError>
void health_round::ask_one(clerk_pointer clerk, const Handle& whom, duration_ms patience,
                           Request what, OnAnswer on_answer, OnError on_error) {
  const auto refuse = [self = shared_from_this()](const error& why) { self->done_(why); };
  ask<Answer>(clerk, whom, patience, std::move(what), guarded(clerk, refuse, std::move(on_answer)),
              guarded(clerk, refuse, std::move(on_error)), errc::internal_error);
}

void health_round::begin(clerk_pointer clerk) {
  const auto self = shared_from_this();
  ask_one<health_report>(
      clerk, theatre_.supervisor, memory_patience_ms_, report_health{},
      [self, clerk](const health_report& report) {
        self->view_.ready = report.ready;
        for (const auto& c : report.children)
          self->view_.parts.push_back({c.name, c.state, c.since, c.reason, c.restarts});
        self->ask_desk(clerk);
      },
      [self](const error& why) { self->done_(why); });
}

void health_round::ask_desk(clerk_pointer clerk) {
  const auto self = shared_from_this();
  ask_one<desk_report>(
      clerk, theatre_.desk, memory_patience_ms_, report_desk{},
      [self, clerk](const desk_report& r) {
        self->view_.purchases_in_flight = r.in_flight;
        self->view_.retry_tokens_milli = static_cast<std::uint64_t>(r.tokens_milli);
        self->view_.draining = r.draining;
        self->view_.breaker = breaker_of(r);
        self->ask_store(clerk);
      },
      [self, clerk](const error&) {
        self->view_.ready = false;
        self->ask_store(clerk);
      });
}

void health_round::ask_store(clerk_pointer clerk) {
  const auto self = shared_from_this();
  ask_one<store_counts>(
      clerk, theatre_.store, store_patience_ms_, count_everything{instant_never},
      [self](const store_counts& counts) {
        self->view_.store = counts;
        self->done_(self->view_);
      },
      [self](const error&) {
        self->view_.ready = false;
        self->done_(self->view_);
      });
}

}  // namespace taquilla::gateway
