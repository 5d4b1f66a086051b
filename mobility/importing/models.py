"""Imports: the file a planner brought, what it will do to the plan, what it did; census areas."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, CreatedAt, Key, Texts, geometry

STATES = ("reading", "layer", "fields", "preparing", "preview", "loading", "loaded", "undone", "dropped")
KINDS = ("segments", "measures", "zones", "boundary", "context", "census")
CHANGES = ("added", "changed", "unchanged", "removed", "refused")
_EMPTY = text("'{}'::jsonb")
_NONE = text("'[]'::jsonb")


class FileImport(Base):
    """One file on its way into a plan: what was found in it and what the planner decided, step by step.

    `reading`, `preparing` and `loading` are done by the task; the others wait for the planner or are over.
    """

    __tablename__ = "file_import"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        Index("ix_file_import_plan", "plan_id", text("id DESC")),
        Index("ix_file_import_account", "account_id"),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id", ondelete="SET NULL"))
    key: Mapped[str | None]
    """Name of the kept file; None once it is thrown away."""
    name: Mapped[str]
    """What its owner calls the file."""
    size: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="reading")
    inspection: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    layer: Mapped[str | None]
    crs: Mapped[str | None]
    """The coordinate system the planner chose; None when that of the file holds."""
    columns: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    """For tables: which columns hold x, y or wkt."""
    operation: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    """How the coordinates came to longitude and latitude: name and accuracy_m."""
    kind: Mapped[str | None]
    mapping: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    """Field of the model → column of the file."""
    defaults: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    """Field of the model → what holds where the file says nothing."""
    options: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    summary: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    """Numbers for the preview, and after the load what it did."""
    revision: Mapped[int | None] = mapped_column(Integer)
    """That of the plan after the load."""
    note: Mapped[Texts] = mapped_column(server_default=_EMPTY)
    """What changed, in the city's words, for those who follow the measures."""
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    loaded_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)


class ImportFeature(Base):
    """One line of the preview: a feature as it will be written, or something in the plan that will go."""

    __tablename__ = "import_feature"
    __table_args__ = (
        CheckConstraint(f"change IN {CHANGES}", name="change"),
        Index("ix_import_feature_change", "import_id", "change", "position"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey("file_import.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int | None] = mapped_column(Integer)
    """Of the feature in the file, from 1; None for what the file does not hold."""
    source_key: Mapped[str | None]
    """The stable id in the file, with the part where a line was cut."""
    code: Mapped[str]
    label: Mapped[str]
    change: Mapped[str]
    lineage: Mapped[str | None]
    """What happens to the segments in `former`: moved, split, merged, replaced; None when nothing does."""
    former: Mapped[list[str]]
    """Codes of what it takes the place of, or is a part of."""
    moved_m: Mapped[float | None]
    said: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    """votes and comments about what is in the plan now."""
    row: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    """Column → value as it will be written."""
    differs: Mapped[list[str]]
    """Columns that will change."""
    faults: Mapped[list[dict[str, Any]]] = mapped_column(server_default=_NONE)
    errors: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    excluded: Mapped[bool] = mapped_column(server_default=text("false"))
    geom: Mapped[Any] = mapped_column(geometry("GEOMETRY"), nullable=True)


class ImportRow(Base):
    """A row that a load wrote, as it was before and after: what undoing puts back."""

    __tablename__ = "import_row"

    import_id: Mapped[int] = mapped_column(ForeignKey("file_import.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    """Name of the table."""
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


class ImportKey(Base):
    """Which code a stable id of the city's files became, so that the next file finds it again."""

    __tablename__ = "import_key"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    source_key: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]


class ImportMemory(Base):
    """How the fields of a file were mapped last time: for the same city, kind and set of columns."""

    __tablename__ = "import_memory"

    city_id: Mapped[int] = mapped_column(ForeignKey("city.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    columns_hash: Mapped[str] = mapped_column(primary_key=True)
    mapping: Mapped[dict[str, Any]]
    defaults: Mapped[dict[str, Any]]
    updated_at: Mapped[CreatedAt]


class CensusArea(Base):
    """An area for which the statistics office counts residents."""

    __tablename__ = "census_area"
    __table_args__ = (
        CheckConstraint("population >= 0", name="population"),
        CheckConstraint("ST_IsValid(geom)", name="valid"),
        UniqueConstraint("city_id", "code"),
        Index("ix_census_area_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[Key]
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id", ondelete="CASCADE"))
    code: Mapped[str]
    name: Mapped[str]
    population: Mapped[int | None] = mapped_column(Integer)
    households: Mapped[int | None] = mapped_column(Integer)
    source: Mapped[str | None]
    geom: Mapped[Any] = mapped_column(geometry("MULTIPOLYGON"))
