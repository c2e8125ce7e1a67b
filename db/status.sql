-- Counts for `postdesk status`.

-- name: status_tickets
-- out:  state text, number int
-- plan: scans ticket (counts everything, for people)
SELECT state, COUNT(*) FROM ticket GROUP BY state ORDER BY state;

-- name: status_inbound
-- out:  outcome text, number int
-- plan: scans inbound (counts everything, for people)
SELECT outcome, COUNT(*) FROM inbound GROUP BY outcome ORDER BY outcome;

-- name: status_outbox
-- out:  state text, number int
-- plan: scans outbox (counts everything, for people)
SELECT state, COUNT(*) FROM outbox GROUP BY state ORDER BY state;

-- name: status_oldest_waiting
-- out:  created int
-- plan: uses outbox_by_state
SELECT MIN(created) FROM outbox WHERE state IN ('queued', 'sending', 'deferred');
