-- Reports (report.h).  Members are those of now.  Times are [from, to); spam is
-- in no report, and a ticket that went into another was not done.

-- name: report_members
-- in:   unit_id int
-- out:  person_id int
-- plan: primary key
SELECT m.person_id FROM membership m JOIN person p ON p.id = m.person_id
 WHERE m.unit_id = ? ORDER BY p.name, p.id;

-- name: report_led_units
-- in:   person_id int
-- out:  unit_id int
-- plan: uses membership_by_person
SELECT u.id FROM membership m JOIN unit u ON u.id = m.unit_id
 WHERE m.person_id = ? AND m.is_head = 1 ORDER BY u.name;

-- Whether somebody heads a unit of somebody else's.
-- name: report_leads_person
-- in:   person_id int, person_id int
-- out:  found int
-- plan: uses membership_by_person, primary key
SELECT 1 FROM membership m JOIN membership h ON h.unit_id = m.unit_id
 WHERE m.person_id = ? AND h.person_id = ? AND h.is_head = 1 LIMIT 1;

-- name: report_created
-- in:   unit_id int, at int, at int, limit int
-- out:  id int
-- plan: uses event_by_actor
SELECT t.id
  FROM membership m
  JOIN event e ON e.actor_id = m.person_id
  JOIN ticket t ON t.id = e.ticket_id
 WHERE m.unit_id = ? AND e.at >= ? AND e.at < ? AND e.kind = 'created' AND t.is_spam = 0
 ORDER BY t.created, t.id LIMIT ?;

-- name: report_created_count
-- in:   unit_id int, at int, at int
-- out:  number int
-- plan: uses event_by_actor
SELECT COUNT(*)
  FROM membership m
  JOIN event e ON e.actor_id = m.person_id
  JOIN ticket t ON t.id = e.ticket_id
 WHERE m.unit_id = ? AND e.at >= ? AND e.at < ? AND e.kind = 'created' AND t.is_spam = 0;

-- name: report_received
-- in:   unit_id int, created int, created int, limit int
-- out:  id int
-- plan: uses ticket_by_unit_created
SELECT id FROM ticket
 WHERE unit_id = ? AND created >= ? AND created < ? AND is_spam = 0
 ORDER BY created, id LIMIT ?;

-- name: report_received_count
-- in:   unit_id int, created int, created int
-- out:  number int
-- plan: uses ticket_by_unit_created
SELECT COUNT(*) FROM ticket
 WHERE unit_id = ? AND created >= ? AND created < ? AND is_spam = 0;

-- What is open again has no time at which it was done.
-- name: report_done
-- in:   unit_id int, done int, done int, limit int
-- out:  id int
-- plan: uses ticket_by_finisher
SELECT t.id
  FROM membership m
  JOIN ticket t ON t.finisher_id = m.person_id
 WHERE m.unit_id = ? AND t.done >= ? AND t.done < ?
   AND t.is_spam = 0 AND t.merged_into IS NULL
 ORDER BY t.done, t.id LIMIT ?;

-- name: report_done_count
-- in:   unit_id int, done int, done int
-- out:  number int
-- plan: uses ticket_by_finisher
SELECT COUNT(*)
  FROM membership m
  JOIN ticket t ON t.finisher_id = m.person_id
 WHERE m.unit_id = ? AND t.done >= ? AND t.done < ?
   AND t.is_spam = 0 AND t.merged_into IS NULL;

-- name: report_done_clocks
-- in:   unit_id int, done int, done int
-- out:  kind text, on_time int, overdue int
-- plan: uses ticket_by_finisher
SELECT c.kind, COUNT(CASE WHEN c.span > 0 AND c.used < c.span THEN 1 END) AS on_time,
       COUNT(CASE WHEN c.span > 0 AND c.used >= c.span THEN 1 END) AS overdue
  FROM membership m
  JOIN ticket t ON t.finisher_id = m.person_id
  JOIN clock c ON c.ticket_id = t.id
 WHERE m.unit_id = ? AND t.done >= ? AND t.done < ?
   AND t.is_spam = 0 AND t.merged_into IS NULL
 GROUP BY c.kind ORDER BY c.kind;

-- By state: what is open is little, what was ever created is much.
-- name: report_open [sqlite]
-- in:   unit_id int, created int, limit int
-- out:  id int
-- plan: uses ticket_by_unit
SELECT id FROM ticket INDEXED BY ticket_by_unit
 WHERE unit_id = ? AND state IN ('free', 'locked', 'waiting') AND created < ?
 ORDER BY created, id LIMIT ?;

-- name: report_open [mariadb]
SELECT id FROM ticket FORCE INDEX (ticket_by_unit)
 WHERE unit_id = ? AND state IN ('free', 'locked', 'waiting') AND created < ?
 ORDER BY created, id LIMIT ?;

-- name: report_open_count
-- in:   unit_id int, created int
-- out:  number int
-- plan: uses ticket_by_unit
SELECT COUNT(*) FROM ticket
 WHERE unit_id = ? AND state IN ('free', 'locked', 'waiting') AND created + 0 < ?;

-- A clock that runs is over when its time has come.
-- name: report_open_clocks
-- in:   due int, due int, unit_id int, created int
-- out:  kind text, on_time int, overdue int
-- plan: uses ticket_by_unit
SELECT c.kind,
       COUNT(CASE WHEN c.span > 0 AND c.used < c.span AND (c.due IS NULL OR c.due > ?)
                  THEN 1 END) AS on_time,
       COUNT(CASE WHEN c.span > 0 AND (c.used >= c.span OR c.due <= ?) THEN 1 END) AS overdue
  FROM ticket t
  JOIN clock c ON c.ticket_id = t.id
 WHERE t.unit_id = ? AND t.state IN ('free', 'locked', 'waiting') AND t.created + 0 < ?
 GROUP BY c.kind ORDER BY c.kind;

-- name: report_unit_states
-- in:   unit_id int
-- out:  state text, number int
-- plan: uses ticket_by_unit
SELECT state, COUNT(*) AS number FROM ticket
 WHERE unit_id = ? AND state IN ('free', 'locked', 'waiting')
 GROUP BY state ORDER BY state;

-- Tickets, not events: who takes one twice has taken one.
-- name: report_acts
-- in:   actor_id int, at int, at int
-- out:  created int, forwarded int, done int, taken int, released int, reopened int
-- plan: uses event_by_actor
SELECT COUNT(DISTINCT CASE WHEN kind = 'created' THEN ticket_id END) AS created,
       COUNT(DISTINCT CASE WHEN kind IN ('forwarded', 'assigned') THEN ticket_id END) AS forwarded,
       COUNT(DISTINCT CASE WHEN kind = 'done' THEN ticket_id END) AS done,
       COUNT(DISTINCT CASE WHEN kind = 'taken' THEN ticket_id END) AS taken,
       COUNT(DISTINCT CASE WHEN kind = 'released' THEN ticket_id END) AS released,
       COUNT(DISTINCT CASE WHEN kind = 'reopened' THEN ticket_id END) AS reopened
  FROM event WHERE actor_id = ? AND at >= ? AND at < ?;

-- name: report_journal
-- in:   actor_id int, at int, at int, limit int
-- out:  at int, kind text, number int, subject text, unit_id int
-- plan: uses event_by_actor
SELECT e.at, e.kind, t.number, t.subject, t.unit_id
  FROM event e JOIN ticket t ON t.id = e.ticket_id
 WHERE e.actor_id = ? AND e.at >= ? AND e.at < ?
 ORDER BY e.at, e.id LIMIT ?;

-- name: report_journal_count
-- in:   actor_id int, at int, at int
-- out:  number int
-- plan: uses event_by_actor
SELECT COUNT(*) FROM event WHERE actor_id = ? AND at >= ? AND at < ?;

-- What waits for somebody: free tickets of his units, and those given to him.
-- name: report_waits_for
-- in:   person_id int, person_id int
-- out:  number int
-- plan: uses membership_by_person, ticket_by_unit, ticket_person_by_person
SELECT (SELECT COUNT(*) FROM membership m CROSS JOIN ticket t ON t.unit_id = m.unit_id
         WHERE m.person_id = ? AND t.state = 'free' AND t.is_named = 0)
     + (SELECT COUNT(*) FROM ticket_person p JOIN ticket t ON t.id = p.ticket_id
         WHERE p.person_id = ? AND p.relation = 'assignee' AND t.state = 'free'
           AND t.is_named = 1);

-- name: report_locked_by
-- in:   locker_id int
-- out:  number int
-- plan: uses ticket_by_locker
SELECT COUNT(*) FROM ticket WHERE locker_id = ? AND state = 'locked';

-- name: report_done_by
-- in:   finisher_id int, done int, done int
-- out:  number int
-- plan: uses ticket_by_finisher
SELECT COUNT(*) FROM ticket
 WHERE finisher_id = ? AND done >= ? AND done < ?
   AND is_spam = 0 AND merged_into IS NULL;

-- What became of the tickets that somebody opened.
-- name: report_created_states
-- in:   actor_id int, at int, at int
-- out:  state text, number int
-- plan: uses event_by_actor
SELECT t.state, COUNT(*) AS number
  FROM event e JOIN ticket t ON t.id = e.ticket_id
 WHERE e.actor_id = ? AND e.at >= ? AND e.at < ? AND e.kind = 'created' AND t.is_spam = 0
 GROUP BY t.state ORDER BY t.state;

-- name: report_clocks
-- in:   ticket_id int
-- out:  kind text, span int, used int, due int
-- plan: primary key
SELECT kind, span, used, due FROM clock WHERE ticket_id = ?;
