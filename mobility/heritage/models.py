"""World Heritage component parts and the zones that protect them, each its own layer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, Key, Texts, geometry

ZONE_KINDS = ("property", "buffer", "setting", "planning")
ZONE_STATUSES = ("official", "approximate", "illustrative")


class HeritagePlace(Base):
    """A component part of the World Heritage property, as a point."""

    __tablename__ = "heritage_place"
    __table_args__ = (
        UniqueConstraint("city_id", "code"),
        Index("ix_heritage_place_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[Key]
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id", ondelete="CASCADE"))
    code: Mapped[str]
    name: Mapped[Texts]
    about: Mapped[Texts]
    built: Mapped[str | None]
    property_code: Mapped[str | None]
    position: Mapped[int] = mapped_column(Integer)
    geom: Mapped[Any] = mapped_column(geometry("POINT"))
    accuracy_m: Mapped[float | None]
    source: Mapped[str | None]
    website: Mapped[str | None]


class HeritageZone(Base):
    """An area: the property itself, its buffer, its wider setting, or a local planning zone."""

    __tablename__ = "heritage_zone"
    __table_args__ = (
        UniqueConstraint("city_id", "code"),
        CheckConstraint(f"kind IN {ZONE_KINDS}", name="kind"),
        CheckConstraint(f"status IN {ZONE_STATUSES}", name="status"),
        CheckConstraint("ST_IsValid(geom)", name="valid"),
        Index("ix_heritage_zone_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[Key]
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id", ondelete="CASCADE"))
    place_id: Mapped[int | None] = mapped_column(
        ForeignKey("heritage_place.id", ondelete="CASCADE"), index=True
    )
    code: Mapped[str]
    kind: Mapped[str]
    name: Mapped[Texts]
    status: Mapped[str]
    geom: Mapped[Any] = mapped_column(geometry("MULTIPOLYGON"))
    source: Mapped[str | None]
    accuracy_m: Mapped[float | None]
