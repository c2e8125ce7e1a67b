-- The clocks of tickets, as last counted from their events.

-- The row that two who count the same ticket meet at: MariaDB's second waits
-- and reads what the first has written; SQLite has one writer anyway.
-- name: clock_of_ticket [sqlite]
-- in:   ticket_id int
-- out:  kind text, span int, used int, counted int, state text, due int (NULL never), warned int, breached int (NULL no)
-- plan: primary key
SELECT kind, span, used, counted, state, due, warned, breached FROM clock WHERE ticket_id = ?;
-- name: clock_of_ticket [mariadb]
SELECT kind, span, used, counted, state, due, warned, breached FROM clock WHERE ticket_id = ?
   FOR UPDATE;

-- name: clock_add
-- in:   ticket_id int, kind text, span int, used int, counted int, state text, due int, warned int, breached int, calendar_id int
INSERT INTO clock (ticket_id, kind, span, used, counted, state, due, warned, breached, calendar_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: clock_save
-- in:   span int, used int, counted int, state text, due int, warned int, breached int, calendar_id int, ticket_id int, kind text
-- plan: primary key
UPDATE clock
   SET span = ?, used = ?, counted = ?, state = ?, due = ?, warned = ?, breached = ?,
       calendar_id = ?
 WHERE ticket_id = ? AND kind = ?;

-- name: clock_drop
-- in:   ticket_id int, kind text
-- plan: primary key
DELETE FROM clock WHERE ticket_id = ? AND kind = ?;

-- The tickets whose clocks go on by a calendar that has changed.
-- name: clock_tickets_of_calendar
-- in:   calendar_id int
-- out:  ticket_id int
-- plan: uses clock_by_calendar
SELECT ticket_id FROM clock WHERE calendar_id = ? AND state <> 'ended' ORDER BY ticket_id;

-- What may move the clocks of a ticket, of all its history.
-- name: clock_events
-- in:   ticket_id int
-- out:  at int, kind text, data text
-- plan: uses event_by_ticket
SELECT at, kind, data
  FROM event
 WHERE ticket_id = ?
   AND kind IN ('created', 'taken', 'released', 'waiting', 'resumed', 'done', 'reopened', 'archived',
                'forwarded', 'assigned', 'merged', 'split', 'spam', 'unspam', 'undone', 'timed')
 ORDER BY id;

-- The calendar of a ticket's unit, for plans that have none of their own.
-- name: clock_unit_calendar
-- in:   id int
-- out:  calendar_id int
-- plan: primary key
SELECT calendar_id FROM unit WHERE id = ?;

-- Whether a ticket has something to count, before it is counted.
-- name: clock_wanted
-- in:   id int
-- out:  wanted int
-- plan: primary key
SELECT 1 FROM ticket WHERE id = ? AND (plan_id IS NOT NULL OR deadline IS NOT NULL);
