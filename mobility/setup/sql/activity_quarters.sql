-- Published comments by quarter, from the finest kept cells: a cell belongs to the quarter its middle lies in.
WITH cells AS (
  SELECT x, y, sum(n) AS n FROM comment_cell WHERE plan_id = :plan AND z = 18 GROUP BY x, y
), placed AS (
  SELECT n, ST_SetSRID(ST_MakePoint(
    (x + 0.5) / 262144 * 360 - 180,
    degrees(atan(sinh(pi() * (1 - 2 * (y + 0.5) / 262144))))), 4326) AS middle
  FROM cells
)
SELECT q.code, q.name, sum(p.n)::bigint AS n
FROM placed p LEFT JOIN context_feature q
  ON q.city_id = :city AND q.kind = 'quarter' AND ST_Dimension(q.geom) = 2 AND ST_Contains(q.geom, p.middle)
GROUP BY q.code, q.name ORDER BY n DESC, q.code LIMIT 60
