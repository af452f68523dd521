#include "domain/planted.hpp"
#include "simulation/oracles/promises.hpp"

namespace taquilla::simulation {

namespace {

/// Speaks whenever it is asked: the planted bug `canary`.
class canary final : public oracle {
 public:
  const char* name() const override { return "canary"; }
  std::string at_end(const plan&, const history&, const final_state&, const run_facts&) override {
    return "a promise that nobody can keep";
  }
};

}  // namespace

// Safety before liveness: a run that sold a seat twice is not reported as "did not come to rest".
oracles make_oracles(const plan& p) {
  oracles all;
  all.push_back(make_breaker(p));
  all.push_back(make_restarts(p));
  all.push_back(make_chaos(p));
  all.push_back(make_drains(p));
  all.push_back(make_holds(p));
  all.push_back(make_refusals());
  all.push_back(make_in_order(p));
  all.push_back(make_retries(p));
  all.push_back(make_cancels());
  all.push_back(make_queues());
  all.push_back(make_relays(p));
  if (store_has_no_excuse(p)) all.push_back(make_store_answers(p));
  all.push_back(make_store_opens());
  all.push_back(make_minds_its_files());
  all.push_back(make_one_owner());
  all.push_back(make_one_key());
  all.push_back(make_durable());
  all.push_back(make_linearizable());
  all.push_back(make_money());
  all.push_back(make_mails(p));
  all.push_back(make_audit());
  all.push_back(make_timelines());
  all.push_back(make_listings());
  all.push_back(make_in_time());
  all.push_back(make_promptness());
  all.push_back(make_no_surprises(p));
  if (!p.visits.empty()) {  // else they would be asked of each message for nothing
    all.push_back(make_visitors());
    all.push_back(make_feed(p));
  }
  all.push_back(make_limiter());
  all.push_back(make_comes_to_rest());
  all.push_back(make_seat_map());
  if (planted::is(planted::bug::canary)) all.push_back(std::make_unique<canary>());
  return all;
}

}  // namespace taquilla::simulation
