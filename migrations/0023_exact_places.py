"""Exact places of comments on sensitive topics, kept apart from the place that everybody reads

A trigger puts what a comment on a sensitive topic says about its place into columns of its own, and the centre of a
coarse cell where everybody looks. It acts whatever writes the comment, and on all comments of a topic whose mark is
changed.

Revision: 0023
Follows: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

REFERENCES = {"segment": "segment", "context": "context_feature", "zone": "heritage_zone"}
COARSE_POINT = """
CREATE FUNCTION coarse_point(place geometry) RETURNS geometry LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT ST_SetSRID(ST_MakePoint(
    (floor((ST_X(place) + 180) / 360 * 32768) + 0.5) / 32768 * 360 - 180,
    degrees(atan(sinh(pi() * (1 - 2 * (floor((1 - ln(tan(radians(ST_Y(place)))
      + 1 / cos(radians(ST_Y(place)))) / pi()) / 2 * 32768) + 0.5) / 32768))))), 4326)
$$
"""
KEEP_FUNCTION = """
CREATE FUNCTION comment_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  discreet boolean := NEW.geom IS NOT NULL
    AND coalesce((SELECT sensitive FROM topic WHERE id = NEW.topic_id), false);
BEGIN
  IF NOT discreet THEN
    IF NEW.exact_geom IS NOT NULL THEN
      NEW.geom := NEW.exact_geom; NEW.drawing := NEW.exact_drawing; NEW.segment_id := NEW.exact_segment_id;
      NEW.context_id := NEW.exact_context_id; NEW.zone_id := NEW.exact_zone_id;
      NEW.snap_distance_m := NEW.exact_snap_m; NEW.place := NEW.exact_place;
      NEW.exact_geom := NULL; NEW.exact_drawing := NULL; NEW.exact_segment_id := NULL;
      NEW.exact_context_id := NULL; NEW.exact_zone_id := NULL; NEW.exact_snap_m := NULL;
      NEW.exact_place := NULL;
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.exact_geom IS NULL THEN
    NEW.exact_geom := NEW.geom; NEW.exact_drawing := NEW.drawing; NEW.exact_segment_id := NEW.segment_id;
    NEW.exact_context_id := NEW.context_id; NEW.exact_zone_id := NEW.zone_id;
    NEW.exact_snap_m := NEW.snap_distance_m; NEW.exact_place := NEW.place;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NEW.geom IS DISTINCT FROM OLD.geom THEN NEW.exact_geom := NEW.geom; END IF;
    NEW.exact_drawing := coalesce(NEW.drawing, NEW.exact_drawing);
    NEW.exact_segment_id := coalesce(NEW.segment_id, NEW.exact_segment_id);
  END IF;
  NEW.geom := coarse_point(NEW.exact_geom); NEW.drawing := NULL; NEW.segment_id := NULL;
  NEW.context_id := NULL; NEW.zone_id := NULL; NEW.snap_distance_m := NULL; NEW.place := '{}';
  RETURN NEW;
END $$
"""
KEEP = """
CREATE TRIGGER comment_place BEFORE INSERT OR UPDATE OF
  topic_id, geom, drawing, segment_id, context_id, zone_id, snap_distance_m, place ON comment
FOR EACH ROW EXECUTE FUNCTION comment_place()
"""
MARK_FUNCTION = """
CREATE FUNCTION topic_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  LOCK TABLE comment IN SHARE ROW EXCLUSIVE MODE;
  UPDATE comment SET topic_id = topic_id WHERE topic_id = NEW.id;
  RETURN NULL;
END $$
"""
MARK = """
CREATE TRIGGER topic_marked AFTER UPDATE OF sensitive ON topic
FOR EACH ROW WHEN (OLD.sensitive <> NEW.sensitive) EXECUTE FUNCTION topic_marked()
"""


def upgrade() -> None:
    for column in (
        sa.Column("exact_geom", Geometry("POINT", srid=4326, spatial_index=False)),
        sa.Column("exact_drawing", Geometry("GEOMETRY", srid=4326, spatial_index=False)),
        sa.Column("exact_segment_id", sa.BigInteger()),
        sa.Column("exact_context_id", sa.BigInteger()),
        sa.Column("exact_zone_id", sa.BigInteger()),
        sa.Column("exact_snap_m", sa.Float()),
        sa.Column("exact_place", postgresql.JSONB()),
    ):
        op.add_column("comment", column)
    for name, table in REFERENCES.items():
        op.create_foreign_key(
            op.f(f"fk_comment_exact_{name}_id"),
            "comment",
            table,
            [f"exact_{name}_id"],
            ["id"],
            ondelete="SET NULL",
        )
    op.create_index(
        "ix_comment_exact_segment",
        "comment",
        ["exact_segment_id"],
        postgresql_where=sa.text("exact_segment_id IS NOT NULL"),
    )
    for statement in (COARSE_POINT, KEEP_FUNCTION, KEEP, MARK_FUNCTION, MARK):
        op.execute(statement)
    op.execute(
        "UPDATE comment SET topic_id = topic_id WHERE topic_id IN (SELECT id FROM topic WHERE sensitive)"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER topic_marked ON topic")
    op.execute("DROP FUNCTION topic_marked()")
    op.execute("DROP TRIGGER comment_place ON comment")
    op.execute("DROP FUNCTION comment_place()")
    op.execute("DROP FUNCTION coarse_point(geometry)")
    op.execute(
        "UPDATE comment SET geom = exact_geom, drawing = exact_drawing, segment_id = exact_segment_id,"
        " context_id = exact_context_id, zone_id = exact_zone_id, snap_distance_m = exact_snap_m,"
        " place = exact_place WHERE exact_geom IS NOT NULL"
    )
    op.drop_index("ix_comment_exact_segment", "comment")
    for name in ("place", "snap_m", "zone_id", "context_id", "segment_id", "drawing", "geom"):
        op.drop_column("comment", f"exact_{name}")
