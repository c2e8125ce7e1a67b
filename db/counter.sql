-- Ticket numbers.  The row is read once in a transaction and written back
-- once, at its commit; see lib/desk/number.h.

-- SQLite's writer has the whole database already; MariaDB's must lock the row
-- before it reads, or two writers give the same number.
-- name: counter_get [sqlite]
-- in:   name text
-- out:  value int
-- plan: primary key
SELECT value FROM counter WHERE name = ?;
-- name: counter_get [mariadb]
SELECT value FROM counter WHERE name = ? FOR UPDATE;

-- name: counter_set
-- in:   value int, name text
-- plan: primary key
UPDATE counter SET value = ? WHERE name = ?;
