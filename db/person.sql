-- People and their addresses.
--
-- A person is read together with the addresses: one row for each, in order
-- of position, the columns of the person repeated.

-- name: person_get
-- in:   id int
-- out:  id int, role text, is_admin int, name text, language text, timezone text, state text,
--       source text, created int, login text (NULL: none), has_password int, job_title_id int,
--       phone text, mobile text, messenger text, postal text, default_unit_id int,
--       may_add_clients int, may_edit_clients int, digest text, merged_into int,
--       written text (NULL: none)
-- plan: primary key, person_address_by_person
SELECT p.id, p.role, p.is_admin, p.name, p.language, p.timezone, p.state, p.source, p.created,
       p.login, p.password IS NOT NULL AS has_password, p.job_title_id, p.phone, p.mobile,
       p.messenger, p.postal, p.default_unit_id, p.may_add_clients, p.may_edit_clients, p.digest,
       p.merged_into, a.written
  FROM person p LEFT JOIN person_address a ON a.person_id = p.id
 WHERE p.id = ?
 ORDER BY a.position;

-- name: person_by_address
-- in:   address text (small letters)
-- out:  id int, role text, is_admin int, name text, language text, timezone text, state text,
--       source text, created int, login text (NULL: none), has_password int, job_title_id int,
--       phone text, mobile text, messenger text, postal text, default_unit_id int,
--       may_add_clients int, may_edit_clients int, digest text, merged_into int, written text
-- plan: primary key, person_address_by_person
SELECT p.id, p.role, p.is_admin, p.name, p.language, p.timezone, p.state, p.source, p.created,
       p.login, p.password IS NOT NULL AS has_password, p.job_title_id, p.phone, p.mobile,
       p.messenger, p.postal, p.default_unit_id, p.may_add_clients, p.may_edit_clients, p.digest,
       p.merged_into, a.written
  FROM person_address k
  JOIN person p ON p.id = k.person_id
  JOIN person_address a ON a.person_id = p.id
 WHERE k.address = ?
 ORDER BY a.position;

-- An empty role stands for all; for people to read, so all rows are wanted.
-- name: person_list
-- in:   role text, role text
-- out:  id int, role text, is_admin int, name text, language text, timezone text, state text,
--       source text, created int, login text (NULL: none), has_password int, job_title_id int,
--       phone text, mobile text, messenger text, postal text, default_unit_id int,
--       may_add_clients int, may_edit_clients int, digest text, merged_into int,
--       written text (NULL: none)
-- plan: scans person (all are wanted), uses person_address_by_person
SELECT p.id, p.role, p.is_admin, p.name, p.language, p.timezone, p.state, p.source, p.created,
       p.login, p.password IS NOT NULL AS has_password, p.job_title_id, p.phone, p.mobile,
       p.messenger, p.postal, p.default_unit_id, p.may_add_clients, p.may_edit_clients, p.digest,
       p.merged_into, a.written
  FROM person p LEFT JOIN person_address a ON a.person_id = p.id
 WHERE p.state <> 'deleted' AND (? = '' OR p.role = ?)
 ORDER BY p.name, p.id, a.position;

-- Those in one state; deleted people have no addresses.
-- name: person_list_state
-- in:   state text, role text, role text
-- out:  id int, role text, is_admin int, name text, language text, timezone text, state text,
--       source text, created int, login text (NULL: none), has_password int, job_title_id int,
--       phone text, mobile text, messenger text, postal text, default_unit_id int,
--       may_add_clients int, may_edit_clients int, digest text, merged_into int,
--       written text (NULL: none)
-- plan: uses person_by_state, person_address_by_person
SELECT p.id, p.role, p.is_admin, p.name, p.language, p.timezone, p.state, p.source, p.created,
       p.login, p.password IS NOT NULL AS has_password, p.job_title_id, p.phone, p.mobile,
       p.messenger, p.postal, p.default_unit_id, p.may_add_clients, p.may_edit_clients, p.digest,
       p.merged_into, a.written
  FROM person p LEFT JOIN person_address a ON a.person_id = p.id
 WHERE p.state = ? AND (? = '' OR p.role = ?)
 ORDER BY p.name, p.id, a.position;

-- name: person_add
-- in:   id int, role text, is_admin int, name text, language text, timezone text, state text,
--       source text, created int, login text, job_title_id int, phone text, mobile text,
--       messenger text, postal text, may_add_clients int, may_edit_clients int, digest text
INSERT INTO person (id, role, is_admin, name, language, timezone, state, source, created, login,
                    job_title_id, phone, mobile, messenger, postal, may_add_clients,
                    may_edit_clients, digest)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: person_save
-- in:   role text, is_admin int, name text, language text, timezone text, state text, login text,
--       job_title_id int, phone text, mobile text, messenger text, postal text,
--       may_add_clients int, may_edit_clients int, digest text, id int
-- plan: primary key
UPDATE person SET role = ?, is_admin = ?, name = ?, language = ?, timezone = ?, state = ?,
       login = ?, job_title_id = ?, phone = ?, mobile = ?, messenger = ?, postal = ?,
       may_add_clients = ?, may_edit_clients = ?, digest = ?
 WHERE id = ?;

-- name: person_by_login
-- in:   login text (small letters)
-- out:  id int
-- plan: uses person_by_login
SELECT id FROM person WHERE login = ?;

-- name: person_password
-- in:   login text (small letters)
-- out:  id int, password text (NULL: none)
-- plan: uses person_by_login
SELECT id, password FROM person WHERE login = ?;

-- name: person_set_password
-- in:   password text (NULL: none), id int
-- plan: primary key
UPDATE person SET password = ? WHERE id = ?;

-- Whether there is an active administrator beside one.
-- name: person_other_admin
-- in:   id int
-- out:  id int
-- plan: uses person_by_state
SELECT id FROM person
 WHERE state = 'active' AND role IN ('agent', 'head', 'director') AND is_admin = 1 AND id <> ?
 LIMIT 1;

-- name: person_set_default_unit
-- in:   default_unit_id int, id int
-- plan: primary key
UPDATE person SET default_unit_id = ? WHERE id = ?;

-- name: person_default_list
-- in:   person_id int
-- out:  performer_id int
-- plan: primary key
SELECT performer_id FROM person_default WHERE person_id = ? ORDER BY performer_id;

-- name: person_default_add
-- in:   person_id int, performer_id int
INSERT INTO person_default (person_id, performer_id) VALUES (?, ?);

-- name: person_default_clear
-- in:   person_id int
-- plan: primary key
DELETE FROM person_default WHERE person_id = ?;

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
