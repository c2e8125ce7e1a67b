-- The encoding of a file can be a chain of steps: "base64;part=120+340;base64".

-- [mariadb]
ALTER TABLE attachment MODIFY encoding VARCHAR(200) NOT NULL;

-- [sqlite]
CREATE TABLE attachment_next (
  id           BIGINT PRIMARY KEY,
  message_id   BIGINT NOT NULL REFERENCES message (id),
  position     INTEGER NOT NULL,
  name         VARCHAR(500) NOT NULL,
  type         VARCHAR(200) NOT NULL,
  size         BIGINT NOT NULL,
  content_id   VARCHAR(500) NOT NULL,
  is_inline    INTEGER NOT NULL,
  sha256       VARCHAR(64) NOT NULL,
  raw_id       BIGINT NOT NULL REFERENCES raw (id),
  part         VARCHAR(200) NOT NULL,
  start        BIGINT NOT NULL,
  length       BIGINT NOT NULL,
  encoding     VARCHAR(200) NOT NULL
);
INSERT INTO attachment_next SELECT * FROM attachment;
DROP TABLE attachment;
ALTER TABLE attachment_next RENAME TO attachment;
CREATE INDEX attachment_by_message ON attachment (message_id, position);
