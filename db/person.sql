-- People and their addresses.
--
-- A person is read together with the addresses: one row for each, in order
-- of position, the columns of the person repeated.

-- name: person_get
-- in:   id int
-- out:  id int, role text, is_admin int, name text, language text, timezone text, state text, source text, created int, written text (NULL: none)
-- plan: primary key, person_address_by_person
SELECT p.id, p.role, p.is_admin, p.name, p.language, p.timezone, p.state, p.source, p.created,
       a.written
  FROM person p LEFT JOIN person_address a ON a.person_id = p.id
 WHERE p.id = ?
 ORDER BY a.position;

-- name: person_by_address
-- in:   address text (small letters)
-- out:  id int, role text, is_admin int, name text, language text, timezone text, state text, source text, created int, written text
-- plan: primary key, person_address_by_person
SELECT p.id, p.role, p.is_admin, p.name, p.language, p.timezone, p.state, p.source, p.created,
       a.written
  FROM person_address k
  JOIN person p ON p.id = k.person_id
  JOIN person_address a ON a.person_id = p.id
 WHERE k.address = ?
 ORDER BY a.position;

-- An empty role stands for all; for people to read, so all rows are wanted.
-- name: person_list
-- in:   role text, role text
-- out:  id int, role text, is_admin int, name text, language text, timezone text, state text, source text, created int, written text (NULL: none)
-- plan: scans person (all are wanted), uses person_address_by_person
SELECT p.id, p.role, p.is_admin, p.name, p.language, p.timezone, p.state, p.source, p.created,
       a.written
  FROM person p LEFT JOIN person_address a ON a.person_id = p.id
 WHERE p.state <> 'deleted' AND (? = '' OR p.role = ?)
 ORDER BY p.name, p.id, a.position;

-- name: person_add
-- in:   id int, role text, is_admin int, name text, language text, timezone text, state text, source text, created int
INSERT INTO person (id, role, is_admin, name, language, timezone, state, source, created)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: person_save
-- in:   role text, is_admin int, name text, language text, timezone text, state text, id int
-- plan: primary key
UPDATE person SET role = ?, is_admin = ?, name = ?, language = ?, timezone = ?, state = ?
 WHERE id = ?;

-- name: person_learn_name
-- in:   name text, id int
-- plan: primary key
UPDATE person SET name = ? WHERE id = ? AND name = '';

-- name: person_address_add
-- in:   address text (small letters), written text, person_id int, position int
INSERT INTO person_address (address, written, person_id, position) VALUES (?, ?, ?, ?);

-- name: person_address_drop
-- in:   person_id int
-- plan: uses person_address_by_person
DELETE FROM person_address WHERE person_id = ?;

-- name: person_id_by_address
-- in:   address text (small letters)
-- out:  person_id int
-- plan: primary key
SELECT person_id FROM person_address WHERE address = ?;

-- name: person_unit_ids
-- in:   person_id int
-- out:  unit_id int
-- plan: uses membership_by_person
SELECT unit_id FROM membership WHERE person_id = ? ORDER BY unit_id;
