#include "simulation/campaign/teeth.hpp"

#include "simulation/campaign/stopwatch.hpp"
#include "simulation/cases/minimiser.hpp"
#include "simulation/report/failure.hpp"
#include "simulation/world/run.hpp"

#include <algorithm>
#include <cstdio>
#include <ostream>
#include <utility>

namespace taquilla::simulation {

namespace {

using planted::bug;

constexpr std::uint64_t minimise_runs = 1500;

constexpr const char* durable = "acknowledged-is-durable";
constexpr const char* money = "every-charge-has-its-ticket";
constexpr const char* mails = "mailed-once";
constexpr const char* rest = "comes-to-rest";
constexpr const char* breaker = "breaker-holds";
constexpr const char* owner = "one-owner-per-seat";

std::vector<tooth> in_the_store() {
  return {
      {bug::ack_before_commit, "ack-before-commit", {durable}, "crash"},
      {bug::synchronous_off, "synchronous-off", {durable, "store-opens"}, "disk"},
      {bug::seat_stolen, "seat-stolen", {durable, owner, "seat-history-linearizable"}, "crash"},
      {bug::key_ignored, "key-ignored", {"one-key-one-purchase"}, "calm"},
      {bug::key_not_bound, "key-not-bound", {"one-key-one-purchase"}, "calm"},
      {bug::confirmation_forgotten, "confirmation-forgotten", {durable}, "calm"},
      {bug::cancellation_forgotten,
       "cancellation-forgotten",
       {durable, "seat-map-is-true", owner},
       "calm"},
      {bug::refund_not_owed, "refund-not-owed", {money}, "calm"},
      {bug::void_not_owed, "void-not-owed", {money}, "slow"},
      {bug::void_not_repeated, "void-not-repeated", {money}, "slow"},
      {bug::no_tombstone, "no-tombstone", {money}, "slow"},
      {bug::void_ignored, "void-ignored", {money}, "slow"},
      {bug::refund_ignored, "refund-ignored", {money}, "calm"},
      {bug::mail_given_up, "mail-given-up", {mails}, "slow"},
      {bug::mail_not_filed, "mail-not-filed", {mails}, "calm"},
      {bug::failure_unnamed, "failure-unnamed", {"audit-is-clean"}, "slow"},
      {bug::recovery_skipped, "recovery-skipped", {rest}, "crash"},
      {bug::rebuild_forgets_sold, "rebuild-forgets-sold", {"seat-map-is-true"}, "crash"},
  };
}

std::vector<tooth> in_actors_and_policies() {
  return {
      {bug::breaker_ignored, "breaker-ignored", {breaker}, "crash"},
      {bug::half_open_floods, "half-open-floods", {breaker}, "slow"},
      {bug::late_result_closes, "late-result-closes", {breaker}, "slow"},
      {bug::restart_without_limit, "restart-without-limit", {"supervision-holds"}, "crash"},
      {bug::deadline_ignored,
       "deadline-ignored",
       {"answered-in-time", "purchase-in-order"},
       "swarm"},
      {bug::death_not_told, "death-not-told", {"answered-in-time"}, "swarm"},
      {bug::hold_overwritten, "hold-overwritten", {"holds-exclude"}, "swarm"},
      {bug::hold_not_released, "hold-not-released", {rest}, "slow"},
      {bug::limiter_double_burst, "limiter-double-burst", {"limiter-law"}, "calm"},
      {bug::budget_judged_early, "budget-judged-early", {"retries-afforded"}, "slow"},
      {bug::breaker_too_patient, "breaker-too-patient", {breaker}, "slow"},
      {bug::told_no_too_early, "told-no-too-early", {"purchase-in-order"}, "slow"},
      {bug::stale_ticket, "stale-ticket", {"seat-history-linearizable", owner}, "slow"},
      {bug::drain_cut_short, "drain-cut-short", {"drains-in-order"}, "disk"},
      {bug::timers_multiply, "timers-multiply", {"queues-within-limits"}, "swarm"},
      {bug::breaker_not_told, "breaker-not-told", {breaker}, "calm"},
      {bug::wakeup_ignored, "wakeup-ignored", {"seen-to-at-once"}, "calm"},
      {bug::healing_forgotten, "healing-forgotten", {"relays-go-on"}, "slow"},
      {bug::cancelled_too_early, "cancelled-too-early", {"cancels-in-order"}, "calm"},
      {bug::mail_filed_unsent, "mail-filed-unsent", {mails}, "slow"},
      {bug::timeline_repeats, "timeline-repeats", {"timeline-is-true"}, "slow"},
      {bug::news_skipped, "news-skipped", {"feed-in-order"}, "swarm"},
      {bug::ready_always, "ready-always", {"supervision-holds"}, "crash"},
      {bug::pause_forgotten, "pause-forgotten", {"queues-within-limits"}, "disk"},
      {bug::taken_forgotten, "taken-forgotten", {mails}, "slow"},
      {bug::timer_forgotten, "timer-forgotten", {"store-answers-at-once"}, "swarm"},
      {bug::stale_page_believed, "stale-page-believed", {"taken-means-somebody"}, "swarm"},
      {bug::work_lost_too, "work-lost-too", {"chaos-as-ordered"}, "slow"},
      {bug::page_cut_short, "page-cut-short", {"listings-are-whole"}, "calm"},
      {bug::checkpoint_forgotten, "checkpoint-forgotten", {"minds-its-files"}, "swarm"},
      {bug::place_kept, "place-kept", {"visitors-hear-the-truth"}, "calm"},
  };
}

}  // namespace

const std::vector<tooth>& all_teeth() {
  static const std::vector<tooth> teeth = [] {
    auto all = in_the_store();
    for (auto& one : in_actors_and_policies()) all.push_back(std::move(one));
    return all;
  }();
  return teeth;
}

const tooth* find_tooth(const std::string& name) {
  const auto& all = all_teeth();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const tooth& t) { return name == t.name; });
  return found == all.end() ? nullptr : &*found;
}

bite hunt(const tooth& t, double budget_s) {
  planted::planting now(t.bug);
  stopwatch watch;
  bite b;
  while (watch.seconds() < budget_s) {
    auto p = draw_plan(++b.seeds, t.profile, {});
    auto r = explore(p);
    if (!r.failed()) continue;
    b.oracle = r.broken.oracle;
    b.caught = std::count(t.oracles.begin(), t.oracles.end(), b.oracle) > 0;
    if (!b.caught) continue;
    b.seconds = watch.seconds();
    b.decisions = minimise(p, r, minimise_runs).decisions_after;
    return b;
  }
  b.seconds = watch.seconds();
  return b;
}

int run_teeth(std::ostream& out, double budget_s) {
  int missed = 0;
  char line[200];
  std::snprintf(line, sizeof line, "%-26s %-30s %8s %9s %10s\n", "bug", "oracle", "seeds",
                "seconds", "decisions");
  out << line;
  for (const auto& t : all_teeth()) {
    auto b = hunt(t, budget_s);
    missed += !b.caught;
    auto oracle = b.caught ? b.oracle
                           : "NOT CAUGHT: wanted " + t.oracles.front() +
                                 (b.oracle.empty() ? "" : ", heard " + b.oracle);
    std::snprintf(line, sizeof line, "%-26s %-30s %8llu %9.2f %10zu\n", t.name, oracle.c_str(),
                  static_cast<unsigned long long>(b.seeds), b.seconds, b.decisions);
    out << line << std::flush;
  }
  out << all_teeth().size() - static_cast<std::size_t>(missed) << " of " << all_teeth().size()
      << " planted bugs caught\n";
  return missed;
}

bool canary_sings(std::ostream& out) {
  planted::planting now(bug::canary);
  plan p;
  p.operations.push_back({});
  auto r = explore(p);
  bool sang = r.broken.oracle == "canary";
  if (sang)
    out << failure_line(p, r) << "\nthe canary sings: " << r.broken.what << "\n";
  else
    out << "THE CANARY IS SILENT\n";
  return sang;
}

}  // namespace taquilla::simulation
