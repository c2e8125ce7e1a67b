-- The bytes of mails and files, in pieces.

-- name: raw_add
-- in:   id int, size int, created int, data blob (the first piece)
INSERT INTO raw (id, size, created, data) VALUES (?, ?, ?, ?);

-- name: raw_chunk_add
-- in:   raw_id int, seq int, data blob
INSERT INTO raw_chunk (raw_id, seq, data) VALUES (?, ?, ?);

-- name: raw_get
-- in:   id int
-- out:  size int, data blob (the first piece)
-- plan: primary key
SELECT size, data FROM raw WHERE id = ?;

-- One piece a call: the driver keeps a whole row in memory.
-- name: raw_chunk_get
-- in:   raw_id int, seq int
-- out:  data blob
-- plan: primary key
SELECT data FROM raw_chunk WHERE raw_id = ? AND seq = ?;
