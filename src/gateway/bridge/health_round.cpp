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
  const auto refuse = [self = shared_from_this(), clerk](const error& why) {
    self->over(clerk, why);
  };
  ask<Answer>(clerk, whom, patience, std::move(what), guarded(clerk, refuse, std::move(on_answer)),
              guarded(clerk, refuse, std::move(on_error)), errc::internal_error);
}

void health_round::ask_for(clerk_pointer clerk, reply<health_view> done) {
  next_.push_back(std::move(done));
  if (!running_) begin(clerk);
}

void health_round::begin(clerk_pointer clerk) {
  asking_ = std::exchange(next_, {});
  view_ = {};
  const auto self = shared_from_this();
  ask_one<health_report>(
      clerk, house_.supervisor, memory_patience_ms_, report_health{},
      [self, clerk](const health_report& report) {
        self->view_.ready = report.ready;
        for (const auto& c : report.children)
          self->view_.parts.push_back({c.name, c.state, c.since, c.reason, c.restarts});
        self->ask_desk(clerk);
      },
      [self, clerk](const error& why) { self->over(clerk, why); });
  running_ = true;  // last: a round that could not begin keeps nobody waiting
}

void health_round::ask_desk(clerk_pointer clerk) {
  const auto self = shared_from_this();
  ask_one<desk_report>(
      clerk, house_.desk, memory_patience_ms_, report_desk{},
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
      clerk, house_.store, store_patience_ms_, count_everything{instant_never},
      [self, clerk](const store_counts& counts) {
        self->view_.store = counts;
        self->over(clerk, self->view_);
      },
      [self, clerk](const error&) {
        self->view_.ready = false;
        self->over(clerk, self->view_);
      });
}

void health_round::over(clerk_pointer clerk, const result<health_view>& outcome) {
  running_ = false;
  for (auto& done : std::exchange(asking_, {}))
    guarded(
        clerk, [&done](const error& why) { done(why); }, done)(outcome);
  if (!next_.empty() && !running_) begin(clerk);
}

}  // namespace taquilla::gateway
