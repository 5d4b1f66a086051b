"""The statements that place a comment on an area, on a drawing, or near heritage."""

AREA = """
SELECT a.id, a.kind, a.name, a.zone, ST_X(spot) AS lon, ST_Y(spot) AS lat
FROM (
  SELECT id, kind, name, false AS zone, geom FROM context_feature
  WHERE :zone IS FALSE AND city_id = :city AND code = :code AND kind IN ('square', 'quarter', 'green')
  UNION ALL
  SELECT id, kind, name, true, geom FROM heritage_zone WHERE :zone AND city_id = :city AND code = :code
) a, plan p, LATERAL (SELECT ST_PointOnSurface(
  CASE WHEN ST_Dimension(a.geom) = 0 THEN a.geom
       ELSE ST_CollectionExtract(ST_Intersection(a.geom, p.boundary), 3) END) AS spot) s
WHERE p.id = :plan AND ST_Intersects(a.geom, p.boundary)
"""
"""An area of the list with a point inside it and inside the plan."""

AREAS = """
SELECT CASE WHEN a.zone THEN 'zone' ELSE a.kind END AS kind, a.code, a.name
FROM (
  SELECT code, kind, name, false AS zone, geom FROM context_feature
  WHERE city_id = :city AND kind IN ('square', 'quarter', 'green')
  UNION ALL
  SELECT code, kind, name, true, geom FROM heritage_zone WHERE city_id = :city
) a, plan p
WHERE p.id = :plan AND ST_Intersects(a.geom, p.boundary)
ORDER BY a.kind, lower(a.name ->> :language), a.code LIMIT 300
"""

DRAWING = """
SELECT ST_X(spot) AS lon, ST_Y(spot) AS lat,
  ST_Length(ST_Transform(d.geom, :srid)) AS length_m, ST_Area(ST_Transform(d.geom, :srid)) AS area_m2,
  ST_DWithin(ST_Transform(d.geom, :srid), ST_Transform(p.boundary, :srid), 0) AS touches,
  ST_CoveredBy(d.geom, ST_Expand(ST_Envelope(p.boundary), 0.02)) AS near
FROM (SELECT ST_SetSRID(ST_GeomFromGeoJSON(:drawing), 4326) AS geom) d, plan p,
LATERAL (SELECT CASE WHEN ST_Dimension(d.geom) = 1 THEN ST_LineInterpolatePoint(d.geom, 0.5)
                ELSE ST_PointOnSurface(d.geom) END AS spot) s
WHERE p.id = :plan
"""

HERITAGE = """
SELECT h.id, h.code FROM heritage_place h, (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS geom) spot
LEFT JOIN LATERAL (
  SELECT z.place_id FROM heritage_zone z
  WHERE z.city_id = :city AND z.place_id IS NOT NULL AND ST_Intersects(z.geom, spot.geom)) inside ON true
WHERE h.city_id = :city AND (h.id = inside.place_id OR (
  h.geom && ST_Expand(spot.geom, 0.006)
  AND ST_DWithin(ST_Transform(h.geom, :srid), ST_Transform(spot.geom, :srid), :near)))
ORDER BY ST_Distance(ST_Transform(h.geom, :srid), ST_Transform(spot.geom, :srid)), h.position LIMIT 1
"""
"""The heritage place whose zone a position lies in, or that stands near by."""

OUTLINE = """
SELECT coalesce(
  CASE WHEN c.exact_geom IS NOT NULL
    THEN ST_AsGeoJSON(ST_Transform(ST_TileEnvelope(15, c.cell_x >> 3, c.cell_y >> 3), 4326), 6) END,
  ST_AsGeoJSON(c.drawing, 6), ST_AsGeoJSON(f.geom, 6), ST_AsGeoJSON(z.geom, 6))
FROM comment c
LEFT JOIN context_feature f ON f.id = c.context_id AND ST_Dimension(f.geom) = 2
LEFT JOIN heritage_zone z ON z.id = c.zone_id
WHERE c.plan_id = :plan AND c.id = :comment AND c.status = 'published' AND c.erased_at IS NULL
"""
"""The line or area that a comment is about, as GeoJSON; of a place shown roughly, the square it lies in."""
