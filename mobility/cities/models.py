"""A city: what its plans, groups, offices and heritage places have in common."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, I18n, Key, Texts, Words, geometry

CONTEXT_KINDS = (
    "boundary", "sea", "shore", "green", "quarter", "street", "square", "landmark", "rail", "parking", "gate",
)  # fmt: skip


class City(Base):
    __tablename__ = "city"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Texts]
    country: Mapped[str]
    languages: Mapped[Words]
    default_language: Mapped[str]
    timezone: Mapped[str]
    srid: Mapped[int] = mapped_column(Integer)
    """EPSG code of the metric CRS in which lengths, areas and distances are measured."""
    attribution: Mapped[Texts]
    contact: Mapped[dict[str, Any]]


class ContextFeature(Base):
    """One feature of the offline base map: sea, green, quarter, street axis, landmark…"""

    __tablename__ = "context_feature"
    __table_args__ = (
        UniqueConstraint("city_id", "code"),
        CheckConstraint(f"kind IN {CONTEXT_KINDS}", name="kind"),
        CheckConstraint("ST_IsValid(geom)", name="valid"),
    )

    id: Mapped[Key]
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id", ondelete="CASCADE"))
    kind: Mapped[str]
    code: Mapped[str]
    name: Mapped[I18n]
    props: Mapped[dict[str, Any]]
    geom: Mapped[Any] = mapped_column(geometry("GEOMETRY"))
    source: Mapped[str | None]
    accuracy_m: Mapped[float | None]
