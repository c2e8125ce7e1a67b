-- What the store asks about itself; lib/store/migrate.c uses it.

-- name: meta_get
-- in:   name text
-- out:  value text
-- plan: primary key
SELECT value FROM meta WHERE name = ?;

-- name: meta_replace
-- in:   value text, name text, old_value text (it must still be there)
-- plan: primary key
UPDATE meta SET value = ? WHERE name = ? AND value = ?;

-- name: meta_insert
-- in:   name text, value text
INSERT INTO meta (name, value) VALUES (?, ?);

-- name: tables_count [sqlite]
-- out:  tables int, metas int (1 if there is a table "meta")
-- plan: scans sqlite_master (a row for each table), scans tables (the same, in MariaDB)
SELECT COUNT(*), COUNT(CASE WHEN name = 'meta' THEN 1 END)
  FROM sqlite_master WHERE type = 'table' AND name <> 'migrating';

-- name: tables_count [mariadb]
SELECT COUNT(*), COUNT(CASE WHEN table_name = 'meta' THEN 1 END)
  FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name <> 'migrating';
