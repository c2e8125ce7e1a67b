-- Fields that administrators define, and what stands in them.

-- name: field_list
-- in:   target text
-- out:  id int, target text, name text, kind text, options text, placeholder text, preset text, visibility text, is_required int, position int, state text
-- plan: uses field_by_name
SELECT id, target, name, kind, options, placeholder, preset, visibility, is_required, position,
       state
  FROM field WHERE target = ? ORDER BY position, id;

-- name: field_add
-- in:   id int, target text, name text, kind text, options text, placeholder text, preset text, visibility text, is_required int, position int, state text
INSERT INTO field (id, target, name, kind, options, placeholder, preset, visibility, is_required,
                   position, state)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: field_save
-- in:   name text, options text, placeholder text, preset text, visibility text, is_required int, position int, state text, id int
-- plan: primary key
UPDATE field SET name = ?, options = ?, placeholder = ?, preset = ?, visibility = ?,
       is_required = ?, position = ?, state = ?
 WHERE id = ?;

-- name: field_move
-- in:   position int, id int
-- plan: primary key
UPDATE field SET position = ? WHERE id = ?;

-- name: field_values
-- in:   target_id int, target text
-- out:  id int, target text, name text, kind text, options text, placeholder text, preset text, visibility text, is_required int, position int, state text, value text (NULL: none)
-- plan: uses field_by_name, primary key
SELECT f.id, f.target, f.name, f.kind, f.options, f.placeholder, f.preset, f.visibility,
       f.is_required, f.position, f.state, v.value
  FROM field f LEFT JOIN field_value v ON v.field_id = f.id AND v.target_id = ?
 WHERE f.target = ? ORDER BY f.position, f.id;

-- name: field_value_get
-- in:   target_id int, field_id int
-- out:  value text
-- plan: primary key
SELECT value FROM field_value WHERE target_id = ? AND field_id = ?;

-- name: field_value_add
-- in:   target_id int, field_id int, value text
INSERT INTO field_value (target_id, field_id, value) VALUES (?, ?, ?);

-- name: field_value_save
-- in:   value text, target_id int, field_id int
-- plan: primary key
UPDATE field_value SET value = ? WHERE target_id = ? AND field_id = ?;

-- name: field_value_drop
-- in:   target_id int, field_id int
-- plan: primary key
DELETE FROM field_value WHERE target_id = ? AND field_id = ?;

-- name: field_value_clear
-- in:   target_id int
-- plan: primary key
DELETE FROM field_value WHERE target_id = ?;
