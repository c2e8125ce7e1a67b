-- What was done beside the tickets.

-- name: audit_add
-- in:   id int, at int, actor_id int, kind text, target text, data text
INSERT INTO audit (id, at, actor_id, kind, target, data) VALUES (?, ?, ?, ?, ?, ?);

-- name: audit_of_target
-- in:   target text
-- out:  at int, actor_id int (NULL: the desk itself), kind text, data text
-- plan: uses audit_by_target
SELECT at, actor_id, kind, data FROM audit WHERE target = ? ORDER BY id;
