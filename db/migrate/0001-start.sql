-- The first tables; db/schema.sql explains them.

CREATE TABLE meta (
  name         VARCHAR(64) NOT NULL PRIMARY KEY,
  value        VARCHAR(200) NOT NULL
);

CREATE TABLE counter (
  name         VARCHAR(64) NOT NULL PRIMARY KEY,
  value        BIGINT NOT NULL
);

CREATE TABLE unit (
  id           BIGINT PRIMARY KEY,
  name         VARCHAR(200) NOT NULL,
  signature    MEDIUMTEXT NOT NULL,
  language     VARCHAR(16) NOT NULL,
  strangers    VARCHAR(16) NOT NULL,
  state        VARCHAR(16) NOT NULL,
  created      BIGINT NOT NULL
);
CREATE UNIQUE INDEX unit_by_name ON unit (name);

CREATE TABLE unit_address (
  address      VARCHAR(320) NOT NULL PRIMARY KEY,
  unit_id      BIGINT NOT NULL REFERENCES unit (id),
  position     INTEGER NOT NULL
);
CREATE INDEX unit_address_by_unit ON unit_address (unit_id, position);

CREATE TABLE person (
  id           BIGINT PRIMARY KEY,
  role         VARCHAR(16) NOT NULL,
  is_admin     INTEGER NOT NULL,
  name         VARCHAR(200) NOT NULL,
  login        VARCHAR(100),
  password     VARCHAR(200),
  language     VARCHAR(16) NOT NULL,
  timezone     VARCHAR(64) NOT NULL,
  state        VARCHAR(16) NOT NULL,
  source       VARCHAR(16) NOT NULL,
  created      BIGINT NOT NULL
);
CREATE UNIQUE INDEX person_by_login ON person (login);

CREATE TABLE person_address (
  address      VARCHAR(320) NOT NULL PRIMARY KEY,
  written      VARCHAR(320) NOT NULL,
  person_id    BIGINT NOT NULL REFERENCES person (id),
  position     INTEGER NOT NULL
);
CREATE INDEX person_address_by_person ON person_address (person_id, position);

CREATE TABLE membership (
  unit_id      BIGINT NOT NULL REFERENCES unit (id),
  person_id    BIGINT NOT NULL REFERENCES person (id),
  is_head      INTEGER NOT NULL,
  PRIMARY KEY (unit_id, person_id)
);
CREATE INDEX membership_by_person ON membership (person_id);

CREATE TABLE raw (
  id           BIGINT PRIMARY KEY,
  size         BIGINT NOT NULL,
  created      BIGINT NOT NULL,
  data         LONGBLOB NOT NULL
);

CREATE TABLE raw_chunk (
  raw_id       BIGINT NOT NULL REFERENCES raw (id),
  seq          INTEGER NOT NULL,
  data         LONGBLOB NOT NULL,
  PRIMARY KEY (raw_id, seq)
);

CREATE TABLE ticket (
  id           BIGINT PRIMARY KEY,
  number       BIGINT NOT NULL,
  subject      VARCHAR(1000) NOT NULL,
  unit_id      BIGINT NOT NULL REFERENCES unit (id),
  state        VARCHAR(16) NOT NULL,
  locker_id    BIGINT REFERENCES person (id),
  priority     INTEGER NOT NULL,
  plan_id      BIGINT,
  deadline     BIGINT,
  requester_id BIGINT NOT NULL REFERENCES person (id),
  author_id    BIGINT NOT NULL REFERENCES person (id),
  source       VARCHAR(16) NOT NULL,
  merged_into  BIGINT,
  refers_to    BIGINT,
  created      BIGINT NOT NULL,
  updated      BIGINT NOT NULL,
  done         BIGINT,
  version      BIGINT NOT NULL
);
CREATE UNIQUE INDEX ticket_by_number ON ticket (number);
CREATE INDEX ticket_by_unit ON ticket (unit_id, state, updated);
CREATE INDEX ticket_by_requester ON ticket (requester_id, updated);
CREATE INDEX ticket_by_updated ON ticket (updated);

CREATE TABLE ticket_person (
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  person_id    BIGINT NOT NULL REFERENCES person (id),
  relation     VARCHAR(16) NOT NULL,
  PRIMARY KEY (ticket_id, person_id, relation)
);
CREATE INDEX ticket_person_by_person ON ticket_person (person_id);

CREATE TABLE ticket_tag (
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  tag          VARCHAR(100) NOT NULL,
  PRIMARY KEY (ticket_id, tag)
);

CREATE TABLE message (
  id           BIGINT PRIMARY KEY,
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  kind         VARCHAR(16) NOT NULL,
  visibility   VARCHAR(16) NOT NULL,
  author_id    BIGINT NOT NULL REFERENCES person (id),
  created      BIGINT NOT NULL,
  text         MEDIUMTEXT NOT NULL,
  visible      MEDIUMTEXT,
  html         MEDIUMTEXT,
  message_id   VARCHAR(512),
  proof        VARCHAR(16),
  raw_id       BIGINT REFERENCES raw (id)
);
CREATE INDEX message_by_ticket ON message (ticket_id, id);
CREATE INDEX message_by_message_id ON message (message_id);

CREATE TABLE attachment (
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
  encoding     VARCHAR(32) NOT NULL
);
CREATE INDEX attachment_by_message ON attachment (message_id, position);

CREATE TABLE event (
  id           BIGINT PRIMARY KEY,
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  at           BIGINT NOT NULL,
  kind         VARCHAR(32) NOT NULL,
  actor_id     BIGINT REFERENCES person (id),
  message_id   BIGINT REFERENCES message (id),
  data         MEDIUMTEXT NOT NULL
);
CREATE INDEX event_by_ticket ON event (ticket_id, id);

CREATE TABLE inbound (
  id           BIGINT PRIMARY KEY,
  received     BIGINT NOT NULL,
  source       VARCHAR(16) NOT NULL,
  mail_from    VARCHAR(320) NOT NULL,
  rcpt_to      MEDIUMTEXT NOT NULL,
  header_from  VARCHAR(320) NOT NULL,
  subject      VARCHAR(1000) NOT NULL,
  message_id   VARCHAR(512) NOT NULL,
  dedupe       VARCHAR(80),
  outcome      VARCHAR(16) NOT NULL,
  reason       VARCHAR(1000) NOT NULL,
  ticket_id    BIGINT REFERENCES ticket (id),
  entry_id     BIGINT REFERENCES message (id),
  size         BIGINT NOT NULL,
  raw_id       BIGINT REFERENCES raw (id),
  trace        MEDIUMTEXT NOT NULL
);
CREATE UNIQUE INDEX inbound_by_dedupe ON inbound (dedupe);
CREATE INDEX inbound_by_outcome ON inbound (outcome, id);
CREATE INDEX inbound_by_ticket ON inbound (ticket_id);
CREATE INDEX inbound_by_message_id ON inbound (message_id);

CREATE TABLE outbox (
  id           BIGINT PRIMARY KEY,
  created      BIGINT NOT NULL,
  event        VARCHAR(32) NOT NULL,
  channel      VARCHAR(16) NOT NULL,
  unit_id      BIGINT REFERENCES unit (id),
  ticket_id    BIGINT REFERENCES ticket (id),
  message_id   BIGINT REFERENCES message (id),
  person_id    BIGINT REFERENCES person (id),
  actor_id     BIGINT REFERENCES person (id),
  recipient    VARCHAR(320) NOT NULL,
  data         MEDIUMTEXT NOT NULL,
  state        VARCHAR(16) NOT NULL,
  next         BIGINT,
  lease        BIGINT,
  attempts     INTEGER NOT NULL,
  finished     BIGINT,
  answer       VARCHAR(1000) NOT NULL
);
CREATE INDEX outbox_by_next ON outbox (next, id);
CREATE INDEX outbox_by_ticket ON outbox (ticket_id, id);
CREATE INDEX outbox_by_state ON outbox (state, id);

CREATE TABLE attempt (
  id           BIGINT PRIMARY KEY,
  outbox_id    BIGINT NOT NULL REFERENCES outbox (id),
  at           BIGINT NOT NULL,
  relay        VARCHAR(300) NOT NULL,
  result       VARCHAR(16) NOT NULL,
  code         INTEGER NOT NULL,
  status       VARCHAR(16) NOT NULL,
  answer       VARCHAR(1000) NOT NULL
);
CREATE INDEX attempt_by_outbox ON attempt (outbox_id, id);

INSERT INTO counter (name, value) VALUES ('ticket', 0);
