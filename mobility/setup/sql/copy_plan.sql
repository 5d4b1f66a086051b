WITH made AS (
  INSERT INTO plan (city_id, slug, title, summary, languages, boundary, view, status, licence, contact, privacy,
                    template, edited_at, phases_planned_at)
  SELECT city_id, :slug, :title, :summary, languages, boundary, view, 'draft', licence, contact, privacy,
         slug, :now, :now
  FROM plan WHERE id = :source
  RETURNING id
), packages AS (
  INSERT INTO measure_package (plan_id, code, title, summary, position)
  SELECT made.id, p.code, p.title, p.summary, p.position FROM measure_package p, made WHERE p.plan_id = :source
  RETURNING id, code
), topics AS (
  INSERT INTO topic (plan_id, slug, label, position, sensitive)
  SELECT made.id, t.slug, t.label, t.position, t.sensitive FROM topic t, made WHERE t.plan_id = :source
  RETURNING id, slug
), phases AS (
  INSERT INTO phase (plan_id, slug, title, summary, actions, opens_at, closes_at, comment_level, vote_level,
                     results, moderation, languages)
  SELECT made.id, f.slug, f.title, f.summary, f.actions,
         ((f.opens_at AT TIME ZONE :zone) + make_interval(days => :days)) AT TIME ZONE :zone,
         ((f.closes_at AT TIME ZONE :zone) + make_interval(days => :days)) AT TIME ZONE :zone,
         f.comment_level, f.vote_level, f.results, f.moderation, f.languages
  FROM phase f, made WHERE f.plan_id = :source
), groups AS (
  INSERT INTO plan_group (plan_id, group_id)
  SELECT made.id, g.group_id FROM plan_group g, made WHERE g.plan_id = :source
), measures AS (
  INSERT INTO measure (plan_id, package_id, office_id, code, title, summary, kind, status, uvar_block, before, after,
                       hours, hours_osm, vehicle_classes, exemptions, sources, accuracy_m, position)
  SELECT made.id, n.id, m.office_id, m.code, m.title, m.summary, m.kind, m.status, m.uvar_block, m.before, m.after,
         m.hours, m.hours_osm, m.vehicle_classes, m.exemptions, m.sources, m.accuracy_m, m.position
  FROM made CROSS JOIN measure m
  LEFT JOIN measure_package o ON o.id = m.package_id
  LEFT JOIN packages n ON n.code = o.code
  WHERE m.plan_id = :source AND m.retired_at IS NULL
  RETURNING id, code
), competences AS (
  INSERT INTO competence (plan_id, office_id, topic_id, measure_id, area, area_name, priority, deadline_days)
  SELECT made.id, c.office_id, t.id, m.id, c.area, c.area_name, c.priority, c.deadline_days
  FROM made CROSS JOIN competence c
  LEFT JOIN topic ot ON ot.id = c.topic_id LEFT JOIN topics t ON t.slug = ot.slug
  LEFT JOIN measure om ON om.id = c.measure_id LEFT JOIN measures m ON m.code = om.code
  WHERE c.plan_id = :source AND c.ended_at IS NULL
    AND (c.topic_id IS NULL OR t.id IS NOT NULL) AND (c.measure_id IS NULL OR m.id IS NOT NULL)
), segments AS (
  INSERT INTO segment (plan_id, measure_id, code, street, span, geom, side, direction, length_m, area_m2,
                       bearing_deg, accuracy_m, source, position)
  SELECT made.id, n.id, s.code, s.street, s.span, s.geom, s.side, s.direction, s.length_m, s.area_m2,
         s.bearing_deg, s.accuracy_m, s.source, s.position
  FROM made CROSS JOIN segment s
  JOIN measure o ON o.id = s.measure_id
  JOIN measures n ON n.code = o.code
  WHERE s.plan_id = :source AND s.retired_at IS NULL
  RETURNING id, code
), heritage AS (
  INSERT INTO segment_heritage (segment_id, zone_id, length_m, area_m2, share)
  SELECT n.id, h.zone_id, h.length_m, h.area_m2, h.share
  FROM segment_heritage h
  JOIN segment s ON s.id = h.segment_id AND s.plan_id = :source
  JOIN segments n ON n.code = s.code
)
SELECT id FROM made
