-- Topics: few rows, read as a whole.

-- name: topic_list
-- out:  id int, name text, parent_id int, position int
-- plan: scans topic
SELECT id, name, parent_id, position FROM topic WHERE state = 'active' ORDER BY position, id;

-- name: topic_add
-- in:   id int, name text, parent_id int, position int
INSERT INTO topic (id, name, parent_id, position, state) VALUES (?, ?, ?, ?, 'active');

-- name: topic_set
-- in:   name text, parent_id int, position int, id int
-- plan: primary key
UPDATE topic SET name = ?, parent_id = ?, position = ? WHERE id = ?;

-- name: topic_remove
-- in:   id int
-- plan: primary key
DELETE FROM topic WHERE id = ?;
