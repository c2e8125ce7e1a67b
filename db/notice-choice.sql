-- What notices people want, by event and channel.

-- name: notice_choice_set
-- in:   person_id int, event text ('' all), channel text, wanted int
REPLACE INTO notice_choice (person_id, event, channel, wanted) VALUES (?, ?, ?, ?);

-- name: notice_choice_drop
-- in:   person_id int, event text, channel text
-- plan: primary key
DELETE FROM notice_choice WHERE person_id = ? AND event = ? AND channel = ?;

-- name: notice_choice_list
-- in:   person_id int
-- out:  event text, channel text, wanted int
-- plan: primary key
SELECT event, channel, wanted FROM notice_choice WHERE person_id = ? ORDER BY event, channel;
