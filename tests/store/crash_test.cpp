// Goal: what was acknowledged survives kill -9 at any moment, and what is left passes the audit.
// Method: a child process sells in batches and writes down every purchase whose COMMIT returned;
// the parent kills it after a number of acknowledgements that grows with the round, so that the
// signal falls into every phase of a batch. Then the store is opened, compared with the
// acknowledgements, and audited.
#include "store_fixture.hpp"

#include <algorithm>
#include <csignal>
#include <sys/wait.h>
#include <vector>

using namespace taquilla;
using namespace taquilla::testing;

namespace {

struct acknowledgement {
  reservation_id id;
  reservation_state state;
};

/// One batch of the seller: new purchases, and one step for those of the batch before.
bool sell(database& store, std::uint32_t round, std::uint32_t& seat,
          std::vector<reservation_id>& charged, std::vector<acknowledgement>& acks) {
  constexpr int batch_size = 8;
  if (!store.begin()) return false;
  std::vector<reservation_id> fresh;
  for (int i = 0; i < batch_size; ++i) {
    ++seat;
    const auto token = std::to_string(round) + "-" + std::to_string(seat);
    auto order = purchase(token, seat);
    order.order.event = "EVT-" + std::to_string(round);
    const auto recorded = store.apply(order);
    if (!recorded || !store.apply(record_charge{recorded->id, {5000}, 1})) return false;
    fresh.push_back(recorded->id);
    acks.push_back({recorded->id, reservation_state::pending});
  }
  for (const auto id : charged) {
    switch (id % 3) {
      case 0:
        store.apply(fail_purchase{id, "declined", 2, {}});
        break;
      case 1:
        store.apply(confirm_purchase{id, 2, {}});
        break;
      default:
        store.apply(confirm_purchase{id, 2, {}});
        store.apply(cancel_purchase{id, 3});
    }
    acks.push_back({id, id % 3 == 0   ? reservation_state::failed
                        : id % 3 == 1 ? reservation_state::confirmed
                                      : reservation_state::cancelled});
  }
  charged = fresh;
  return store.commit() == commit_outcome::committed;
}

[[noreturn]] void sell_for_ever(const std::string& file, std::uint32_t round, int out) {
  sqlite_options options;
  options.path = file;
  auto opened = open_sqlite(options);
  std::uint32_t seat = 0;
  std::vector<reservation_id> charged;
  while (opened) {
    std::vector<acknowledgement> acks;
    if (!sell(**opened, round, seat, charged, acks)) break;
    const auto bytes = acks.size() * sizeof(acknowledgement);
    if (::write(out, acks.data(), bytes) != static_cast<ssize_t>(bytes)) break;
  }
  ::_exit(1);
}

/// Reads acknowledgements until the pipe ends; kills the seller after `patience` of them.
std::vector<acknowledgement> acknowledged_by(pid_t seller, int in, std::size_t patience) {
  std::vector<acknowledgement> acks;
  acknowledgement one{};
  bool killed = false;
  while (::read(in, &one, sizeof one) == static_cast<ssize_t>(sizeof one)) {
    acks.push_back(one);
    if (killed || acks.size() < patience) continue;
    ::kill(seller, SIGKILL);
    killed = true;
  }
  return acks;
}

}  // namespace

TEST_CASE("what was acknowledged survives kill -9 in the middle of a commit") {
  constexpr std::uint32_t rounds = 36;
  scratch_folder folder;
  std::size_t acknowledged = 0, one_step_ahead = 0;
  for (std::uint32_t round = 1; round <= rounds; ++round) {
    CAPTURE(round);
    int pipe_ends[2];
    REQUIRE(::pipe(pipe_ends) == 0);
    const auto seller = ::fork();
    REQUIRE(seller >= 0);
    if (seller == 0) {
      ::close(pipe_ends[0]);
      sell_for_ever(folder.file(), round, pipe_ends[1]);
    }
    ::close(pipe_ends[1]);
    const auto acks = acknowledged_by(seller, pipe_ends[0], 1 + round * 7);
    ::close(pipe_ends[0]);
    int status = 0;
    REQUIRE(::waitpid(seller, &status, 0) == seller);
    REQUIRE(WIFSIGNALED(status));

    const auto report = run_audit(folder.file());
    CHECK_MESSAGE(report.clean(), report.first_wrong());
    sqlite_options options;
    options.path = folder.file();
    auto opened = open_sqlite(options);
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.failure().detail));
    reservation_id last = 0;
    for (const auto& ack : acks) {
      last = std::max(last, ack.id);
      const auto found = (*opened)->read(find_reservation{ack.id});
      REQUIRE(found);
      if (ack.state != reservation_state::pending) CHECK(found->state == ack.state);
    }
    acknowledged += acks.size();
    const auto highest = (*opened)->read(count_everything{})->reservations;
    if (highest > last) ++one_step_ahead;
  }
  CHECK(acknowledged > rounds * 8);
  CHECK(run_audit(folder.file()).clean());
  MESSAGE(acknowledged << " acknowledged steps; killed " << rounds << " times, " << one_step_ahead
                       << " times with more on the disk than was acknowledged");
}
