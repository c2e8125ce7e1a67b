-- The database of postdesk, as a document.
--
-- This file is read by people; the program makes the tables by db/migrate/,
-- and a test compares the two.  Two dialects, one text: a column of type
-- BIGINT PRIMARY KEY is INTEGER PRIMARY KEY (the row id) in SQLite, and every
-- table is InnoDB, utf8mb4, with the binary collation utf8mb4_nopad_bin in
-- MariaDB, so that both compare bytes.
--
--   ids      BIGINT made by us (lib/base/id.h): they grow with time, are never
--            reused, and 0 never is one
--   times    BIGINT, microseconds since 1970-01-01 UTC; NULL: not (yet)
--   flags    INTEGER 0 or 1
--   kinds    short words, so that a person who reads a table understands it
--   data     MEDIUMTEXT with JSON; never searched by SQL
--
-- Every access path of lib/desk has an index here; db/*.sql names it.

-- ---------------------------------------------------------------------------
-- What the program keeps about the database itself

CREATE TABLE meta (
  name         VARCHAR(64) NOT NULL PRIMARY KEY,  -- schema_version
  value        VARCHAR(200) NOT NULL
);

-- The next ticket number.  A writer takes the row once in a batch and keeps it
-- to the commit: numbers have no gaps.
CREATE TABLE counter (
  name         VARCHAR(64) NOT NULL PRIMARY KEY,  -- ticket
  value        BIGINT NOT NULL                    -- the last one given
);

-- ---------------------------------------------------------------------------
-- Who works here, and who writes to us

CREATE TABLE unit (
  id           BIGINT PRIMARY KEY,
  name         VARCHAR(200) NOT NULL,
  signature    MEDIUMTEXT NOT NULL,               -- below answers; '' none
  language     VARCHAR(16) NOT NULL,              -- of mail to unknown people; '' the desk's
  strangers    VARCHAR(16) NOT NULL,              -- who is no participant and answers: 'refer' opens
                                                  -- a ticket that refers to the old one, 'join' adds to it
  state        VARCHAR(16) NOT NULL,              -- active | closed
  created      BIGINT NOT NULL,
  calendar_id  BIGINT,                            -- working hours; NULL: all the time
  plan_id      BIGINT,                            -- the plan of its new tickets; NULL none
  command_proof VARCHAR(16) NOT NULL DEFAULT 'aligned' -- what proof of sender commands by mail need:
                                                  -- plausible | aligned | signed
);
CREATE UNIQUE INDEX unit_by_name ON unit (name);

-- The addresses that reach a unit; the first one (position 0) is its sender address.
CREATE TABLE unit_address (
  address      VARCHAR(320) NOT NULL PRIMARY KEY, -- small letters
  unit_id      BIGINT NOT NULL REFERENCES unit (id),
  position     INTEGER NOT NULL
);
CREATE INDEX unit_address_by_unit ON unit_address (unit_id, position);

CREATE TABLE person (
  id           BIGINT PRIMARY KEY,
  role         VARCHAR(16) NOT NULL,              -- director | head | agent | client
  is_admin     INTEGER NOT NULL,
  name         VARCHAR(200) NOT NULL,             -- '' unknown
  login        VARCHAR(100),                      -- NULL: cannot sign in
  password     VARCHAR(200),                      -- crypt(5); NULL: none
  language     VARCHAR(16) NOT NULL,              -- '' the unit's or the desk's
  timezone     VARCHAR(64) NOT NULL,              -- '' the desk's
  state        VARCHAR(16) NOT NULL,              -- active | blocked | deleted
  source       VARCHAR(16) NOT NULL,              -- mail: made for an unknown sender | command | …
  created      BIGINT NOT NULL,
  job_title_id BIGINT,                            -- what he is in his house
  phone        VARCHAR(64) NOT NULL DEFAULT '',
  mobile       VARCHAR(64) NOT NULL DEFAULT '',   -- for SMS
  messenger    VARCHAR(200) NOT NULL DEFAULT '',
  postal       VARCHAR(1000) NOT NULL DEFAULT '', -- the postal address
  default_unit_id BIGINT,                         -- where all his tickets go, see person_default
  may_add_clients INTEGER NOT NULL DEFAULT 1,     -- of staff: without asking an administrator
  may_edit_clients INTEGER NOT NULL DEFAULT 1,    -- the same
  digest       VARCHAR(16) NOT NULL DEFAULT '',   -- when he gets a digest: '' | daily | weekly
  merged_into  BIGINT                             -- person.id: he and that one were the same
);
CREATE UNIQUE INDEX person_by_login ON person (login);
CREATE INDEX person_by_name ON person (name);
CREATE INDEX person_by_state ON person (state, role);
CREATE INDEX person_by_default_unit ON person (default_unit_id);
CREATE INDEX person_by_job_title ON person (job_title_id);
CREATE INDEX person_by_digest ON person (digest, id);

CREATE TABLE person_address (
  address      VARCHAR(320) NOT NULL PRIMARY KEY, -- small letters: the key
  written      VARCHAR(320) NOT NULL,             -- as the person writes it
  person_id    BIGINT NOT NULL REFERENCES person (id),
  position     INTEGER NOT NULL                   -- 0 is where notices go
);
CREATE INDEX person_address_by_person ON person_address (person_id, position);

CREATE TABLE membership (
  unit_id      BIGINT NOT NULL REFERENCES unit (id),
  person_id    BIGINT NOT NULL REFERENCES person (id),
  is_head      INTEGER NOT NULL,
  PRIMARY KEY (unit_id, person_id)
);
CREATE INDEX membership_by_person ON membership (person_id);

-- ---------------------------------------------------------------------------
-- Bytes that came or go, stored once, in pieces of at most 1 MiB; most mails
-- are one piece, and so one row

CREATE TABLE raw (
  id           BIGINT PRIMARY KEY,
  size         BIGINT NOT NULL,                   -- octets, of all pieces
  created      BIGINT NOT NULL,
  data         LONGBLOB NOT NULL                  -- the first piece
);

CREATE TABLE raw_chunk (
  raw_id       BIGINT NOT NULL REFERENCES raw (id),
  seq          INTEGER NOT NULL,                  -- 1, 2, …: the further pieces
  data         LONGBLOB NOT NULL,
  PRIMARY KEY (raw_id, seq)
);

-- ---------------------------------------------------------------------------
-- Tickets

CREATE TABLE ticket (
  id           BIGINT PRIMARY KEY,
  number       BIGINT NOT NULL,                   -- what people see: #123
  subject      VARCHAR(1000) NOT NULL,
  unit_id      BIGINT NOT NULL REFERENCES unit (id),
  state        VARCHAR(16) NOT NULL,              -- free | locked | waiting | done | archived
  locker_id    BIGINT REFERENCES person (id),     -- who works on it, if locked
  priority     INTEGER NOT NULL,                  -- 1 low, 2 normal, 3 high
  plan_id      BIGINT,
  deadline     BIGINT,
  requester_id BIGINT NOT NULL REFERENCES person (id),
  author_id    BIGINT NOT NULL REFERENCES person (id),
  source       VARCHAR(16) NOT NULL,              -- mail | command | import | …
  merged_into  BIGINT,                            -- ticket.id
  refers_to    BIGINT,                            -- ticket.id: a stranger answered there
  created      BIGINT NOT NULL,
  updated      BIGINT NOT NULL,
  done         BIGINT,
  version      BIGINT NOT NULL,                   -- grows with each change: the loser of a race sees it
  waiting_until BIGINT,                           -- when waiting ends by itself
  finisher_id  BIGINT,                            -- who finished it, if done or archived
  is_named     INTEGER NOT NULL DEFAULT 0,        -- it is given to persons (assignees), not to the whole unit
  is_spam      INTEGER NOT NULL DEFAULT 0,        -- kept out of lists, and nobody is told
  rating       INTEGER,                           -- by the requester: 1 bad, 2 fair, 3 good
  rating_text  VARCHAR(1000) NOT NULL DEFAULT ''  -- his words to it
);
CREATE UNIQUE INDEX ticket_by_number ON ticket (number);
CREATE INDEX ticket_by_unit ON ticket (unit_id, state, updated);
CREATE INDEX ticket_by_requester ON ticket (requester_id, updated);
CREATE INDEX ticket_by_updated ON ticket (updated);
CREATE INDEX ticket_by_author ON ticket (author_id, updated);
CREATE INDEX ticket_by_locker ON ticket (locker_id, updated);
CREATE INDEX ticket_by_finisher ON ticket (finisher_id, done);
CREATE INDEX ticket_by_done ON ticket (state, done);
CREATE INDEX ticket_by_unit_created ON ticket (unit_id, created);
CREATE INDEX ticket_by_unit_done ON ticket (unit_id, done);
CREATE INDEX ticket_by_plan ON ticket (plan_id, state);
CREATE INDEX ticket_by_merged ON ticket (merged_into);

CREATE TABLE ticket_person (
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  person_id    BIGINT NOT NULL REFERENCES person (id),
  relation     VARCHAR(16) NOT NULL,              -- assignee | watcher | cc
  PRIMARY KEY (ticket_id, person_id, relation)
);
CREATE INDEX ticket_person_by_person ON ticket_person (person_id, relation, ticket_id);

CREATE TABLE ticket_tag (
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  tag          VARCHAR(100) NOT NULL,
  PRIMARY KEY (ticket_id, tag)
);
CREATE INDEX ticket_tag_by_tag ON ticket_tag (tag, ticket_id);

-- What was said: a mail that came, an answer that went, a note between staff.
CREATE TABLE message (
  id           BIGINT PRIMARY KEY,
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  kind         VARCHAR(16) NOT NULL,              -- mail (in) | reply (to the customer) | note | comment
  visibility   VARCHAR(16) NOT NULL,              -- public | internal
  author_id    BIGINT NOT NULL REFERENCES person (id),
  created      BIGINT NOT NULL,
  text         MEDIUMTEXT NOT NULL,               -- whole
  visible      MEDIUMTEXT,                        -- without quotes; NULL: the whole text
  html         MEDIUMTEXT,                        -- as the sender's HTML part has it; NULL: none
  message_id   VARCHAR(512),                      -- of the mail, without <>
  proof        VARCHAR(16),                       -- signed | aligned | plausible | none; NULL: not by mail
  raw_id       BIGINT REFERENCES raw (id),        -- as it came
  encrypted    INTEGER NOT NULL DEFAULT 0,        -- it came encrypted: what was in it should not go
                                                  -- out in plain text
  strand_id    BIGINT,                            -- it belongs to a side thread: only staff sees it
  edited       BIGINT                             -- when last; what it was is in message_edition
);
CREATE INDEX message_by_ticket ON message (ticket_id, id);
CREATE INDEX message_by_message_id ON message (message_id);
CREATE INDEX message_by_author ON message (author_id, ticket_id);
CREATE INDEX message_by_strand ON message (strand_id, id);

-- A file of a message: where it lies in the raw bytes.
CREATE TABLE attachment (
  id           BIGINT PRIMARY KEY,
  message_id   BIGINT NOT NULL REFERENCES message (id),
  position     INTEGER NOT NULL,
  name         VARCHAR(500) NOT NULL,
  type         VARCHAR(200) NOT NULL,
  size         BIGINT NOT NULL,                   -- decoded
  content_id   VARCHAR(500) NOT NULL,
  is_inline    INTEGER NOT NULL,
  sha256       VARCHAR(64) NOT NULL,              -- of the decoded bytes
  raw_id       BIGINT NOT NULL REFERENCES raw (id), -- the message's, or what was decrypted from it
  part         VARCHAR(200) NOT NULL,             -- path in the MIME tree: 1.2
  start        BIGINT NOT NULL,                   -- of the encoded bytes in the raw
  length       BIGINT NOT NULL,
  encoding     VARCHAR(200) NOT NULL              -- a chain of steps: base64;uuencode=2
);
CREATE INDEX attachment_by_message ON attachment (message_id, position);

-- The history of a ticket; only ever added to.
CREATE TABLE event (
  id           BIGINT PRIMARY KEY,
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  at           BIGINT NOT NULL,
  kind         VARCHAR(32) NOT NULL,              -- created | comment | taken | released | done | …
  actor_id     BIGINT REFERENCES person (id),     -- NULL: the system
  message_id   BIGINT REFERENCES message (id),
  data         MEDIUMTEXT NOT NULL                -- JSON: what changed, old and new
);
CREATE INDEX event_by_ticket ON event (ticket_id, id);
CREATE INDEX event_by_actor ON event (actor_id, at);
CREATE INDEX event_by_message ON event (message_id);

-- ---------------------------------------------------------------------------
-- Mail in: one row for each accepted mail, whatever became of it

CREATE TABLE inbound (
  id           BIGINT PRIMARY KEY,                -- the mail id in logs
  received     BIGINT NOT NULL,
  source       VARCHAR(16) NOT NULL,              -- lmtp | deliver | import | …
  mail_from    VARCHAR(320) NOT NULL,             -- envelope; '' the null sender
  rcpt_to      MEDIUMTEXT NOT NULL,               -- envelope, separated by blanks
  header_from  VARCHAR(320) NOT NULL,             -- address of the From field
  subject      VARCHAR(1000) NOT NULL,
  message_id   VARCHAR(512) NOT NULL,             -- without <>; '' none
  dedupe       VARCHAR(80),                       -- NULL in a duplicate: the first one keeps the key
  outcome      VARCHAR(16) NOT NULL,              -- ticket | comment | duplicate | bounce | auto-reply |
                                                  -- complaint | loop | discarded | held
  reason       VARCHAR(1000) NOT NULL,            -- in words, why this outcome; '' plain
  ticket_id    BIGINT REFERENCES ticket (id),
  entry_id     BIGINT REFERENCES message (id),
  size         BIGINT NOT NULL,
  raw_id       BIGINT REFERENCES raw (id),
  trace        MEDIUMTEXT NOT NULL                -- JSON: each step, what it saw, what it decided
);
CREATE UNIQUE INDEX inbound_by_dedupe ON inbound (dedupe);
CREATE INDEX inbound_by_outcome ON inbound (outcome, id);
CREATE INDEX inbound_by_ticket ON inbound (ticket_id);
CREATE INDEX inbound_by_message_id ON inbound (message_id);
CREATE INDEX inbound_by_entry ON inbound (entry_id);

-- ---------------------------------------------------------------------------
-- Mail out

-- One row for each recipient of each notice.  `next` alone says when a row is
-- to be looked at again: due, put off, or, while one instance sends it, when
-- its lease ends; NULL in the final states.
CREATE TABLE outbox (
  id           BIGINT PRIMARY KEY,                -- also in the Message-ID and the VERP sender
  created      BIGINT NOT NULL,
  event        VARCHAR(32) NOT NULL,              -- the template: received | created | replied | …
  channel      VARCHAR(16) NOT NULL,              -- mail
  unit_id      BIGINT REFERENCES unit (id),
  ticket_id    BIGINT REFERENCES ticket (id),
  message_id   BIGINT REFERENCES message (id),    -- the entry that the notice is about
  person_id    BIGINT REFERENCES person (id),     -- to whom
  actor_id     BIGINT REFERENCES person (id),     -- whose act it tells of
  recipient    VARCHAR(320) NOT NULL,             -- the address
  data         MEDIUMTEXT NOT NULL,               -- JSON: what the template needs beside these rows
  state        VARCHAR(16) NOT NULL,              -- queued | sending | sent | deferred | failed | held | cancelled
  next         BIGINT,
  lease        BIGINT,                            -- the claim of the instance that sends it
  attempts     INTEGER NOT NULL,
  finished     BIGINT,
  answer       VARCHAR(1000) NOT NULL,            -- the server's last words
  sent_text    MEDIUMTEXT,                        -- the plain text that went out: an answer is aligned
                                                  -- with it; NULL: not sent (yet)
  urgency      INTEGER NOT NULL DEFAULT 1,        -- 0 mass mail, 1 notices, 2 what somebody waits for
  strand_id    BIGINT                             -- it is about a side thread: to its third party
                                                  -- (event strand), or to staff
);
CREATE INDEX outbox_by_strand ON outbox (strand_id, id);
CREATE INDEX outbox_by_ticket ON outbox (ticket_id, id);
CREATE INDEX outbox_by_state ON outbox (state, id);
CREATE INDEX outbox_by_person ON outbox (person_id, state);
CREATE INDEX outbox_by_urgency ON outbox (urgency, next, id); -- claims: the urgent first, then the oldest
CREATE INDEX outbox_by_message ON outbox (message_id);

CREATE TABLE attempt (
  id           BIGINT PRIMARY KEY,
  outbox_id    BIGINT NOT NULL REFERENCES outbox (id),
  at           BIGINT NOT NULL,
  relay        VARCHAR(300) NOT NULL,             -- host[address]:port
  result       VARCHAR(16) NOT NULL,              -- sent | deferred | failed | lost
  code         INTEGER NOT NULL,                  -- 250; 0 if there was no reply
  status       VARCHAR(16) NOT NULL,              -- RFC 3463; '' unknown
  answer       VARCHAR(1000) NOT NULL
);
CREATE INDEX attempt_by_outbox ON attempt (outbox_id, id);

-- ---------------------------------------------------------------------------
-- People, continued

-- What people are in their house: a dictionary.
CREATE TABLE job_title (
  id           BIGINT PRIMARY KEY,
  name         VARCHAR(200) NOT NULL
);
CREATE UNIQUE INDEX job_title_by_name ON job_title (name);

-- Who gets all tickets of a person, by name; none: the whole default unit.
CREATE TABLE person_default (
  person_id    BIGINT NOT NULL REFERENCES person (id),
  performer_id BIGINT NOT NULL REFERENCES person (id),
  PRIMARY KEY (person_id, performer_id)
);
CREATE INDEX person_default_by_performer ON person_default (performer_id);

-- Clients that belong together, a customer's house.
CREATE TABLE client_group (
  id           BIGINT PRIMARY KEY,
  name         VARCHAR(200) NOT NULL,
  state        VARCHAR(16) NOT NULL,              -- open | locked: its clients cannot act
  created      BIGINT NOT NULL
);
CREATE UNIQUE INDEX client_group_by_name ON client_group (name);

CREATE TABLE client_group_member (
  group_id     BIGINT NOT NULL REFERENCES client_group (id),
  person_id    BIGINT NOT NULL REFERENCES person (id),
  is_head      INTEGER NOT NULL,                  -- sees what the group's clients asked
  PRIMARY KEY (group_id, person_id)
);
CREATE INDEX client_group_member_by_person ON client_group_member (person_id, is_head);

-- Further fields of people and tickets, as an administrator defines them.
CREATE TABLE field (
  id           BIGINT PRIMARY KEY,
  target       VARCHAR(16) NOT NULL,              -- person | ticket
  name         VARCHAR(200) NOT NULL,
  kind         VARCHAR(16) NOT NULL,              -- text | longtext | select | multiselect | date
  options      MEDIUMTEXT NOT NULL,               -- JSON array of texts, of the selects
  placeholder  VARCHAR(200) NOT NULL,
  preset       VARCHAR(1000) NOT NULL,            -- what stands there at first
  visibility   VARCHAR(16) NOT NULL,              -- all | staff | heads
  is_required  INTEGER NOT NULL,
  position     INTEGER NOT NULL,
  state        VARCHAR(16) NOT NULL               -- active | closed
);
CREATE UNIQUE INDEX field_by_name ON field (target, name);

CREATE TABLE field_value (
  target_id    BIGINT NOT NULL,                   -- person.id or ticket.id
  field_id     BIGINT NOT NULL REFERENCES field (id),
  value        MEDIUMTEXT NOT NULL,               -- multiselect: JSON array; date: YYYY-MM-DD
  PRIMARY KEY (target_id, field_id)
);

-- Changes to clients that wait for an administrator.
CREATE TABLE client_request (
  id           BIGINT PRIMARY KEY,
  kind         VARCHAR(16) NOT NULL,              -- add | edit
  person_id    BIGINT REFERENCES person (id),     -- of edit: who; of add, approved: who was made
  data         MEDIUMTEXT NOT NULL,               -- JSON: the fields that were asked for
  by_id        BIGINT NOT NULL REFERENCES person (id),
  created      BIGINT NOT NULL,
  state        VARCHAR(16) NOT NULL,              -- open | approved | rejected
  decided      BIGINT,
  decided_by   BIGINT REFERENCES person (id),
  reason       VARCHAR(1000) NOT NULL
);
CREATE INDEX client_request_by_state ON client_request (state, id);
CREATE INDEX client_request_by_person ON client_request (person_id);

-- One-time links that were mailed: registration, recovery, invitation.
CREATE TABLE login_token (
  id           BIGINT PRIMARY KEY,
  person_id    BIGINT NOT NULL REFERENCES person (id),
  purpose      VARCHAR(16) NOT NULL,              -- register | recover | invite
  hash         VARCHAR(80) NOT NULL,              -- SHA-256 of the token, hex: the token itself is only in the mail
  created      BIGINT NOT NULL,
  expires      BIGINT NOT NULL,
  used         BIGINT
);
CREATE UNIQUE INDEX login_token_by_hash ON login_token (hash);
CREATE INDEX login_token_by_person ON login_token (person_id, purpose);

-- What an administrator changes daily.
CREATE TABLE setting (
  name         VARCHAR(64) NOT NULL PRIMARY KEY,
  value        MEDIUMTEXT NOT NULL
);

-- What administrators did beside tickets, and what is left of a deleted ticket.
CREATE TABLE audit (
  id           BIGINT PRIMARY KEY,
  at           BIGINT NOT NULL,
  actor_id     BIGINT REFERENCES person (id),
  kind         VARCHAR(32) NOT NULL,              -- ticket-deleted | person-merged | …
  target       VARCHAR(200) NOT NULL,             -- what it was done to: 'ticket 12', 'person 0ABC…'
  data         MEDIUMTEXT NOT NULL
);
CREATE INDEX audit_by_target ON audit (target, id);

-- ---------------------------------------------------------------------------
-- Time

-- Working hours and holidays.  An edition is never changed: a change is a new one
-- from now on, so that the past is counted as it was.
CREATE TABLE calendar (
  id           BIGINT PRIMARY KEY,
  name         VARCHAR(200) NOT NULL,
  state        VARCHAR(16) NOT NULL,              -- active | closed
  created      BIGINT NOT NULL,
  is_used      INTEGER NOT NULL                   -- tickets have been timed by it: it can only be closed
);
CREATE UNIQUE INDEX calendar_by_name ON calendar (name);

CREATE TABLE calendar_edition (
  id           BIGINT PRIMARY KEY,
  calendar_id  BIGINT NOT NULL REFERENCES calendar (id),
  valid_from   BIGINT NOT NULL,                   -- 0: since ever; an edition holds until the next one begins
  week         VARCHAR(1000) NOT NULL,            -- as work-hours.h reads it
  zone         VARCHAR(64) NOT NULL,
  holidays     MEDIUMTEXT NOT NULL                -- JSON array of [year, month, day, name]; year 0: each year
);
CREATE INDEX calendar_edition_by_calendar ON calendar_edition (calendar_id, valid_from);

-- SLA plans, a tree in order.
CREATE TABLE plan (
  id             BIGINT PRIMARY KEY,
  name           VARCHAR(200) NOT NULL,
  parent_id      BIGINT REFERENCES plan (id),
  position       INTEGER NOT NULL,                -- among its siblings
  calendar_id    BIGINT REFERENCES calendar (id), -- NULL: the unit's
  waiting_pauses INTEGER NOT NULL,                -- reaction and deadline stand still while a ticket waits
  state          VARCHAR(16) NOT NULL             -- active | closed
);
CREATE UNIQUE INDEX plan_by_name ON plan (name);
CREATE INDEX plan_by_parent ON plan (parent_id, position);

CREATE TABLE plan_target (
  plan_id      BIGINT NOT NULL REFERENCES plan (id),
  kind         VARCHAR(16) NOT NULL,              -- reaction | work | deadline
  priority     INTEGER NOT NULL,
  span         BIGINT NOT NULL,                   -- microseconds of working time, 0 no limit
  PRIMARY KEY (plan_id, kind, priority)
);

-- What is to be done at a time, one row for each kind and subject.  Who deletes
-- the row does it, in the same transaction: once, among any number of instances.
CREATE TABLE timer (
  id           BIGINT PRIMARY KEY,
  kind         VARCHAR(32) NOT NULL,              -- what is to be done: lib/desk/timer.h
  subject_id   BIGINT NOT NULL,                   -- to what: ticket.id, recurring.id, person.id
  due          BIGINT NOT NULL,
  data         MEDIUMTEXT NOT NULL,
  tries        INTEGER NOT NULL                   -- that failed
);
CREATE INDEX timer_by_due ON timer (due, id);
CREATE UNIQUE INDEX timer_by_subject ON timer (subject_id, kind);

-- Tickets that open themselves.
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
  pattern      VARCHAR(200) NOT NULL,             -- recurrence.h: every 3 days | mon,thu | day 1,15,last
  at_time      VARCHAR(8) NOT NULL,               -- local: 09:00
  zone         VARCHAR(64) NOT NULL,
  valid_from   BIGINT NOT NULL,
  valid_until  BIGINT,
  state        VARCHAR(16) NOT NULL,              -- active | paused | over
  last         BIGINT,                            -- the run that was made last, as it was due
  next         BIGINT,                            -- the run that is due next, or owed since it was paused
  reason       VARCHAR(1000) NOT NULL,            -- why it was paused by itself; '' it was not
  created      BIGINT NOT NULL
);
CREATE UNIQUE INDEX recurring_by_name ON recurring (name);

CREATE TABLE recurring_person (
  recurring_id BIGINT NOT NULL REFERENCES recurring (id),
  person_id    BIGINT NOT NULL REFERENCES person (id),
  PRIMARY KEY (recurring_id, person_id)
);

-- ---------------------------------------------------------------------------
-- Tickets, continued

-- Subjects to choose from, a tree in order.
CREATE TABLE topic (
  id           BIGINT PRIMARY KEY,
  name         VARCHAR(200) NOT NULL,
  parent_id    BIGINT REFERENCES topic (id),
  position     INTEGER NOT NULL,
  state        VARCHAR(16) NOT NULL               -- active | closed
);
CREATE UNIQUE INDEX topic_by_name ON topic (name);

-- Tickets that have to do with each other; both directions are rows.
CREATE TABLE ticket_link (
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  other_id     BIGINT NOT NULL REFERENCES ticket (id),
  created      BIGINT NOT NULL,
  PRIMARY KEY (ticket_id, other_id)
);
CREATE INDEX ticket_link_by_other ON ticket_link (other_id);

-- Side threads: the ticket's talk with a third party, seen by staff only.
CREATE TABLE strand (
  id           BIGINT PRIMARY KEY,
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  person_id    BIGINT NOT NULL REFERENCES person (id), -- the third party
  by_id        BIGINT NOT NULL REFERENCES person (id), -- who asked
  subject      VARCHAR(1000) NOT NULL,
  state        VARCHAR(16) NOT NULL,              -- open | closed
  created      BIGINT NOT NULL
);
CREATE INDEX strand_by_ticket ON strand (ticket_id, id);
CREATE INDEX strand_by_person ON strand (person_id, ticket_id);
CREATE INDEX strand_by_asker ON strand (by_id);

-- What an entry said before it was edited.
CREATE TABLE message_edition (
  id           BIGINT PRIMARY KEY,
  message_id   BIGINT NOT NULL REFERENCES message (id),
  at           BIGINT NOT NULL,                   -- until when it read so
  by_id        BIGINT NOT NULL REFERENCES person (id),
  text         MEDIUMTEXT NOT NULL,
  visible      MEDIUMTEXT,
  html         MEDIUMTEXT
);
CREATE INDEX message_edition_by_message ON message_edition (message_id, id);
CREATE INDEX message_edition_by_person ON message_edition (by_id);

-- The clocks of a ticket as last counted from its events: for lists and timers.
CREATE TABLE clock (
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  kind         VARCHAR(16) NOT NULL,              -- reaction | work | deadline
  span         BIGINT NOT NULL,                   -- the limit, microseconds of working time; 0 none
  used         BIGINT NOT NULL,                   -- at `counted`
  counted      BIGINT NOT NULL,
  state        VARCHAR(16) NOT NULL,              -- running | paused | ended
  due          BIGINT,                            -- when the limit is reached as things stand; NULL never
  warned       INTEGER NOT NULL,                  -- percent of the last warning given
  breached     BIGINT,                            -- when it was found to be over
  calendar_id  BIGINT,                            -- that it goes by; NULL all the time
  PRIMARY KEY (ticket_id, kind)
);
CREATE INDEX clock_by_due ON clock (due);
CREATE INDEX clock_by_calendar ON clock (calendar_id, state);

-- ---------------------------------------------------------------------------
-- Notices

-- What a person wants to be told, where it differs from the table of notices.
CREATE TABLE notice_choice (
  person_id    BIGINT NOT NULL REFERENCES person (id),
  event        VARCHAR(32) NOT NULL,              -- '' all events
  channel      VARCHAR(16) NOT NULL,              -- mail | push | sms | web
  wanted       INTEGER NOT NULL,
  PRIMARY KEY (person_id, event, channel)
);

-- What somebody was told in the web interface.
CREATE TABLE feed (
  id           BIGINT PRIMARY KEY,
  person_id    BIGINT NOT NULL REFERENCES person (id),
  at           BIGINT NOT NULL,
  event        VARCHAR(32) NOT NULL,
  ticket_id    BIGINT REFERENCES ticket (id),
  message_id   BIGINT REFERENCES message (id),
  actor_id     BIGINT REFERENCES person (id),
  popup        INTEGER NOT NULL,                  -- it was to be shown at once
  data         MEDIUMTEXT NOT NULL
);
CREATE INDEX feed_by_person ON feed (person_id, id);
CREATE INDEX feed_by_ticket ON feed (ticket_id);
CREATE INDEX feed_by_message ON feed (message_id);
CREATE INDEX feed_by_at ON feed (at);

-- Texts of mails that replace the shipped ones.
CREATE TABLE template (
  unit_id      BIGINT NOT NULL,                   -- 0: of the whole desk
  language     VARCHAR(16) NOT NULL,
  event        VARCHAR(32) NOT NULL,
  part         VARCHAR(16) NOT NULL,              -- subject | txt | html
  text         MEDIUMTEXT NOT NULL,
  changed      BIGINT NOT NULL,
  by_id        BIGINT REFERENCES person (id),
  PRIMARY KEY (unit_id, language, event, part)
);

-- Mail to many.
CREATE TABLE mailing (
  id           BIGINT PRIMARY KEY,
  subject      VARCHAR(1000) NOT NULL,
  text         MEDIUMTEXT NOT NULL,
  html         MEDIUMTEXT,
  unit_id      BIGINT NOT NULL REFERENCES unit (id),
  choice       MEDIUMTEXT NOT NULL,               -- JSON: roles, units, groups, persons
  by_id        BIGINT NOT NULL REFERENCES person (id),
  created      BIGINT NOT NULL,
  queued       BIGINT,                            -- when it went to the outbox; NULL: a draft
  recipients   INTEGER NOT NULL
);

-- ---------------------------------------------------------------------------
-- Rules

-- A Sieve script; its text is in its versions.
CREATE TABLE rule (
  id           BIGINT PRIMARY KEY,
  name         VARCHAR(128) NOT NULL,             -- also its name in ManageSieve
  scope        VARCHAR(8) NOT NULL,               -- before | unit | after; include: only included
  unit_id      BIGINT NOT NULL,                   -- 0: of the whole desk
  place        INTEGER NOT NULL,                  -- order within the scope, then by name
  active       INTEGER NOT NULL,
  events       VARCHAR(100) NOT NULL,             -- on which it runs, blanks between: mail created
                                                  -- changed sla-warning sla-breach idle
  idle         BIGINT NOT NULL,                   -- runs on tickets without a change for so many us; 0 not
  idle_done    BIGINT NOT NULL,                   -- those whose time came until then were looked at
  version      INTEGER NOT NULL,                  -- the one that runs
  created      BIGINT NOT NULL,
  changed      BIGINT NOT NULL
);
CREATE UNIQUE INDEX rule_by_name ON rule (unit_id, name);

CREATE TABLE rule_version (
  rule_id      BIGINT NOT NULL REFERENCES rule (id),
  number       INTEGER NOT NULL,                  -- 1, 2, …
  at           BIGINT NOT NULL,
  by_id        BIGINT REFERENCES person (id),
  remark       VARCHAR(1000) NOT NULL,
  script       MEDIUMTEXT NOT NULL,
  PRIMARY KEY (rule_id, number)
);
CREATE INDEX rule_version_by_person ON rule_version (by_id);

-- What a rule did; added to now and then, not with each mail.
CREATE TABLE rule_use (
  rule_id      BIGINT NOT NULL PRIMARY KEY REFERENCES rule (id),
  runs         BIGINT NOT NULL,
  fired        BIGINT NOT NULL,                   -- runs that wanted more than the implicit keep
  failed       BIGINT NOT NULL,
  spent        BIGINT NOT NULL,                   -- us in all runs
  last_fired   BIGINT,
  last_failed  BIGINT,
  last_error   VARCHAR(1000) NOT NULL
);

-- What scripts want remembered: duplicate, vacation.
CREATE TABLE rule_memo (
  hash         VARCHAR(64) NOT NULL PRIMARY KEY,
  expires      BIGINT NOT NULL
);
CREATE INDEX rule_memo_by_expires ON rule_memo (expires);

-- Whose turn it was last: ticket_assign :roundrobin.
CREATE TABLE rule_turn (
  ring         VARCHAR(64) NOT NULL PRIMARY KEY,  -- hash of whom it goes around
  person_id    BIGINT NOT NULL REFERENCES person (id)
);
CREATE INDEX rule_turn_by_person ON rule_turn (person_id);

-- Lists for :list (RFC 6134); client groups are lists, too.
CREATE TABLE address_list (
  id           BIGINT PRIMARY KEY,
  name         VARCHAR(100) NOT NULL,
  created      BIGINT NOT NULL
);
CREATE UNIQUE INDEX address_list_by_name ON address_list (name);

CREATE TABLE address_list_entry (
  list_id      BIGINT NOT NULL REFERENCES address_list (id),
  entry        VARCHAR(320) NOT NULL,             -- an address, or @domain; in small letters
  PRIMARY KEY (list_id, entry)
);

CREATE TABLE webhook (
  id           BIGINT PRIMARY KEY,
  name         VARCHAR(100) NOT NULL,
  url          VARCHAR(1000) NOT NULL,
  created      BIGINT NOT NULL
);
CREATE UNIQUE INDEX webhook_by_name ON webhook (name);

-- ---------------------------------------------------------------------------
-- Imports

-- What an import has brought already, so that it can be run again.
CREATE TABLE import_map (
  source       VARCHAR(64) NOT NULL,
  kind         VARCHAR(32) NOT NULL,
  foreign_id   VARCHAR(100) NOT NULL,
  id           BIGINT NOT NULL,
  PRIMARY KEY (source, kind, foreign_id)
);
