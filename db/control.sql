-- Control by mail: what is asked of the desk, and taking it back.

-- name: control_answers
-- in:   ticket_id int, person_id int, since int
-- out:  n int
-- plan: uses outbox_by_ticket
SELECT COUNT(*) FROM outbox
 WHERE ticket_id = ? AND person_id = ? AND event = 'command-result' AND created >= ?;

-- name: control_last_of_none
-- in:   limit int
-- out:  person_id int, event text, created int
-- plan: uses outbox_by_ticket
SELECT person_id, event, created FROM outbox WHERE ticket_id IS NULL ORDER BY id DESC LIMIT ?;

-- name: undo_event
-- in:   event_id int, ticket_id int
-- out:  actor_id int, data text
-- plan: primary key of event
SELECT actor_id, data FROM event WHERE id = ? AND ticket_id = ? AND kind = 'commanded';

-- name: undo_done
-- in:   ticket_id int, event_id int (that is taken back)
-- out:  data text
-- plan: uses event_by_ticket
SELECT data FROM event WHERE ticket_id = ? AND id > ? AND kind = 'undone';

-- name: undo_person_drop
-- in:   ticket_id int, person_id int, relation text
-- plan: primary key
DELETE FROM ticket_person WHERE ticket_id = ? AND person_id = ? AND relation = ?;
