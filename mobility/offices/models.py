"""The offices that are responsible for measures and answer comments."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, Key, Texts


class Office(Base):
    __tablename__ = "office"
    __table_args__ = (UniqueConstraint("city_id", "slug"),)

    id: Mapped[Key]
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id", ondelete="CASCADE"))
    slug: Mapped[str]
    name: Mapped[Texts]
    about: Mapped[Texts]
    email: Mapped[str | None]
    phone: Mapped[str | None]
