-- What the web shows a person of what happened.

-- name: feed_add [sqlite]
-- in:   at int, event text, ticket_id int, message_id int, actor_id int, data text,
--       rows text (JSON: [[id, person_id, popup], …])
-- plan: scans json_each (a bounded list), scans row (the same)
INSERT INTO feed (id, person_id, at, event, ticket_id, message_id, actor_id, popup, data)
SELECT value ->> 0, value ->> 1, ?, ?, ?, ?, ?, value ->> 2, ? FROM json_each(?);
-- name: feed_add [mariadb]
INSERT INTO feed (id, person_id, at, event, ticket_id, message_id, actor_id, popup, data)
SELECT row.id, row.person_id, ?, ?, ?, ?, ?, row.popup, ?
  FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$[0]', person_id BIGINT PATH '$[1]',
                  popup INTEGER PATH '$[2]')) AS row;

-- name: feed_list
-- in:   person_id int, id int (newer ones), limit int
-- out:  id int, at int, event text, ticket_id int, message_id int, actor_id int, popup int,
--       data text
-- plan: uses feed_by_person
SELECT id, at, event, ticket_id, message_id, actor_id, popup, data
  FROM feed WHERE person_id = ? AND id > ? ORDER BY id LIMIT ?;

-- name: feed_old
-- in:   at int (before), limit int
-- out:  id int
-- plan: uses feed_by_at
SELECT id FROM feed WHERE at < ? ORDER BY at LIMIT ?;

-- name: feed_drop
-- in:   id int
-- plan: primary key
DELETE FROM feed WHERE id = ?;
