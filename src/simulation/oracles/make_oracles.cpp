#include "simulation/oracles/promises.hpp"

namespace taquilla::simulation {

// Safety before liveness: a run that sold a seat twice is not reported as "did not come to rest".
oracles make_oracles(const plan&) {
  oracles all;
  all.push_back(make_breaker());
  all.push_back(make_restarts());
  all.push_back(make_store_opens());
  all.push_back(make_one_owner());
  all.push_back(make_one_key());
  all.push_back(make_durable());
  all.push_back(make_money());
  all.push_back(make_mails());
  all.push_back(make_in_time());
  all.push_back(make_comes_to_rest());
  return all;
}

}  // namespace taquilla::simulation
