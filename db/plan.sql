-- SLA plans and their limits.

-- name: plan_get
-- in:   id int
-- out:  id int, name text, parent_id int, position int, calendar_id int, waiting_pauses int, state text
-- plan: primary key
SELECT id, name, parent_id, position, calendar_id, waiting_pauses, state FROM plan WHERE id = ?;

-- name: plan_by_name
-- in:   name text
-- out:  id int, name text, parent_id int, position int, calendar_id int, waiting_pauses int, state text
-- plan: uses plan_by_name
SELECT id, name, parent_id, position, calendar_id, waiting_pauses, state FROM plan WHERE name = ?;

-- All of them: as many as an organisation has agreements.
-- name: plan_list
-- out:  id int, name text, parent_id int, position int, calendar_id int, waiting_pauses int, state text
-- plan: scans plan (as many as there are agreements)
SELECT id, name, parent_id, position, calendar_id, waiting_pauses, state
  FROM plan ORDER BY position, name;

-- name: plan_add
-- in:   id int, name text, parent_id int, position int, calendar_id int, waiting_pauses int, state text
INSERT INTO plan (id, name, parent_id, position, calendar_id, waiting_pauses, state)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: plan_save
-- in:   name text, calendar_id int, waiting_pauses int, state text, id int
-- plan: primary key
UPDATE plan SET name = ?, calendar_id = ?, waiting_pauses = ?, state = ? WHERE id = ?;

-- name: plan_place
-- in:   parent_id int, position int, id int
-- plan: primary key
UPDATE plan SET parent_id = ?, position = ? WHERE id = ?;

-- name: plan_drop
-- in:   id int
-- plan: primary key
DELETE FROM plan WHERE id = ?;

-- name: plan_targets
-- in:   plan_id int
-- out:  kind text, priority int, span int
-- plan: primary key
SELECT kind, priority, span FROM plan_target WHERE plan_id = ? ORDER BY kind, priority;

-- name: plan_target_add
-- in:   plan_id int, kind text, priority int, span int
INSERT INTO plan_target (plan_id, kind, priority, span) VALUES (?, ?, ?, ?);

-- name: plan_targets_drop
-- in:   plan_id int
-- plan: primary key
DELETE FROM plan_target WHERE plan_id = ?;

-- Who names it: open tickets, all tickets (is there one), units, recurring tickets.
-- name: plan_open_tickets
-- in:   plan_id int
-- out:  number int
-- plan: uses ticket_by_plan
SELECT COUNT(*) FROM ticket WHERE plan_id = ? AND state IN ('free', 'locked', 'waiting');

-- name: plan_any_ticket
-- in:   plan_id int
-- out:  found int
-- plan: uses ticket_by_plan
SELECT 1 FROM ticket WHERE plan_id = ? LIMIT 1;

-- name: plan_givers
-- in:   plan_id int, plan_id int
-- out:  number int
-- plan: scans unit (as many as there are teams), scans recurring (a few that were set up by hand)
SELECT (SELECT COUNT(*) FROM unit WHERE plan_id = ?)
     + (SELECT COUNT(*) FROM recurring WHERE plan_id = ?) AS number;
