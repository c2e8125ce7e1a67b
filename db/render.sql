-- What an outgoing mail is made of; read-only, by the spooler.

-- name: render_ticket
-- in:   id int
-- out:  number int, subject text, state text, priority int, created int
-- plan: primary key
SELECT number, subject, state, priority, created FROM ticket WHERE id = ?;

-- The first mail of a ticket is the root of its thread.
-- name: render_root
-- in:   ticket_id int
-- out:  message_id text (NULL: the first entry is no mail), visibility text
-- plan: uses message_by_ticket
SELECT message_id, visibility FROM message WHERE ticket_id = ? ORDER BY id LIMIT 1;

-- name: render_unit
-- in:   id int
-- out:  name text, signature text, language text, address text (NULL: none)
-- plan: primary key of unit, uses unit_address_by_unit
SELECT u.name, u.signature, u.language, a.address
  FROM unit u LEFT JOIN unit_address a ON a.unit_id = u.id AND a.position = 0
 WHERE u.id = ?;

-- name: render_person
-- in:   id int
-- out:  name text, role text, language text, timezone text, address text (NULL: none),
--       state text
-- plan: primary key of person, uses person_address_by_person
SELECT p.name, p.role, p.language, p.timezone, a.written, p.state
  FROM person p LEFT JOIN person_address a ON a.person_id = p.id AND a.position = 0
 WHERE p.id = ?;

-- name: render_entry
-- in:   id int
-- out:  author_id int, visibility text, created int, text text, raw_id int, strand_id int
-- plan: primary key
SELECT author_id, visibility, created, COALESCE(visible, text), raw_id, strand_id FROM message WHERE id = ?;

-- name: render_thread
-- in:   ticket_id int, message_id int (the newest that counts), limit int
-- out:  message_id text, role text (of the author)
-- plan: uses message_by_ticket
SELECT m.message_id, p.role
  FROM message m JOIN person p ON p.id = m.author_id
 WHERE m.ticket_id = ? AND m.id <= ? AND m.visibility = 'public' AND m.message_id IS NOT NULL
 ORDER BY m.id DESC LIMIT ?;

-- name: render_files
-- in:   message_id int, limit int
-- out:  name text, type text, size int, content_id text, raw_id int, start int, length int,
--       encoding text
-- plan: uses attachment_by_message
SELECT name, type, size, content_id, raw_id, start, length, encoding
  FROM attachment WHERE message_id = ? ORDER BY position LIMIT ?;

-- name: render_plan
-- in:   id int
-- out:  name text
-- plan: primary key
SELECT name FROM plan WHERE id = ?;

-- name: render_mailing
-- in:   id int
-- out:  subject text, text text, html text
-- plan: primary key
SELECT subject, text, html FROM mailing WHERE id = ?;

-- name: render_strand
-- in:   id int
-- out:  subject text
-- plan: primary key
SELECT subject FROM strand WHERE id = ?;
