-- Words for many positions at once: the nearest stretch or street within a short way, and the quarter.
-- Distances in metres in the city's metric CRS; a limited traffic zone names no place, because it holds them all.
WITH spot AS (
  SELECT rank, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS geom,
         ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), :srid) AS flat
  FROM unnest(CAST(:lons AS float8[]), CAST(:lats AS float8[])) WITH ORDINALITY AS p (lon, lat, rank)
)
SELECT stretch.street, street.name AS street_name, quarter.name AS quarter_name
FROM spot
LEFT JOIN LATERAL (
  SELECT s.street FROM segment s JOIN measure m ON m.id = s.measure_id
  WHERE s.plan_id = :plan AND s.retired_at IS NULL AND m.kind <> 'limited_traffic_zone'
    AND s.geom && ST_Expand(spot.geom, 0.0016)
    AND ST_DWithin(ST_Transform(s.geom, :srid), spot.flat, :reach)
  ORDER BY ST_Distance(ST_Transform(s.geom, :srid), spot.flat), s.position LIMIT 1
) AS stretch ON true
LEFT JOIN LATERAL (
  SELECT c.name FROM context_feature c
  WHERE c.city_id = :city AND c.kind = 'street' AND c.geom && ST_Expand(spot.geom, 0.0016)
    AND ST_DWithin(ST_Transform(c.geom, :srid), spot.flat, :reach)
  ORDER BY ST_Distance(ST_Transform(c.geom, :srid), spot.flat) LIMIT 1
) AS street ON true
LEFT JOIN LATERAL (
  SELECT c.name FROM context_feature c
  WHERE c.city_id = :city AND c.kind = 'quarter' AND ST_Intersects(c.geom, spot.geom)
  ORDER BY ST_Area(c.geom) LIMIT 1
) AS quarter ON true
ORDER BY spot.rank
