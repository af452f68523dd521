// The end of a run: heal everything, wait until all is at rest, read the disk, let the oracles
// judge.
#include "simulation/cases/case_file.hpp"
#include "simulation/engine/keyed_random.hpp"
#include "simulation/oracles/evidence.hpp"
#include "simulation/world/world.hpp"
#include "store/audit.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace taquilla::simulation {

namespace {

constexpr virtual_ns ms = 1'000'000;
constexpr virtual_ns tick_every = 500 * ms;
/// After healing everything must come to rest within this: a hold that nobody ends, the longest
/// back-off, and a sweep behind a purchase's deadline, twice over.
constexpr virtual_ns rest_limit = 180'000 * ms;
/// Within this a relay has heard of the healing and has made mails due that were given up: it may
/// be stalled for 18 s, and the door that it hears through as well.
constexpr virtual_ns revival_limit = 40'000 * ms;
/// And after this no client may still be at it: 80 operations of half a minute, and their thinking.
constexpr virtual_ns people_limit = 4'000'000 * ms;

/// A whole listing, as a reader turns its pages.
template <class Answer, class Question, class Item>
std::vector<Item> all_of(database& base, Question what, std::int64_t page,
                         std::vector<Item> Answer::*list) {
  constexpr int pages_max = 10'000;
  what.limit = static_cast<std::uint32_t>(page);
  std::vector<Item> out;
  for (int i = 0; i < pages_max; ++i) {
    auto found = base.read(what);
    if (!found) break;
    for (auto& item : (*found).*list) out.push_back(std::move(item));
    if (found->next == decltype(found->next){}) break;
    what.after = found->next;
  }
  return out;
}

}  // namespace

void world::tick() {
  if (over()) return;
  watch_disk();
  bool calm_now = people_done() && faults_ahead_ == 0;
  if (!healed_ && (calm_now || engine_.now() >= plan_.heal_at_ms * ms))
    heal(calm_now ? "all has been asked, and all faults are over" : "it is time");
  // A long workload may go on for a while in the healed world; rest is due when it is through.
  if (!healed_ || !people_done()) quiet_since_ = engine_.now();
  auto limit = people_done() ? quiet_since_ + rest_limit : facts_.healed_at + people_limit;
  if (healed_ && engine_.now() > limit) {
    given_up_ = true;
    facts_.still_open = "long after everything was healed: " +
                        (people_done() ? last_report_ : "clients still wait for answers");
    facts_.hall_wrong = calm_before_.has_value() && !hall_true_;
    return;
  }
  if (healed_ && people_done() && serving_) caf::anon_send(operator_, look_around{});
  engine_.at(engine_.now() + tick_every, [this] { tick(); });
}

void world::heal(const std::string& why) {
  healed_ = true;
  facts_.healed_at = engine_.now();
  disk_calm_ = true;
  engine_.weather({});
  engine_.no_early_time();
  // Where nothing is asked or broken it is so from the start.
  if (engine_.now() > 0) note(trace_event::kind::note, "", "", "everything is healed: " + why);
  if (!engine_.running() && !up_again_planned_) boot();
  mend_services();
}

/// One that is starting takes no orders yet: it is mended once it is open.
void world::mend_services() {
  mend_at_opening_ = engine_.running() && !serving_;
  for (const char* service : {"inventory", "payment", "notification"}) {
    fault mend;
    mend.what = fault::kind::recover;
    mend.target = service;
    order_chaos(mend);
  }
}

void world::on_rest_report(const rest_report& report) {
  if (!healed_ || !people_done()) return;
  const auto& c = report.counts;
  using part = rest_report::part;
  if (report.known == part::nothing) {
    last_report_ = "store, inventory, desk or supervisor did not answer";
    return;
  }
  last_report_ = std::to_string(c.pending) + " pending, " + std::to_string(c.settlements_due) +
                 " settlements due, " + std::to_string(c.outbox_due) + " mails due";
  if (report.known == part::all)
    last_report_ += ", " + std::to_string(report.in_flight) + " in flight, " +
                    std::to_string(report.held) + " held" + report.not_up;
  // Mails that were given up are revived, unless a bug hinders it: then the oracles shall say so.
  const bool revived = c.outbox_dead == 0 || engine_.now() > quiet_since_ + revival_limit;
  const bool calm = report.known == part::all && report.in_flight == 0 && report.held == 0 &&
                    revived && report.not_up.empty();
  // A report is put together one question after the other, and a purchase of somebody who has given
  // up may run in between. So two in a row must be calm, and the store unchanged from one to the
  // other.
  const auto seen = std::make_pair(process_, c.commands);
  const bool quiet = calm && calm_before_ == seen;
  calm_before_ = calm ? std::make_optional(seen) : std::nullopt;
  if (quiet && facts_.hall.empty()) facts_.hall = report.hall;
  // A word that was lost may have left INVENTORY wrong; it has to find that out by itself.
  hall_true_ = report.hall_true;
  at_rest_ = quiet && hall_true_ && !visitors_.anybody_waits();
}

final_state world::read_store() {
  final_state out;
  disk_calm_ = true;
  disk_.unplug();  // what the process would still write while it is taken down does not count
  operator_ = nullptr;
  clients_.clear();
  at_the_post_.clear();
  visitors_.house_is_gone();
  engine_.kill();
  disk_.plug_in();
  if (!open_store()) return out;
  const auto page = plan_.numbers.page;
  out.all = all_of(*base_, list_reservations{}, page, &reservations::list);
  out.charges = all_of(*base_, list_charges{}, page, &charges::list);
  out.mailbox = all_of(*base_, list_mailbox{}, page, &mails::list);
  out.outbox = all_of(*base_, list_outbox{}, page, &mails::list);
  if (auto counts = base_->read(count_everything{wall_ms{1} << 50})) out.counts = *counts;
  if (audit_due()) {
    ask_audit();
    list_mailbox his_mails;
    list_reservations his_own;
    his_mails.to = his_own.email = email_of(1);
    out.his_mailbox = all_of(*base_, his_mails, page, &mails::list);
    out.his_own = all_of(*base_, his_own, page, &reservations::list);
    for (const auto& row : out.all)
      if (auto full = base_->read(find_reservation{row.id})) out.told.push_back(std::move(*full));
  }
  return out;
}

/// The audit's twenty questions take a tenth of a run: some runs ask them.
bool world::audit_due() const {
  constexpr std::uint64_t one_in = 4;
  return scramble(plan_.seed) % one_in == 0;
}

void world::ask_audit() {
  facts_.audit =
      run_audit(*audited_, at_rest_ ? audit_mode::final : audit_mode::running).first_wrong();
}

/// True if something that no deadline can defend against slowed a client or a purchase down.
bool world::disturbed() const {
  constexpr std::uint64_t harmless_us = 500'000;
  for (const auto& d : taken_.taken()) {
    if (d.kind == choice::lost || d.kind == choice::early) return true;
    if ((d.kind == choice::delay || d.kind == choice::disk_slow) && d.value > harmless_us)
      return true;
  }
  for (const auto& f : plan_.faults) {
    bool own = f.target == "reservation" || f.target == "reservation_desk" || f.target == "store";
    // The desk hears of a purchase that died, and answers its buyer at once; so it does for all of
    // them with its last breath.
    bool heard_of = f.what == fault::kind::crash && f.target != "store";
    if (own && f.what != fault::kind::chaos && !heard_of) return true;
    if (f.what == fault::kind::last_step) return true;
  }
  return false;
}

/// True if every word that INVENTORY should have heard had arrived when it was asked at rest. A
/// word that was lost costs the next buyer a moment: INVENTORY asks the store when it has to
/// refuse.
bool world::hall_settled() const {
  constexpr std::uint64_t short_us =
      400'000;  // a rest report comes later than this after the healing
  const auto& taken = taken_.taken();
  for (const auto& d : taken) {
    // The first copy may be refused (with its batch, or because the reservation was not there yet),
    // and nobody waits for what the second one does.
    if (d.kind == choice::doubled && d.name == "cancellation>store cancel_purchase") return false;
    // A deadline that comes early loses the answer that it no longer waits for.
    if (d.kind == choice::lost || d.kind == choice::early) return false;
    if ((d.kind == choice::delay || d.kind == choice::disk_slow) && d.value > short_us)
      return false;
  }
  for (const auto& f : plan_.faults)
    if (f.what == fault::kind::stall || f.detail == "slow") return false;
  return true;
}

void world::judge(run_result& result) {
  result.steps = engine_.steps();
  result.ended_at = engine_.now();
  result.broken = broken_;
  facts_.came_to_rest = at_rest_;
  facts_.disturbed = disturbed();
  facts_.hall_settled = hall_settled();
  facts_.visits = visitors_.records();
  for (const auto& v : facts_.visits) {
    const bool full = v.why == errc::overloaded;
    if (full || (v.answers > 0 && v.why == errc::none))
      reached(std::string{"visit-"} + (full ? "overloaded" : to_string(v.what.what)));
  }
  facts_.trouble_with_feed = visitors_.trouble_with_feed();
  facts_.last_line = visitors_.last_line();
  const auto& all = taken_.taken();
  facts_.duplicated = std::any_of(all.begin(), all.end(),
                                  [](const decision& d) { return d.kind == choice::doubled; });
  if (!at_rest_ && !given_up_ && facts_.still_open.empty())
    facts_.still_open = "the run did not end within " + std::to_string(engine_.steps()) + " steps";
  if (result.broken.oracle.empty()) {
    auto final = facts_.store_readable ? read_store() : final_state{};
    for (auto& o : oracles_) {
      auto what = o->at_end(plan_, story_, final, facts_);
      if (what.empty()) continue;
      result.broken = {o->name(), what, 0, {}, {}};
      if (facts_.store_readable)
        result.broken.evidence = evidence_of(reservations_named(what), final);
      break;
    }
    for (const auto& row : final.all)
      engine_.fold(row.id << 8 ^ static_cast<std::uint64_t>(row.state));
  }
  if (result.failed()) engine_.fold(hash_text(result.broken.oracle));
  result.hash = engine_.hash();
}

}  // namespace taquilla::simulation
