// Goal: nothing is ended while something that the configuration allows still goes on. Method: the
// limits of a start and of a stop beside the longest times that the keys can be given.
#include "app/box_office.hpp"
#include "app/serve.hpp"

#include <doctest/doctest.h>

namespace taquilla::app {

TEST_CASE("a start and a stop wait longer than any child may take") {
  settings all;
  CHECK(start_limit_ms(all) > all.theatre.supervisor.ready_patience_ms);
  all.theatre.supervisor.ready_patience_ms = 3'600'000;
  CHECK(start_limit_ms(all) > 3'600'000);
  all.drain_limit_ms = 600'000;
  all.theatre.supervisor.stop_grace_ms = 60'000;
  CHECK(stop_limit_ms(all) > 600'000 + 9 * 60'000);  // the GATEWAY's drain, and nine children
}

TEST_CASE("a stop is taken for hung only after all that it may wait for") {
  settings all;
  all.drain_limit_ms = 600'000;
  all.theatre.supervisor.stop_grace_ms = 60'000;
  all.smtp.timeout_ms = 3'600'000;
  // The purchases under way, then the actors, then the mail in the hands of the SMTP server.
  CHECK(end_limit_ms(all) > all.drain_limit_ms + stop_limit_ms(all) + all.smtp.timeout_ms);
}

}  // namespace taquilla::app
