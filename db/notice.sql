-- Who may be told of an event: each query gives people with what decides
-- whether a notice can go to them.  Columns are the same in all of them.
--
--   person_id int, role text, address text ('' none), own int (the address is
--   a unit's: never written to), relation text
--
-- Blocked and deleted people are left out here, so that nobody forgets it.

-- name: notice_people
-- in:   person_id int, person_id int, person_id int (0: nobody)
-- out:  person_id int, role text, address text, own int, relation text
-- plan: primary key of person
SELECT p.id, p.role, COALESCE(a.written, ''), u.address IS NOT NULL, 'person'
  FROM person p
  LEFT JOIN person_address a ON a.person_id = p.id AND a.position = 0
  LEFT JOIN unit_address u ON u.address = a.address
 WHERE p.id IN (?, ?, ?) AND p.state = 'active';

-- name: notice_members
-- in:   unit_id int, limit int
-- out:  person_id int, role text, address text, own int, relation text (member | head)
-- plan: primary key of membership
SELECT p.id, p.role, COALESCE(a.written, ''), u.address IS NOT NULL,
       CASE WHEN m.is_head <> 0 THEN 'head' ELSE 'member' END
  FROM membership m
  JOIN person p ON p.id = m.person_id
  LEFT JOIN person_address a ON a.person_id = p.id AND a.position = 0
  LEFT JOIN unit_address u ON u.address = a.address
 WHERE m.unit_id = ? AND p.state = 'active' AND p.role <> 'client'
 ORDER BY m.person_id
 LIMIT ?;

-- name: notice_participants
-- in:   ticket_id int, limit int
-- out:  person_id int, role text, address text, own int, relation text (assignee | watcher | cc)
-- plan: primary key of ticket_person
SELECT p.id, p.role, COALESCE(a.written, ''), u.address IS NOT NULL, t.relation
  FROM ticket_person t
  JOIN person p ON p.id = t.person_id
  LEFT JOIN person_address a ON a.person_id = p.id AND a.position = 0
  LEFT JOIN unit_address u ON u.address = a.address
 WHERE t.ticket_id = ? AND p.state = 'active'
 ORDER BY t.person_id
 LIMIT ?;

-- name: notice_commenters
-- in:   ticket_id int, limit int
-- out:  person_id int, role text, address text, own int, relation text
-- plan: uses message_by_ticket
SELECT p.id, p.role, COALESCE(a.written, ''), u.address IS NOT NULL, 'commenter'
  FROM person p
  LEFT JOIN person_address a ON a.person_id = p.id AND a.position = 0
  LEFT JOIN unit_address u ON u.address = a.address
 WHERE p.id IN (SELECT author_id FROM message WHERE ticket_id = ?) AND p.state = 'active'
 LIMIT ?;

-- name: notice_insert
-- in:   id int, created int, event text, unit_id int, ticket_id int, message_id int,
--       person_id int, actor_id int, recipient text, data text, next int
INSERT INTO outbox (id, created, event, channel, unit_id, ticket_id, message_id,
                    person_id, actor_id, recipient, data, state, next, attempts, answer)
VALUES (?, ?, ?, 'mail', ?, ?, ?, ?, ?, ?, ?, 'queued', ?, 0, '');
