-- All that is stored about a person.

-- name: person_export_choices
-- in:   person_id int
-- out:  event text, channel text, wanted int
-- plan: primary key
SELECT event, channel, wanted FROM notice_choice WHERE person_id = ? ORDER BY event, channel;

-- name: person_export_tickets
-- in:   requester_id int
-- out:  id int, number int, subject text, state text, created int, done int, unit text, rating int, rating_text text
-- plan: uses ticket_by_requester, primary key
SELECT t.id, t.number, t.subject, t.state, t.created, t.done, u.name AS unit, t.rating,
       t.rating_text
  FROM ticket t JOIN unit u ON u.id = t.unit_id
 WHERE t.requester_id = ? ORDER BY t.id;

-- name: person_export_entries
-- in:   ticket_id int
-- out:  id int, kind text, created int, text text, author text, author_role text, author_id int
-- plan: uses message_by_ticket, primary key
SELECT m.id, m.kind, m.created, m.text, p.name AS author, p.role AS author_role, m.author_id
  FROM message m JOIN person p ON p.id = m.author_id
 WHERE m.ticket_id = ? AND m.visibility = 'public' AND m.strand_id IS NULL ORDER BY m.id;

-- name: person_export_messages
-- in:   author_id int
-- out:  id int, number int, kind text, visibility text, created int, text text, message_id text, has_raw int
-- plan: uses message_by_author, primary key
SELECT m.id, t.number, m.kind, m.visibility, m.created, m.text, m.message_id,
       m.raw_id IS NOT NULL AS has_raw
  FROM message m JOIN ticket t ON t.id = m.ticket_id
 WHERE m.author_id = ? ORDER BY m.id;

-- name: person_export_events
-- in:   actor_id int
-- out:  number int, at int, kind text, data text
-- plan: uses event_by_actor, primary key
SELECT t.number, e.at, e.kind, e.data
  FROM event e JOIN ticket t ON t.id = e.ticket_id
 WHERE e.actor_id = ? ORDER BY e.at, e.id;

-- name: person_export_notices
-- in:   person_id int
-- out:  event text, channel text, recipient text, state text, created int, finished int
-- plan: uses outbox_by_person
SELECT event, channel, recipient, state, created, finished FROM outbox WHERE person_id = ? ORDER BY id;

-- name: person_export_files
-- in:   message_id int
-- out:  name text, type text, size int
-- plan: uses attachment_by_message
SELECT name, type, size FROM attachment WHERE message_id = ? ORDER BY position;
