-- The store's invariants. Each SELECT names one and returns the rows that break it: nothing
-- returned, nothing broken. With the sqlite3 shell:  .param set :final 0   then   .read audit.sql
-- :final = 1 also demands that nothing is open, owed or due any more. For states see schema.sql.

SELECT 'a seat has at most one live owner',
       event || ' ' || seat_row || seat_number || ': reservations ' || group_concat(id, ', ')
  FROM reservations NOT INDEXED WHERE state IN (0, 1)
 GROUP BY event, seat_row, seat_number HAVING count(*) > 1;

SELECT 'live says what state says', 'reservation ' || id || ': state ' || state || ', live ' || live
  FROM reservations NOT INDEXED WHERE live <> (state < 2);

-- SQLite forgets CHECK constraints on a read-only connection, integrity_check included: so it is
-- asked here.
SELECT 'every value is one that the schema allows', 'reservation ' || id
  FROM reservations WHERE cents <= 0 OR seat_number <= 0 OR id <= 0 OR state NOT BETWEEN 0 AND 3
UNION ALL SELECT 'every value is one that the schema allows', 'charge ' || id
  FROM charges WHERE cents < 0 OR state NOT BETWEEN 0 AND 2
UNION ALL SELECT 'every value is one that the schema allows', 'settlement of ' || id
  FROM settlements WHERE kind NOT IN (0, 1)
UNION ALL SELECT 'every value is one that the schema allows', 'key of reservation ' || reservation
  FROM keys WHERE idempotency_key = ''
UNION ALL SELECT 'every value is one that the schema allows', 'mail ' || number
  FROM outbox WHERE dead NOT IN (0, 1);

SELECT 'a confirmed reservation has one live charge of its amount',
       'reservation ' || r.id || ': ' || r.cents || ' cents, charge '
       || coalesce('state ' || c.state || ' of ' || c.cents || ' cents', 'missing')
  FROM reservations r LEFT JOIN charges c ON c.id = r.id
 WHERE r.state = 1 AND (c.id IS NULL OR c.state <> 0 OR c.cents <> r.cents);

SELECT 'a live charge is owned or being given back',
       'charge ' || c.id || ': reservation ' || coalesce('state ' || r.state, 'missing')
       || ', nothing owed'
  FROM charges c LEFT JOIN reservations r ON r.id = c.id
 WHERE c.state = 0 AND (r.id IS NULL OR r.state NOT IN (0, 1))
   AND NOT EXISTS (SELECT 1 FROM settlements s WHERE s.id = c.id);

-- A void that came before any charge left a tombstone of no amount.
SELECT 'a charge is of the amount of its reservation',
       'charge ' || c.id || ': ' || c.cents || ' cents, reservation ' || r.cents || ' cents'
  FROM charges c JOIN reservations r ON r.id = c.id
 WHERE c.cents <> r.cents AND NOT (c.state = 1 AND c.cents = 0);

SELECT 'a charge is voided for a failed reservation alone',
       'charge ' || c.id || ': reservation state ' || r.state
  FROM charges c JOIN reservations r ON r.id = c.id WHERE c.state = 1 AND r.state <> 3;

SELECT 'a charge is refunded for a cancelled reservation alone',
       'charge ' || c.id || ': reservation state ' || r.state
  FROM charges c JOIN reservations r ON r.id = c.id WHERE c.state = 2 AND r.state <> 2;

SELECT 'a failed reservation is voided or a void is owed',
       'reservation ' || r.id || ': charge ' || coalesce('state ' || c.state, 'missing')
  FROM reservations r LEFT JOIN charges c ON c.id = r.id
 WHERE r.state = 3 AND (c.id IS NULL OR c.state <> 1)
   AND NOT EXISTS (SELECT 1 FROM settlements s WHERE s.id = r.id AND s.kind = 0);

SELECT 'a cancelled reservation is refunded or a refund is owed',
       'reservation ' || r.id || ': charge ' || coalesce('state ' || c.state, 'missing')
  FROM reservations r LEFT JOIN charges c ON c.id = r.id
 WHERE r.state = 2 AND (c.id IS NULL OR c.state <> 2)
   AND NOT EXISTS (SELECT 1 FROM settlements s WHERE s.id = r.id AND s.kind = 1);

SELECT 'what is owed belongs to a reservation that ended so',
       'settlement of ' || s.id || ', kind ' || s.kind || ': reservation '
       || coalesce('state ' || r.state, 'missing')
  FROM settlements s LEFT JOIN reservations r ON r.id = s.id
 WHERE r.id IS NULL OR (s.kind = 0 AND r.state <> 3) OR (s.kind = 1 AND r.state <> 2);

SELECT 'a confirmation is in the outbox or the mailbox, once',
       'reservation ' || id || ': outbox ' || posted || ', mailbox ' || filed
  FROM (SELECT r.id, (SELECT count(*) FROM outbox o WHERE o.number = 2 * r.id) AS posted,
               (SELECT count(*) FROM mailbox m WHERE m.number = 2 * r.id) AS filed
          FROM reservations r WHERE r.state IN (1, 2))
 WHERE posted + filed <> 1;

SELECT 'a cancellation is in the outbox or the mailbox, once',
       'reservation ' || id || ': outbox ' || posted || ', mailbox ' || filed
  FROM (SELECT r.id, (SELECT count(*) FROM outbox o WHERE o.number = 2 * r.id + 1) AS posted,
               (SELECT count(*) FROM mailbox m WHERE m.number = 2 * r.id + 1) AS filed
          FROM reservations r WHERE r.state = 2)
 WHERE posted + filed <> 1;

SELECT 'a mail belongs to a reservation that ended so',
       'mail ' || l.number || ': reservation ' || coalesce('state ' || r.state, 'missing')
  FROM (SELECT number FROM outbox UNION ALL SELECT number FROM mailbox) l
  LEFT JOIN reservations r ON r.id = l.number / 2
 WHERE r.id IS NULL OR r.state NOT IN (1, 2) OR (l.number % 2 = 1 AND r.state <> 2);

-- Not by the times of delivery: the clock may have been set back between the two.
SELECT 'a cancellation is delivered after its confirmation', 'mail ' || late.number
  FROM mailbox late JOIN outbox early ON early.number = late.number - 1
 WHERE late.number % 2 = 1 AND early.dead = 0;

SELECT 'a failure is named exactly where there is one',
       'reservation ' || id || ': state ' || state || ', failure ''' || failure || ''''
  FROM reservations WHERE (state = 3) <> (failure <> '');

SELECT 'no purchase is open', 'reservation ' || id FROM reservations WHERE :final AND state = 0;

SELECT 'no money is owed', 'reservation ' || id || ', kind ' || kind || ': ' || last_error
  FROM settlements WHERE :final;

SELECT 'no mail is due', 'mail ' || number || ': ' || last_error
  FROM outbox WHERE :final AND dead = 0;

SELECT 'rows refer to rows that exist', "table" || ' ' || coalesce(rowid, '') || ' -> ' || parent
  FROM pragma_foreign_key_check;

SELECT 'the file is sound', integrity_check FROM pragma_integrity_check
 WHERE integrity_check <> 'ok';
