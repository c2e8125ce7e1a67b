-- Working hours and holidays.

-- name: calendar_exists
-- in:   id int
-- out:  found int
-- plan: primary key
SELECT 1 FROM calendar WHERE id = ?;

-- name: calendar_get
-- in:   id int
-- out:  id int, name text, state text, created int
-- plan: primary key
SELECT id, name, state, created FROM calendar WHERE id = ?;

-- name: calendar_by_name
-- in:   name text
-- out:  id int, name text, state text, created int
-- plan: uses calendar_by_name
SELECT id, name, state, created FROM calendar WHERE name = ?;

-- name: calendar_list
-- out:  id int, name text, state text, created int
-- plan: scans calendar (as many as there are countries to work in)
SELECT id, name, state, created FROM calendar ORDER BY name;

-- name: calendar_add
-- in:   id int, name text, state text, created int
INSERT INTO calendar (id, name, state, created, is_used) VALUES (?, ?, ?, ?, 0);

-- name: calendar_save
-- in:   name text, state text, id int
-- plan: primary key
UPDATE calendar SET name = ?, state = ? WHERE id = ?;

-- Once a ticket is timed by it, its hours are part of that ticket's history.
-- name: calendar_use
-- in:   id int
-- plan: primary key
UPDATE calendar SET is_used = 1 WHERE id = ? AND is_used = 0;

-- name: calendar_is_used
-- in:   id int
-- out:  is_used int
-- plan: primary key
SELECT is_used FROM calendar WHERE id = ?;

-- name: calendar_drop
-- in:   id int
-- plan: primary key
DELETE FROM calendar WHERE id = ?;

-- name: calendar_edition_add
-- in:   id int, calendar_id int, valid_from int, week text, zone text, holidays text
INSERT INTO calendar_edition (id, calendar_id, valid_from, week, zone, holidays)
VALUES (?, ?, ?, ?, ?, ?);

-- name: calendar_edition_last
-- in:   calendar_id int
-- out:  valid_from int, week text, zone text, holidays text
-- plan: uses calendar_edition_by_calendar
SELECT valid_from, week, zone, holidays
  FROM calendar_edition WHERE calendar_id = ? ORDER BY valid_from DESC, id DESC LIMIT 1;

-- name: calendar_editions
-- in:   calendar_id int
-- out:  valid_from int, week text, zone text, holidays text
-- plan: uses calendar_edition_by_calendar
SELECT valid_from, week, zone, holidays
  FROM calendar_edition WHERE calendar_id = ? ORDER BY valid_from, id;

-- name: calendar_editions_drop
-- in:   calendar_id int
-- plan: uses calendar_edition_by_calendar
DELETE FROM calendar_edition WHERE calendar_id = ?;

-- Who has it: units and plans.
-- name: calendar_holders
-- in:   calendar_id int, calendar_id int
-- out:  number int
-- plan: scans unit (as many as there are teams), scans plan (as many as there are agreements)
SELECT (SELECT COUNT(*) FROM unit WHERE calendar_id = ?)
     + (SELECT COUNT(*) FROM plan WHERE calendar_id = ?) AS number;
