// Goal: the audit names money that is missing, kept, given back without cause, or forgotten.
// Method: one breakage by hand a check; before it the store is clean (audited_store.hpp).
#include "audited_store.hpp"

using namespace taquilla;
using namespace taquilla::testing;

namespace {
const std::string paid = "a confirmed reservation has one live charge of its amount";
const std::string owned = "a live charge is owned or being given back";
const std::string voided = "a charge is voided for a failed reservation alone";
const std::string refunded = "a charge is refunded for a cancelled reservation alone";
const std::string void_owed = "a failed reservation is voided or a void is owed";
const std::string refund_owed = "a cancelled reservation is refunded or a refund is owed";
const std::string owed_to = "what is owed belongs to a reservation that ended so";
}  // namespace

TEST_CASE_FIXTURE(audited_store, "the audit sees a confirmed reservation that is not paid") {
  CHECK(caught("DELETE FROM charges WHERE id = 1", paid));
}

TEST_CASE_FIXTURE(audited_store,
                  "the audit sees a confirmed reservation that is paid with a cent more") {
  CHECK(caught("UPDATE charges SET cents = 5001 WHERE id = 1", paid));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a confirmed reservation whose charge was voided") {
  by_hand(folder.file(), "UPDATE charges SET state = 1 WHERE id = 1");
  const auto report = run_audit(folder.file());
  CHECK(names(report, paid));
  CHECK(names(report, voided));
}

TEST_CASE_FIXTURE(audited_store,
                  "the audit sees a confirmed reservation whose charge was refunded") {
  by_hand(folder.file(), "UPDATE charges SET state = 2 WHERE id = 1");
  const auto report = run_audit(folder.file());
  CHECK(names(report, paid));
  CHECK(names(report, refunded));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a charge without a reservation") {
  CHECK(caught("INSERT INTO charges VALUES (99, 5000, 0, 0)", owned));
}

TEST_CASE_FIXTURE(audited_store,
                  "the audit sees a failed buyer's money that nobody means to return") {
  by_hand(folder.file(), "UPDATE charges SET state = 0 WHERE id = 3");
  const auto report = run_audit(folder.file());
  CHECK(names(report, owned));
  CHECK(names(report, void_owed));
}

TEST_CASE_FIXTURE(audited_store,
                  "the audit sees a cancelled buyer's money that nobody means to return") {
  by_hand(folder.file(), "DELETE FROM settlements WHERE id = 7");
  const auto report = run_audit(folder.file());
  CHECK(names(report, owned));
  CHECK(names(report, refund_owed));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a pending purchase whose charge was voided") {
  CHECK(caught("UPDATE charges SET state = 1 WHERE id = 2", voided));
}

TEST_CASE_FIXTURE(audited_store,
                  "the audit sees a failed purchase without a tombstone or a void owed") {
  CHECK(caught("DELETE FROM charges WHERE id = 3", void_owed));
  CHECK(caught("DELETE FROM settlements WHERE id = 6", void_owed));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees money given back, or held, of another amount") {
  const std::string amount = "a charge is of the amount of its reservation";
  CHECK(caught("UPDATE charges SET cents = cents + 1 WHERE id = 4", amount));  // refunded
  CHECK(caught("UPDATE charges SET cents = 1 WHERE id = 3", amount));          // voided
  CHECK(caught("UPDATE charges SET cents = cents - 1 WHERE id = 2", amount));  // pending
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a cancelled reservation without a charge") {
  CHECK(caught("DELETE FROM charges WHERE id = 4", refund_owed));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees money owed to nobody") {
  CHECK(caught("INSERT INTO settlements VALUES (99, 0, 0, 0, '')", owed_to));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees money owed for a reservation that stands") {
  for (const char* kind : {"0", "1"})
    CHECK(
        caught(std::string{"INSERT INTO settlements VALUES (1, "} + kind + ", 0, 0, '')", owed_to));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a refund owed for a failed purchase") {
  for (const auto& invariant : {owed_to, void_owed})
    CHECK(caught("UPDATE settlements SET kind = 1 WHERE id = 6", invariant));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a void owed for a cancelled reservation") {
  for (const auto& invariant : {owed_to, refund_owed})
    CHECK(caught("UPDATE settlements SET kind = 0 WHERE id = 7", invariant));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees money that is owed when all should be over") {
  CHECK(caught("", "no money is owed", audit_mode::final));
}
