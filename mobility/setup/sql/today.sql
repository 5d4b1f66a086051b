-- What waits in a plan, one row. Every count is over an index or a small table.
-- `offices` narrows what waits for answers to these offices; null counts all.
WITH cases AS MATERIALIZED (
  SELECT office_id, due_at FROM comment_case
  WHERE plan_id = :plan AND state IN ('received', 'in_progress')
    AND (CAST(:offices AS bigint[]) IS NULL OR office_id = ANY(CAST(:offices AS bigint[])))
)
SELECT
  (SELECT count(*) FROM cases c WHERE c.office_id IS NULL) AS unassigned,
  (SELECT count(*) FROM cases c WHERE c.due_at < :now) AS overdue,
  (SELECT count(*) FROM cases c WHERE c.due_at >= :now AND c.due_at < :now + interval '7 days') AS due_soon,
  (SELECT count(*) FROM cases c) AS unanswered,
  (SELECT min(c.due_at) FROM cases c) AS oldest_due,
  (SELECT count(DISTINCT k.office_id) FROM competence k JOIN office o ON o.id = k.office_id
   WHERE k.plan_id = :plan AND k.ended_at IS NULL AND o.active
     AND NOT EXISTS (SELECT FROM office_member m JOIN account a ON a.id = m.account_id
                     WHERE m.office_id = o.id AND a.active)) AS unstaffed,
  (SELECT count(*) FROM answer a WHERE a.plan_id = :plan AND a.state = 'waiting'
     AND (CAST(:offices AS bigint[]) IS NULL OR a.office_id = ANY(CAST(:offices AS bigint[])))) AS approvals,
  (SELECT count(*) FROM group_registration r WHERE r.plan_id = :plan AND r.state = 'requested') AS registrations,
  (SELECT count(*) FROM task t WHERE t.plan_id = :plan AND t.state = 'failed'
     AND t.finished_at > :now - interval '7 days') AS failed_tasks,
  (SELECT count(*) FROM task t WHERE t.plan_id = :plan AND t.state IN ('waiting', 'running')
     AND t.created_at < :now - interval '1 hour') AS slow_tasks
