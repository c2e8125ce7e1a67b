-- Texts of units and of the desk in place of shipped ones; few rows.

-- name: template_set
-- in:   unit_id int (0: the desk), language text, event text, part text, text text,
--       changed int, by_id int
REPLACE INTO template (unit_id, language, event, part, text, changed, by_id)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: template_remove
-- in:   unit_id int, language text, event text, part text
-- plan: primary key
DELETE FROM template WHERE unit_id = ? AND language = ? AND event = ? AND part = ?;

-- name: template_get
-- in:   unit_id int, language text, event text, part text
-- out:  text text
-- plan: primary key
SELECT text FROM template WHERE unit_id = ? AND language = ? AND event = ? AND part = ?;

-- name: template_list
-- out:  unit_id int, language text, event text, part text, changed int, by_id int
-- plan: scans template (all are wanted)
SELECT unit_id, language, event, part, changed, by_id
  FROM template ORDER BY unit_id, language, event, part;

-- What tells whether any was changed, set or removed.
-- name: template_stamp
-- out:  number int, changed int
-- plan: scans template (few rows, once in a batch)
SELECT COUNT(*), MAX(changed) FROM template;

-- name: template_all
-- out:  unit_id int, language text, event text, part text, text text
-- plan: scans template (all are wanted)
SELECT unit_id, language, event, part, text FROM template;
