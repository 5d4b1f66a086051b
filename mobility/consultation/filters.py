"""Which comments are meant: one filter, read from a URL in one place, for lists, maps, desk and exports."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute

from mobility.accounts.models import Delegation, Participant, PlanGroup, StakeholderGroup
from mobility.consultation.models import COMMENT_STATUSES, STANCES, Comment, Phase, Topic
from mobility.errors import Invalid
from mobility.plans.models import Measure, Segment

WORDS_LIMIT = 200
DICTIONARIES = {"it": "italian", "en": "english"}
BBox = tuple[float, float, float, float]


@dataclass(frozen=True)
class CommentFilter:
    """Slugs and codes as in the URL; empty means all. `since` and `until` are days in the city, inclusive.

    `group` means comments of that group's delegates. `bbox` is west, south, east, north in degrees.
    """

    topic: str = ""
    stance: str = ""
    measure: str = ""
    segment: str = ""
    phase: str = ""
    q: str = ""
    since: date | None = None
    until: date | None = None
    status: str = "published"
    group: str = ""
    bbox: BBox | None = None
    timezone: str = field(default="Europe/Rome", compare=False)

    @property
    def empty(self) -> bool:
        """Whether nothing but the status is asked for."""
        return replace(self, status="published") == CommentFilter()

    @property
    def from_cells(self) -> bool:
        """Whether the kept counts per cell (phase, topic, stance) can answer it."""
        other = replace(self, topic="", stance="", phase="", bbox=None)
        return self.status == "published" and other.empty

    def arguments(self, **changes: str) -> dict[str, Any]:
        """As URL arguments, without empty ones and without the public status; `changes` replace some."""
        pairs = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "timezone"}
        if self.status == "published":
            pairs["status"] = ""
        if self.bbox:
            pairs["bbox"] = ",".join(f"{edge:.10g}" for edge in self.bbox)
        pairs |= changes
        return {name: str(value) for name, value in pairs.items() if value}

    def conditions(self, plan_id: int) -> list[ColumnElement[bool]]:
        """SQL conditions on `Comment`; the plan is the first of them."""
        found: list[ColumnElement[bool]] = [Comment.plan_id == plan_id]
        if self.status != "all":
            found.append(Comment.status == self.status)
        for value, own, table, key in (
            (self.topic, Comment.topic_id, Topic, Topic.slug),
            (self.phase, Comment.phase_id, Phase, Phase.slug),
            (self.measure, Comment.measure_id, Measure, Measure.code),
            (self.segment, Comment.segment_id, Segment, Segment.code),
        ):
            if value:
                found.append(own == _id_of(table, key, plan_id, value))
        if self.stance:
            found.append(Comment.stance == self.stance)
        if self.q:
            found.append(_has_words(self.q))
        if self.since:
            found.append(Comment.created_at >= day_start(self.since, self.timezone))
        if self.until and self.until < date.max:
            found.append(Comment.created_at < day_start(self.until + timedelta(days=1), self.timezone))
        if self.group:
            found.append(_of_group(plan_id, self.group))
        if self.bbox:
            found.append(Comment.geom.op("&&")(func.ST_MakeEnvelope(*self.bbox, 4326)))
        return found

    def apply(self, query: Select[Any], plan_id: int) -> Select[Any]:
        """`query` narrowed to the comments of a plan that are meant."""
        return query.where(and_(*self.conditions(plan_id)))


def read_filter(
    args: Mapping[str, str], *, staff: bool = False, timezone: str = "Europe/Rome"
) -> CommentFilter:
    """The filter of a URL query. Raises Invalid, naming the argument, for a value that cannot be meant.

    Topics, phases, measures and segments that do not exist find nothing and are no error, since links to them
    may be old. Only staff filter by status and group.
    """
    texts = {name: _line(args.get(name, "")) for name in ("topic", "measure", "segment", "phase", "group")}
    stance, status = args.get("stance", ""), args.get("status", "") or "published"
    if stance and stance not in STANCES:
        raise Invalid("stance", _l("Unknown stance. Choose for, against, idea or question."))
    if status not in (*COMMENT_STATUSES, "all"):
        raise Invalid("status", _l("Unknown status."))
    since, until = _day("since", args), _day("until", args)
    if since and until and since > until:
        raise Invalid("until", _l("The last day lies before the first."))
    return CommentFilter(
        **(texts if staff else texts | {"group": ""}),
        stance=stance,
        q=_line(args.get("q", "")),
        since=since,
        until=until,
        status=status if staff else "published",
        bbox=read_bbox(args.get("bbox", "")),
        timezone=timezone,
    )


def read_bbox(typed: str) -> BBox | None:
    """West, south, east, north from ``13.3,38.1,13.4,38.2``; None for nothing. Raises Invalid."""
    if not typed:
        return None
    try:
        edges = [float(part) for part in typed.split(",")]
    except ValueError:
        edges = []
    if len(edges) != 4 or not all(math.isfinite(edge) for edge in edges):
        raise Invalid("bbox", _l("A box is four numbers: west, south, east, north."))
    west, south, east, north = edges
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise Invalid("bbox", _l("A box is four numbers: west, south, east, north."))
    return west, south, east, north


def day_start(day: date, timezone: str) -> datetime:
    """The first moment of a day in a time zone."""
    return datetime.combine(day, time.min, ZoneInfo(timezone))


def _line(typed: str) -> str:
    return " ".join("".join(ch if ch.isprintable() else " " for ch in typed).split())[:WORDS_LIMIT]


def _day(name: str, args: Mapping[str, str]) -> date | None:
    typed = args.get(name, "").strip()
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Invalid(name, _l("A day is written as year-month-day, such as 2026-11-20.")) from None


def _id_of(table: Any, key: InstrumentedAttribute[str], plan_id: int, value: str) -> Any:
    return select(table.id).where(table.plan_id == plan_id, key == value).scalar_subquery()


def _has_words(words: str) -> ColumnElement[bool]:
    """Comments that hold the words in any of the languages the index knows."""
    queries = [
        func.websearch_to_tsquery(literal_column(f"'{name}'::regconfig"), words)
        for name in (*DICTIONARIES.values(), "simple")
    ]
    either = queries[0].op("||")(queries[1]).op("||")(queries[2])
    return Comment.search.op("@@")(either)


def _of_group(plan_id: int, slug: str) -> ColumnElement[bool]:
    authors = (
        select(Participant.id)
        .join(Delegation, Delegation.account_id == Participant.account_id)
        .join(StakeholderGroup, StakeholderGroup.id == Delegation.group_id)
        .join(PlanGroup, PlanGroup.group_id == StakeholderGroup.id)
        .where(PlanGroup.plan_id == plan_id, StakeholderGroup.slug == slug)
    )
    return Comment.participant_id.in_(authors)
