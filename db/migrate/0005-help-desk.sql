-- The help desk: people and their groups, plans and calendars, the whole life
-- of a ticket, notices as people want them, recurring tickets, side threads.

-- People
CREATE TABLE job_title (
  id           BIGINT PRIMARY KEY,
  name         VARCHAR(200) NOT NULL
);
CREATE UNIQUE INDEX job_title_by_name ON job_title (name);

ALTER TABLE unit ADD COLUMN calendar_id BIGINT;
ALTER TABLE unit ADD COLUMN plan_id BIGINT;
ALTER TABLE unit ADD COLUMN command_proof VARCHAR(16) NOT NULL DEFAULT 'aligned';

ALTER TABLE person ADD COLUMN job_title_id BIGINT;
ALTER TABLE person ADD COLUMN phone VARCHAR(64) NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN mobile VARCHAR(64) NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN messenger VARCHAR(200) NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN postal VARCHAR(1000) NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN default_unit_id BIGINT;
ALTER TABLE person ADD COLUMN may_add_clients INTEGER NOT NULL DEFAULT 1;
ALTER TABLE person ADD COLUMN may_edit_clients INTEGER NOT NULL DEFAULT 1;
ALTER TABLE person ADD COLUMN digest VARCHAR(16) NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN merged_into BIGINT;
CREATE INDEX person_by_name ON person (name);
CREATE INDEX person_by_state ON person (state, role);
CREATE INDEX person_by_default_unit ON person (default_unit_id);
CREATE INDEX person_by_job_title ON person (job_title_id);
CREATE INDEX person_by_digest ON person (digest, id);

CREATE TABLE person_default (
  person_id    BIGINT NOT NULL REFERENCES person (id),
  performer_id BIGINT NOT NULL REFERENCES person (id),
  PRIMARY KEY (person_id, performer_id)
);
CREATE INDEX person_default_by_performer ON person_default (performer_id);

CREATE TABLE client_group (
  id           BIGINT PRIMARY KEY,
  name         VARCHAR(200) NOT NULL,
  state        VARCHAR(16) NOT NULL,
  created      BIGINT NOT NULL
);
CREATE UNIQUE INDEX client_group_by_name ON client_group (name);

CREATE TABLE client_group_member (
  group_id     BIGINT NOT NULL REFERENCES client_group (id),
  person_id    BIGINT NOT NULL REFERENCES person (id),
  is_head      INTEGER NOT NULL,
  PRIMARY KEY (group_id, person_id)
);
CREATE INDEX client_group_member_by_person ON client_group_member (person_id, is_head);

CREATE TABLE field (
  id           BIGINT PRIMARY KEY,
  target       VARCHAR(16) NOT NULL,
  name         VARCHAR(200) NOT NULL,
  kind         VARCHAR(16) NOT NULL,
  options      MEDIUMTEXT NOT NULL,
  placeholder  VARCHAR(200) NOT NULL,
  preset       VARCHAR(1000) NOT NULL,
  visibility   VARCHAR(16) NOT NULL,
  is_required  INTEGER NOT NULL,
  position     INTEGER NOT NULL,
  state        VARCHAR(16) NOT NULL
);
CREATE UNIQUE INDEX field_by_name ON field (target, name);

CREATE TABLE field_value (
  target_id    BIGINT NOT NULL,
  field_id     BIGINT NOT NULL REFERENCES field (id),
  value        MEDIUMTEXT NOT NULL,
  PRIMARY KEY (target_id, field_id)
);

CREATE TABLE client_request (
  id           BIGINT PRIMARY KEY,
  kind         VARCHAR(16) NOT NULL,
  person_id    BIGINT REFERENCES person (id),
  data         MEDIUMTEXT NOT NULL,
  by_id        BIGINT NOT NULL REFERENCES person (id),
  created      BIGINT NOT NULL,
  state        VARCHAR(16) NOT NULL,
  decided      BIGINT,
  decided_by   BIGINT REFERENCES person (id),
  reason       VARCHAR(1000) NOT NULL
);
CREATE INDEX client_request_by_state ON client_request (state, id);
CREATE INDEX client_request_by_person ON client_request (person_id);

CREATE TABLE login_token (
  id           BIGINT PRIMARY KEY,
  person_id    BIGINT NOT NULL REFERENCES person (id),
  purpose      VARCHAR(16) NOT NULL,
  hash         VARCHAR(80) NOT NULL,
  created      BIGINT NOT NULL,
  expires      BIGINT NOT NULL,
  used         BIGINT
);
CREATE UNIQUE INDEX login_token_by_hash ON login_token (hash);
CREATE INDEX login_token_by_person ON login_token (person_id, purpose);

CREATE TABLE setting (
  name         VARCHAR(64) NOT NULL PRIMARY KEY,
  value        MEDIUMTEXT NOT NULL
);

CREATE TABLE audit (
  id           BIGINT PRIMARY KEY,
  at           BIGINT NOT NULL,
  actor_id     BIGINT REFERENCES person (id),
  kind         VARCHAR(32) NOT NULL,
  target       VARCHAR(200) NOT NULL,
  data         MEDIUMTEXT NOT NULL
);
CREATE INDEX audit_by_target ON audit (target, id);

-- Time
CREATE TABLE calendar (
  id           BIGINT PRIMARY KEY,
  name         VARCHAR(200) NOT NULL,
  state        VARCHAR(16) NOT NULL,
  created      BIGINT NOT NULL,
  is_used      INTEGER NOT NULL
);
CREATE UNIQUE INDEX calendar_by_name ON calendar (name);

CREATE TABLE calendar_edition (
  id           BIGINT PRIMARY KEY,
  calendar_id  BIGINT NOT NULL REFERENCES calendar (id),
  valid_from   BIGINT NOT NULL,
  week         VARCHAR(1000) NOT NULL,
  zone         VARCHAR(64) NOT NULL,
  holidays     MEDIUMTEXT NOT NULL
);
CREATE INDEX calendar_edition_by_calendar ON calendar_edition (calendar_id, valid_from);

CREATE TABLE plan (
  id             BIGINT PRIMARY KEY,
  name           VARCHAR(200) NOT NULL,
  parent_id      BIGINT REFERENCES plan (id),
  position       INTEGER NOT NULL,
  calendar_id    BIGINT REFERENCES calendar (id),
  waiting_pauses INTEGER NOT NULL,
  state          VARCHAR(16) NOT NULL
);
CREATE UNIQUE INDEX plan_by_name ON plan (name);
CREATE INDEX plan_by_parent ON plan (parent_id, position);

CREATE TABLE plan_target (
  plan_id      BIGINT NOT NULL REFERENCES plan (id),
  kind         VARCHAR(16) NOT NULL,
  priority     INTEGER NOT NULL,
  span         BIGINT NOT NULL,
  PRIMARY KEY (plan_id, kind, priority)
);

CREATE TABLE timer (
  id           BIGINT PRIMARY KEY,
  kind         VARCHAR(32) NOT NULL,
  subject_id   BIGINT NOT NULL,
  due          BIGINT NOT NULL,
  data         MEDIUMTEXT NOT NULL,
  tries        INTEGER NOT NULL
);
CREATE INDEX timer_by_due ON timer (due, id);
CREATE UNIQUE INDEX timer_by_subject ON timer (subject_id, kind);

CREATE TABLE recurring (
  id           BIGINT PRIMARY KEY,
  name         VARCHAR(200) NOT NULL,
  requester_id BIGINT NOT NULL REFERENCES person (id),
  author_id    BIGINT NOT NULL REFERENCES person (id),
  unit_id      BIGINT NOT NULL REFERENCES unit (id),
  plan_id      BIGINT REFERENCES plan (id),
  priority     INTEGER NOT NULL,
  subject      VARCHAR(1000) NOT NULL,
  text         MEDIUMTEXT NOT NULL,
  pattern      VARCHAR(200) NOT NULL,
  at_time      VARCHAR(8) NOT NULL,
  zone         VARCHAR(64) NOT NULL,
  valid_from   BIGINT NOT NULL,
  valid_until  BIGINT,
  state        VARCHAR(16) NOT NULL,
  last         BIGINT,
  next         BIGINT,
  reason       VARCHAR(1000) NOT NULL,
  created      BIGINT NOT NULL
);
CREATE UNIQUE INDEX recurring_by_name ON recurring (name);

CREATE TABLE recurring_person (
  recurring_id BIGINT NOT NULL REFERENCES recurring (id),
  person_id    BIGINT NOT NULL REFERENCES person (id),
  PRIMARY KEY (recurring_id, person_id)
);

-- Tickets
CREATE TABLE topic (
  id           BIGINT PRIMARY KEY,
  name         VARCHAR(200) NOT NULL,
  parent_id    BIGINT REFERENCES topic (id),
  position     INTEGER NOT NULL,
  state        VARCHAR(16) NOT NULL
);
CREATE UNIQUE INDEX topic_by_name ON topic (name);

ALTER TABLE ticket ADD COLUMN waiting_until BIGINT;
ALTER TABLE ticket ADD COLUMN finisher_id BIGINT;
ALTER TABLE ticket ADD COLUMN is_named INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN is_spam INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN rating INTEGER;
ALTER TABLE ticket ADD COLUMN rating_text VARCHAR(1000) NOT NULL DEFAULT '';
CREATE INDEX ticket_by_author ON ticket (author_id, updated);
CREATE INDEX ticket_by_locker ON ticket (locker_id, updated);
CREATE INDEX ticket_by_finisher ON ticket (finisher_id, done);
CREATE INDEX ticket_by_done ON ticket (state, done);
CREATE INDEX ticket_by_unit_created ON ticket (unit_id, created);
CREATE INDEX ticket_by_unit_done ON ticket (unit_id, done);
CREATE INDEX ticket_by_plan ON ticket (plan_id, state);
CREATE INDEX ticket_by_merged ON ticket (merged_into);

-- [mariadb]
ALTER TABLE ticket_person DROP INDEX ticket_person_by_person,
  ADD INDEX ticket_person_by_person (person_id, relation, ticket_id);
-- [sqlite]
DROP INDEX ticket_person_by_person;
CREATE INDEX ticket_person_by_person ON ticket_person (person_id, relation, ticket_id);
-- [both]
CREATE INDEX ticket_tag_by_tag ON ticket_tag (tag, ticket_id);

CREATE TABLE ticket_link (
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  other_id     BIGINT NOT NULL REFERENCES ticket (id),
  created      BIGINT NOT NULL,
  PRIMARY KEY (ticket_id, other_id)
);
CREATE INDEX ticket_link_by_other ON ticket_link (other_id);

CREATE TABLE strand (
  id           BIGINT PRIMARY KEY,
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  person_id    BIGINT NOT NULL REFERENCES person (id),
  by_id        BIGINT NOT NULL REFERENCES person (id),
  subject      VARCHAR(1000) NOT NULL,
  state        VARCHAR(16) NOT NULL,
  created      BIGINT NOT NULL
);
CREATE INDEX strand_by_ticket ON strand (ticket_id, id);
CREATE INDEX strand_by_person ON strand (person_id, ticket_id);
CREATE INDEX strand_by_asker ON strand (by_id);

ALTER TABLE message ADD COLUMN strand_id BIGINT;
ALTER TABLE message ADD COLUMN edited BIGINT;
CREATE INDEX message_by_author ON message (author_id, ticket_id);
CREATE INDEX message_by_strand ON message (strand_id, id);

CREATE TABLE message_edition (
  id           BIGINT PRIMARY KEY,
  message_id   BIGINT NOT NULL REFERENCES message (id),
  at           BIGINT NOT NULL,
  by_id        BIGINT NOT NULL REFERENCES person (id),
  text         MEDIUMTEXT NOT NULL,
  visible      MEDIUMTEXT,
  html         MEDIUMTEXT
);
CREATE INDEX message_edition_by_message ON message_edition (message_id, id);
CREATE INDEX message_edition_by_person ON message_edition (by_id);

CREATE INDEX event_by_actor ON event (actor_id, at);
CREATE INDEX event_by_message ON event (message_id);
CREATE INDEX inbound_by_entry ON inbound (entry_id);

CREATE TABLE clock (
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  kind         VARCHAR(16) NOT NULL,
  span         BIGINT NOT NULL,
  used         BIGINT NOT NULL,
  counted      BIGINT NOT NULL,
  state        VARCHAR(16) NOT NULL,
  due          BIGINT,
  warned       INTEGER NOT NULL,
  breached     BIGINT,
  calendar_id  BIGINT,
  PRIMARY KEY (ticket_id, kind)
);
CREATE INDEX clock_by_due ON clock (due);
CREATE INDEX clock_by_calendar ON clock (calendar_id, state);

-- Notices
ALTER TABLE outbox ADD COLUMN urgency INTEGER NOT NULL DEFAULT 1;
ALTER TABLE outbox ADD COLUMN strand_id BIGINT;
CREATE INDEX outbox_by_strand ON outbox (strand_id, id);
CREATE INDEX outbox_by_person ON outbox (person_id, state);
CREATE INDEX outbox_by_urgency ON outbox (urgency, next, id);
-- [mariadb]
DROP INDEX outbox_by_next ON outbox;
-- [sqlite]
DROP INDEX outbox_by_next;
-- [both]
CREATE INDEX outbox_by_message ON outbox (message_id);

CREATE TABLE notice_choice (
  person_id    BIGINT NOT NULL REFERENCES person (id),
  event        VARCHAR(32) NOT NULL,
  channel      VARCHAR(16) NOT NULL,
  wanted       INTEGER NOT NULL,
  PRIMARY KEY (person_id, event, channel)
);

CREATE TABLE feed (
  id           BIGINT PRIMARY KEY,
  person_id    BIGINT NOT NULL REFERENCES person (id),
  at           BIGINT NOT NULL,
  event        VARCHAR(32) NOT NULL,
  ticket_id    BIGINT REFERENCES ticket (id),
  message_id   BIGINT REFERENCES message (id),
  actor_id     BIGINT REFERENCES person (id),
  popup        INTEGER NOT NULL,
  data         MEDIUMTEXT NOT NULL
);
CREATE INDEX feed_by_person ON feed (person_id, id);
CREATE INDEX feed_by_ticket ON feed (ticket_id);
CREATE INDEX feed_by_message ON feed (message_id);
CREATE INDEX feed_by_at ON feed (at);

CREATE TABLE template (
  unit_id      BIGINT NOT NULL,
  language     VARCHAR(16) NOT NULL,
  event        VARCHAR(32) NOT NULL,
  part         VARCHAR(16) NOT NULL,
  text         MEDIUMTEXT NOT NULL,
  changed      BIGINT NOT NULL,
  by_id        BIGINT REFERENCES person (id),
  PRIMARY KEY (unit_id, language, event, part)
);

CREATE TABLE mailing (
  id           BIGINT PRIMARY KEY,
  subject      VARCHAR(1000) NOT NULL,
  text         MEDIUMTEXT NOT NULL,
  html         MEDIUMTEXT,
  unit_id      BIGINT NOT NULL REFERENCES unit (id),
  choice       MEDIUMTEXT NOT NULL,
  by_id        BIGINT NOT NULL REFERENCES person (id),
  created      BIGINT NOT NULL,
  queued       BIGINT,
  recipients   INTEGER NOT NULL
);

-- What an import has brought already, so that it can be run again
CREATE TABLE import_map (
  source       VARCHAR(64) NOT NULL,
  kind         VARCHAR(32) NOT NULL,
  foreign_id   VARCHAR(100) NOT NULL,
  id           BIGINT NOT NULL,
  PRIMARY KEY (source, kind, foreign_id)
);
