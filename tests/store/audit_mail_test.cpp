// Goal: the audit names mail that is lost, doubled, for nothing, or out of
// turn. Method: one breakage by hand a check; before it the store is clean (audited_store.hpp).
#include "audited_store.hpp"

using namespace taquilla;
using namespace taquilla::testing;

namespace {

const std::string confirmation = "a confirmation is in the outbox or the mailbox, once";
const std::string cancellation = "a cancellation is in the outbox or the mailbox, once";
const std::string cause = "a mail belongs to a reservation that ended so";

std::string posted(const std::string& number) {
  return "INSERT INTO outbox VALUES (" + number + ", 0, 0, 0, 0, '')";
}

}  // namespace

TEST_CASE_FIXTURE(audited_store, "the audit sees a confirmation that is lost") {
  CHECK(caught("DELETE FROM mailbox WHERE number = 2", confirmation));
  CHECK(caught("DELETE FROM outbox WHERE number = 10", confirmation));
}

TEST_CASE_FIXTURE(audited_store,
                  "the audit sees the lost confirmation of a cancelled reservation") {
  CHECK(caught("DELETE FROM mailbox WHERE number = 8", confirmation));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a mail that is delivered and still due") {
  CHECK(caught(posted("2"), confirmation));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a cancellation that is lost") {
  CHECK(caught("DELETE FROM mailbox WHERE number = 9", cancellation));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a cancellation that is delivered and still due") {
  CHECK(caught(posted("9"), cancellation));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a confirmation of a failed purchase") {
  CHECK(caught(posted("6"), cause));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a confirmation of a pending purchase") {
  CHECK(caught("INSERT INTO mailbox VALUES (4, 0, 0, 0)", cause));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a cancellation of a reservation that stands") {
  CHECK(caught(posted("3"), cause));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a mail about no reservation") {
  CHECK(caught(posted("198"), cause));
}

TEST_CASE_FIXTURE(audited_store,
                  "the audit sees a cancellation that came before its confirmation") {
  CHECK(
      caught("INSERT INTO outbox SELECT number, created_at, 0, 0, 0, ''"
             " FROM mailbox WHERE number = 8; DELETE FROM mailbox WHERE number = 8",
             "a cancellation is delivered after its confirmation"));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees mail that is due when all should be over") {
  CHECK(caught("", "no mail is due", audit_mode::final));
}

TEST_CASE_FIXTURE(audited_store,
                  "a store that has come to rest passes the final audit, dead mail and all") {
  done(*store, confirm_purchase{2, 3000, {}});
  for (const char* id : {"2-confirmed", "5-confirmed"}) deliver(id, 3001);
  done(*store, postpone_mail{"7-confirmed", 0, "bounced", true});
  deliver("7-cancelled", 3002);
  done(*store, void_charge{6, 3003});
  done(*store, settle{6, settlement_kind::void_charge, true, 0, ""});
  done(*store, refund_charge{7, 3003});
  done(*store, settle{7, settlement_kind::refund, true, 0, ""});
  const auto report = run_audit(folder.file(), audit_mode::final);
  CHECK_FALSE(names(report, "no mail is due"));
  CHECK(report.clean());
}
