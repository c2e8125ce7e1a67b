-- Tickets.  A change asks for the version that the writer has read: the loser
-- of a race changes no row, and reads again.

-- name: ticket_get
-- in:   id int
-- out:  id int, number int, subject text, unit_id int, state text, locker_id int, priority int, requester_id int, author_id int, source text, merged_into int, refers_to int, created int, updated int, done int, version int, plan_id int, deadline int, waiting_until int, finisher_id int, is_named int, is_spam int, rating int, rating_text text
-- plan: primary key
SELECT id, number, subject, unit_id, state, locker_id, priority, requester_id, author_id, source,
       merged_into, refers_to, created, updated, done, version, plan_id, deadline, waiting_until,
       finisher_id, is_named, is_spam, rating, rating_text
  FROM ticket WHERE id = ?;

-- name: ticket_by_number
-- in:   number int
-- out:  id int, number int, subject text, unit_id int, state text, locker_id int, priority int, requester_id int, author_id int, source text, merged_into int, refers_to int, created int, updated int, done int, version int, plan_id int, deadline int, waiting_until int, finisher_id int, is_named int, is_spam int, rating int, rating_text text
-- plan: uses ticket_by_number
SELECT id, number, subject, unit_id, state, locker_id, priority, requester_id, author_id, source,
       merged_into, refers_to, created, updated, done, version, plan_id, deadline, waiting_until,
       finisher_id, is_named, is_spam, rating, rating_text
  FROM ticket WHERE number = ?;

-- name: ticket_add
-- in:   id int, number int, subject text, unit_id int, state text, priority int, requester_id int, author_id int, source text, refers_to int, created int, updated int, version int
INSERT INTO ticket (id, number, subject, unit_id, state, priority, requester_id, author_id, source,
                    refers_to, created, updated, version)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: ticket_set_state
-- in:   state text, locker_id int, done int, updated int, id int, version int
-- plan: primary key
UPDATE ticket SET state = ?, locker_id = ?, done = ?, updated = ?, version = version + 1
 WHERE id = ? AND version = ?;

-- Lists, newest change first.  The cursor is the last row of the page before:
-- its `updated` twice, then its id.  One statement for each index: what these
-- two do not cover (all states of a unit, one state of all units) is put
-- together from several runs of ticket_list_unit.

-- name: ticket_list_all
-- in:   updated int, updated int, id int, limit int
-- out:  id int, number int, subject text, unit_id int, state text, locker_id int, priority int, requester_id int, author_id int, source text, merged_into int, refers_to int, created int, updated int, done int, version int, plan_id int, deadline int, waiting_until int, finisher_id int, is_named int, is_spam int, rating int, rating_text text
-- plan: uses ticket_by_updated
SELECT id, number, subject, unit_id, state, locker_id, priority, requester_id, author_id, source,
       merged_into, refers_to, created, updated, done, version, plan_id, deadline, waiting_until,
       finisher_id, is_named, is_spam, rating, rating_text
  FROM ticket
 WHERE updated <= ? AND (updated < ? OR id < ?)
 ORDER BY updated DESC, id DESC LIMIT ?;

-- name: ticket_list_unit
-- in:   unit_id int, state text, updated int, updated int, id int, limit int
-- out:  id int, number int, subject text, unit_id int, state text, locker_id int, priority int, requester_id int, author_id int, source text, merged_into int, refers_to int, created int, updated int, done int, version int, plan_id int, deadline int, waiting_until int, finisher_id int, is_named int, is_spam int, rating int, rating_text text
-- plan: uses ticket_by_unit
SELECT id, number, subject, unit_id, state, locker_id, priority, requester_id, author_id, source,
       merged_into, refers_to, created, updated, done, version, plan_id, deadline, waiting_until,
       finisher_id, is_named, is_spam, rating, rating_text
  FROM ticket
 WHERE unit_id = ? AND state = ? AND updated <= ? AND (updated < ? OR id < ?)
 ORDER BY updated DESC, id DESC LIMIT ?;

-- Unit 0 and state '' stand for all: what one person asked for is few rows.
-- name: ticket_list_requester
-- in:   requester_id int, updated int, updated int, id int, unit_id int, unit_id int, state text, state text, limit int
-- out:  id int, number int, subject text, unit_id int, state text, locker_id int, priority int, requester_id int, author_id int, source text, merged_into int, refers_to int, created int, updated int, done int, version int, plan_id int, deadline int, waiting_until int, finisher_id int, is_named int, is_spam int, rating int, rating_text text
-- plan: uses ticket_by_requester
SELECT id, number, subject, unit_id, state, locker_id, priority, requester_id, author_id, source,
       merged_into, refers_to, created, updated, done, version, plan_id, deadline, waiting_until,
       finisher_id, is_named, is_spam, rating, rating_text
  FROM ticket
 WHERE requester_id = ? AND updated <= ? AND (updated < ? OR id < ?)
   AND (? = 0 OR unit_id = ?) AND (? = '' OR state = ?)
 ORDER BY updated DESC, id DESC LIMIT ?;

-- name: ticket_person_find
-- in:   ticket_id int, person_id int, relation text
-- out:  found int
-- plan: primary key
SELECT 1 FROM ticket_person WHERE ticket_id = ? AND person_id = ? AND relation = ?;

-- name: ticket_person_known
-- in:   ticket_id int, person_id int
-- out:  found int
-- plan: primary key
SELECT 1 FROM ticket_person WHERE ticket_id = ? AND person_id = ? LIMIT 1;

-- name: ticket_person_add
-- in:   ticket_id int, person_id int, relation text
INSERT INTO ticket_person (ticket_id, person_id, relation) VALUES (?, ?, ?);

-- name: ticket_person_of_ticket
-- in:   ticket_id int
-- out:  person_id int, relation text
-- plan: primary key
SELECT person_id, relation FROM ticket_person WHERE ticket_id = ? ORDER BY person_id, relation;

-- name: ticket_tag_of_ticket
-- in:   ticket_id int
-- out:  tag text
-- plan: primary key
SELECT tag FROM ticket_tag WHERE ticket_id = ? ORDER BY tag;

-- What became of the mails about the entries of a ticket.
-- name: ticket_delivery
-- in:   ticket_id int
-- out:  message_id int, recipient text, state text, answer text, time int
-- plan: uses outbox_by_ticket
SELECT message_id, recipient, state, answer, COALESCE(finished, created) AS time
  FROM outbox
 WHERE ticket_id = ? AND channel = 'mail' AND message_id IS NOT NULL
 ORDER BY id;

-- What somebody is to a ticket, beside what the ticket's own columns say.
-- name: ticket_relations
-- in:   ticket_id int, person_id int, unit_id int, person_id int
-- out:  relation text
-- plan: primary key
SELECT relation FROM ticket_person WHERE ticket_id = ? AND person_id = ?
UNION ALL
SELECT CASE WHEN is_head = 1 THEN 'head' ELSE 'member' END
  FROM membership WHERE unit_id = ? AND person_id = ?;
