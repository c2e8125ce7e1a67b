-- Who may be told of an event: each query gives people with what decides
-- whether a notice can go to them.  Columns are the same in all of them.
--
--   person_id int, role text, address text ('' none), own int (the address is
--   a unit's: never written to), relation text, and a choice of his: event text
--   ('' all), channel text (NULL: he has made none), wanted int
--
-- A person comes in as many rows as he has made choices for this event and for
-- all events; they are next to each other where there is an order.  Blocked and
-- deleted people are left out here, so that nobody forgets it.

-- name: notice_people
-- in:   event text, person_id int, person_id int, person_id int (0: nobody)
-- out:  person_id int, role text, address text, own int, relation text,
--       choice_event text, choice_channel text, choice_wanted int
-- plan: primary key of person, primary key of notice_choice
SELECT p.id, p.role, COALESCE(a.written, ''), u.address IS NOT NULL, 'person',
       c.event, c.channel, c.wanted
  FROM person p
  LEFT JOIN person_address a ON a.person_id = p.id AND a.position = 0
  LEFT JOIN unit_address u ON u.address = a.address
  LEFT JOIN notice_choice c ON c.person_id = p.id AND c.event IN ('', ?)
 WHERE p.id IN (?, ?, ?) AND p.state = 'active';

-- name: notice_members
-- in:   event text, unit_id int, limit int
-- out:  person_id int, role text, address text, own int, relation text (member | head),
--       choice_event text, choice_channel text, choice_wanted int
-- plan: primary key of membership, primary key of notice_choice
SELECT p.id, p.role, COALESCE(a.written, ''), u.address IS NOT NULL,
       CASE WHEN m.is_head <> 0 THEN 'head' ELSE 'member' END,
       c.event, c.channel, c.wanted
  FROM membership m
  JOIN person p ON p.id = m.person_id
  LEFT JOIN person_address a ON a.person_id = p.id AND a.position = 0
  LEFT JOIN unit_address u ON u.address = a.address
  LEFT JOIN notice_choice c ON c.person_id = p.id AND c.event IN ('', ?)
 WHERE m.unit_id = ? AND p.state = 'active' AND p.role <> 'client'
 ORDER BY m.person_id
 LIMIT ?;

-- name: notice_participants
-- in:   event text, ticket_id int, limit int
-- out:  person_id int, role text, address text, own int, relation text (assignee | watcher | cc),
--       choice_event text, choice_channel text, choice_wanted int
-- plan: primary key of ticket_person, primary key of notice_choice
SELECT p.id, p.role, COALESCE(a.written, ''), u.address IS NOT NULL, t.relation,
       c.event, c.channel, c.wanted
  FROM ticket_person t
  JOIN person p ON p.id = t.person_id
  LEFT JOIN person_address a ON a.person_id = p.id AND a.position = 0
  LEFT JOIN unit_address u ON u.address = a.address
  LEFT JOIN notice_choice c ON c.person_id = p.id AND c.event IN ('', ?)
 WHERE t.ticket_id = ? AND p.state = 'active'
 ORDER BY t.person_id
 LIMIT ?;

-- name: notice_commenters
-- in:   event text, ticket_id int, limit int
-- out:  person_id int, role text, address text, own int, relation text,
--       choice_event text, choice_channel text, choice_wanted int
-- plan: uses message_by_ticket, primary key of notice_choice
SELECT p.id, p.role, COALESCE(a.written, ''), u.address IS NOT NULL, 'commenter',
       c.event, c.channel, c.wanted
  FROM person p
  LEFT JOIN person_address a ON a.person_id = p.id AND a.position = 0
  LEFT JOIN unit_address u ON u.address = a.address
  LEFT JOIN notice_choice c ON c.person_id = p.id AND c.event IN ('', ?)
 WHERE p.id IN (SELECT author_id FROM message WHERE ticket_id = ? AND strand_id IS NULL)
   AND p.state = 'active'
 LIMIT ?;

-- The oldest unit that can send: for mail that is about no ticket.
-- name: notice_sender
-- out:  unit_id int
-- plan: scans u (the first that has an address), uses unit_address_by_unit
SELECT u.id FROM unit u JOIN unit_address a ON a.unit_id = u.id AND a.position = 0
 WHERE u.state = 'active' ORDER BY u.id LIMIT 1;

-- name: notice_ticket_unit
-- in:   id int
-- out:  unit_id int
-- plan: primary key
SELECT unit_id FROM ticket WHERE id = ?;

-- name: notice_insert
-- in:   id int, created int, event text, unit_id int, ticket_id int, message_id int,
--       person_id int, actor_id int, recipient text, data text, next int, urgency int,
--       strand_id int
INSERT INTO outbox (id, created, event, channel, unit_id, ticket_id, message_id,
                    person_id, actor_id, recipient, data, state, next, attempts, answer,
                    urgency, strand_id)
VALUES (?, ?, ?, 'mail', ?, ?, ?, ?, ?, ?, ?, 'queued', ?, 0, '', ?, ?);

-- The notices of one event to many people in one statement.
-- name: notice_insert_many [sqlite]
-- in:   created int, event text, unit_id int, ticket_id int, message_id int, actor_id int,
--       data text, urgency int, strand_id int, rows text (JSON: [[id, person_id, recipient, next], …])
-- plan: scans json_each (a bounded list), scans row (the same)
INSERT INTO outbox (id, created, event, channel, unit_id, ticket_id, message_id,
                    person_id, actor_id, recipient, data, state, next, attempts, answer, urgency,
                    strand_id)
SELECT value ->> 0, ?, ?, 'mail', ?, ?, ?, value ->> 1, ?, value ->> 2, ?, 'queued', value ->> 3,
       0, '', ?, ?
  FROM json_each(?);
-- name: notice_insert_many [mariadb]
INSERT INTO outbox (id, created, event, channel, unit_id, ticket_id, message_id,
                    person_id, actor_id, recipient, data, state, next, attempts, answer, urgency,
                    strand_id)
SELECT row.id, ?, ?, 'mail', ?, ?, ?, row.person_id, ?, row.recipient, ?, 'queued', row.next,
       0, '', ?, ?
  FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$[0]', person_id BIGINT PATH '$[1]',
                  recipient VARCHAR(320) PATH '$[2]', next BIGINT PATH '$[3]')) AS row;

-- The notices of a ticket since a moment (ids grow with time): what a further
-- event may join.
-- name: notice_recent
-- in:   ticket_id int, id int (later ones), limit int
-- out:  id int, person_id int, created int, event text, state text, attempts int
-- plan: uses outbox_by_ticket
SELECT id, person_id, created, event, state, attempts
  FROM outbox WHERE ticket_id = ? AND id > ? AND strand_id IS NULL ORDER BY id DESC LIMIT ?;

-- A further event for a mail that nobody has claimed.  `next` changes, so that
-- a claim that has read the row without the event fails.
-- name: notice_join [sqlite]
-- in:   event text (JSON), id int, length int (of the data, past which it takes no more)
-- plan: primary key
UPDATE outbox
   SET data = json_insert(json_insert(data, '$.events', json('[]')), '$.events[#]', json(?)),
       next = next + 1
 WHERE id = ? AND state = 'queued' AND attempts = 0 AND LENGTH(data) < ?;
-- name: notice_join [mariadb]
UPDATE outbox
   SET data = JSON_ARRAY_APPEND(JSON_INSERT(data, '$.events', JSON_ARRAY()), '$.events',
                                JSON_COMPACT(?)),
       next = next + 1
 WHERE id = ? AND state = 'queued' AND attempts = 0 AND LENGTH(data) < ?;
