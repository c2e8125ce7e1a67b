-- An entry knows that it came encrypted, so that an answer can warn.

ALTER TABLE message ADD COLUMN encrypted INTEGER NOT NULL DEFAULT 0;
