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
