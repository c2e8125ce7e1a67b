-- Mail in: one row for each accepted mail.

-- Who holds a dedupe key, and which other mail has the same Message-ID; both
-- in one round trip.  `self` is the row that is filed again, or 0.
-- name: inbound_claim
-- in:   dedupe text, self int, message_id text ('' finds nothing), self int
-- out:  same int (1: the same mail), id int, raw_id int, ticket_id int, ticket_number int, entry_id int
-- plan: uses inbound_by_dedupe, inbound_by_message_id, scans o (one row)
SELECT 1, i.id, i.raw_id, i.ticket_id, t.number, i.entry_id
  FROM inbound i LEFT JOIN ticket t ON t.id = i.ticket_id
 WHERE i.dedupe = ? AND i.id <> ?
UNION ALL
SELECT 0, o.id, 0, 0, 0, 0
  FROM (SELECT id FROM inbound
         WHERE message_id = ? AND message_id <> '' AND id <> ?
         LIMIT 1) AS o;

-- name: inbound_add
-- in:   id int, received int, source text, mail_from text, rcpt_to text, header_from text,
--       subject text, message_id text, dedupe text, outcome text, reason text, ticket_id int,
--       entry_id int, size int, raw_id int, trace text
INSERT INTO inbound (id, received, source, mail_from, rcpt_to, header_from, subject, message_id,
                     dedupe, outcome, reason, ticket_id, entry_id, size, raw_id, trace)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- Only a held mail is filed again: the loser of a race changes nothing.
-- name: inbound_refile
-- in:   header_from text, subject text, message_id text, dedupe text, outcome text, reason text,
--       ticket_id int, entry_id int, trace text, id int
-- plan: primary key
UPDATE inbound
   SET header_from = ?, subject = ?, message_id = ?, dedupe = ?, outcome = ?, reason = ?,
       ticket_id = ?, entry_id = ?, trace = ?
 WHERE id = ? AND outcome = 'held';

-- name: inbound_drop
-- in:   reason text, id int
-- plan: primary key
UPDATE inbound SET outcome = 'discarded', reason = ? WHERE id = ? AND outcome = 'held';

-- name: inbound_get
-- in:   id int
-- out:  id int, received int, source text, mail_from text, rcpt_to text, header_from text, subject text, message_id text, outcome text, reason text, ticket_id int, ticket_number int, entry_id int, size int, raw_id int, trace text
-- plan: primary key
SELECT i.id, i.received, i.source, i.mail_from, i.rcpt_to, i.header_from, i.subject, i.message_id,
       i.outcome, i.reason, i.ticket_id, t.number, i.entry_id, i.size, i.raw_id, i.trace
  FROM inbound i LEFT JOIN ticket t ON t.id = i.ticket_id
 WHERE i.id = ?;

-- name: inbound_list
-- in:   before int, limit int
-- out:  id int, received int, source text, mail_from text, rcpt_to text, header_from text, subject text, message_id text, outcome text, reason text, ticket_id int, ticket_number int, entry_id int, size int, raw_id int, trace text
-- plan: primary key
SELECT i.id, i.received, i.source, i.mail_from, i.rcpt_to, i.header_from, i.subject, i.message_id,
       i.outcome, i.reason, i.ticket_id, t.number, i.entry_id, i.size, i.raw_id, i.trace
  FROM inbound i LEFT JOIN ticket t ON t.id = i.ticket_id
 WHERE i.id < ?
 ORDER BY i.id DESC
 LIMIT ?;

-- name: inbound_list_outcome
-- in:   outcome text, before int, limit int
-- out:  id int, received int, source text, mail_from text, rcpt_to text, header_from text, subject text, message_id text, outcome text, reason text, ticket_id int, ticket_number int, entry_id int, size int, raw_id int, trace text
-- plan: uses inbound_by_outcome
SELECT i.id, i.received, i.source, i.mail_from, i.rcpt_to, i.header_from, i.subject, i.message_id,
       i.outcome, i.reason, i.ticket_id, t.number, i.entry_id, i.size, i.raw_id, i.trace
  FROM inbound i LEFT JOIN ticket t ON t.id = i.ticket_id
 WHERE i.outcome = ? AND i.id < ?
 ORDER BY i.id DESC
 LIMIT ?;

-- name: inbound_by_message_id
-- in:   message_id text (without <>), limit int
-- out:  id int, received int, source text, mail_from text, rcpt_to text, header_from text, subject text, message_id text, outcome text, reason text, ticket_id int, ticket_number int, entry_id int, size int, raw_id int, trace text
-- plan: uses inbound_by_message_id
SELECT i.id, i.received, i.source, i.mail_from, i.rcpt_to, i.header_from, i.subject, i.message_id,
       i.outcome, i.reason, i.ticket_id, t.number, i.entry_id, i.size, i.raw_id, i.trace
  FROM inbound i LEFT JOIN ticket t ON t.id = i.ticket_id
 WHERE i.message_id = ?
 ORDER BY i.id DESC
 LIMIT ?;

-- By sender, among the newest rows only: an index on the sender would cost
-- each mail a write, for a question that a person asks now and then.
-- name: inbound_by_sender
-- in:   newest int, header_from text (small letters), mail_from text, limit int
-- out:  id int, received int, source text, mail_from text, rcpt_to text, header_from text, subject text, message_id text, outcome text, reason text, ticket_id int, ticket_number int, entry_id int, size int, raw_id int, trace text
-- plan: scans inbound (the newest rows, a bounded number), scans newest (the same), primary key
SELECT i.id, i.received, i.source, i.mail_from, i.rcpt_to, i.header_from, i.subject, i.message_id,
       i.outcome, i.reason, i.ticket_id, t.number, i.entry_id, i.size, i.raw_id, i.trace
  FROM (SELECT id FROM inbound ORDER BY id DESC LIMIT ?) AS newest
  JOIN inbound i ON i.id = newest.id
  LEFT JOIN ticket t ON t.id = i.ticket_id
 WHERE LOWER(i.header_from) = ? OR LOWER(i.mail_from) = ?
 ORDER BY i.id DESC
 LIMIT ?;
