-- What goes when a person is erased.

-- name: person_erase_row
-- in:   id int
-- plan: primary key
UPDATE person SET name = 'erased person', is_admin = 0, login = NULL, password = NULL,
       language = '', timezone = '', state = 'deleted', source = 'erased', job_title_id = NULL,
       phone = '', mobile = '', messenger = '', postal = '', default_unit_id = NULL, digest = ''
 WHERE id = ?;

-- name: person_erase_feed
-- in:   person_id int
-- plan: uses feed_by_person
DELETE FROM feed WHERE person_id = ?;

-- name: person_erase_requests
-- in:   person_id int
-- plan: uses client_request_by_person
UPDATE client_request SET data = '{}', reason = '',
       state = CASE WHEN state = 'open' THEN 'rejected' ELSE state END
 WHERE person_id = ?;

-- name: person_erase_audit
-- in:   target text
-- plan: uses audit_by_target
UPDATE audit SET data = '{}' WHERE target = ?;

-- name: person_erase_rating
-- in:   requester_id int
-- plan: uses ticket_by_requester
UPDATE ticket SET rating_text = '' WHERE requester_id = ?;

-- name: person_erase_outbox_waiting
-- in:   finished int, person_id int
-- plan: uses outbox_by_person
UPDATE outbox SET state = 'cancelled', next = NULL, finished = ?
 WHERE person_id = ? AND state IN ('queued', 'deferred', 'held');

-- What is being sent this moment is left to its end; the address goes then with
-- nobody to ask for it.
-- name: person_erase_outbox
-- in:   person_id int
-- plan: uses outbox_by_person
UPDATE outbox SET recipient = '', data = '{}', answer = '', sent_text = NULL
 WHERE person_id = ? AND state IN ('sent', 'failed', 'cancelled');

-- MariaDB would look at every attempt for the one text, SQLite has no other.
-- name: person_erase_attempts [sqlite]
-- in:   person_id int
-- plan: uses outbox_by_person, attempt_by_outbox
UPDATE attempt SET answer = ''
 WHERE outbox_id IN (SELECT id FROM outbox WHERE person_id = ?);
-- name: person_erase_attempts [mariadb]
UPDATE attempt a JOIN outbox o ON o.id = a.outbox_id SET a.answer = '' WHERE o.person_id = ?;

-- The entries of a person, in order of id, some at a time.
-- name: person_erase_messages
-- in:   author_id int, id int (after it), limit int
-- out:  id int, ticket_id int, raw_id int (NULL: none)
-- plan: uses message_by_author
SELECT id, ticket_id, raw_id FROM message WHERE author_id = ? AND id > ? ORDER BY id LIMIT ?;

-- name: person_erase_text
-- in:   id int
-- plan: primary key
UPDATE message SET text = '', visible = NULL, html = NULL, message_id = NULL, raw_id = NULL
 WHERE id = ?;

-- name: person_erase_editions
-- in:   message_id int
-- plan: uses message_edition_by_message
DELETE FROM message_edition WHERE message_id = ?;

-- name: person_erase_attachment_raws
-- in:   message_id int
-- out:  raw_id int
-- plan: uses attachment_by_message
SELECT DISTINCT raw_id FROM attachment WHERE message_id = ?;

-- name: person_erase_attachments
-- in:   message_id int
-- plan: uses attachment_by_message
DELETE FROM attachment WHERE message_id = ?;

-- name: person_erase_raw
-- in:   id int
-- plan: primary key
UPDATE raw SET size = 0, data = '' WHERE id = ?;

-- name: person_erase_raw_chunks
-- in:   raw_id int
-- plan: primary key
DELETE FROM raw_chunk WHERE raw_id = ?;

-- The mail that an entry came by.
-- name: person_erase_inbound
-- in:   entry_id int
-- plan: uses inbound_by_entry
UPDATE inbound SET mail_from = '', header_from = '', subject = '', message_id = '', trace = '[]'
 WHERE entry_id = ?;

-- Mail that became no entry: held, automatic, a copy.
-- name: person_erase_other_raws
-- in:   header_from text, header_from text
-- out:  raw_id int (NULL: none)
-- plan: uses inbound_by_outcome
SELECT raw_id FROM inbound
 WHERE outcome IN ('duplicate', 'bounce', 'auto-reply', 'complaint', 'loop', 'discarded', 'held')
   AND header_from IN (?, ?);

-- name: person_erase_other_inbound
-- in:   header_from text, header_from text
-- plan: uses inbound_by_outcome
UPDATE inbound SET mail_from = '', header_from = '', subject = '', message_id = '', reason = '',
       trace = '[]', outcome = CASE WHEN outcome = 'held' THEN 'discarded' ELSE outcome END
 WHERE outcome IN ('duplicate', 'bounce', 'auto-reply', 'complaint', 'loop', 'discarded', 'held')
   AND header_from IN (?, ?);

-- Mail to him that failed: its event tells the address.
-- name: person_erase_failures
-- in:   person_id int
-- out:  id int, data text
-- plan: uses outbox_by_person, event_by_ticket
SELECT e.id, e.data
  FROM outbox o JOIN event e ON e.ticket_id = o.ticket_id
 WHERE o.person_id = ? AND o.state = 'failed' AND e.kind IN ('delivery-failed', 'delivery-delayed');

-- name: person_erase_event
-- in:   id int
-- plan: primary key
UPDATE event SET data = '{}' WHERE id = ?;
