-- Links that let somebody sign in once; only their hashes are here.

-- name: account_token_add
-- in:   id int, person_id int, purpose text, hash text, created int, expires int
INSERT INTO login_token (id, person_id, purpose, hash, created, expires)
VALUES (?, ?, ?, ?, ?, ?);

-- name: account_token_count
-- in:   person_id int, purpose text, created int (later ones)
-- out:  number int
-- plan: uses login_token_by_person
SELECT COUNT(*) FROM login_token WHERE person_id = ? AND purpose = ? AND created > ?;

-- name: account_token_get
-- in:   id int
-- out:  person_id int, purpose text, hash text, created int, expires int, used int
-- plan: primary key
SELECT person_id, purpose, hash, created, expires, used FROM login_token WHERE id = ?;

-- name: account_token_find
-- in:   hash text
-- out:  id int, person_id int, purpose text, expires int, used int
-- plan: uses login_token_by_hash
SELECT id, person_id, purpose, expires, used FROM login_token WHERE hash = ?;

-- name: account_token_use
-- in:   used int, id int
-- plan: primary key
UPDATE login_token SET used = ? WHERE id = ? AND used IS NULL;

-- name: account_token_void
-- in:   used int, person_id int
-- plan: uses login_token_by_person
UPDATE login_token SET used = ? WHERE person_id = ? AND used IS NULL;
