"""What a planner lays beside a plan: its documents."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, CreatedAt, Key, Texts


class PlanDocument(Base):
    """A PDF that explains the plan. Removed ones keep their line, not the file."""

    __tablename__ = "plan_document"

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    title: Mapped[Texts]
    language: Mapped[str | None]
    """Language of the document; null when it has none or several."""
    file_key: Mapped[str]
    size: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    created_at: Mapped[CreatedAt]
    removed_at: Mapped[datetime | None]
