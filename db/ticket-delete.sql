-- What goes with a ticket that is deleted for good.  All of one transaction,
-- in the order of lib/desk/ticket-delete.c.

-- The bytes of its mails, also of those that were only counted.
-- name: ticket_raws
-- in:   ticket_id int, ticket_id int, ticket_id int
-- out:  raw_id int
-- plan: uses message_by_ticket, attachment_by_message, inbound_by_ticket
SELECT raw_id FROM message WHERE ticket_id = ? AND raw_id IS NOT NULL
UNION
SELECT a.raw_id FROM message m JOIN attachment a ON a.message_id = m.id WHERE m.ticket_id = ?
UNION
SELECT raw_id FROM inbound WHERE ticket_id = ? AND raw_id IS NOT NULL;

-- name: raw_empty
-- in:   id int
-- plan: primary key
UPDATE raw SET size = 0, data = '' WHERE id = ?;

-- name: raw_chunk_drop
-- in:   raw_id int
-- plan: primary key
DELETE FROM raw_chunk WHERE raw_id = ?;

-- name: ticket_outbox_ids
-- in:   ticket_id int
-- out:  id int
-- plan: uses outbox_by_ticket
SELECT id FROM outbox WHERE ticket_id = ?;

-- name: attempt_drop
-- in:   outbox_id int
-- plan: uses attempt_by_outbox
DELETE FROM attempt WHERE outbox_id = ?;

-- name: ticket_message_ids
-- in:   ticket_id int
-- out:  id int
-- plan: uses message_by_ticket
SELECT id FROM message WHERE ticket_id = ?;

-- name: message_edition_drop
-- in:   message_id int
-- plan: uses message_edition_by_message
DELETE FROM message_edition WHERE message_id = ?;

-- name: attachment_drop
-- in:   message_id int
-- plan: uses attachment_by_message
DELETE FROM attachment WHERE message_id = ?;

-- Of other tickets, from which the entry was split off.
-- name: event_forget_message
-- in:   message_id int
-- plan: uses event_by_message
UPDATE event SET message_id = NULL WHERE message_id = ?;

-- name: outbox_forget_message
-- in:   message_id int
-- plan: uses outbox_by_message
UPDATE outbox SET message_id = NULL WHERE message_id = ?;

-- name: feed_forget_message
-- in:   message_id int
-- plan: uses feed_by_message
UPDATE feed SET message_id = NULL WHERE message_id = ?;

-- name: inbound_forget_entry
-- in:   entry_id int
-- plan: uses inbound_by_entry
UPDATE inbound SET entry_id = NULL WHERE entry_id = ?;

-- The row stays: the key says that this mail came already.
-- name: inbound_forget
-- in:   ticket_id int
-- plan: uses inbound_by_ticket
UPDATE inbound
   SET ticket_id = NULL, entry_id = NULL, raw_id = NULL, mail_from = '', rcpt_to = '',
       header_from = '', subject = '', message_id = '', trace = '[]',
       reason = 'its ticket was deleted'
 WHERE ticket_id = ?;

-- name: ticket_drop_outbox
-- in:   ticket_id int
-- plan: uses outbox_by_ticket
DELETE FROM outbox WHERE ticket_id = ?;

-- name: ticket_drop_feed
-- in:   ticket_id int
-- plan: uses feed_by_ticket
DELETE FROM feed WHERE ticket_id = ?;

-- name: ticket_drop_events
-- in:   ticket_id int
-- plan: uses event_by_ticket
DELETE FROM event WHERE ticket_id = ?;

-- name: ticket_drop_clocks
-- in:   ticket_id int
-- plan: primary key
DELETE FROM clock WHERE ticket_id = ?;

-- name: ticket_drop_timers
-- in:   subject_id int
-- plan: uses timer_by_subject
DELETE FROM timer WHERE subject_id = ?;

-- name: ticket_drop_fields
-- in:   target_id int
-- plan: primary key
DELETE FROM field_value WHERE target_id = ?;

-- name: ticket_drop_people
-- in:   ticket_id int
-- plan: primary key
DELETE FROM ticket_person WHERE ticket_id = ?;

-- name: ticket_drop_tags
-- in:   ticket_id int
-- plan: primary key
DELETE FROM ticket_tag WHERE ticket_id = ?;

-- name: ticket_drop_links
-- in:   ticket_id int
-- plan: primary key
DELETE FROM ticket_link WHERE ticket_id = ?;

-- name: ticket_drop_linked
-- in:   other_id int
-- plan: uses ticket_link_by_other
DELETE FROM ticket_link WHERE other_id = ?;

-- name: ticket_drop_messages
-- in:   ticket_id int
-- plan: uses message_by_ticket
DELETE FROM message WHERE ticket_id = ?;

-- name: ticket_drop_strands
-- in:   ticket_id int
-- plan: uses strand_by_ticket
DELETE FROM strand WHERE ticket_id = ?;

-- What was merged into it stays in the archive, by itself.
-- name: ticket_forget_merge
-- in:   merged_into int
-- plan: uses ticket_by_merged
UPDATE ticket SET merged_into = NULL WHERE merged_into = ?;

-- name: ticket_drop
-- in:   id int
-- plan: primary key
DELETE FROM ticket WHERE id = ?;
