-- What the way of a mail in asks before it decides.  A mail that opens a
-- ticket costs one of these, so several questions share a statement.

-- Which of these addresses are a unit's; unused places are ''.
-- name: route_addresses
-- in:   address text (small letters), address text, address text, address text,
--       address text, address text, address text, address text
-- out:  address text, unit_id int, name text, state text
-- plan: primary key of unit_address, primary key of unit
SELECT a.address, u.id, u.name, u.state
  FROM unit_address a JOIN unit u ON u.id = a.unit_id
 WHERE a.address IN (?, ?, ?, ?, ?, ?, ?, ?);

-- The oldest ticket that holds each Message-ID: a later one is a copy or a
-- forgery.  A side thread has it only if nothing else has.  Unused places are ''.
-- name: match_message_ids
-- in:   message_id text (without <>), message_id text, message_id text, message_id text,
--       message_id text, message_id text, message_id text, message_id text
-- out:  message_id text, ticket_id int, strand_id int (0: none)
-- plan: uses message_by_message_id
SELECT message_id, MIN(ticket_id), MIN(COALESCE(strand_id, 0))
  FROM message
 WHERE message_id IN (?, ?, ?, ?, ?, ?, ?, ?)
 GROUP BY message_id;

-- What an outgoing mail was about: for bounces and answers to it.
-- name: match_outbox
-- in:   id int
-- out:  ticket_id int, person_id int, recipient text, event text, strand_id int
-- plan: primary key
SELECT ticket_id, person_id, recipient, event, strand_id FROM outbox WHERE id = ?;

-- What an outgoing mail said.
-- name: match_sent_text
-- in:   id int
-- out:  sent_text text (NULL: never sent)
-- plan: primary key
SELECT sent_text FROM outbox WHERE id = ?;

-- What we sent somebody last about a ticket: for an answer whose program left
-- the Message-ID out.
-- name: match_last_sent_text
-- in:   ticket_id int, person_id int, strand_id int (0: the ticket itself)
-- out:  sent_text text
-- plan: uses outbox_by_ticket
SELECT sent_text FROM outbox
 WHERE ticket_id = ? AND person_id = ? AND COALESCE(strand_id, 0) = ? AND sent_text IS NOT NULL
 ORDER BY id DESC LIMIT 1;

-- What somebody's mail said: people who have it by Cc answer
-- it, and so its text is the one that they quote.
-- name: match_stored_text
-- in:   length int (characters), message_id text (without <>)
-- out:  text text
-- plan: uses message_by_message_id
SELECT SUBSTR(text, 1, ?) FROM message WHERE message_id = ? ORDER BY id LIMIT 1;

-- Which of a ticket's newest entries are somebody's, of late, and how they begin.
-- name: guard_recent_entries
-- in:   length int (characters), ticket_id int, limit int, author_id int, since int
-- out:  created int, ticket_id int, text text
-- plan: uses message_by_ticket, primary key, scans recent (up to the limit)
SELECT m.created, m.ticket_id, SUBSTR(COALESCE(m.visible, m.text), 1, ?)
  FROM (SELECT id FROM message
         WHERE ticket_id = ?
         ORDER BY id DESC
         LIMIT ?) AS recent
  JOIN message m ON m.id = recent.id
 WHERE m.author_id = ? AND m.created >= ?
 ORDER BY m.id DESC;

-- The tickets that somebody opened lately, and how they begin.
-- name: guard_recent_openings
-- in:   length int (characters), requester_id int, since int, since int, limit int
-- out:  created int, ticket_id int, text text (NULL: it has no entry)
-- plan: uses ticket_by_requester, message_by_ticket
SELECT t.created, t.id,
       (SELECT SUBSTR(COALESCE(m.visible, m.text), 1, ?) FROM message m
         WHERE m.ticket_id = t.id ORDER BY m.id LIMIT 1)
  FROM ticket t
 WHERE t.requester_id = ? AND t.updated >= ? AND t.created >= ?
 ORDER BY t.updated DESC
 LIMIT ?;

-- When something happened to a ticket last.
-- name: event_last_at
-- in:   ticket_id int, kind text
-- out:  at int
-- plan: uses event_by_ticket
SELECT at FROM event WHERE ticket_id = ? AND kind = ? ORDER BY id DESC LIMIT 1;

-- How sure it must be that a mail is from staff before the unit does what it says.
-- name: match_command_proof
-- in:   id int
-- out:  command_proof text
-- plan: primary key
SELECT command_proof FROM unit WHERE id = ?;
