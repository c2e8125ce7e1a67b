-- Client groups.

-- Whether somebody heads an open group that another one belongs to.
-- name: client_group_headed
-- in:   person_id int, person_id int
-- out:  found int
-- plan: uses client_group_member_by_person
SELECT 1
  FROM client_group_member h
  JOIN client_group_member m ON m.group_id = h.group_id
  JOIN client_group g ON g.id = h.group_id
 WHERE h.person_id = ? AND h.is_head = 1 AND m.person_id = ? AND g.state = 'open' LIMIT 1;
