-- Timers: what is to be done at a time.  The row is the claim: who deletes it
-- does the work, in the same transaction.

-- Setting one again makes it another one, with an id of its own: who has read
-- the old one finds it gone.
-- name: timer_set [sqlite]
-- in:   id int, kind text, subject_id int, due int, data text
INSERT INTO timer (id, kind, subject_id, due, data, tries) VALUES (?, ?, ?, ?, ?, 0)
    ON CONFLICT (subject_id, kind)
    DO UPDATE SET id = excluded.id, due = excluded.due, data = excluded.data, tries = 0;
-- name: timer_set [mariadb]
INSERT INTO timer (id, kind, subject_id, due, data, tries) VALUES (?, ?, ?, ?, ?, 0)
    ON DUPLICATE KEY
    UPDATE id = VALUES(id), due = VALUES(due), data = VALUES(data), tries = 0;

-- name: timer_clear
-- in:   subject_id int, kind text
-- plan: uses timer_by_subject
DELETE FROM timer WHERE subject_id = ? AND kind = ?;

-- name: timer_due
-- in:   now int, limit int
-- out:  id int, kind text, subject_id int, due int, data text, tries int
-- plan: uses timer_by_due
SELECT id, kind, subject_id, due, data, tries FROM timer WHERE due <= ? ORDER BY due, id LIMIT ?;

-- name: timer_next
-- out:  due int
-- plan: uses timer_by_due
SELECT due FROM timer ORDER BY due, id LIMIT 1;

-- name: timer_take
-- in:   id int, due int
-- plan: primary key
DELETE FROM timer WHERE id = ? AND due = ?;

-- name: timer_put_off
-- in:   due int, id int, due int
-- plan: primary key
UPDATE timer SET due = ?, tries = tries + 1 WHERE id = ? AND due = ?;

-- name: timer_get
-- in:   subject_id int, kind text
-- out:  due int
-- plan: uses timer_by_subject
SELECT due FROM timer WHERE subject_id = ? AND kind = ?;
