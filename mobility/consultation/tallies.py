"""What the votes on segments and measures say, read from the counts the database keeps.

Votes of one's own and each group's vote are never added up: a `Tally` keeps them apart, by capacity and by
identity level, and says the mean of the own votes only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.consultation.agreement import CONTESTED_FROM, FEWEST_PEOPLE, Agreement, weigh
from mobility.consultation.models import POSITIONS, VoteTally
from mobility.spatial.stats import Distribution, Support, contested, mean, support

OWN = None
"""The capacity of people who vote for themselves; a group's capacity is its id."""

Counts = tuple[int, int, int, int, int]
"""Votes at -2, -1, 0, 1, 2."""


@dataclass(frozen=True)
class TallyRow:
    """Live votes of one capacity at one identity level."""

    group_id: int | None
    identity_level: int
    counts: Counts

    @property
    def n(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class Contest:
    """How divided people are, 0 to 1: own votes among themselves, and the voices with each other."""

    within: float
    between: float
    contested: bool


@dataclass(frozen=True)
class Tally:
    """Live votes on one segment or measure. Rows: own votes by level first, then groups by id."""

    rows: tuple[TallyRow, ...] = ()

    def counts(self, group_id: int | None = OWN) -> Counts:
        """Votes of one capacity at all identity levels: of one's own, or of one group."""
        return add_up(row.counts for row in self.rows if row.group_id == group_id)

    def by_level(self) -> dict[int, Counts]:
        """Own votes by identity level, lowest first."""
        return {row.identity_level: row.counts for row in self.rows if row.group_id is OWN}

    def by_group(self) -> dict[int, Counts]:
        """Votes of the groups, by group id."""
        groups = sorted({row.group_id for row in self.rows if row.group_id is not None})
        return {group: self.counts(group) for group in groups}

    @property
    def n(self) -> int:
        """How many people voted for themselves."""
        return sum(self.counts())

    @property
    def n_groups(self) -> int:
        """How many votes groups cast."""
        return sum(row.n for row in self.rows if row.group_id is not OWN)

    @property
    def support(self) -> Support | None:
        """Mean of the own votes with its interval; None without any."""
        return support(distribution(self.counts()))

    @property
    def voices(self) -> dict[int | None, float]:
        """Position by capacity: each group, and the mean of own votes (key OWN) where there are enough."""
        found: dict[int | None, float] = {}
        if self.n >= FEWEST_PEOPLE:
            found[OWN] = mean(distribution(self.counts())) or 0.0
        for group, counts in self.by_group().items():
            found[group] = mean(distribution(counts)) or 0.0
        return found

    @property
    def accord(self) -> Agreement:
        """Whether the groups agree with each other and with the people who vote for themselves."""
        return weigh(self.voices.values())

    @property
    def contest(self) -> Contest:
        """Whether people disagree: among themselves, with a group, or groups with each other."""
        own, between = contested(distribution(self.counts())), self.accord.conflict or 0.0
        return Contest(own.within, between, own.contested or between >= CONTESTED_FROM)


def add_up(counts: Iterable[Counts]) -> Counts:
    """The sum position by position."""
    a, b, c, d, e = (0, 0, 0, 0, 0)
    for row in counts:
        a, b, c, d, e = a + row[0], b + row[1], c + row[2], d + row[3], e + row[4]
    return a, b, c, d, e


def distribution(counts: Counts) -> Distribution:
    """`counts` as a mapping from position to number of votes."""
    return dict(zip(POSITIONS, counts, strict=True))


def segment_tallies(session: Session, *, segment_ids: Iterable[int]) -> dict[int, Tally]:
    """Segment id → its tally, for every id asked for. One query."""
    return _read(session, VoteTally.segment_id, list(segment_ids))


def measure_tallies(session: Session, *, measure_ids: Iterable[int]) -> dict[int, Tally]:
    """Measure id → the tally of votes on the measure itself, for every id asked for. One query."""
    return _read(session, VoteTally.measure_id, list(measure_ids))


def plan_tallies(session: Session, *, plan_id: int) -> tuple[dict[int, Tally], dict[int, Tally]]:
    """Tallies of all segments and of all measures of a plan that have a vote, each by id. One query."""
    query = select(VoteTally).where(VoteTally.plan_id == plan_id)
    segments: dict[int, list[VoteTally]] = {}
    measures: dict[int, list[VoteTally]] = {}
    for row in session.scalars(query):
        target, key = (segments, row.segment_id) if row.segment_id else (measures, row.measure_id)
        target.setdefault(key, []).append(row)
    return (
        {key: _tally(rows) for key, rows in segments.items()},
        {key: _tally(rows) for key, rows in measures.items()},
    )


def _read(session: Session, column: object, ids: list[int]) -> dict[int, Tally]:
    name = column.key  # type: ignore[attr-defined]
    query = select(VoteTally).where(column.in_(ids), VoteTally.n > 0)  # type: ignore[attr-defined]
    found: dict[int, list[VoteTally]] = {key: [] for key in ids}
    for row in session.scalars(query) if ids else ():
        found[getattr(row, name)].append(row)
    return {key: _tally(rows) for key, rows in found.items()}


def _tally(rows: Iterable[VoteTally]) -> Tally:
    by_capacity: dict[tuple[int, int], dict[int, int]] = {}
    for row in rows:
        by_capacity.setdefault((row.group_id, row.identity_level), {})[row.position] = row.n
    return Tally(
        tuple(
            TallyRow(group or OWN, level, _counts(by_position))
            for (group, level), by_position in sorted(by_capacity.items())
        )
    )


def _counts(by_position: dict[int, int]) -> Counts:
    a, b, c, d, e = (by_position.get(position, 0) for position in POSITIONS)
    return a, b, c, d, e
