-- Two persons who were the same: everything of one becomes the other's.
--
-- What both have stays the other's: a row is copied only where there is none
-- yet, then those of the first are dropped.

-- name: person_merge_membership_add
-- in:   into int, as_head int, from int, into int
-- plan: uses membership_by_person, primary key
INSERT INTO membership (unit_id, person_id, is_head)
SELECT f.unit_id, ?, f.is_head * ?
  FROM membership f
 WHERE f.person_id = ?
   AND NOT EXISTS (SELECT 1 FROM membership o WHERE o.unit_id = f.unit_id AND o.person_id = ?);

-- name: person_merge_membership_head
-- in:   into int, from int
-- plan: uses membership_by_person
UPDATE membership SET is_head = 1
 WHERE person_id = ?
   AND unit_id IN (SELECT h.unit_id
                     FROM (SELECT unit_id FROM membership WHERE person_id = ? AND is_head = 1) h);

-- name: person_merge_membership_drop
-- in:   from int
-- plan: uses membership_by_person
DELETE FROM membership WHERE person_id = ?;

-- name: person_merge_group_add
-- in:   into int, from int, into int
-- plan: uses client_group_member_by_person, primary key
INSERT INTO client_group_member (group_id, person_id, is_head)
SELECT f.group_id, ?, f.is_head
  FROM client_group_member f
 WHERE f.person_id = ?
   AND NOT EXISTS (SELECT 1 FROM client_group_member o
                    WHERE o.group_id = f.group_id AND o.person_id = ?);

-- name: person_merge_group_head
-- in:   into int, from int
-- plan: uses client_group_member_by_person
UPDATE client_group_member SET is_head = 1
 WHERE person_id = ?
   AND group_id IN (SELECT h.group_id
                      FROM (SELECT group_id FROM client_group_member
                             WHERE person_id = ? AND is_head = 1) h);

-- name: person_merge_group_drop
-- in:   from int
-- plan: uses client_group_member_by_person
DELETE FROM client_group_member WHERE person_id = ?;

-- name: person_merge_default_add
-- in:   into int, from int, into int
-- plan: primary key
INSERT INTO person_default (person_id, performer_id)
SELECT ?, f.performer_id
  FROM person_default f
 WHERE f.person_id = ? AND NOT EXISTS (SELECT 1 FROM person_default o WHERE o.person_id = ?);

-- name: person_merge_performer_add
-- in:   into int, from int, into int
-- plan: uses person_default_by_performer, primary key
INSERT INTO person_default (person_id, performer_id)
SELECT f.person_id, ?
  FROM person_default f
 WHERE f.performer_id = ?
   AND NOT EXISTS (SELECT 1 FROM person_default o
                    WHERE o.person_id = f.person_id AND o.performer_id = ?);

-- name: person_merge_performer_drop
-- in:   from int
-- plan: uses person_default_by_performer
DELETE FROM person_default WHERE performer_id = ?;

-- name: person_merge_ticket_requester
-- in:   into int, from int
-- plan: uses ticket_by_requester
UPDATE ticket SET requester_id = ?, version = version + 1 WHERE requester_id = ?;

-- name: person_merge_ticket_author
-- in:   into int, from int
-- plan: uses ticket_by_author
UPDATE ticket SET author_id = ?, version = version + 1 WHERE author_id = ?;

-- name: person_merge_ticket_locker
-- in:   into int, from int
-- plan: uses ticket_by_locker
UPDATE ticket SET locker_id = ?, version = version + 1 WHERE locker_id = ?;

-- name: person_merge_ticket_finisher
-- in:   into int, from int
-- plan: uses ticket_by_finisher
UPDATE ticket SET finisher_id = ?, version = version + 1 WHERE finisher_id = ?;

-- name: person_merge_locked
-- in:   locker_id int
-- out:  number int
-- plan: uses ticket_by_locker
SELECT number FROM ticket WHERE locker_id = ? AND state = 'locked' LIMIT 1;

-- name: person_merge_assignee_drop
-- in:   from int
-- plan: uses ticket_person_by_person
DELETE FROM ticket_person WHERE person_id = ? AND relation = 'assignee';

-- name: person_merge_ticket_person_add
-- in:   into int, from int, into int
-- plan: uses ticket_person_by_person, primary key
INSERT INTO ticket_person (ticket_id, person_id, relation)
SELECT f.ticket_id, ?, f.relation
  FROM ticket_person f
 WHERE f.person_id = ?
   AND NOT EXISTS (SELECT 1 FROM ticket_person o
                    WHERE o.ticket_id = f.ticket_id AND o.person_id = ?
                      AND o.relation = f.relation);

-- name: person_merge_ticket_person_drop
-- in:   from int
-- plan: uses ticket_person_by_person
DELETE FROM ticket_person WHERE person_id = ?;

-- name: person_merge_message
-- in:   into int, from int
-- plan: uses message_by_author
UPDATE message SET author_id = ? WHERE author_id = ?;

-- name: person_merge_edition
-- in:   into int, from int
-- plan: uses message_edition_by_person
UPDATE message_edition SET by_id = ? WHERE by_id = ?;

-- name: person_merge_event
-- in:   into int, from int
-- plan: uses event_by_actor
UPDATE event SET actor_id = ? WHERE actor_id = ?;

-- name: person_merge_strand
-- in:   into int, from int
-- plan: uses strand_by_person
UPDATE strand SET person_id = ? WHERE person_id = ?;

-- name: person_merge_strand_asker
-- in:   into int, from int
-- plan: uses strand_by_asker
UPDATE strand SET by_id = ? WHERE by_id = ?;

-- name: person_merge_feed
-- in:   into int, from int
-- plan: uses feed_by_person
UPDATE feed SET person_id = ? WHERE person_id = ?;

-- name: person_merge_outbox
-- in:   into int, from int
-- plan: uses outbox_by_person
UPDATE outbox SET person_id = ? WHERE person_id = ?;

-- name: person_merge_request
-- in:   into int, from int
-- plan: uses client_request_by_person
UPDATE client_request SET person_id = ? WHERE person_id = ?;

-- name: person_merge_request_by
-- in:   into int, from int
-- plan: uses client_request_by_state
UPDATE client_request SET by_id = ? WHERE state = 'open' AND by_id = ?;

-- name: person_merge_token_drop
-- in:   from int
-- plan: uses login_token_by_person
DELETE FROM login_token WHERE person_id = ?;

-- name: person_merge_choice_add
-- in:   into int, from int, into int
-- plan: primary key
INSERT INTO notice_choice (person_id, event, channel, wanted)
SELECT ?, f.event, f.channel, f.wanted
  FROM notice_choice f
 WHERE f.person_id = ?
   AND NOT EXISTS (SELECT 1 FROM notice_choice o
                    WHERE o.person_id = ? AND o.event = f.event AND o.channel = f.channel);

-- name: person_merge_choice_drop
-- in:   from int
-- plan: primary key
DELETE FROM notice_choice WHERE person_id = ?;

-- name: person_merge_value_add
-- in:   into int, from int, into int
-- plan: primary key
INSERT INTO field_value (target_id, field_id, value)
SELECT ?, f.field_id, f.value
  FROM field_value f
 WHERE f.target_id = ?
   AND NOT EXISTS (SELECT 1 FROM field_value o
                    WHERE o.target_id = ? AND o.field_id = f.field_id);

-- name: person_merge_recurring_requester
-- in:   into int, from int
-- plan: scans recurring (as many as somebody wrote down)
UPDATE recurring SET requester_id = ? WHERE requester_id = ?;

-- name: person_merge_recurring_author
-- in:   into int, from int
-- plan: scans recurring (as many as somebody wrote down)
UPDATE recurring SET author_id = ? WHERE author_id = ?;

-- name: person_merge_recurring_person_add
-- in:   into int, from int, into int
-- plan: primary key, scans recurring_person (as many as somebody wrote down)
INSERT INTO recurring_person (recurring_id, person_id)
SELECT f.recurring_id, ?
  FROM recurring_person f
 WHERE f.person_id = ?
   AND NOT EXISTS (SELECT 1 FROM recurring_person o
                    WHERE o.recurring_id = f.recurring_id AND o.person_id = ?);

-- name: person_merge_recurring_person_drop
-- in:   from int
-- plan: scans recurring_person (as many as somebody wrote down)
DELETE FROM recurring_person WHERE person_id = ?;

-- name: person_merge_mark
-- in:   merged_into int, id int
-- plan: primary key
UPDATE person SET merged_into = ?, login = NULL, password = NULL WHERE id = ?;

-- name: person_merge_take_login
-- in:   login text, password text, id int
-- plan: primary key
UPDATE person SET login = ?, password = ? WHERE id = ?;

-- name: person_merge_take_default
-- in:   default_unit_id int, id int
-- plan: primary key
UPDATE person SET default_unit_id = ? WHERE id = ? AND default_unit_id IS NULL;
