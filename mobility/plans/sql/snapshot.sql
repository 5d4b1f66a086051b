SELECT m.id AS measure_id, m.version, jsonb_build_object(
    'title', m.title, 'summary', m.summary, 'kind', m.kind, 'status', m.status, 'uvar_block', m.uvar_block,
    'before', m.before, 'after', m.after, 'hours', m.hours, 'hours_osm', m.hours_osm,
    'vehicle_classes', to_jsonb(m.vehicle_classes), 'exemptions', m.exemptions,
    'office', o.name, 'sources', m.sources, 'accuracy_m', m.accuracy_m,
    'segments', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('code', s.code, 'street', s.street, 'span', s.span,
        'side', s.side, 'direction', s.direction) ORDER BY s.code), '[]'::jsonb)
      FROM segment s WHERE s.measure_id = m.id AND s.retired_at IS NULL),
    'drawn', jsonb_build_object(
      'office', o.slug, 'package', p.code, 'segments', (
        SELECT coalesce(jsonb_object_agg(s.code, jsonb_build_object(
          'geometry', ST_AsGeoJSON(s.geom, 7)::jsonb, 'length_m', s.length_m, 'area_m2', s.area_m2,
          'bearing_deg', s.bearing_deg, 'source', s.source, 'accuracy_m', s.accuracy_m)), '{}'::jsonb)
        FROM segment s WHERE s.measure_id = m.id AND s.retired_at IS NULL))) AS snapshot
FROM measure m LEFT JOIN office o ON o.id = m.office_id LEFT JOIN measure_package p ON p.id = m.package_id
WHERE m.plan_id = :plan AND m.retired_at IS NULL
