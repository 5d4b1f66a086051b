-- Comments and votes a day of the city, today and the days before it; days without any are there with zeros.
WITH days AS (
  SELECT d::date AS day FROM generate_series(CAST(:first AS date), CAST(:last AS date), interval '1 day') d
), comments AS (
  SELECT (created_at AT TIME ZONE :zone)::date AS day, count(*) AS n
  FROM comment WHERE plan_id = :plan AND created_at >= :since GROUP BY 1
), votes AS (
  SELECT (cast_at AT TIME ZONE :zone)::date AS day, count(*) FILTER (WHERE group_id IS NULL) AS n,
    count(group_id) AS groups
  FROM vote WHERE plan_id = :plan AND cast_at >= :since GROUP BY 1
)
SELECT days.day, coalesce(c.n, 0) AS comments, coalesce(v.n, 0) AS votes, coalesce(v.groups, 0) AS group_votes
FROM days LEFT JOIN comments c USING (day) LEFT JOIN votes v USING (day) ORDER BY days.day
