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
  created      BIGINT NOT NULL
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
  created      BIGINT NOT NULL
);
CREATE UNIQUE INDEX person_by_login ON person (login);

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
  version      BIGINT NOT NULL                    -- grows with each change: the loser of a race sees it
);
CREATE UNIQUE INDEX ticket_by_number ON ticket (number);
CREATE INDEX ticket_by_unit ON ticket (unit_id, state, updated);
CREATE INDEX ticket_by_requester ON ticket (requester_id, updated);
CREATE INDEX ticket_by_updated ON ticket (updated);

CREATE TABLE ticket_person (
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  person_id    BIGINT NOT NULL REFERENCES person (id),
  relation     VARCHAR(16) NOT NULL,              -- assignee | watcher | cc
  PRIMARY KEY (ticket_id, person_id, relation)
);
CREATE INDEX ticket_person_by_person ON ticket_person (person_id);

CREATE TABLE ticket_tag (
  ticket_id    BIGINT NOT NULL REFERENCES ticket (id),
  tag          VARCHAR(100) NOT NULL,
  PRIMARY KEY (ticket_id, tag)
);

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
  encrypted    INTEGER NOT NULL DEFAULT 0         -- it came encrypted: what was in it should not go
                                                  -- out in plain text
);
CREATE INDEX message_by_ticket ON message (ticket_id, id);
CREATE INDEX message_by_message_id ON message (message_id);

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
  sent_text    MEDIUMTEXT                         -- the plain text that went out: an answer is aligned
                                                  -- with it; NULL: not sent (yet)
);
CREATE INDEX outbox_by_next ON outbox (next, id);
CREATE INDEX outbox_by_ticket ON outbox (ticket_id, id);
CREATE INDEX outbox_by_state ON outbox (state, id);

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
