-- The store's tables, schema version 5. Plain SQL on purpose: conditional updates, integer
-- milliseconds since 1970, whole cents, no triggers. What a number means:
--   reservations.state  0 pending, 1 confirmed, 2 cancelled, 3 failed
--   reservations.live   1 while the seat and the keys are taken (pending, confirmed), else 0. It
--                       repeats what state says because a partial index on `live` is not touched
--                       by the step from pending to confirmed, and that step is the hot one.
--   charges.state       0 charged, 1 voided, 2 refunded
--   settlements.kind    0 void the charge, 1 refund it
--   outbox.number       2 * reservation + (0 confirmation, 1 cancellation); the same in mailbox
-- reservations.timeline is one line an entry (timeline_text.hpp) and stands last, so that a listing
-- need not read it.

CREATE TABLE reservations (
  id              INTEGER PRIMARY KEY CHECK (id > 0),
  state           INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
  live            INTEGER NOT NULL CHECK (live = (state < 2)),
  event           TEXT    NOT NULL,
  seat_row        TEXT    NOT NULL,
  seat_number     INTEGER NOT NULL CHECK (seat_number > 0),
  email           TEXT    NOT NULL,
  cents           INTEGER NOT NULL CHECK (cents > 0),
  identity        INTEGER NOT NULL,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  token           TEXT    NOT NULL,
  failure         TEXT    NOT NULL,
  timeline        TEXT    NOT NULL
) STRICT;

-- A seat has at most one live owner.
CREATE UNIQUE INDEX live_seat ON reservations (event, seat_row, seat_number) WHERE live = 1;
-- A repeated token finds its row: a live one by its seat, an ended one here. So a purchase that
-- succeeds never pays for an index on tokens.
CREATE INDEX ended_token ON reservations (token) WHERE live = 0;
-- SQLite does not know that state is the same in the whole partial index: as its first column it lets
-- the count be read from the index alone, and the oldest be found without sorting.
CREATE INDEX open_since ON reservations (state, created_at) WHERE state = 0;
CREATE INDEX buyer ON reservations (email);

-- Whose an Idempotency-Key is: one purchase's at most, which may have several. Only a request that
-- sent one pays for this table. A row is void when its reservation is not live any more, and the
-- next purchase under the key takes it over; so the end of a purchase writes nothing here.
CREATE TABLE keys (
  idempotency_key TEXT    PRIMARY KEY CHECK (idempotency_key <> ''),
  reservation     INTEGER NOT NULL REFERENCES reservations (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE charges (
  id    INTEGER PRIMARY KEY REFERENCES reservations (id),
  cents INTEGER NOT NULL CHECK (cents >= 0),
  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
  at    INTEGER NOT NULL
) STRICT;

CREATE TABLE settlements (
  id         INTEGER NOT NULL REFERENCES reservations (id),
  kind       INTEGER NOT NULL CHECK (kind IN (0, 1)),
  attempts   INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  last_error TEXT    NOT NULL,
  PRIMARY KEY (id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX settlement_due ON settlements (not_before);

-- A mail that waits, and below one that was delivered. Whom it is for and what it says stands in its
-- reservation, in columns that never change; so the hot path does not write it twice more.
-- not_before is 0 for a confirmation that was not tried yet, and for nothing else: nearly every mail
-- is one, and the store, which posts them in order of their numbers, knows from which number on to
-- look for them (mail.cpp). So a purchase that succeeds pays for no index here.
CREATE TABLE outbox (
  number     INTEGER PRIMARY KEY,
  created_at INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  attempts   INTEGER NOT NULL,
  dead       INTEGER NOT NULL CHECK (dead IN (0, 1)),
  last_error TEXT    NOT NULL
) STRICT;
-- The others, the given up apart, in the order in which they are due; created_at rides along so that
-- the backlog's size and age are read from the index alone.
CREATE INDEX outbox_due ON outbox (dead, not_before, created_at) WHERE not_before > 0;

-- In order of the number, and without an index by recipient: a buyer's mails are found through
-- `buyer` and the number. One index more would make a whole purchase a quarter dearer.
CREATE TABLE mailbox (
  number       INTEGER PRIMARY KEY,
  created_at   INTEGER NOT NULL,
  attempts     INTEGER NOT NULL,
  delivered_at INTEGER NOT NULL
) STRICT;

-- One row, for the next process: whether the last one closed the store in order (if not, the file is
-- checked), from which number on no reservation id was ever given out, and how many reservations
-- there are (-1: count them).
CREATE TABLE shutdown (
  one          INTEGER PRIMARY KEY CHECK (one = 1),
  clean        INTEGER NOT NULL CHECK (clean IN (0, 1)),
  numbers      INTEGER NOT NULL DEFAULT 1 CHECK (numbers > 0),
  reservations INTEGER NOT NULL DEFAULT -1 CHECK (reservations >= -1)
) STRICT;
INSERT INTO shutdown (one, clean, reservations) VALUES (1, 0, 0);
