-- Rules: Sieve scripts with their versions, and what they remember.

CREATE TABLE rule (
  id           BIGINT PRIMARY KEY,
  name         VARCHAR(128) NOT NULL,
  scope        VARCHAR(8) NOT NULL,
  unit_id      BIGINT NOT NULL,
  place        INTEGER NOT NULL,
  active       INTEGER NOT NULL,
  events       VARCHAR(100) NOT NULL,
  idle         BIGINT NOT NULL,
  idle_done    BIGINT NOT NULL,
  version      INTEGER NOT NULL,
  created      BIGINT NOT NULL,
  changed      BIGINT NOT NULL
);
CREATE UNIQUE INDEX rule_by_name ON rule (unit_id, name);

CREATE TABLE rule_version (
  rule_id      BIGINT NOT NULL REFERENCES rule (id),
  number       INTEGER NOT NULL,
  at           BIGINT NOT NULL,
  by_id        BIGINT REFERENCES person (id),
  remark       VARCHAR(1000) NOT NULL,
  script       MEDIUMTEXT NOT NULL,
  PRIMARY KEY (rule_id, number)
);
CREATE INDEX rule_version_by_person ON rule_version (by_id);

CREATE TABLE rule_use (
  rule_id      BIGINT NOT NULL PRIMARY KEY REFERENCES rule (id),
  runs         BIGINT NOT NULL,
  fired        BIGINT NOT NULL,
  failed       BIGINT NOT NULL,
  spent        BIGINT NOT NULL,
  last_fired   BIGINT,
  last_failed  BIGINT,
  last_error   VARCHAR(1000) NOT NULL
);

CREATE TABLE rule_memo (
  hash         VARCHAR(64) NOT NULL PRIMARY KEY,
  expires      BIGINT NOT NULL
);
CREATE INDEX rule_memo_by_expires ON rule_memo (expires);

CREATE TABLE rule_turn (
  ring         VARCHAR(64) NOT NULL PRIMARY KEY,
  person_id    BIGINT NOT NULL REFERENCES person (id)
);
CREATE INDEX rule_turn_by_person ON rule_turn (person_id);

CREATE TABLE address_list (
  id           BIGINT PRIMARY KEY,
  name         VARCHAR(100) NOT NULL,
  created      BIGINT NOT NULL
);
CREATE UNIQUE INDEX address_list_by_name ON address_list (name);

CREATE TABLE address_list_entry (
  list_id      BIGINT NOT NULL REFERENCES address_list (id),
  entry        VARCHAR(320) NOT NULL,
  PRIMARY KEY (list_id, entry)
);

CREATE TABLE webhook (
  id           BIGINT PRIMARY KEY,
  name         VARCHAR(100) NOT NULL,
  url          VARCHAR(1000) NOT NULL,
  created      BIGINT NOT NULL
);
CREATE UNIQUE INDEX webhook_by_name ON webhook (name);
