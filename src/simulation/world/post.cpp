// The post: the mail server that NOTIFICATION hands its mails to, in the runs that have one. It may
// be slow, ask to come again later, or refuse a mail for good; what it was never handed may not
// stand in the mailbox, which an oracle compares.
#include "simulation/engine/keyed_random.hpp"
#include "simulation/world/world.hpp"

#include <caf/all.hpp>

#include <utility>

namespace taquilla::simulation {

namespace {

error reply(post_fault fault) {
  switch (fault) {
    case post_fault::none:
      break;
    case post_fault::later:
      return {errc::notification_unavailable, "421 come again later", 0};
    case post_fault::never:
      return {errc::mail_undeliverable, "550 nobody of that name", 0};
  }
  return {};
}

}  // namespace

/// Before it answers, the process may have died: then nobody hears it, but the mail was taken.
void world::send(const mail& what, std::function<void(error)> done) {
  const auto& id = what.message_id;
  const auto name = "mail " + id;
  const auto hash = hash_text(name);
  const auto occurrence = ++mails_handed_[id];
  const auto fault = draw_post_fault(name, hash, occurrence);
  const auto us = draw_post_time(name, hash, occurrence);
  const auto number = ++conversations_;
  at_the_post_.emplace(number, std::move(done));
  const auto by = std::make_pair(process_, notification_);
  engine_.at(engine_.now() + static_cast<virtual_ns>(us) * 1000, [this, number, fault, what, by] {
    if (fault == post_fault::none) {
      facts_.posted[what.message_id] = what.to;
      const auto [taken, fresh] = taken_from_.emplace(what.message_id, by);
      if (!fresh && taken->second == by) facts_.posted_again = what.message_id;
      taken->second = by;
    }
    const auto waiting = at_the_post_.find(number);
    if (waiting == at_the_post_.end()) return;
    const auto answer = std::move(waiting->second);
    at_the_post_.erase(waiting);
    answer(reply(fault));
  });
}

post_fault world::draw_post_fault(const std::string& name, std::uint64_t hash,
                                  std::uint64_t occurrence) {
  auto proposal = post_fault::none;
  if (healed_) return proposal;  // whatever a script says
  if (taken_.exploring()) {
    const auto drawn = taken_.draw(choice::post_fault, hash, occurrence);
    if (one_in(scramble(drawn), plan_.post.later_ppm)) proposal = post_fault::later;
    if (one_in(drawn, plan_.post.never_ppm)) proposal = post_fault::never;
  }
  const auto fate = static_cast<post_fault>(taken_.take(choice::post_fault, hash, name, occurrence,
                                                        static_cast<std::uint64_t>(proposal)));
  if (fate == post_fault::none) return fate;
  note(trace_event::kind::fault, "", "post", name + ": " + to_string(fate));
  reached(std::string("post-") + to_string(fate));
  return fate;
}

std::uint64_t world::draw_post_time(const std::string& name, std::uint64_t hash,
                                    std::uint64_t occurrence) {
  std::uint64_t us = 0;
  if (healed_) return us;
  const auto drawn = taken_.draw(choice::post_slow, hash, occurrence);
  if (taken_.exploring() && one_in(drawn, plan_.post.slow_ppm))
    us = 1 + below(scramble(drawn), plan_.post.slow_max_us);
  return taken_.take(choice::post_slow, hash, name, occurrence, us);
}

}  // namespace taquilla::simulation
