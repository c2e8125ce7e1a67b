-- What an import writes: rows as they were elsewhere, with their own times.

-- name: import_find
-- in:   source text, kind text, foreign_id text
-- out:  id int
-- plan: primary key
SELECT id FROM import_map WHERE source = ? AND kind = ? AND foreign_id = ?;

-- name: import_note
-- in:   source text, kind text, foreign_id text, id int
INSERT INTO import_map (source, kind, foreign_id, id) VALUES (?, ?, ?, ?);

-- Numbers that were given elsewhere are not given again.
-- name: import_counter_raise
-- in:   value int, name text, value int
-- plan: primary key
UPDATE counter SET value = ? WHERE name = ? AND value < ?;

-- name: import_person_add
-- in:   id int, role text, is_admin int, name text, login text, language text, state text, created int,
--       job_title_id int, phone text, mobile text, messenger text, postal text, may_add_clients int,
--       may_edit_clients int
INSERT INTO person (id, role, is_admin, name, login, language, timezone, state, source, created,
                    job_title_id, phone, mobile, messenger, postal, may_add_clients, may_edit_clients)
VALUES (?, ?, ?, ?, ?, ?, '', ?, 'import', ?, ?, ?, ?, ?, ?, ?, ?);

-- name: import_login_known
-- in:   login text
-- out:  id int
-- plan: uses person_by_login
SELECT id FROM person WHERE login = ?;

-- name: import_default_unit
-- in:   default_unit_id int, id int
-- plan: primary key
UPDATE person SET default_unit_id = ? WHERE id = ?;

-- name: import_default_known
-- in:   person_id int, performer_id int
-- out:  found int
-- plan: primary key
SELECT 1 FROM person_default WHERE person_id = ? AND performer_id = ?;

-- name: import_default_add
-- in:   person_id int, performer_id int
INSERT INTO person_default (person_id, performer_id) VALUES (?, ?);

-- name: import_job_title_find
-- in:   name text
-- out:  id int
-- plan: uses job_title_by_name
SELECT id FROM job_title WHERE name = ?;

-- name: import_job_title_add
-- in:   id int, name text
INSERT INTO job_title (id, name) VALUES (?, ?);

-- name: import_choice_add
-- in:   person_id int, event text, channel text, wanted int
INSERT INTO notice_choice (person_id, event, channel, wanted) VALUES (?, ?, ?, ?);

-- name: import_plan_find
-- in:   name text
-- out:  id int
-- plan: uses plan_by_name
SELECT id FROM plan WHERE name = ?;

-- name: import_plan_add
-- in:   id int, name text, position int
INSERT INTO plan (id, name, position, waiting_pauses, state) VALUES (?, ?, ?, 1, 'active');

-- name: import_plan_parent
-- in:   parent_id int, id int
-- plan: primary key
UPDATE plan SET parent_id = ? WHERE id = ?;

-- name: import_plan_above
-- in:   id int
-- out:  parent_id int
-- plan: primary key
SELECT parent_id FROM plan WHERE id = ?;

-- name: import_target_add
-- in:   plan_id int, kind text, priority int, span int
INSERT INTO plan_target (plan_id, kind, priority, span) VALUES (?, ?, ?, ?);

-- name: import_topic_find
-- in:   name text
-- out:  id int
-- plan: uses topic_by_name
SELECT id FROM topic WHERE name = ?;

-- name: import_topic_add
-- in:   id int, name text, position int
INSERT INTO topic (id, name, position, state) VALUES (?, ?, ?, 'active');

-- name: import_topic_parent
-- in:   parent_id int, id int
-- plan: primary key
UPDATE topic SET parent_id = ? WHERE id = ?;

-- name: import_topic_above
-- in:   id int
-- out:  parent_id int
-- plan: primary key
SELECT parent_id FROM topic WHERE id = ?;

-- name: import_request_add
-- in:   id int, kind text, person_id int, data text, by_id int, created int
INSERT INTO client_request (id, kind, person_id, data, by_id, created, state, reason)
VALUES (?, ?, ?, ?, ?, ?, 'open', '');

-- name: import_recurring_add
-- in:   id int, name text, requester_id int, author_id int, unit_id int, priority int, subject text, text text,
--       pattern text, at_time text, zone text, valid_from int, valid_until int, state text, created int,
--       next int
INSERT INTO recurring (id, name, requester_id, author_id, unit_id, priority, subject, text, pattern, at_time,
                       zone, valid_from, valid_until, state, created, next, reason)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '');

-- name: import_recurring_person
-- in:   recurring_id int, person_id int
INSERT INTO recurring_person (recurring_id, person_id) VALUES (?, ?);

-- name: import_ticket_add
-- in:   id int, number int, subject text, unit_id int, state text, locker_id int, priority int, plan_id int,
--       deadline int, requester_id int, author_id int, source text, created int, updated int, done int,
--       finisher_id int, is_named int
INSERT INTO ticket (id, number, subject, unit_id, state, locker_id, priority, plan_id, deadline,
                    requester_id, author_id, source, created, updated, done, version, finisher_id, is_named)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?);

-- name: import_entry_add
-- in:   id int, ticket_id int, kind text, author_id int, created int, text text, html text
INSERT INTO message (id, ticket_id, kind, visibility, author_id, created, text, html)
VALUES (?, ?, ?, 'public', ?, ?, ?, ?);

-- The first entry of a ticket: what was asked.
-- name: import_first_entry
-- in:   ticket_id int
-- out:  id int
-- plan: uses message_by_ticket
SELECT id FROM message WHERE ticket_id = ? ORDER BY id LIMIT 1;

-- name: import_files_of_entry
-- in:   message_id int
-- out:  position int
-- plan: uses attachment_by_message
SELECT position FROM attachment WHERE message_id = ? ORDER BY position DESC LIMIT 1;
