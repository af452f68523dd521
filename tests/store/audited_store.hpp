// A store with a reservation of every kind in it, for the tests of the audit: each breaks one row
// by hand and demands that the audit names the invariant. By id: 1 confirmed, mail delivered; 2
// pending, charged; 3 failed, voided and settled; 4 cancelled, refunded, both mails delivered; 5
// confirmed, mail waiting; 6 failed, its void still owed; 7 cancelled, refund owed, both mails
// waiting.
#pragma once

#include "store_fixture.hpp"

namespace taquilla::testing {

struct audited_store : store_fixture {
  audited_store() {
    confirmed("t1", 1);
    deliver("1-confirmed", 2000);
    done(*store, record_charge{pending("t2", 2), {5000}, 1010});
    failed("t3", 3);
    done(*store, void_charge{3, 2000});
    done(*store, settle{3, settlement_kind::void_charge, true, 0, ""});
    cancelled("t4", 4);
    deliver("4-confirmed", 2000);
    deliver("4-cancelled", 2001);
    done(*store, refund_charge{4, 2000});
    done(*store, settle{4, settlement_kind::refund, true, 0, ""});
    confirmed("t5", 5);
    failed("t6", 6);
    cancelled("t7", 7);
    REQUIRE(run_audit(folder.file()).clean());
  }

  /// Breaks a copy of the store with SQL; true when the audit then names the invariant. A copy each
  /// time, or what broke first would be named for all that follow.
  bool caught(const std::string& sql, const std::string& invariant,
              audit_mode mode = audit_mode::running) {
    const scratch_folder copy;
    by_hand(folder.file(), "VACUUM INTO '" + copy.file() + "'");
    by_hand(copy.file(), sql);
    return names(run_audit(copy.file(), mode), invariant);
  }
};

}  // namespace taquilla::testing
