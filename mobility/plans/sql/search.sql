-- Streets with their stretches, measures and named places whose words hold all that was typed, without accents.
-- Best first: what begins with the words, then what holds them. `take` rows a kind at most.
WITH words AS (
  SELECT lower(unaccent(:q)) AS q, '%' || lower(unaccent(:pattern)) || '%' AS pattern,
         lower(unaccent(:pattern)) || '%' AS beginning
), things AS (
  SELECT 'segment' AS kind, s.code, s.street AS title, s.span AS label, NULL::text AS note,
         s.code || ' ' || s.street || ' ' || (SELECT string_agg(value, ' ') FROM jsonb_each_text(s.span)) AS words,
         s.position AS place, ST_PointOnSurface(s.geom) AS geom
  FROM segment s WHERE s.plan_id = :plan AND s.retired_at IS NULL
  UNION ALL
  SELECT 'measure', m.code, NULL, m.title, m.kind,
         m.code || ' ' || (SELECT string_agg(value, ' ') FROM jsonb_each_text(m.title)), m.position, NULL
  FROM measure m WHERE m.plan_id = :plan AND m.retired_at IS NULL
  UNION ALL
  SELECT 'place', 'context:' || c.code, NULL, c.name, c.kind,
         (SELECT string_agg(value, ' ') FROM jsonb_each_text(c.name)), 0, ST_PointOnSurface(c.geom)
  FROM context_feature c, plan p
  WHERE c.city_id = :city AND p.id = :plan AND c.kind IN ('street', 'square', 'landmark', 'green', 'rail', 'parking')
    AND ST_Intersects(p.boundary, CASE WHEN GeometryType(c.geom) = 'LINESTRING'
        THEN ST_LineInterpolatePoint(c.geom, 0.5) ELSE ST_PointOnSurface(c.geom) END)
  UNION ALL
  SELECT 'place', 'heritage:' || h.code, NULL, h.name, 'heritage',
         (SELECT string_agg(value, ' ') FROM jsonb_each_text(h.name)), 0, h.geom
  FROM heritage_place h, plan p
  WHERE h.city_id = :city AND p.id = :plan AND ST_Intersects(p.boundary, h.geom)
), found AS (
  SELECT t.*, count(*) OVER (PARTITION BY kind) AS total,
         row_number() OVER (PARTITION BY kind ORDER BY
           (lower(unaccent(t.words)) LIKE w.beginning) DESC, t.title, t.place, t.words, t.code) AS nth
  FROM things t, words w WHERE w.q = '' OR lower(unaccent(t.words)) LIKE w.pattern
)
SELECT kind, code, title, label, note, total, ST_X(geom) AS lon, ST_Y(geom) AS lat
FROM found WHERE nth > :skip AND nth <= :skip + :take
ORDER BY array_position(ARRAY['measure', 'segment', 'place'], kind), nth
