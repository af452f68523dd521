// Goal: nobody can tell a held purchase from a row: a batch of many commands gives the answers, and
// leaves the tables, of as many batches of one. Method: the same random commands on two stores, few
// seats, keys and attempts, so that they meet; every answer and every table is compared.
#include "store_fixture.hpp"

#include <functional>
#include <random>
#include <vector>

using namespace taquilla;
using namespace taquilla::testing;

namespace {

std::string shown(const purchase_recorded& x) {
  return std::to_string(x.id) + (x.already_yours ? " yours" : "");
}
std::string shown(const key_owner& x) { return std::to_string(x.id); }
std::string shown(const charge_record& x) {
  return std::to_string(x.id) + ' ' + to_string(x.state) + ' ' + std::to_string(x.amount.cents) +
         ' ' + std::to_string(x.at);
}
std::string shown(const purchase_confirmed& x) { return std::to_string(x.id); }
std::string shown(const purchase_failed& x) { return to_string(x.state); }
std::string shown(const purchase_cancelled& x) {
  return std::string{to_string(x.record.state)} + (x.changed ? " changed" : "");
}
std::string shown(const timeline_appended& x) { return std::to_string(x.id); }
std::string shown(const mail_filed& x) { return x.message_id + (x.repeated ? " repeated" : ""); }

using command = std::function<std::string(database&)>;

template <class Command>
command to_apply(Command what) {
  return [what](database& store) {
    const auto answer = store.apply(what);
    return answer ? shown(*answer) : to_string(answer.failure().code);
  };
}

class dice {
 public:
  explicit dice(std::uint32_t seed) : source_(seed) {}
  std::uint32_t operator()(std::uint32_t sides) {
    return static_cast<std::uint32_t>(source_() % sides);
  }

 private:
  std::mt19937 source_;
};

record_purchase some_purchase(dice& roll, wall_ms now) {
  auto out = purchase("t" + std::to_string(roll(12)), 1 + roll(4),
                      roll(2) == 0 ? "ana@example.com" : "eva@example.com");
  if (roll(4) == 0) out.order.idempotency_key = "key" + std::to_string(roll(3));
  if (roll(30) == 0) out.order.amount = {0};
  if (roll(3) == 0) out.order.event = "EVT-002";
  out.at = now;
  out.identity = identity_of(out.order);
  return out;
}

/// Mostly the steps of a sale, and some of everything that may come between them. The reservations
/// spoken of are the last few, or do not exist.
command some_command(dice& roll, wall_ms now, reservation_id last) {
  const reservation_id id =
      roll(3) != 0 || last < 4 ? last + (roll(20) == 0 ? 1 : 0) : last - 3 + roll(3);
  const auto kind = roll(28);
  if (kind < 6) return to_apply(some_purchase(roll, now));
  if (kind < 11) return to_apply(record_charge{id, {roll(6) == 0 ? 4999 : 5000}, now});
  if (kind < 17) return to_apply(confirm_purchase{id, now, {{now, 0, "confirmed", "a\tb", ""}}});
  const auto mail = std::to_string(id) + "-confirmed";
  switch (kind) {
    case 17:
      return to_apply(fail_purchase{id, "payment_timeout", now, {{now, 0, "failed", "", ""}}});
    case 18:
      return to_apply(cancel_purchase{id, now});
    case 19:
      return to_apply(void_charge{id, now});
    case 20:
      return to_apply(append_timeline{id, {{now, 0, "note", "", ""}}});
    case 21:
      return to_apply(bind_key{some_purchase(roll, now).order});
    case 22:
    case 23:
      return to_apply(postpone_mail{mail, now, "down", false});
    default:
      return to_apply(deliver_mail{mail, now});
  }
}

/// Every table, in order of its key.
std::string dump(const std::string& file) {
  std::string out;
  for (const char* sql :
       {"SELECT group_concat(id || '|' || state || live || event || seat_row || seat_number || "
        "email"
        " || cents || '|' || identity || '|' || created_at || '|' || updated_at || token || failure"
        " || timeline, x'0a') FROM (SELECT * FROM reservations ORDER BY id)",
        "SELECT group_concat(idempotency_key || '|' || reservation, x'0a')"
        " FROM (SELECT * FROM keys ORDER BY idempotency_key)",
        "SELECT group_concat(id || '|' || cents || '|' || state || '|' || at, x'0a')"
        " FROM (SELECT * FROM charges ORDER BY id)",
        "SELECT group_concat(id || '|' || kind, x'0a')"
        " FROM (SELECT * FROM settlements ORDER BY id, kind)",
        "SELECT group_concat(number || '|' || created_at || '|' || not_before || '|' || attempts,"
        " x'0a') FROM (SELECT * FROM outbox ORDER BY number)",
        "SELECT group_concat(number || '|' || created_at || '|' || attempts || '|' || delivered_at,"
        " x'0a') FROM (SELECT * FROM mailbox ORDER BY number)"})
    out += look(file, sql) + "\n--\n";
  return out;
}

std::string due_now(database& store) {
  std::string out;
  const auto due = store.read(due_mails{1'000'000});
  REQUIRE(due);
  for (const auto& mail : due->list) out += mail.message_id + ' ';
  return out;
}

void check_alike(std::uint32_t seed) {
  store_fixture one_by_one, together;
  dice roll{seed};
  for (int batch = 0; batch < 12; ++batch) {
    REQUIRE(together.store->begin());
    for (auto left = 1 + roll(20); left > 0; --left) {
      const auto last = one_by_one.store->read(count_everything{})->reservations;
      const auto next = some_command(roll, 1'000 + batch, last);
      REQUIRE(one_by_one.store->begin());
      const auto alone = next(*one_by_one.store);
      REQUIRE(one_by_one.store->commit() == commit_outcome::committed);
      CHECK(next(*together.store) == alone);
    }
    REQUIRE(together.store->commit() == commit_outcome::committed);
    CHECK(due_now(*together.store) == due_now(*one_by_one.store));
  }
  CHECK(dump(together.folder.file()) == dump(one_by_one.folder.file()));
  CHECK(run_audit(together.folder.file()).clean() == run_audit(one_by_one.folder.file()).clean());
}

}  // namespace

TEST_CASE("a batch of many commands does what as many batches of one do") {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    check_alike(seed);
  }
}

TEST_CASE_FIXTURE(store_fixture, "a sale of one batch is read back field by field") {
  auto command = purchase("t1", 7, "luz@example.com");
  command.order.idempotency_key = "key";
  command.timeline.push_back({1001, 5, "note", "tab\there", "fault-9"});
  REQUIRE(store->begin());
  const auto id = store->apply(command)->id;
  REQUIRE(store->apply(record_charge{id, {5000}, 1002}));
  REQUIRE(store->apply(confirm_purchase{id, 1003, {{1003, 1, "confirmed", "", ""}}}));
  REQUIRE(store->commit() == commit_outcome::committed);
  reopen();
  const auto found = store->read(find_reservation{id});
  REQUIRE(found);
  CHECK(found->event == "EVT-001");
  CHECK(found->seat == seat_id{"A", 7});
  CHECK(found->email == "luz@example.com");
  CHECK(found->amount.cents == 5000);
  CHECK(found->state == reservation_state::confirmed);
  CHECK(found->created_at == 1000);
  CHECK(found->updated_at == 1003);
  CHECK(steps_of(id) == "seat_held note confirmed mail_due");
  CHECK(found->timeline[1].detail == "tab\there");
  const auto owner = store->read(find_key{"key"});
  CHECK(owner->id == id);
  CHECK(owner->identity == command.identity);
  CHECK(store->read(find_charge{id})->at == 1002);
  const auto mail = store->read(due_mails{1});
  REQUIRE(mail->list.size() == 1);
  CHECK(mail->list[0].created_at == 1003);
  CHECK(mail->list[0].not_before == 0);
}

TEST_CASE_FIXTURE(store_fixture, "the mail of a held sale is filed as that of a row") {
  REQUIRE(store->begin());
  for (std::uint32_t seat = 1; seat <= 2; ++seat) {
    const auto id = store->apply(purchase("t" + std::to_string(seat), seat))->id;
    REQUIRE(store->apply(record_charge{id, {5000}, 1002}));
    REQUIRE(store->apply(confirm_purchase{id, 1003, {}}));
    const auto name = std::to_string(id) + "-confirmed";
    if (seat == 1) CHECK(store->apply(deliver_mail{name, 1004}));
    if (seat == 2) CHECK(store->apply(postpone_mail{name, 9000, "down", false}));
  }
  REQUIRE(store->commit() == commit_outcome::committed);
  CHECK(store->read(list_mailbox{})->list.size() == 1);
  CHECK(store->read(list_outbox{})->list[0].not_before == 9000);
  CHECK(run_audit(folder.file()).clean());
}

TEST_CASE_FIXTURE(store_fixture, "what is held when a batch is undone is gone") {
  REQUIRE(store->begin());
  REQUIRE(store->apply(purchase("t1", 1)));
  store->undo();
  const auto other = done(*store, purchase("t2", 1, "eva@example.com"));
  REQUIRE(other);
  CHECK_FALSE(other->already_yours);
  CHECK(store->read(list_reservations{})->list.size() == 1);
}
