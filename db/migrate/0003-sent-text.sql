-- What we sent, for the reading of its answer.

ALTER TABLE outbox ADD COLUMN sent_text MEDIUMTEXT;
