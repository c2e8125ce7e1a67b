-- Mass mailings, and whom they go to.  The queries of people have the same
-- columns; they leave out who is not active and who has no address.

-- name: mailing_add
-- in:   id int, subject text, text text, html text, unit_id int, choice text (JSON), by_id int,
--       created int
INSERT INTO mailing (id, subject, text, html, unit_id, choice, by_id, created, recipients)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0);

-- name: mailing_get
-- in:   id int
-- out:  id int, subject text, text text, html text, unit_id int, choice text, by_id int,
--       created int, queued int, recipients int
-- plan: primary key
SELECT id, subject, text, html, unit_id, choice, by_id, created, queued, recipients
  FROM mailing WHERE id = ?;

-- name: mailing_list
-- in:   limit int
-- out:  id int, subject text, text text, html text, unit_id int, choice text, by_id int,
--       created int, queued int, recipients int
-- plan: scans mailing (the newest, for people)
SELECT id, subject, text, html, unit_id, choice, by_id, created, queued, recipients
  FROM mailing ORDER BY id DESC LIMIT ?;

-- name: mailing_queued
-- in:   queued int, recipients int, id int
-- plan: primary key
UPDATE mailing SET queued = ?, recipients = ? WHERE id = ? AND queued IS NULL;

-- name: mailing_remove
-- in:   id int
-- plan: primary key
DELETE FROM mailing WHERE id = ? AND queued IS NULL;

-- name: mailing_by_role
-- in:   role text, limit int
-- out:  person_id int, name text, address text, own int, wanted int
-- plan: uses person_by_state, primary key of notice_choice
SELECT p.id, p.name, a.written, u.address IS NOT NULL,
       COALESCE((SELECT c.wanted FROM notice_choice c
                  WHERE c.person_id = p.id AND c.event = 'mailing' AND c.channel = 'mail'),
                (SELECT c.wanted FROM notice_choice c
                  WHERE c.person_id = p.id AND c.event = '' AND c.channel = 'mail'), 1)
  FROM person p
  JOIN person_address a ON a.person_id = p.id AND a.position = 0
  LEFT JOIN unit_address u ON u.address = a.address
 WHERE p.state = 'active' AND p.role = ? ORDER BY p.id LIMIT ?;

-- name: mailing_by_unit
-- in:   unit_id int, limit int
-- out:  person_id int, name text, address text, own int, wanted int
-- plan: primary key of membership, primary key of notice_choice
SELECT p.id, p.name, a.written, u.address IS NOT NULL,
       COALESCE((SELECT c.wanted FROM notice_choice c
                  WHERE c.person_id = p.id AND c.event = 'mailing' AND c.channel = 'mail'),
                (SELECT c.wanted FROM notice_choice c
                  WHERE c.person_id = p.id AND c.event = '' AND c.channel = 'mail'), 1)
  FROM membership m
  JOIN person p ON p.id = m.person_id
  JOIN person_address a ON a.person_id = p.id AND a.position = 0
  LEFT JOIN unit_address u ON u.address = a.address
 WHERE m.unit_id = ? AND p.state = 'active' ORDER BY m.person_id LIMIT ?;

-- name: mailing_by_group
-- in:   group_id int, limit int
-- out:  person_id int, name text, address text, own int, wanted int
-- plan: primary key of client_group_member, primary key of notice_choice
SELECT p.id, p.name, a.written, u.address IS NOT NULL,
       COALESCE((SELECT c.wanted FROM notice_choice c
                  WHERE c.person_id = p.id AND c.event = 'mailing' AND c.channel = 'mail'),
                (SELECT c.wanted FROM notice_choice c
                  WHERE c.person_id = p.id AND c.event = '' AND c.channel = 'mail'), 1)
  FROM client_group_member m
  JOIN person p ON p.id = m.person_id
  JOIN person_address a ON a.person_id = p.id AND a.position = 0
  LEFT JOIN unit_address u ON u.address = a.address
 WHERE m.group_id = ? AND p.state = 'active' ORDER BY m.person_id LIMIT ?;

-- name: mailing_by_person
-- in:   id int, limit int
-- out:  person_id int, name text, address text, own int, wanted int
-- plan: primary key of person, primary key of notice_choice
SELECT p.id, p.name, a.written, u.address IS NOT NULL,
       COALESCE((SELECT c.wanted FROM notice_choice c
                  WHERE c.person_id = p.id AND c.event = 'mailing' AND c.channel = 'mail'),
                (SELECT c.wanted FROM notice_choice c
                  WHERE c.person_id = p.id AND c.event = '' AND c.channel = 'mail'), 1)
  FROM person p
  JOIN person_address a ON a.person_id = p.id AND a.position = 0
  LEFT JOIN unit_address u ON u.address = a.address
 WHERE p.id = ? AND p.state = 'active' LIMIT ?;
