"""The plan under consultation: packages, measures, and the segments of street they apply to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, CreatedAt, Key, Texts, Words, geometry

PLAN_STATUSES = ("draft", "open", "archived")
MEASURE_KINDS = (
    "pedestrian_street", "pedestrian_square", "limited_traffic_zone", "cycle_lane", "tram", "bus_lane",
    "parking", "coach_bay", "crossing", "speed_limit",
)  # fmt: skip
MEASURE_STATUSES = ("proposed", "trial", "in_force", "study")
UVAR_BLOCKS = ("regulatory", "spatial", "pricing")
SIDES = ("both", "left", "right")
DIRECTIONS = ("both", "forward", "backward")
LINEAGE = ("split", "merged", "moved", "replaced")


class Plan(Base):
    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint(f"status IN {PLAN_STATUSES}", name="status"),
        CheckConstraint("ST_IsValid(boundary)", name="valid"),
    )

    id: Mapped[Key]
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[Texts]
    summary: Mapped[Texts]
    languages: Mapped[Words]
    boundary: Mapped[Any] = mapped_column(geometry("MULTIPOLYGON"))
    view: Mapped[list[float]]
    """West, south, east, north of the first view, in degrees."""
    status: Mapped[str] = mapped_column(server_default="draft")
    licence: Mapped[str]
    revision: Mapped[int] = mapped_column(Integer, server_default="1")
    """Grows with each load that changed something: scenes and features are cached by it."""
    concluded_at: Mapped[datetime | None]
    """When the city concluded the consultation, every comment being answered."""
    contact: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    """Whom to ask about the consultation: name, email, phone, url; empty means the city's contact."""
    privacy: Mapped[Texts] = mapped_column(server_default=text("'{}'::jsonb"))
    """What the plan's own privacy notice adds to the general one; needed before the plan opens."""
    template: Mapped[str | None]
    """The template or plan it was made from."""
    edited_at: Mapped[datetime | None]
    """When a measure, text or boundary was last changed at the desk; from then on no load overwrites it."""
    archived_at: Mapped[datetime | None]
    votes_thinned_at: Mapped[datetime | None]
    """When the single votes of people were destroyed; since then only their counts are kept."""
    phases_planned_at: Mapped[datetime | None]
    """When a planner last changed the phases at the desk; from then on a load leaves them alone."""
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class MeasurePackage(Base):
    __tablename__ = "measure_package"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    code: Mapped[str]
    title: Mapped[Texts]
    summary: Mapped[Texts]
    position: Mapped[int] = mapped_column(Integer)


class Measure(Base):
    __tablename__ = "measure"
    __table_args__ = (
        UniqueConstraint("plan_id", "code"),
        CheckConstraint(f"kind IN {MEASURE_KINDS}", name="kind"),
        CheckConstraint(f"status IN {MEASURE_STATUSES}", name="status"),
        CheckConstraint(f"uvar_block IN {UVAR_BLOCKS}", name="uvar_block"),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    package_id: Mapped[int | None] = mapped_column(ForeignKey("measure_package.id"), index=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    code: Mapped[str]
    title: Mapped[Texts]
    summary: Mapped[Texts]
    kind: Mapped[str]
    status: Mapped[str]
    uvar_block: Mapped[str | None]
    before: Mapped[Texts]
    after: Mapped[Texts]
    hours: Mapped[Texts]
    hours_osm: Mapped[str | None]
    """The hours in the opening_hours syntax of OpenStreetMap."""
    vehicle_classes: Mapped[Words]
    exemptions: Mapped[dict[str, list[str]]]
    sources: Mapped[list[dict[str, Any]]]
    accuracy_m: Mapped[float | None]
    position: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    retired_at: Mapped[datetime | None]
    """Set when the city no longer plans the measure but people have spoken about it."""
    retired_note: Mapped[Texts] = mapped_column(server_default=text("'{}'::jsonb"))
    """Why it left the plan, as the city says it; empty when it says nothing."""
    updated_at: Mapped[CreatedAt]


class MeasureVersion(Base):
    """What a measure said in one version: texts, attributes and segments, made by `sql/snapshot.sql`."""

    __tablename__ = "measure_version"

    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    snapshot: Mapped[dict[str, Any]]
    note: Mapped[Texts] = mapped_column(server_default=text("'{}'::jsonb"))
    """What changed, as the city says it; empty when it says nothing."""
    published_at: Mapped[CreatedAt]


class Segment(Base):
    """The stretch of street (line), square (area) or bay (point) a measure applies to."""

    __tablename__ = "segment"
    __table_args__ = (
        UniqueConstraint("plan_id", "code"),
        CheckConstraint(f"side IN {SIDES}", name="side"),
        CheckConstraint(f"direction IN {DIRECTIONS}", name="direction"),
        CheckConstraint("ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name="valid"),
        Index("ix_segment_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id"), index=True)
    code: Mapped[str]
    street: Mapped[str]
    span: Mapped[Texts]
    """Between what and what, in words."""
    geom: Mapped[Any] = mapped_column(geometry("GEOMETRY"))
    side: Mapped[str]
    direction: Mapped[str]
    length_m: Mapped[float | None]
    """Metres in the city's metric CRS; the outline's length for an area."""
    area_m2: Mapped[float | None]
    bearing_deg: Mapped[float | None]
    """From the first to the last vertex, clockwise from grid north, 0 ≤ bearing < 360; null for areas."""
    accuracy_m: Mapped[float | None]
    source: Mapped[str | None]
    position: Mapped[int] = mapped_column(Integer)
    retired_at: Mapped[datetime | None]
    """Set when the city's file no longer holds the segment but its votes are kept."""


class SegmentLineage(Base):
    """What became of a segment: divided into parts, joined with another, moved, or replaced.

    After `split` the old segment is retired and keeps its votes; they are shown beside each part, never added
    to it; its comments go to the nearest part. After `merged` and `replaced` votes and comments move, the
    latest vote of each participant stays live. After `moved` old and new are the same segment.
    """

    __tablename__ = "segment_lineage"
    __table_args__ = (
        CheckConstraint(f"kind IN {LINEAGE}", name="kind"),
        UniqueConstraint("old_id", "new_id", "kind", "happened_at"),
        Index("ix_segment_lineage_new", "new_id"),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    old_id: Mapped[int] = mapped_column(ForeignKey("segment.id", ondelete="CASCADE"))
    new_id: Mapped[int] = mapped_column(ForeignKey("segment.id", ondelete="CASCADE"))
    kind: Mapped[str]
    happened_at: Mapped[CreatedAt]
    moved_m: Mapped[float | None]
    """How far the line moved (Hausdorff distance in metres), for `moved`."""


class SegmentHeritage(Base):
    """How much of a segment lies in a heritage zone, measured in the city's metric CRS at load."""

    __tablename__ = "segment_heritage"

    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id", ondelete="CASCADE"), primary_key=True)
    zone_id: Mapped[int] = mapped_column(
        ForeignKey("heritage_zone.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    length_m: Mapped[float | None]
    area_m2: Mapped[float | None]
    share: Mapped[float]
    """Part of the segment's length (line), area (area) or count (point) inside the zone, 0 to 1."""
