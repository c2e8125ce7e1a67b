-- Side threads: a ticket's talk with a third party.

-- name: strand_add
-- in:   id int, ticket_id int, person_id int, by_id int, subject text, created int
INSERT INTO strand (id, ticket_id, person_id, by_id, subject, state, created)
VALUES (?, ?, ?, ?, ?, 'open', ?);

-- name: strand_get
-- in:   id int
-- out:  id int, ticket_id int, person_id int, by_id int, subject text, state text, created int
-- plan: primary key
SELECT id, ticket_id, person_id, by_id, subject, state, created FROM strand WHERE id = ?;

-- name: strand_of_ticket
-- in:   ticket_id int, limit int
-- out:  id int, ticket_id int, person_id int, by_id int, subject text, state text, created int
-- plan: uses strand_by_ticket
SELECT id, ticket_id, person_id, by_id, subject, state, created
  FROM strand WHERE ticket_id = ? ORDER BY id LIMIT ?;

-- name: strand_count
-- in:   ticket_id int
-- out:  n int
-- plan: uses strand_by_ticket
SELECT COUNT(*) FROM strand WHERE ticket_id = ?;

-- The newest strand of a ticket with somebody.
-- name: strand_of_party
-- in:   ticket_id int, person_id int
-- out:  id int
-- plan: uses strand_by_person
SELECT id FROM strand WHERE ticket_id = ? AND person_id = ? ORDER BY id DESC LIMIT 1;

-- name: strand_set_state
-- in:   state text, id int
-- plan: primary key
UPDATE strand SET state = ? WHERE id = ?;

-- A merge takes them along.
-- name: strand_move
-- in:   ticket_id int (to), ticket_id int (from)
-- plan: uses strand_by_ticket
UPDATE strand SET ticket_id = ? WHERE ticket_id = ?;

-- By the strand alone: a merge leaves entries and mails at the old ticket.
-- name: strand_entries
-- in:   strand_id int, limit int
-- out:  id int, kind text, author_id int, created int, text text
-- plan: uses message_by_strand
SELECT id, kind, author_id, created, COALESCE(visible, text)
  FROM message WHERE strand_id = ? ORDER BY id LIMIT ?;

-- What went to the third party before a mail: the thread as he knows it.
-- name: strand_sent
-- in:   strand_id int, id int (before it), person_id int, limit int
-- out:  id int, number int (of the ticket, as its Message-ID has it)
-- plan: uses outbox_by_strand, primary key of ticket
SELECT o.id, t.number
  FROM outbox o JOIN ticket t ON t.id = o.ticket_id
 WHERE o.strand_id = ? AND o.id < ? AND o.person_id = ? AND o.event = 'strand'
 ORDER BY o.id DESC LIMIT ?;

-- What he wrote, by its Message-ID, before an entry.
-- name: strand_heard
-- in:   strand_id int, id int (before it), author_id int, limit int
-- out:  id int, message_id text
-- plan: uses message_by_strand
SELECT id, message_id FROM message
 WHERE strand_id = ? AND id < ? AND author_id = ? AND message_id IS NOT NULL
 ORDER BY id DESC LIMIT ?;
