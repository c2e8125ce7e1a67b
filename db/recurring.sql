-- Recurring tickets.

-- name: recurring_get
-- in:   id int
-- out:  id int, name text, requester_id int, author_id int, unit_id int, plan_id int, priority int, subject text, text text, pattern text, at_time text, zone text, valid_from int, valid_until int, state text, last int, next int, reason text, created int
-- plan: primary key
SELECT id, name, requester_id, author_id, unit_id, plan_id, priority, subject, text, pattern,
       at_time, zone, valid_from, valid_until, state, last, next, reason, created
  FROM recurring WHERE id = ?;

-- name: recurring_by_name
-- in:   name text
-- out:  id int, name text, requester_id int, author_id int, unit_id int, plan_id int, priority int, subject text, text text, pattern text, at_time text, zone text, valid_from int, valid_until int, state text, last int, next int, reason text, created int
-- plan: uses recurring_by_name
SELECT id, name, requester_id, author_id, unit_id, plan_id, priority, subject, text, pattern,
       at_time, zone, valid_from, valid_until, state, last, next, reason, created
  FROM recurring WHERE name = ?;

-- name: recurring_list
-- out:  id int, name text, requester_id int, author_id int, unit_id int, plan_id int, priority int, subject text, text text, pattern text, at_time text, zone text, valid_from int, valid_until int, state text, last int, next int, reason text, created int
-- plan: scans recurring (a few that were set up by hand)
SELECT id, name, requester_id, author_id, unit_id, plan_id, priority, subject, text, pattern,
       at_time, zone, valid_from, valid_until, state, last, next, reason, created
  FROM recurring ORDER BY name;

-- name: recurring_names
-- out:  name text
-- plan: scans recurring (a few that were set up by hand)
SELECT name FROM recurring;

-- name: recurring_add
-- in:   id int, name text, requester_id int, author_id int, unit_id int, plan_id int, priority int, subject text, text text, pattern text, at_time text, zone text, valid_from int, valid_until int, state text, last int, next int, reason text, created int
INSERT INTO recurring (id, name, requester_id, author_id, unit_id, plan_id, priority, subject, text,
                       pattern, at_time, zone, valid_from, valid_until, state, last, next, reason,
                       created)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: recurring_save
-- in:   name text, requester_id int, unit_id int, plan_id int, priority int, subject text, text text, pattern text, at_time text, zone text, valid_from int, valid_until int, state text, next int, reason text, id int
-- plan: primary key
UPDATE recurring SET name = ?, requester_id = ?, unit_id = ?, plan_id = ?, priority = ?,
       subject = ?, text = ?, pattern = ?, at_time = ?, zone = ?, valid_from = ?, valid_until = ?,
       state = ?, next = ?, reason = ?
 WHERE id = ?;

-- Only if nobody has made the run: then the row does not change.
-- name: recurring_ran
-- in:   state text, last int, next int, id int, next int
-- plan: primary key
UPDATE recurring SET state = ?, last = ?, next = ? WHERE id = ? AND next = ?;

-- name: recurring_pause
-- in:   reason text, id int
-- plan: primary key
UPDATE recurring SET state = 'paused', reason = ? WHERE id = ?;

-- name: recurring_drop
-- in:   id int
-- plan: primary key
DELETE FROM recurring WHERE id = ?;

-- name: recurring_people
-- in:   recurring_id int
-- out:  person_id int
-- plan: primary key
SELECT person_id FROM recurring_person WHERE recurring_id = ? ORDER BY person_id;

-- name: recurring_person_add
-- in:   recurring_id int, person_id int
INSERT INTO recurring_person (recurring_id, person_id) VALUES (?, ?);

-- name: recurring_people_drop
-- in:   recurring_id int
-- plan: primary key
DELETE FROM recurring_person WHERE recurring_id = ?;
