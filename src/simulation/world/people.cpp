// The people of the run: each client does its operations one after the other, whatever process is
// alive.
#include "simulation/cases/case_file.hpp"
#include "simulation/world/world.hpp"

#include <caf/all.hpp>

namespace taquilla::simulation {

namespace {

/// A client that finds the box office closed tries again after this.
constexpr virtual_ns closed_retry = 250'000'000;

/// Without client and thinking, which a trace shows by itself.
std::string words_of(const operation& what) {
  const auto all = print(what);
  return all.substr(all.find(' ', all.find("think=")) + 1);
}

}  // namespace

void world::plan_next(std::uint32_t client) {
  auto& next = next_[client];
  if (next >= scripts_[client].size()) return;
  auto index = scripts_[client][next++];
  ++thinking_;
  engine_.at(engine_.now() + plan_.operations[index].think_us * 1000,
             [this, client, index] { invoke(client, index); });
}

void world::invoke(std::uint32_t client, std::size_t index) {
  if (!engine_.running() || !serving_) {
    engine_.at(engine_.now() + closed_retry, [this, client, index] { invoke(client, index); });
    return;
  }
  --thinking_;
  const auto& what = plan_.operations[index];
  auto number = story_.begin(index, what, process_, engine_.now());
  auto& entry = story_.at(number);
  if (what.what == operation::kind::cancel) {
    entry.id = what.blind ? what.target : story_.nth_confirmed(what.target);
  }
  note(
      trace_event::kind::invoked, "client#" + std::to_string(client), "",
      words_of(what) + (entry.id == 0 ? "" : ", which is reservation " + std::to_string(entry.id)));
  if (what.what == operation::kind::cancel && entry.id == 0) {
    story_.end(number, outcome::refused, engine_.now());
    answered(client, "nothing to cancel yet");
    return plan_next(client);
  }
  const auto who = "client" + std::to_string(client);
  limit_decision limit;
  if (what.what == operation::kind::buy) limit = limiter_->decide(who, engine_.now() / 1'000'000);
  if (!limit.pass) {
    entry.why = errc::rate_limited;
    entry.wait_ms = limit.retry_after_ms;
    reached("refused-rate_limited");
    story_.end(number, outcome::refused, engine_.now());
    answered(client, "refused: rate_limited");
    return plan_next(client);
  }
  running_[number] = client;
  if (visitors_.front() != nullptr) return ask_front(number, what, entry.id);
  caf::anon_send(clients_[client], do_operation{number, what, entry.id});
}

/// As HTTP does it. The front desk's answer comes to nobody when the client has hung up.
void world::ask_front(std::uint64_t number, const operation& what, reservation_id target) {
  const auto refused = [this, number](const error& why) { on_refusal(number, why); };
  if (what.what == operation::kind::buy)
    visitors_.front()->buy(order_of(what), [=](const result<gateway::purchase_answer>& answer) {
      if (!answer) return refused(answer.failure());
      on_answer(number, answer->id, answer->replayed, reservation_state::confirmed);
    });
  else
    visitors_.front()->cancel(target, [=](const result<reservation>& now) {
      if (!now) return refused(now.failure());
      on_answer(number, now->id, false, now->state);
    });
  engine_.at(engine_.now() + what.patience_ms * 1'000'000, [this, number] { on_silence(number); });
}

void world::ended(std::uint64_t number) {
  const auto& entry = story_.at(number);
  engine_.fold(static_cast<std::uint64_t>(entry.how) << 32 ^ entry.id ^
               static_cast<std::uint64_t>(entry.why) << 48);
  auto found = running_.find(number);
  if (found == running_.end()) return;
  auto client = found->second;
  running_.erase(found);
  std::string text = to_string(entry.how);
  if (entry.how == outcome::accepted) text += ": reservation " + std::to_string(entry.id);
  if (entry.how == outcome::accepted && entry.what.what == operation::kind::cancel)
    text += std::string{" is "} + taquilla::to_string(entry.state);
  if (entry.how == outcome::refused) text += std::string(": ") + taquilla::to_string(entry.why);
  if (entry.how == outcome::unknown)
    text += ": gave up after " + std::to_string(entry.what.patience_ms) + " ms";
  if (entry.replayed) text += " (replayed)";
  answered(client, std::move(text));
  plan_next(client);
}

void world::answered(std::uint32_t client, std::string what) {
  note(trace_event::kind::answered, "client#" + std::to_string(client), "", std::move(what));
}

void world::on_answer(std::uint64_t number, reservation_id id, bool replayed,
                      reservation_state state) {
  auto& entry = story_.at(number);
  if (entry.how != outcome::running) return;
  entry.id = id;
  entry.replayed = replayed;
  entry.state = state;
  reached(replayed ? "replayed" : std::string(to_string(entry.what.what)) + "-accepted");
  story_.end(number, outcome::accepted, engine_.now());
  ended(number);
}

void world::on_refusal(std::uint64_t number, const error& why) {
  auto& entry = story_.at(number);
  if (entry.how != outcome::running) return;
  entry.why = why.code;
  entry.named = why.reservation;
  reached(std::string("refused-") + taquilla::to_string(why.code));
  story_.end(number, outcome::refused, engine_.now());
  ended(number);
}

void world::on_silence(std::uint64_t number) {
  if (story_.at(number).how != outcome::running) return;
  reached("client-gave-up");
  story_.end(number, outcome::unknown, engine_.now());
  ended(number);
}

void world::on_started(bool well, const std::string& why) {
  if (well) {
    serving_ = true;
    visitors_.house_is_open(engine_.system());
    if (mend_at_opening_) mend_services();
    note(trace_event::kind::process, "", "", serving_words);
    return;
  }
  note(trace_event::kind::note, "operator", "", "the theatre did not start: " + why);
  die(false, 1000, 0, "start failed");
}

bool world::people_done() const {
  if (!running_.empty() || thinking_ > 0) return false;
  for (std::size_t c = 0; c < scripts_.size(); ++c)
    if (next_[c] < scripts_[c].size()) return false;
  return true;
}

}  // namespace taquilla::simulation
