-- Units, their addresses, their members.
--
-- A unit is read together with its addresses: one row for each address, in
-- order of position, the columns of the unit repeated.

-- name: unit_get
-- in:   id int
-- out:  id int, name text, signature text, language text, strangers text, state text, created int,
--       calendar_id int, plan_id int, command_proof text, address text (NULL: none)
-- plan: primary key, unit_address_by_unit
SELECT u.id, u.name, u.signature, u.language, u.strangers, u.state, u.created, u.calendar_id,
       u.plan_id, u.command_proof, a.address
  FROM unit u LEFT JOIN unit_address a ON a.unit_id = u.id
 WHERE u.id = ?
 ORDER BY a.position;

-- name: unit_by_name
-- in:   name text
-- out:  id int, name text, signature text, language text, strangers text, state text, created int,
--       calendar_id int, plan_id int, command_proof text, address text (NULL: none)
-- plan: uses unit_by_name, unit_address_by_unit
SELECT u.id, u.name, u.signature, u.language, u.strangers, u.state, u.created, u.calendar_id,
       u.plan_id, u.command_proof, a.address
  FROM unit u LEFT JOIN unit_address a ON a.unit_id = u.id
 WHERE u.name = ?
 ORDER BY a.position;

-- name: unit_by_address
-- in:   address text (small letters)
-- out:  id int, name text, signature text, language text, strangers text, state text, created int,
--       calendar_id int, plan_id int, command_proof text, address text
-- plan: primary key, unit_address_by_unit
SELECT u.id, u.name, u.signature, u.language, u.strangers, u.state, u.created, u.calendar_id,
       u.plan_id, u.command_proof, a.address
  FROM unit_address k
  JOIN unit u ON u.id = k.unit_id
  JOIN unit_address a ON a.unit_id = u.id
 WHERE k.address = ?
 ORDER BY a.position;

-- All of them: there are as many as an organisation has teams.
-- name: unit_list
-- out:  id int, name text, signature text, language text, strangers text, state text, created int,
--       calendar_id int, plan_id int, command_proof text, address text (NULL: none)
-- plan: scans unit (as many as there are teams), uses unit_address_by_unit
SELECT u.id, u.name, u.signature, u.language, u.strangers, u.state, u.created, u.calendar_id,
       u.plan_id, u.command_proof, a.address
  FROM unit u LEFT JOIN unit_address a ON a.unit_id = u.id
 ORDER BY u.name, a.position;

-- name: unit_add
-- in:   id int, name text, signature text, language text, strangers text, state text, created int,
--       calendar_id int, plan_id int, command_proof text
INSERT INTO unit (id, name, signature, language, strangers, state, created, calendar_id, plan_id,
                  command_proof)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: unit_save
-- in:   name text, signature text, language text, strangers text, state text, calendar_id int,
--       plan_id int, command_proof text, id int
-- plan: primary key
UPDATE unit SET name = ?, signature = ?, language = ?, strangers = ?, state = ?, calendar_id = ?,
       plan_id = ?, command_proof = ?
 WHERE id = ?;

-- Whether a calendar or a plan that a unit shall have is there and open.
-- name: unit_calendar_known
-- in:   id int
-- out:  id int
-- plan: primary key
SELECT id FROM calendar WHERE id = ? AND state = 'active';

-- name: unit_plan_known
-- in:   id int
-- out:  id int
-- plan: primary key
SELECT id FROM plan WHERE id = ? AND state = 'active';

-- The same by name, for what a person typed.
-- name: unit_calendar_by_name
-- in:   name text
-- out:  id int
-- plan: uses calendar_by_name
SELECT id FROM calendar WHERE name = ? AND state = 'active';

-- name: unit_plan_by_name
-- in:   name text
-- out:  id int
-- plan: uses plan_by_name
SELECT id FROM plan WHERE name = ? AND state = 'active';

-- name: unit_calendar_name
-- in:   id int
-- out:  name text
-- plan: primary key
SELECT name FROM calendar WHERE id = ?;

-- name: unit_plan_name
-- in:   id int
-- out:  name text
-- plan: primary key
SELECT name FROM plan WHERE id = ?;

-- Tickets of a unit that are not done, some at a time.
-- name: unit_open_tickets
-- in:   unit_id int, limit int
-- out:  id int
-- plan: uses ticket_by_unit
SELECT id FROM ticket
 WHERE unit_id = ? AND state IN ('free', 'locked', 'waiting') ORDER BY id LIMIT ?;

-- name: unit_open_count
-- in:   unit_id int
-- out:  count int
-- plan: uses ticket_by_unit
SELECT COUNT(*) AS count FROM ticket WHERE unit_id = ? AND state IN ('free', 'locked', 'waiting');

-- Nobody's tickets go to a closed unit.
-- name: unit_undefault
-- in:   default_unit_id int
-- plan: uses person_by_default_unit
UPDATE person SET default_unit_id = NULL WHERE default_unit_id = ?;

-- name: unit_recurring
-- in:   unit_id int
-- out:  name text
-- plan: scans recurring (as many as somebody wrote down)
SELECT name FROM recurring WHERE unit_id = ? AND state = 'active' ORDER BY name LIMIT 1;

-- name: unit_members
-- in:   unit_id int
-- out:  person_id int, is_head int
-- plan: primary key
SELECT m.person_id, m.is_head
  FROM membership m JOIN person p ON p.id = m.person_id
 WHERE m.unit_id = ? AND p.state <> 'deleted'
 ORDER BY m.is_head DESC, p.name, p.id;

-- name: unit_address_add
-- in:   address text, unit_id int, position int
INSERT INTO unit_address (address, unit_id, position) VALUES (?, ?, ?);

-- name: unit_address_drop
-- in:   unit_id int
-- plan: uses unit_address_by_unit
DELETE FROM unit_address WHERE unit_id = ?;

-- Whether one of two addresses (with and without its extension) is a unit's.
-- name: unit_address_known
-- in:   address text, address text
-- out:  unit_id int
-- plan: primary key
SELECT unit_id FROM unit_address WHERE address IN (?, ?) LIMIT 1;

-- name: unit_address_active
-- out:  address text
-- plan: scans unit (as many as there are teams), uses unit_address_by_unit
SELECT a.address FROM unit_address a JOIN unit u ON u.id = a.unit_id WHERE u.state = 'active';

-- name: unit_member_find
-- in:   unit_id int, person_id int
-- out:  is_head int
-- plan: primary key
SELECT is_head FROM membership WHERE unit_id = ? AND person_id = ?;

-- name: unit_member_add
-- in:   unit_id int, person_id int, is_head int
INSERT INTO membership (unit_id, person_id, is_head) VALUES (?, ?, ?);

-- name: unit_member_save
-- in:   is_head int, unit_id int, person_id int
-- plan: primary key
UPDATE membership SET is_head = ? WHERE unit_id = ? AND person_id = ?;

-- name: unit_member_drop
-- in:   unit_id int, person_id int
-- plan: primary key
DELETE FROM membership WHERE unit_id = ? AND person_id = ?;

-- name: unit_member_ids
-- in:   unit_id int
-- out:  person_id int
-- plan: primary key
SELECT m.person_id
  FROM membership m JOIN person p ON p.id = m.person_id
 WHERE m.unit_id = ? AND p.state = 'active' AND p.role <> 'client'
 ORDER BY m.person_id;
