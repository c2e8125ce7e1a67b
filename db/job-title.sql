-- What people are in their house.

-- For people to read, so all are wanted.
-- name: job_title_list
-- out:  id int, name text
-- plan: scans job_title (all are wanted)
SELECT id, name FROM job_title ORDER BY name;

-- name: job_title_by_name
-- in:   name text
-- out:  id int
-- plan: uses job_title_by_name
SELECT id FROM job_title WHERE name = ?;

-- name: job_title_get
-- in:   id int
-- out:  name text
-- plan: primary key
SELECT name FROM job_title WHERE id = ?;

-- name: job_title_add
-- in:   id int, name text
INSERT INTO job_title (id, name) VALUES (?, ?);

-- name: job_title_rename
-- in:   name text, id int
-- plan: primary key
UPDATE job_title SET name = ? WHERE id = ?;

-- name: job_title_holder
-- in:   job_title_id int
-- out:  id int
-- plan: uses person_by_job_title
SELECT id FROM person WHERE job_title_id = ? LIMIT 1;

-- name: job_title_take
-- in:   job_title_id int
-- plan: uses person_by_job_title
UPDATE person SET job_title_id = NULL WHERE job_title_id = ?;

-- name: job_title_remove
-- in:   id int
-- plan: primary key
DELETE FROM job_title WHERE id = ?;
