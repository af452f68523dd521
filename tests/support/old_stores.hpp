// What turns a store of today into one that an older version wrote, by hand: SQL that takes back
// what each later version changed. Only what the upgrade looks at is made as it was; the words of
// mails are any words, for nobody reads them again. A new version adds its own step here, before
// the others.
#pragma once

#include <string>

namespace taquilla::testing {

/// Behind version 4 every mail that waits was in the index, and due at once from 0 on.
inline const std::string as_version_4 =
    "DROP INDEX outbox_due; UPDATE outbox SET not_before = 0 WHERE not_before = 1;"
    "CREATE INDEX outbox_due ON outbox (dead, not_before, created_at) WHERE dead = 0;"
    "CREATE INDEX outbox_dead ON outbox (dead) WHERE dead = 1;"
    "PRAGMA user_version = 4;";
/// Behind version 3 mails kept neither recipient nor words.
inline const std::string as_version_3 =
    as_version_4 +
    "ALTER TABLE outbox ADD COLUMN recipient TEXT NOT NULL DEFAULT 'ana@example.com';"
    "ALTER TABLE outbox ADD COLUMN subject TEXT NOT NULL DEFAULT 's';"
    "ALTER TABLE outbox ADD COLUMN body TEXT NOT NULL DEFAULT 'b';"
    "ALTER TABLE mailbox ADD COLUMN recipient TEXT NOT NULL DEFAULT 'ana@example.com';"
    "ALTER TABLE mailbox ADD COLUMN subject TEXT NOT NULL DEFAULT 's';"
    "ALTER TABLE mailbox ADD COLUMN body TEXT NOT NULL DEFAULT 'b'; PRAGMA user_version = 3;";
/// Before it the store did not reserve its numbers.
inline const std::string as_version_2 =
    as_version_3 +
    "ALTER TABLE shutdown DROP COLUMN numbers; ALTER TABLE shutdown DROP COLUMN reservations;"
    "PRAGMA user_version = 2;";

}  // namespace taquilla::testing
