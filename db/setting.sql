-- The settings that change daily (desk-setting.h).

-- name: setting_list
-- out:  name text, value text
-- plan: scans setting (as many as somebody has set)
SELECT name, value FROM setting;

-- name: setting_add
-- in:   name text, value text
INSERT INTO setting (name, value) VALUES (?, ?);

-- name: setting_drop
-- in:   name text
-- plan: primary key
DELETE FROM setting WHERE name = ?;

-- name: setting_audit
-- in:   id int, at int, actor_id int, target text, data text
INSERT INTO audit (id, at, actor_id, kind, target, data) VALUES (?, ?, ?, 'setting', ?, ?);
