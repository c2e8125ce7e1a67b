-- What became of mails out, for people who ask.

-- name: attempt_list
-- in:   outbox_id int
-- out:  at int, relay text, result text, code int, status text, answer text
-- plan: uses attempt_by_outbox
SELECT at, relay, result, code, status, answer FROM attempt WHERE outbox_id = ? ORDER BY id;

-- name: outbox_by_recipient
-- in:   recipient text, limit int
-- out:  id int
-- plan: scans outbox (newest first, for people; an index would cost each notice)
SELECT id FROM outbox WHERE recipient = ? ORDER BY id DESC LIMIT ?;

-- name: outbox_by_entry
-- in:   ticket_id int, message_id int
-- out:  id int
-- plan: uses outbox_by_message
SELECT id FROM outbox WHERE ticket_id = ? AND message_id = ? ORDER BY id;
