-- Changes to clients that wait for an administrator.

-- name: client_request_list
-- in:   state text, limit int
-- out:  id int, kind text, person_id int, data text, by_id int, created int, state text, decided int, decided_by int, reason text
-- plan: uses client_request_by_state
SELECT id, kind, person_id, data, by_id, created, state, decided, decided_by, reason
  FROM client_request WHERE state = ? ORDER BY id LIMIT ?;

-- name: client_request_get
-- in:   id int
-- out:  id int, kind text, person_id int, data text, by_id int, created int, state text, decided int, decided_by int, reason text
-- plan: primary key
SELECT id, kind, person_id, data, by_id, created, state, decided, decided_by, reason
  FROM client_request WHERE id = ?;

-- name: client_request_of_person
-- in:   person_id int
-- out:  id int, kind text, person_id int, data text, by_id int, created int, state text, decided int, decided_by int, reason text
-- plan: uses client_request_by_person
SELECT id, kind, person_id, data, by_id, created, state, decided, decided_by, reason
  FROM client_request WHERE person_id = ? ORDER BY id;

-- name: client_request_add
-- in:   id int, kind text, person_id int, data text, by_id int, created int
INSERT INTO client_request (id, kind, person_id, data, by_id, created, state, reason)
VALUES (?, ?, ?, ?, ?, ?, 'open', '');

-- name: client_request_decide
-- in:   state text, decided int, decided_by int, reason text, person_id int, id int
-- plan: primary key
UPDATE client_request SET state = ?, decided = ?, decided_by = ?, reason = ?, person_id = ?
 WHERE id = ? AND state = 'open';

-- name: client_request_administrators
-- in:   limit int
-- out:  id int
-- plan: uses person_by_state
SELECT id FROM person
 WHERE state = 'active' AND role IN ('agent', 'head', 'director') AND is_admin = 1
 ORDER BY id LIMIT ?;
