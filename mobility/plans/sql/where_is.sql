-- Where a position lies: inside the plan, on which segment, on which street, near what, in which quarter.
-- Distances in metres in the city's metric CRS. Points and lines win over areas, small areas over large ones;
-- a limited traffic zone never catches a position, because it holds them all.
WITH spot AS (
  SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS geom
), flat AS (
  SELECT ST_Transform(geom, :srid) AS geom FROM spot
), here AS (
  SELECT s.id, s.code, s.street, s.span, s.measure_id, m.code AS measure_code,
         ST_Distance(ST_Transform(s.geom, :srid), flat.geom) AS distance,
         ST_ClosestPoint(s.geom, spot.geom) AS foot
  FROM segment s JOIN measure m ON m.id = s.measure_id, spot, flat
  WHERE s.plan_id = :plan AND s.retired_at IS NULL AND m.kind <> 'limited_traffic_zone'
    AND s.geom && ST_Expand(spot.geom, 0.0008)
    AND ST_DWithin(ST_Transform(s.geom, :srid), flat.geom, :snap)
  ORDER BY ST_Dimension(s.geom) = 2, distance, coalesce(s.area_m2, 0), s.position
  LIMIT 1
), named AS (
  SELECT kind, name, props, geom FROM context_feature WHERE city_id = :city
  UNION ALL
  SELECT 'heritage', name, '{}'::jsonb, geom FROM heritage_place WHERE city_id = :city
), street AS (
  SELECT n.name FROM named n, spot, flat
  WHERE n.kind = 'street' AND n.geom && ST_Expand(spot.geom, 0.001)
    AND ST_DWithin(ST_Transform(n.geom, :srid), flat.geom, :street)
  ORDER BY ST_Distance(ST_Transform(n.geom, :srid), flat.geom) LIMIT 1
), near AS (
  SELECT n.name FROM named n, spot, flat
  WHERE n.kind IN ('square', 'landmark', 'green', 'heritage', 'rail') AND n.geom && ST_Expand(spot.geom, 0.006)
    AND ST_DWithin(ST_Transform(n.geom, :srid), flat.geom, :near)
  ORDER BY ST_Distance(ST_Transform(n.geom, :srid), flat.geom) LIMIT 1
), quarter AS (
  SELECT n.name FROM named n, spot
  WHERE n.kind = 'quarter' AND ST_Intersects(n.geom, spot.geom) ORDER BY ST_Area(n.geom) LIMIT 1
)
SELECT (SELECT ST_Intersects(p.boundary, spot.geom) FROM plan p, spot WHERE p.id = :plan) AS inside,
       here.id AS segment_id, here.code AS segment_code, here.street AS segment_street, here.span AS segment_span,
       here.measure_id, here.measure_code, here.distance AS distance_m,
       ST_X(here.foot) AS snap_lon, ST_Y(here.foot) AS snap_lat,
       (SELECT name FROM street) AS street_name, (SELECT name FROM near) AS near_name,
       (SELECT name FROM quarter) AS quarter_name
FROM spot LEFT JOIN here ON true
