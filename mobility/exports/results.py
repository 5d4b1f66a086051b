"""What people voted, as flat properties of a feature: own votes by identity level, and each group apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mobility.consultation.tallies import Counts, Tally, TallyRow, distribution
from mobility.spatial.stats import POSITIONS, support

LEVELS = ("anonymous", "email", "invitation", "verified")
"""Names of the identity levels 0 to 3, as they begin the names of properties."""

COUNTS = ("minus2", "minus1", "zero", "plus1", "plus2")
"""Votes at -2 to 2."""
SCORES = ("n", "mean", "low", "high")
CONTEST = ("contested", "contested_within")
ACCORD = ("voices", "agreement", "conflict", "agreement_kind")
DIGITS = 3


@dataclass(frozen=True)
class Group:
    """A stakeholder group as it is named in a file."""

    slug: str
    name: str
    kind: str


def result_names() -> list[str]:
    """Every property that `result_properties` gives, in its order."""
    own = [f"{level}_{name}" for level in LEVELS for name in (*SCORES, *COUNTS)]
    return ["results_shown", *CONTEST, *ACCORD, *own, "groups"]


def withheld_properties() -> dict[str, Any]:
    """The properties of a subject whose results the phase does not show yet: the same names, all null."""
    return {"results_shown": False, **dict.fromkeys(result_names()[1:])}


def read_tally(counted: Iterable[tuple[int, int, int, int]]) -> Tally:
    """The tally of rows of group id (0: own voice), identity level, position and number of live votes."""
    votes: dict[tuple[int, int], dict[int, int]] = {}
    for group, level, position, n in counted:
        votes.setdefault((group, level), {})[position] = n
    rows = []
    for (group, level), by_position in sorted(votes.items()):
        a, b, c, d, e = (by_position.get(position, 0) for position in POSITIONS)
        rows.append(TallyRow(group or None, level, (a, b, c, d, e)))
    return Tally(tuple(rows))


def result_properties(tally: Tally, groups: Mapping[int, Group]) -> dict[str, Any]:
    """Results of one subject; never a sum over identity levels or groups.

    Each level has its number of votes, mean, ends of the 95 % interval and votes by position; each group has
    its position. Whether the subject is contested is decided as on the screens.
    """
    found: dict[str, Any] = {"results_shown": True, **_contest(tally), **_accord(tally)}
    own = tally.by_level()
    for level, name in enumerate(LEVELS):
        found |= _own(name, own.get(level, (0, 0, 0, 0, 0)))
    found["groups"] = [
        _spoken(groups[group], counts) for group, counts in tally.by_group().items() if group in groups
    ]
    return found


def _contest(tally: Tally) -> dict[str, Any]:
    if not tally.rows:
        return dict.fromkeys(CONTEST)
    found = tally.contest
    return dict(zip(CONTEST, (found.contested, round(found.within, DIGITS)), strict=True))


def _accord(tally: Tally) -> dict[str, Any]:
    found = tally.accord
    scores = (None if score is None else round(score, DIGITS) for score in (found.agreement, found.conflict))
    return dict(zip(ACCORD, (found.voices, *scores, found.kind), strict=True))


def _own(level: str, counts: Counts) -> dict[str, Any]:
    scored = support(distribution(counts))
    values: tuple[float | None, ...] = (0, None, None, None)
    if scored:
        values = (scored.n, *(round(value, DIGITS) for value in (scored.mean, scored.low, scored.high)))
    scores = {f"{level}_{name}": value for name, value in zip(SCORES, values, strict=True)}
    return scores | {f"{level}_{name}": n for name, n in zip(COUNTS, counts, strict=True)}


def _spoken(group: Group, counts: Counts) -> dict[str, Any]:
    position = next((position for position, n in zip(POSITIONS, counts, strict=True) if n), None)
    return {"group": group.slug, "name": group.name, "kind": group.kind, "position": position}
