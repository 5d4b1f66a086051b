-- The position of an entry of the list of places: the middle of a line, a point inside an area, the point itself.
WITH found AS (
  SELECT s.geom, s.id AS segment_id, s.code AS segment_code, s.street AS segment_street, s.span AS segment_span,
         m.id AS measure_id, m.code AS measure_code, 0 AS place_order, s.length_m
  FROM segment s JOIN measure m ON m.id = s.measure_id
  WHERE s.plan_id = :plan AND s.retired_at IS NULL
    AND ((:kind = 'segment' AND s.code = :code) OR (:kind = 'measure' AND m.code = :code))
  UNION ALL
  SELECT geom, NULL, NULL, NULL, NULL, NULL, NULL, 1, NULL FROM context_feature
  WHERE :kind = 'context' AND city_id = :city AND code = :code
  UNION ALL
  SELECT geom, NULL, NULL, NULL, NULL, NULL, NULL, 2, NULL FROM heritage_place
  WHERE :kind = 'heritage' AND city_id = :city AND code = :code
), chosen AS (
  SELECT *, CASE
    WHEN ST_Dimension(geom) = 1 THEN ST_LineInterpolatePoint(
      CASE WHEN GeometryType(geom) = 'LINESTRING' THEN geom
           ELSE (SELECT d.geom FROM ST_Dump(found.geom) AS d ORDER BY ST_Length(d.geom) DESC LIMIT 1) END, 0.5)
    ELSE ST_PointOnSurface(geom) END AS spot
  FROM found ORDER BY place_order, length_m DESC NULLS LAST LIMIT 1
)
SELECT *, ST_X(spot) AS lon, ST_Y(spot) AS lat FROM chosen
