"""Photos and the files that wait to be removed."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, CreatedAt, Key

PHOTOS_LIMIT = 4
ALT_LIMIT = 250


class Photo(Base):
    """A picture of a comment; one that is not sent yet belongs to its form (`form_key`) and its author."""

    __tablename__ = "photo"
    __table_args__ = (
        CheckConstraint(f"length(alt) <= {ALT_LIMIT}", name="alt"),
        CheckConstraint("width BETWEEN 1 AND 2048 AND height BETWEEN 1 AND 2048", name="size"),
        Index("ix_photo_comment", "comment_id"),
        Index("ix_photo_participant", "participant_id"),
        Index("ix_photo_staged", "form_key", postgresql_where=text("comment_id IS NULL")),
        Index("ix_photo_staged_since", "created_at", postgresql_where=text("comment_id IS NULL")),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    """Random name of its files; nothing about it comes from the sender."""
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="SET NULL"))
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id", ondelete="SET NULL"))
    form_key: Mapped[uuid.UUID | None]
    position: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    alt: Mapped[str] = mapped_column(server_default="")
    """What it shows, in words, for people who cannot see it."""
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[CreatedAt]


class FileRemoval(Base):
    """A file that no row names: removed after the commit, and by the purge if that failed."""

    __tablename__ = "file_removal"

    name: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
