-- What was said on a ticket, the files of it, and the history.

-- name: message_add
-- in:   id int, ticket_id int, kind text, visibility text, author_id int, created int, text text, visible text, html text, message_id text, proof text, raw_id int, encrypted int, strand_id int
INSERT INTO message (id, ticket_id, kind, visibility, author_id, created, text, visible, html,
                     message_id, proof, raw_id, encrypted, strand_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: message_get
-- in:   id int
-- out:  ticket_id int, visibility text, author_id int, text text, visible text (NULL: the whole text), html text, strand_id int
-- plan: primary key
SELECT ticket_id, visibility, author_id, text, visible, html, strand_id FROM message WHERE id = ?;

-- What is said to the customer or by him.
-- name: message_last_public
-- in:   ticket_id int
-- out:  id int
-- plan: uses message_by_ticket
SELECT id FROM message
 WHERE ticket_id = ? AND visibility = 'public' AND strand_id IS NULL
 ORDER BY id DESC LIMIT 1;

-- name: message_first
-- in:   ticket_id int
-- out:  id int
-- plan: uses message_by_ticket
SELECT id FROM message WHERE ticket_id = ? AND strand_id IS NULL ORDER BY id LIMIT 1;

-- name: message_movable_author
-- in:   id int, ticket_id int
-- out:  author_id int
-- plan: primary key
SELECT author_id FROM message WHERE id = ? AND ticket_id = ? AND strand_id IS NULL;

-- Entries that go to another ticket, from one on; then what hangs on them.
-- name: message_move
-- in:   ticket_id int (new), ticket_id int, id int
-- plan: uses message_by_ticket
UPDATE message SET ticket_id = ? WHERE ticket_id = ? AND id >= ? AND strand_id IS NULL;

-- name: inbound_move
-- in:   ticket_id int (new), ticket_id int, entry_id int
-- plan: uses inbound_by_ticket, primary key
UPDATE inbound SET ticket_id = ?
 WHERE ticket_id = ? AND entry_id >= ?
   AND NOT EXISTS (SELECT 1 FROM message m WHERE m.id = entry_id AND m.strand_id IS NOT NULL);

-- name: outbox_move
-- in:   ticket_id int (new), ticket_id int, message_id int
-- plan: uses outbox_by_ticket
UPDATE outbox SET ticket_id = ? WHERE ticket_id = ? AND message_id >= ? AND strand_id IS NULL;

-- name: feed_move
-- in:   ticket_id int (new), ticket_id int, message_id int
-- plan: uses feed_by_ticket
UPDATE feed SET ticket_id = ? WHERE ticket_id = ? AND message_id >= ?;

-- name: message_edit
-- in:   text text, edited int, id int
-- plan: primary key
UPDATE message SET text = ?, visible = NULL, html = NULL, edited = ? WHERE id = ?;

-- name: message_edition_add
-- in:   id int, message_id int, at int, by_id int, text text, visible text, html text
INSERT INTO message_edition (id, message_id, at, by_id, text, visible, html)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- The older texts of an entry, the newest of them last.
-- name: message_editions
-- in:   message_id int, ticket_id int (its ticket)
-- out:  at int (until when it said so), by_id int (who changed it), text text, visible text (NULL: the whole text)
-- plan: uses message_edition_by_message, message_by_ticket
SELECT e.at, e.by_id, e.text, e.visible
  FROM message m JOIN message_edition e ON e.message_id = m.id
 WHERE m.id = ? AND m.ticket_id = ?
 ORDER BY e.id;

-- name: message_of_ticket
-- in:   ticket_id int
-- out:  id int, kind text, visibility text, author_id int, created int, text text, visible text (NULL: the whole text), encrypted int, edited int, strand_id int
-- plan: uses message_by_ticket
SELECT id, kind, visibility, author_id, created, text, visible, encrypted, edited, strand_id
  FROM message WHERE ticket_id = ? ORDER BY id;

-- The first mail that came with a Message-ID: a second one with the same is a
-- copy or a forgery.
-- name: message_ticket_by_message_id
-- in:   message_id text (without <>)
-- out:  ticket_id int
-- plan: uses message_by_message_id
SELECT ticket_id FROM message WHERE message_id = ? ORDER BY id LIMIT 1;

-- Whoever wrote on the ticket itself: a side thread makes nobody a part of it.
-- name: message_author_known
-- in:   ticket_id int, author_id int
-- out:  found int
-- plan: uses message_by_author
SELECT 1 FROM message WHERE ticket_id = ? AND author_id = ? AND strand_id IS NULL LIMIT 1;

-- name: attachment_add
-- in:   id int, message_id int, position int, name text, type text, size int, content_id text, is_inline int, sha256 text, raw_id int, part text, start int, length int, encoding text
INSERT INTO attachment (id, message_id, position, name, type, size, content_id, is_inline, sha256,
                        raw_id, part, start, length, encoding)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: attachment_of_ticket
-- in:   ticket_id int
-- out:  message_id int, id int, name text, type text, size int, content_id text, is_inline int, sha256 text
-- plan: uses message_by_ticket, attachment_by_message
SELECT a.message_id, a.id, a.name, a.type, a.size, a.content_id, a.is_inline, a.sha256
  FROM message m JOIN attachment a ON a.message_id = m.id
 WHERE m.ticket_id = ?
 ORDER BY m.id, a.position;

-- name: event_add
-- in:   id int, ticket_id int, at int, kind text, actor_id int, message_id int, data text
INSERT INTO event (id, ticket_id, at, kind, actor_id, message_id, data)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: event_of_ticket
-- in:   ticket_id int
-- out:  id int, at int, kind text, actor_id int (NULL: the system), data text
-- plan: uses event_by_ticket
SELECT id, at, kind, actor_id, data FROM event WHERE ticket_id = ? ORDER BY id;

-- name: event_created
-- in:   ticket_id int
-- out:  data text
-- plan: uses event_by_ticket
SELECT data FROM event WHERE ticket_id = ? AND kind = 'created' ORDER BY id LIMIT 1;

-- Who did it last: for the loser of a race.
-- name: event_last_actor
-- in:   ticket_id int, kind text
-- out:  actor_id int (NULL: the system)
-- plan: uses event_by_ticket
SELECT actor_id FROM event WHERE ticket_id = ? AND kind = ? ORDER BY id DESC LIMIT 1;
