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
-- in:   id int, number int, subject text, unit_id int, state text, priority int, requester_id int, author_id int, source text, refers_to int, created int, updated int, version int, plan_id int, deadline int, is_named int
INSERT INTO ticket (id, number, subject, unit_id, state, priority, requester_id, author_id, source,
                    refers_to, created, updated, version, plan_id, deadline, is_named)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- The plan of a unit's new tickets.
-- name: ticket_unit_plan
-- in:   unit_id int
-- out:  plan_id int
-- plan: primary key of unit, primary key of plan
SELECT p.id FROM unit u JOIN plan p ON p.id = u.plan_id WHERE u.id = ? AND p.state = 'active';

-- Where all tickets of an author go, and to whom there.
-- name: ticket_author_unit
-- in:   person_id int
-- out:  unit_id int
-- plan: primary key of person, primary key of unit
SELECT u.id FROM person p JOIN unit u ON u.id = p.default_unit_id
 WHERE p.id = ? AND u.state <> 'closed';

-- name: ticket_author_performers
-- in:   person_id int
-- out:  performer_id int
-- plan: primary key of person_default, primary key of person
SELECT d.performer_id FROM person_default d JOIN person p ON p.id = d.performer_id
 WHERE d.person_id = ? AND p.state = 'active' AND p.role <> 'client';

-- name: ticket_change
-- in:   state text, locker_id int, done int, finisher_id int, unit_id int, is_named int, priority int, plan_id int, deadline int, waiting_until int, is_spam int, merged_into int, subject text, rating int, rating_text text, updated int, id int, version int
-- plan: primary key
UPDATE ticket
   SET state = ?, locker_id = ?, done = ?, finisher_id = ?, unit_id = ?, is_named = ?, priority = ?,
       plan_id = ?, deadline = ?, waiting_until = ?, is_spam = ?, merged_into = ?, subject = ?,
       rating = ?, rating_text = ?, updated = ?, version = version + 1
 WHERE id = ? AND version = ?;

-- An entry more: nothing else changes.
-- name: ticket_touch
-- in:   updated int, id int, version int
-- plan: primary key
UPDATE ticket SET updated = ?, version = version + 1 WHERE id = ? AND version = ?;

-- What is still to be sent about a ticket is not sent.
-- name: ticket_cancel_mail
-- in:   finished int, ticket_id int
-- plan: uses outbox_by_ticket
UPDATE outbox SET state = 'cancelled', next = NULL, finished = ?
 WHERE ticket_id = ? AND state IN ('queued', 'deferred');

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

-- name: ticket_list_requester
-- in:   requester_id int, updated int, updated int, id int, limit int
-- out:  id int, number int, subject text, unit_id int, state text, locker_id int, priority int, requester_id int, author_id int, source text, merged_into int, refers_to int, created int, updated int, done int, version int, plan_id int, deadline int, waiting_until int, finisher_id int, is_named int, is_spam int, rating int, rating_text text
-- plan: uses ticket_by_requester
SELECT id, number, subject, unit_id, state, locker_id, priority, requester_id, author_id, source,
       merged_into, refers_to, created, updated, done, version, plan_id, deadline, waiting_until,
       finisher_id, is_named, is_spam, rating, rating_text
  FROM ticket
 WHERE requester_id = ? AND updated <= ? AND (updated < ? OR id < ?)
 ORDER BY updated DESC, id DESC LIMIT ?;

-- name: ticket_list_author
-- in:   author_id int, updated int, updated int, id int, limit int
-- out:  id int, number int, subject text, unit_id int, state text, locker_id int, priority int, requester_id int, author_id int, source text, merged_into int, refers_to int, created int, updated int, done int, version int, plan_id int, deadline int, waiting_until int, finisher_id int, is_named int, is_spam int, rating int, rating_text text
-- plan: uses ticket_by_author
SELECT id, number, subject, unit_id, state, locker_id, priority, requester_id, author_id, source,
       merged_into, refers_to, created, updated, done, version, plan_id, deadline, waiting_until,
       finisher_id, is_named, is_spam, rating, rating_text
  FROM ticket
 WHERE author_id = ? AND updated <= ? AND (updated < ? OR id < ?)
 ORDER BY updated DESC, id DESC LIMIT ?;

-- name: ticket_list_locker
-- in:   locker_id int, updated int, updated int, id int, limit int
-- out:  id int, number int, subject text, unit_id int, state text, locker_id int, priority int, requester_id int, author_id int, source text, merged_into int, refers_to int, created int, updated int, done int, version int, plan_id int, deadline int, waiting_until int, finisher_id int, is_named int, is_spam int, rating int, rating_text text
-- plan: uses ticket_by_locker
SELECT id, number, subject, unit_id, state, locker_id, priority, requester_id, author_id, source,
       merged_into, refers_to, created, updated, done, version, plan_id, deadline, waiting_until,
       finisher_id, is_named, is_spam, rating, rating_text
  FROM ticket
 WHERE locker_id = ? AND updated <= ? AND (updated < ? OR id < ?)
 ORDER BY updated DESC, id DESC LIMIT ?;

-- What somebody is entered at, and what bears a tag: these are sorted after they are found.
-- Of the newest tickets that somebody is entered at, so many: all that he ever had grow with
-- the years.
-- name: ticket_list_person
-- in:   person_id int, relation text, length int, updated int, updated int, id int, limit int
-- out:  id int, number int, subject text, unit_id int, state text, locker_id int, priority int, requester_id int, author_id int, source text, merged_into int, refers_to int, created int, updated int, done int, version int, plan_id int, deadline int, waiting_until int, finisher_id int, is_named int, is_spam int, rating int, rating_text text
-- plan: uses ticket_person_by_person, primary key of ticket, scans p (up to the length)
SELECT t.id, t.number, t.subject, t.unit_id, t.state, t.locker_id, t.priority, t.requester_id,
       t.author_id, t.source,
       t.merged_into, t.refers_to, t.created, t.updated, t.done, t.version, t.plan_id, t.deadline,
       t.waiting_until,
       t.finisher_id, t.is_named, t.is_spam, t.rating, t.rating_text
  FROM (SELECT ticket_id FROM ticket_person WHERE person_id = ? AND relation = ?
         ORDER BY ticket_id DESC LIMIT ?) AS p
  JOIN ticket t ON t.id = p.ticket_id
 WHERE t.updated <= ? AND (t.updated < ? OR t.id < ?)
 ORDER BY t.updated DESC, t.id DESC LIMIT ?;

-- name: ticket_list_tag
-- in:   tag text, updated int, updated int, id int, limit int
-- out:  id int, number int, subject text, unit_id int, state text, locker_id int, priority int, requester_id int, author_id int, source text, merged_into int, refers_to int, created int, updated int, done int, version int, plan_id int, deadline int, waiting_until int, finisher_id int, is_named int, is_spam int, rating int, rating_text text
-- plan: uses ticket_tag_by_tag, primary key of ticket
SELECT t.id, t.number, t.subject, t.unit_id, t.state, t.locker_id, t.priority, t.requester_id,
       t.author_id, t.source,
       t.merged_into, t.refers_to, t.created, t.updated, t.done, t.version, t.plan_id, t.deadline,
       t.waiting_until,
       t.finisher_id, t.is_named, t.is_spam, t.rating, t.rating_text
  FROM ticket_tag g JOIN ticket t ON t.id = g.ticket_id
 WHERE g.tag = ? AND t.updated <= ? AND (t.updated < ? OR t.id < ?)
 ORDER BY t.updated DESC, t.id DESC LIMIT ?;

-- The clients of the groups that somebody heads.
-- name: ticket_list_group
-- in:   person_id int
-- out:  person_id int
-- plan: uses client_group_member_by_person, primary key of client_group_member
SELECT DISTINCT m.person_id
  FROM client_group_member h JOIN client_group_member m ON m.group_id = h.group_id
 WHERE h.person_id = ? AND h.is_head = 1;

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

-- name: ticket_person_by_relation
-- in:   ticket_id int, relation text
-- out:  person_id int
-- plan: primary key
SELECT person_id FROM ticket_person WHERE ticket_id = ? AND relation = ?;

-- name: ticket_person_clear
-- in:   ticket_id int, relation text
-- plan: primary key
DELETE FROM ticket_person WHERE ticket_id = ? AND relation = ?;

-- name: ticket_person_unwatch
-- in:   ticket_id int, person_id int
-- plan: primary key
DELETE FROM ticket_person
 WHERE ticket_id = ? AND person_id = ? AND relation IN ('watcher', 'cc');

-- name: ticket_person_count
-- in:   ticket_id int
-- out:  n int
-- plan: primary key
SELECT COUNT(*) FROM ticket_person WHERE ticket_id = ?;

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

-- name: ticket_tag_find
-- in:   ticket_id int, tag text
-- out:  found int
-- plan: primary key
SELECT 1 FROM ticket_tag WHERE ticket_id = ? AND tag = ?;

-- name: ticket_tag_count
-- in:   ticket_id int
-- out:  n int
-- plan: primary key
SELECT COUNT(*) FROM ticket_tag WHERE ticket_id = ?;

-- name: ticket_tag_add
-- in:   ticket_id int, tag text
INSERT INTO ticket_tag (ticket_id, tag) VALUES (?, ?);

-- name: ticket_tag_drop
-- in:   ticket_id int, tag text
-- plan: primary key
DELETE FROM ticket_tag WHERE ticket_id = ? AND tag = ?;

-- name: ticket_plan
-- in:   id int
-- out:  name text, state text
-- plan: primary key
SELECT name, state FROM plan WHERE id = ?;

-- name: ticket_link_find
-- in:   ticket_id int, other_id int, ticket_id int, other_id int
-- out:  found int
-- plan: primary key
SELECT 1 FROM ticket_link
 WHERE (ticket_id = ? AND other_id = ?) OR (ticket_id = ? AND other_id = ?) LIMIT 1;

-- name: ticket_link_count
-- in:   ticket_id int
-- out:  n int
-- plan: primary key
SELECT COUNT(*) FROM ticket_link WHERE ticket_id = ?;

-- name: ticket_link_add
-- in:   ticket_id int, other_id int, created int
INSERT INTO ticket_link (ticket_id, other_id, created) VALUES (?, ?, ?);

-- name: ticket_link_drop
-- in:   ticket_id int, other_id int
-- plan: primary key
DELETE FROM ticket_link WHERE ticket_id = ? AND other_id = ?;

-- name: ticket_link_of_ticket
-- in:   ticket_id int, other_id int
-- out:  other_id int
-- plan: primary key, uses ticket_link_by_other
SELECT other_id FROM ticket_link WHERE ticket_id = ?
UNION
SELECT ticket_id FROM ticket_link WHERE other_id = ?;

-- name: ticket_merged_count
-- in:   merged_into int
-- out:  n int
-- plan: uses ticket_by_merged
SELECT COUNT(*) FROM ticket WHERE merged_into = ?;

-- name: ticket_merged_list
-- in:   merged_into int
-- out:  id int
-- plan: uses ticket_by_merged
SELECT id FROM ticket WHERE merged_into = ? ORDER BY id;

-- name: ticket_merged_move
-- in:   merged_into int, merged_into int (until now)
-- plan: uses ticket_by_merged
UPDATE ticket SET merged_into = ? WHERE merged_into = ?;

-- Who is entered at a ticket or wrote on it; third parties of side threads are not.
-- name: ticket_people
-- in:   ticket_id int, ticket_id int
-- out:  person_id int
-- plan: primary key, uses message_by_ticket
SELECT person_id FROM ticket_person WHERE ticket_id = ?
UNION
SELECT author_id FROM message WHERE ticket_id = ? AND strand_id IS NULL;

-- name: ticket_tag_join
-- in:   ticket_id int (that gets them), ticket_id int, ticket_id int (the first again)
-- plan: primary key
INSERT INTO ticket_tag (ticket_id, tag)
SELECT ?, t.tag FROM ticket_tag t
 WHERE t.ticket_id = ?
   AND NOT EXISTS (SELECT 1 FROM ticket_tag known WHERE known.ticket_id = ? AND known.tag = t.tag);

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
