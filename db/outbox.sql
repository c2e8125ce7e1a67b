-- What is to be sent.  `next` says when a row is looked at again (see schema.sql);
-- every claim is a compare-and-set on it.  The urgent go first: each urgency is
-- asked for by itself, so that the index gives them in order.

-- name: outbox_any_due
-- in:   now int
-- out:  id int
-- plan: uses outbox_by_urgency
SELECT id FROM outbox WHERE urgency IN (0, 1, 2) AND next <= ? LIMIT 1;

-- name: outbox_due
-- in:   urgency int, now int, limit int
-- out:  id int, created int, event text, unit_id int, ticket_id int, message_id int,
--       person_id int, actor_id int, recipient text, data text, state text, next int,
--       lease int, attempts int, answer text, urgency int, strand_id int
-- plan: uses outbox_by_urgency
SELECT id, created, event, unit_id, ticket_id, message_id, person_id, actor_id, recipient, data,
       state, next, lease, attempts, answer, urgency, strand_id
  FROM outbox WHERE urgency = ? AND next <= ? ORDER BY next, id LIMIT ?;

-- name: outbox_claim
-- in:   lease int, until int, id int, next int (as it was read)
-- plan: primary key
UPDATE outbox SET state = 'sending', lease = ?, next = ?, attempts = attempts + 1
 WHERE id = ? AND next = ?;

-- name: outbox_get
-- in:   id int
-- out:  id int, created int, event text, unit_id int, ticket_id int, message_id int,
--       person_id int, actor_id int, recipient text, data text, state text, next int,
--       lease int, attempts int, answer text, urgency int, strand_id int
-- plan: primary key
SELECT id, created, event, unit_id, ticket_id, message_id, person_id, actor_id, recipient, data,
       state, next, lease, attempts, answer, urgency, strand_id
  FROM outbox WHERE id = ?;

-- name: outbox_sent
-- in:   finished int, answer text, sent_text text, id int, lease int
-- plan: primary key
UPDATE outbox SET state = 'sent', next = NULL, lease = NULL, finished = ?, answer = ?, sent_text = ?
 WHERE id = ? AND lease = ? AND state = 'sending';

-- name: outbox_failed
-- in:   finished int, answer text, id int, lease int
-- plan: primary key
UPDATE outbox SET state = 'failed', next = NULL, lease = NULL, finished = ?, answer = ?
 WHERE id = ? AND lease = ? AND state = 'sending';

-- name: outbox_deferred
-- in:   next int, answer text, id int, lease int
-- plan: primary key
UPDATE outbox SET state = 'deferred', next = ?, lease = NULL, answer = ?
 WHERE id = ? AND lease = ? AND state = 'sending';

-- name: outbox_attempt
-- in:   id int, outbox_id int, at int, relay text, result text, code int, status text, answer text
INSERT INTO attempt (id, outbox_id, at, relay, result, code, status, answer)
VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: outbox_person_role
-- in:   id int
-- out:  role text
-- plan: primary key
SELECT role FROM person WHERE id = ?;

-- The state is set before the count: MariaDB reads a column that was set
-- further left in its new value, SQLite in its old one.
-- name: outbox_unclaim
-- in:   next int, lease int
-- plan: uses outbox_by_state
UPDATE outbox SET state = CASE WHEN attempts <= 1 THEN 'queued' ELSE 'deferred' END,
       next = ?, lease = NULL, attempts = attempts - 1
 WHERE state = 'sending' AND lease = ?;

-- name: outbox_unclaim_one
-- in:   next int, id int, lease int
-- plan: primary key
UPDATE outbox SET state = CASE WHEN attempts <= 1 THEN 'queued' ELSE 'deferred' END,
       next = ?, lease = NULL, attempts = attempts - 1
 WHERE id = ? AND lease = ? AND state = 'sending';

-- name: outbox_away
-- in:   next int, answer text, id int, lease int
-- plan: primary key
UPDATE outbox SET state = 'deferred', next = ?, lease = NULL, attempts = attempts - 1, answer = ?
 WHERE id = ? AND lease = ? AND state = 'sending';

-- name: outbox_extend
-- in:   until int, lease int
-- plan: uses outbox_by_state
UPDATE outbox SET next = ? WHERE state = 'sending' AND lease = ?;

-- name: outbox_next_due
-- in:   urgency int
-- out:  next int
-- plan: uses outbox_by_urgency
SELECT next FROM outbox WHERE urgency = ? AND next > 0 ORDER BY next LIMIT 1;

-- name: outbox_list
-- in:   state text, limit int
-- out:  id int, created int, event text, unit_id int, ticket_id int, message_id int,
--       person_id int, actor_id int, recipient text, data text, state text, next int,
--       lease int, attempts int, answer text, urgency int, strand_id int
-- plan: uses outbox_by_state
SELECT id, created, event, unit_id, ticket_id, message_id, person_id, actor_id, recipient, data,
       state, next, lease, attempts, answer, urgency, strand_id
  FROM outbox WHERE state = ? ORDER BY id LIMIT ?;

-- name: outbox_retry
-- in:   next int, id int
-- plan: primary key
UPDATE outbox SET state = CASE WHEN attempts = 0 THEN 'queued' ELSE 'deferred' END,
       next = ?, lease = NULL, finished = NULL
 WHERE id = ? AND state IN ('queued', 'deferred', 'failed', 'held');

-- name: outbox_hold
-- in:   id int
-- plan: primary key
UPDATE outbox SET state = 'held', next = NULL, lease = NULL
 WHERE id = ? AND state IN ('queued', 'deferred');

-- name: outbox_hold_claimed
-- in:   answer text, id int, lease int
-- plan: primary key
UPDATE outbox SET state = 'held', next = NULL, lease = NULL, answer = ?
 WHERE id = ? AND lease = ? AND state = 'sending';

-- name: outbox_cancel_claimed
-- in:   finished int, answer text, id int, lease int
-- plan: primary key
UPDATE outbox SET state = 'cancelled', next = NULL, lease = NULL, finished = ?, answer = ?
 WHERE id = ? AND lease = ? AND state = 'sending';

-- name: outbox_cancel
-- in:   finished int, id int
-- plan: primary key
UPDATE outbox SET state = 'cancelled', next = NULL, lease = NULL, finished = ?
 WHERE id = ? AND state IN ('queued', 'deferred', 'held');

-- name: outbox_flush
-- in:   next int, next int
-- plan: uses outbox_by_state
UPDATE outbox SET next = ? WHERE state = 'deferred' AND next > ?;
