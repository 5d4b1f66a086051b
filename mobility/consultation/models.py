"""Phases, comments, moderation and votes."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, CreatedAt, Key, Texts, Words, geometry

ACTIONS = ("inform", "comment", "vote", "answer")
RESULTS = ("always", "after_vote", "after_phase")
STANCES = ("for", "against", "idea", "question")
POSITIONS = (-2, -1, 0, 1, 2)
CHANNELS = ("web", "embed", "qr", "meeting", "paper", "email", "social", "api", "sample")
COMMENT_STATUSES = ("published", "pending", "hidden", "withdrawn")
SCOPES = ("point", "segment", "area", "drawing", "plan")
"""What a comment is about: a point, a segment, a zone or square, a line or area drawn, the whole plan."""
EFFECTS = ("helps", "harms", "neither")
RELATIONS = ("lives", "works", "studies", "trades", "visits")
MODERATION = ("post", "pre")
ASIDE_REASONS = ("burst", "automatic", "not_entitled", "duplicate_person", "other")
HIDE_REASONS = ("abuse", "personal_data", "off_topic", "spam", "unlawful", "duplicate")
BLOCKED = "blocked"
"""Why something is hidden together with everything else of a blocked participant; never chosen one by one."""
DECISIONS = ("hide", "restore", "approve")
TEXT_LIMIT = 3000
EMPTY = text("'{}'")
"""No words, as PostgreSQL writes an empty array."""
CONDITION_LIMIT = 500

_LAT = "radians(ST_Y(geom))"
CELL_X = "floor((ST_X(geom) + 180) / 360 * 262144)::int"
CELL_Y = f"floor((1 - ln(tan({_LAT}) + 1 / cos({_LAT})) / pi()) / 2 * 262144)::int"
SEARCH = (
    "to_tsvector(CASE language WHEN 'it' THEN 'italian'::regconfig WHEN 'en' THEN 'english'::regconfig "
    "ELSE 'simple'::regconfig END, text)"
)


class Phase(Base):
    """A dated step of the consultation; what may be done in it is a set of actions."""

    __tablename__ = "phase"
    __table_args__ = (
        UniqueConstraint("plan_id", "slug"),
        CheckConstraint("opens_at < closes_at", name="order"),
        CheckConstraint("actions <@ ARRAY['inform','comment','vote','answer']", name="actions"),
        CheckConstraint("comment_level BETWEEN 0 AND 3", name="comment_level"),
        CheckConstraint("vote_level BETWEEN 0 AND 3", name="vote_level"),
        CheckConstraint(f"moderation IN {MODERATION}", name="moderation"),
        CheckConstraint(f"results IN {RESULTS}", name="results"),
        ExcludeConstraint(
            ("plan_id", "="),
            (func.tstzrange(text("opens_at"), text("closes_at")), "&&"),
            name="ex_phase_no_overlap",
            using="gist",
        ),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    slug: Mapped[str]
    title: Mapped[Texts]
    summary: Mapped[Texts]
    actions: Mapped[Words]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    comment_level: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    vote_level: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """The least identity level that may comment, and vote."""
    results: Mapped[str] = mapped_column(server_default="always")
    moderation: Mapped[str] = mapped_column(server_default="post")
    """`post`: comments are public at once; `pre`: after somebody has read them."""
    languages: Mapped[Words] = mapped_column(server_default=EMPTY)
    """Languages in which the phase is held; empty means those of the plan."""


class Topic(Base):
    __tablename__ = "topic"
    __table_args__ = (UniqueConstraint("plan_id", "slug"),)

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    slug: Mapped[str]
    label: Mapped[Texts]
    position: Mapped[int] = mapped_column(Integer)
    sensitive: Mapped[bool] = mapped_column(server_default=text("false"))
    """Speaking about it may tell something about one's health or home: places are public only coarsely."""


class Comment(Base):
    """A located contribution. Statement triggers keep `comment_cell` from its published rows."""

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint(f"stance IN {STANCES}", name="stance"),
        CheckConstraint(f"status IN {COMMENT_STATUSES}", name="status"),
        CheckConstraint(f"channel IN {CHANNELS}", name="channel"),
        CheckConstraint(f"hidden_reason IN {(*HIDE_REASONS, BLOCKED)}", name="hidden_reason"),
        CheckConstraint("(status = 'hidden') = (hidden_reason IS NOT NULL)", name="hidden"),
        CheckConstraint(
            f"length(text) BETWEEN 1 AND {TEXT_LIMIT} OR (erased_at IS NOT NULL AND text = '')", name="text"
        ),
        CheckConstraint(f"scope IN {SCOPES}", name="scope"),
        CheckConstraint("(scope = 'plan') = (geom IS NULL)", name="place"),
        CheckConstraint(
            "drawing IS NULL OR (ST_IsValid(drawing) AND NOT ST_IsEmpty(drawing))", name="drawing"
        ),
        CheckConstraint(f"perceived_effect IN {EFFECTS}", name="effect"),
        CheckConstraint("(perceived_effect IS NULL) = (heritage_place_id IS NULL)", name="effect_place"),
        CheckConstraint(f"relation <@ ARRAY[{', '.join(repr(each) for each in RELATIONS)}]", name="relation"),
        Index("ix_comment_geom", "geom", postgresql_using="gist"),
        Index(
            "ix_comment_drawn",
            text("coalesce(drawing, geom)"),
            postgresql_using="gist",
            postgresql_where=text("status = 'published'"),
        ),
        Index("ix_comment_search", "search", postgresql_using="gin"),
        Index(
            "ix_comment_words",
            "text",
            postgresql_using="gin",
            postgresql_ops={"text": "gin_trgm_ops"},
            postgresql_where=text("status = 'published'"),
        ),
        Index(
            "ix_comment_whole_plan",
            "plan_id",
            "phase_id",
            "topic_id",
            "stance",
            postgresql_where=text("geom IS NULL AND status = 'published'"),
        ),
        Index(
            "ix_comment_effect",
            "plan_id",
            "heritage_place_id",
            "perceived_effect",
            postgresql_where=text("perceived_effect IS NOT NULL AND status = 'published'"),
        ),
        Index(
            "ix_comment_relation",
            "plan_id",
            postgresql_where=text("relation <> '{}' AND status = 'published'"),
        ),
        Index("ix_comment_plan_status_id", "plan_id", "status", text("id DESC")),
        Index("ix_comment_plan_created", "plan_id", "created_at"),
        Index("ix_comment_segment", "segment_id"),
        Index(
            "ix_comment_exact_segment",
            "exact_segment_id",
            postgresql_where=text("exact_segment_id IS NOT NULL"),
        ),
        Index("ix_comment_measure", "measure_id"),
        Index("ix_comment_participant", "participant_id"),
        Index("ix_comment_plan_endorsed", "plan_id", text("endorsements DESC"), text("id DESC")),
        Index("ix_comment_origin", "created_at", postgresql_where=text("origin IS NOT NULL")),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id", ondelete="SET NULL"))
    phase_id: Mapped[int] = mapped_column(ForeignKey("phase.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id"))
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id"))
    stance: Mapped[str]
    text: Mapped[str]
    scope: Mapped[str] = mapped_column(server_default="point")
    geom: Mapped[Any | None] = mapped_column(geometry("POINT"))
    """Where it counts; null when it is about the whole plan."""
    drawing: Mapped[Any | None] = mapped_column(geometry("GEOMETRY"))
    """The line or area its author drew, if any; `geom` lies on it."""
    context_id: Mapped[int | None] = mapped_column(ForeignKey("context_feature.id", ondelete="SET NULL"))
    zone_id: Mapped[int | None] = mapped_column(ForeignKey("heritage_zone.id", ondelete="SET NULL"))
    """The square, quarter or heritage zone it is about."""
    perceived_effect: Mapped[str | None]
    """What its author thinks the measure does to a heritage place; never mixed with an expert's grade."""
    heritage_place_id: Mapped[int | None] = mapped_column(ForeignKey("heritage_place.id"))
    relation: Mapped[Words] = mapped_column(server_default=EMPTY)
    """Who its author is here. Only ever published in counts of five and more."""
    measure_version: Mapped[int | None] = mapped_column(Integer)
    """The version of the measure it spoke about."""
    snap_distance_m: Mapped[float | None]
    place: Mapped[Texts]
    """Where it is, in words, per language of the plan."""
    channel: Mapped[str] = mapped_column(server_default="web")
    status: Mapped[str] = mapped_column(server_default="published")
    language: Mapped[str]
    receipt: Mapped[str] = mapped_column(unique=True)
    """Secret code that opens the author's receipt page."""
    idempotency_key: Mapped[uuid.UUID] = mapped_column(unique=True)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    hidden_reason: Mapped[str | None]
    hidden_note: Mapped[str | None]
    edited_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    """When its author had the text taken away; the comment still counts."""
    endorsements: Mapped[int] = mapped_column(Integer, server_default="0")
    replies: Mapped[int] = mapped_column(Integer, server_default="0")
    """How many agree, and how many public replies there are. Kept by triggers."""
    origin: Mapped[bytes | None]
    """Keyed hash of the network it came from; the key changes every day and is thrown away after two."""
    exact_geom: Mapped[Any | None] = mapped_column(geometry("POINT"))
    exact_drawing: Mapped[Any | None] = mapped_column(geometry("GEOMETRY"))
    exact_segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id", ondelete="SET NULL"))
    exact_context_id: Mapped[int | None] = mapped_column(
        ForeignKey("context_feature.id", ondelete="SET NULL")
    )
    exact_zone_id: Mapped[int | None] = mapped_column(ForeignKey("heritage_zone.id", ondelete="SET NULL"))
    exact_snap_m: Mapped[float | None]
    exact_place: Mapped[dict[str, str] | None]
    """Where it is when its topic is sensitive, for its author and for staff (`exact`). A trigger keeps these
    columns, and leaves no more than a coarse cell in `geom`, which everybody reads."""
    cell_x: Mapped[int | None] = mapped_column(Integer, Computed(CELL_X, persisted=True))
    cell_y: Mapped[int | None] = mapped_column(Integer, Computed(CELL_Y, persisted=True))
    search: Mapped[Any] = mapped_column(TSVECTOR, Computed(SEARCH, persisted=True))


class Moderation(Base):
    """One decision about a comment or a reply: who, when, why."""

    __tablename__ = "moderation"
    __table_args__ = (
        CheckConstraint(f"action IN {DECISIONS}", name="action"),
        CheckConstraint(f"reason IN {(*HIDE_REASONS, BLOCKED)}", name="reason"),
        CheckConstraint("(comment_id IS NULL) <> (reply_id IS NULL)", name="subject"),
    )

    id: Mapped[Key]
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    reply_id: Mapped[int | None] = mapped_column(
        ForeignKey("comment_reply.id", ondelete="CASCADE"), index=True
    )
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    action: Mapped[str]
    reason: Mapped[str | None]
    note: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class Vote(Base):
    """The one live vote of a participant, or of a group, on a segment or a measure.

    Statement triggers write replaced and withdrawn votes to `vote_history` and keep `vote_tally`.
    """

    __tablename__ = "vote"
    __table_args__ = (
        CheckConstraint("position BETWEEN -2 AND 2", name="position"),
        CheckConstraint("identity_level BETWEEN 0 AND 3", name="level"),
        CheckConstraint("(segment_id IS NULL) <> (measure_id IS NULL)", name="subject"),
        CheckConstraint(f"channel IN {CHANNELS}", name="channel"),
        CheckConstraint(f"length(condition) <= {CONDITION_LIMIT}", name="condition"),
        CheckConstraint(f"length(reason) <= {TEXT_LIMIT}", name="reason"),
        Index(
            "uq_vote_own_segment", "segment_id", "participant_id", unique=True,
            postgresql_where=text("group_id IS NULL AND segment_id IS NOT NULL"),
        ),
        Index(
            "uq_vote_own_measure", "measure_id", "participant_id", unique=True,
            postgresql_where=text("group_id IS NULL AND measure_id IS NOT NULL"),
        ),
        Index(
            "uq_vote_group_segment", "segment_id", "group_id", unique=True,
            postgresql_where=text("group_id IS NOT NULL AND segment_id IS NOT NULL"),
        ),
        Index(
            "uq_vote_group_measure", "measure_id", "group_id", unique=True,
            postgresql_where=text("group_id IS NOT NULL AND measure_id IS NOT NULL"),
        ),
        Index("ix_vote_participant", "participant_id"),
        Index("ix_vote_origin", "changed_at", postgresql_where=text("origin IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id"))
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("stakeholder_group.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    condition: Mapped[str | None]
    """'Yes, if …': what would have to be so for the position to hold."""
    reason: Mapped[str | None]
    """A group's public reason for its vote."""
    phase_id: Mapped[int] = mapped_column(ForeignKey("phase.id"))
    identity_level: Mapped[int] = mapped_column(SmallInteger)
    measure_version: Mapped[int | None] = mapped_column(Integer)
    """The version of the measure it spoke about."""
    set_aside_id: Mapped[int | None] = mapped_column(ForeignKey("set_aside.id"), index=True)
    """Out of the counts for a stated reason; null for a vote that counts."""
    origin: Mapped[bytes | None]
    """Keyed hash of the network it came from, as in `Comment`."""
    channel: Mapped[str] = mapped_column(server_default="web")
    cast_at: Mapped[CreatedAt]
    changed_at: Mapped[CreatedAt]


class SetAside(Base):
    """A decision to take votes out of the counts, with its reason; undone by `undone_at`."""

    __tablename__ = "set_aside"
    __table_args__ = (CheckConstraint(f"reason IN {ASIDE_REASONS}", name="reason"),)

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    reason: Mapped[str]
    note: Mapped[str | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


class VoteHistory(Base):
    """Votes that were changed or withdrawn. Written by the database, never by the application."""

    __tablename__ = "vote_history"
    __table_args__ = (
        CheckConstraint("ending IN ('changed', 'withdrawn', 'merged')", name="ending"),
        Index("ix_vote_history_vote", "vote_id"),
        Index("ix_vote_history_participant", "participant_id"),
    )

    id: Mapped[Key]
    vote_id: Mapped[int]
    plan_id: Mapped[int]
    segment_id: Mapped[int | None]
    measure_id: Mapped[int | None]
    participant_id: Mapped[int]
    group_id: Mapped[int | None]
    position: Mapped[int] = mapped_column(SmallInteger)
    condition: Mapped[str | None]
    reason: Mapped[str | None]
    phase_id: Mapped[int]
    identity_level: Mapped[int] = mapped_column(SmallInteger)
    measure_version: Mapped[int | None] = mapped_column(Integer)
    channel: Mapped[str]
    cast_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    ended_at: Mapped[CreatedAt]
    ending: Mapped[str]


class VoteTally(Base):
    """Live votes per subject, capacity, level and position. Kept by triggers; 0 stands for "none"."""

    __tablename__ = "vote_tally"

    segment_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    measure_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    group_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    identity_level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    plan_id: Mapped[int] = mapped_column(index=True)
    n: Mapped[int]


class CommentCell(Base):
    """Published comments per square cell (slippy-map tile) at zoom 18, 15 and 12. Kept by triggers."""

    __tablename__ = "comment_cell"

    plan_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    z: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    x: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    y: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    phase_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    topic_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stance: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(Integer)
