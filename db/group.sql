-- Client groups.

-- Whether somebody heads an open group that another one belongs to.
-- name: client_group_headed
-- in:   person_id int, person_id int
-- out:  found int
-- plan: uses client_group_member_by_person
SELECT 1
  FROM client_group_member h
  JOIN client_group_member m ON m.group_id = h.group_id
  JOIN client_group g ON g.id = h.group_id
 WHERE h.person_id = ? AND h.is_head = 1 AND m.person_id = ? AND g.state = 'open' LIMIT 1;

-- How many groups somebody is in, and how many of those are locked.
-- name: client_group_locks
-- in:   person_id int
-- out:  total int, locked int
-- plan: uses client_group_member_by_person, primary key
SELECT COUNT(*) AS total, COUNT(CASE WHEN g.state = 'locked' THEN 1 END) AS locked
  FROM client_group_member m JOIN client_group g ON g.id = m.group_id
 WHERE m.person_id = ?;

-- name: client_group_by_name
-- in:   name text
-- out:  id int, name text, state text, created int
-- plan: uses client_group_by_name
SELECT id, name, state, created FROM client_group WHERE name = ?;

-- For people to read, so all are wanted.
-- name: client_group_list
-- out:  id int, name text, state text, created int
-- plan: scans client_group (all are wanted)
SELECT id, name, state, created FROM client_group ORDER BY name;

-- name: client_group_of_person
-- in:   person_id int
-- out:  id int, name text, state text, created int
-- plan: uses client_group_member_by_person, primary key
SELECT g.id, g.name, g.state, g.created
  FROM client_group_member m JOIN client_group g ON g.id = m.group_id
 WHERE m.person_id = ? ORDER BY g.name;

-- name: client_group_add
-- in:   id int, name text, state text, created int
INSERT INTO client_group (id, name, state, created) VALUES (?, ?, ?, ?);

-- name: client_group_save
-- in:   name text, state text, id int
-- plan: primary key
UPDATE client_group SET name = ?, state = ? WHERE id = ?;

-- name: client_group_empty
-- in:   group_id int
-- plan: primary key
DELETE FROM client_group_member WHERE group_id = ?;

-- name: client_group_drop
-- in:   id int
-- plan: primary key
DELETE FROM client_group WHERE id = ?;

-- name: client_group_member_find
-- in:   group_id int, person_id int
-- out:  is_head int
-- plan: primary key
SELECT is_head FROM client_group_member WHERE group_id = ? AND person_id = ?;

-- name: client_group_member_add
-- in:   group_id int, person_id int, is_head int
INSERT INTO client_group_member (group_id, person_id, is_head) VALUES (?, ?, ?);

-- name: client_group_member_save
-- in:   is_head int, group_id int, person_id int
-- plan: primary key
UPDATE client_group_member SET is_head = ? WHERE group_id = ? AND person_id = ?;

-- name: client_group_member_drop
-- in:   group_id int, person_id int
-- plan: primary key
DELETE FROM client_group_member WHERE group_id = ? AND person_id = ?;

-- name: client_group_members
-- in:   group_id int
-- out:  person_id int, is_head int
-- plan: primary key
SELECT m.person_id, m.is_head
  FROM client_group_member m JOIN person p ON p.id = m.person_id
 WHERE m.group_id = ? AND p.state <> 'deleted'
 ORDER BY m.is_head DESC, p.name, p.id;
