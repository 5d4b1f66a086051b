-- What waits in a plan, one row. Every count is over an index or a small table.
SELECT
  (SELECT count(*) FROM comment_case c WHERE c.plan_id = :plan AND c.state IN ('received', 'in_progress')) AS unanswered,
  (SELECT count(*) FROM comment_case c WHERE c.plan_id = :plan AND c.state IN ('received', 'in_progress')
     AND c.office_id IS NULL) AS unassigned,
  (SELECT count(*) FROM comment_case c WHERE c.plan_id = :plan AND c.state IN ('received', 'in_progress')
     AND c.due_at < :now) AS overdue,
  (SELECT count(*) FROM comment_case c WHERE c.plan_id = :plan AND c.state IN ('received', 'in_progress')
     AND c.due_at >= :now AND c.due_at < :now + interval '7 days') AS due_soon,
  (SELECT min(c.due_at) FROM comment_case c WHERE c.plan_id = :plan AND c.state IN ('received', 'in_progress')) AS oldest_due,
  (SELECT count(*) FROM answer a WHERE a.plan_id = :plan AND a.state = 'waiting') AS approvals,
  (SELECT count(*) FROM group_registration r WHERE r.plan_id = :plan AND r.state = 'requested') AS registrations,
  (SELECT count(*) FROM task t WHERE t.plan_id = :plan AND t.state = 'failed'
     AND t.finished_at > :now - interval '7 days') AS failed_tasks,
  (SELECT count(*) FROM task t WHERE t.plan_id = :plan AND t.state IN ('waiting', 'running')
     AND t.created_at < :now - interval '1 hour') AS slow_tasks
