-- Archiving, reminders, digests.

-- name: archive_due
-- in:   done int, limit int
-- out:  id int
-- plan: uses ticket_by_done
SELECT id FROM ticket WHERE state = 'done' AND done <= ? ORDER BY done LIMIT ?;

-- What staff said last to the customer.
-- name: reminder_entry
-- in:   ticket_id int
-- out:  id int
-- plan: uses message_by_ticket
SELECT id FROM message
 WHERE ticket_id = ? AND kind = 'reply' AND visibility = 'public' AND strand_id IS NULL
 ORDER BY id DESC LIMIT 1;

-- Who wants a digest, and when he will get it.
-- name: digest_people
-- in:   id int, limit int
-- out:  id int, digest text, timezone text, due int
-- plan: uses person_by_digest, timer_by_subject
SELECT p.id, p.digest, p.timezone, t.due
  FROM person p
  LEFT JOIN timer t ON t.subject_id = p.id AND t.kind = 'digest'
 WHERE p.digest IN ('daily', 'weekly') AND p.id > ? AND p.state = 'active'
 ORDER BY p.id LIMIT ?;

-- name: digest_choice
-- in:   id int
-- out:  digest text, timezone text, role text
-- plan: primary key
SELECT digest, timezone, role FROM person WHERE id = ? AND state = 'active';

-- name: digest_free
-- in:   person_id int, limit int
-- out:  number int, subject text
-- plan: uses membership_by_person, ticket_by_unit
SELECT t.number, t.subject
  FROM membership m CROSS JOIN ticket t ON t.unit_id = m.unit_id
 WHERE m.person_id = ? AND t.state = 'free' AND t.is_named = 0
 ORDER BY t.created + 0 LIMIT ?;

-- name: digest_mine
-- in:   person_id int, person_id int, limit int
-- out:  number int, subject text
-- plan: uses ticket_by_locker, ticket_person_by_person
SELECT number, subject FROM ticket WHERE locker_id = ? AND state = 'locked'
UNION
SELECT t.number, t.subject FROM ticket_person p JOIN ticket t ON t.id = p.ticket_id
 WHERE p.person_id = ? AND p.relation = 'assignee' AND t.state = 'free'
 ORDER BY 1 LIMIT ?;

-- name: digest_overdue
-- in:   person_id int, due int, limit int
-- out:  number int, subject text
-- plan: uses membership_by_person, ticket_by_unit
SELECT DISTINCT t.number, t.subject
  FROM membership m CROSS JOIN ticket t ON t.unit_id = m.unit_id
 CROSS JOIN clock c ON c.ticket_id = t.id
 WHERE m.person_id = ? AND t.state IN ('free', 'locked', 'waiting')
   AND c.span > 0 AND c.state <> 'ended' AND (c.used >= c.span OR c.due <= ?)
 ORDER BY t.number LIMIT ?;

-- name: digest_waiting
-- in:   person_id int, limit int
-- out:  number int, subject text
-- plan: uses membership_by_person, ticket_by_unit
SELECT t.number, t.subject
  FROM membership m CROSS JOIN ticket t ON t.unit_id = m.unit_id
 WHERE m.person_id = ? AND t.state = 'waiting'
 ORDER BY t.created + 0 LIMIT ?;

-- What a client asked for.
-- name: digest_asked
-- in:   requester_id int, limit int
-- out:  number int, subject text
-- plan: uses ticket_by_requester
SELECT number, subject FROM ticket
 WHERE requester_id = ? AND state IN ('free', 'locked', 'waiting') AND is_spam = 0
 ORDER BY updated DESC LIMIT ?;
