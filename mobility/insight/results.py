"""Results for the desk: each measure and stretch with own votes by level and each group's vote apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.models import LEVELS, PlanGroup, StakeholderGroup
from mobility.consultation.models import Vote
from mobility.consultation.tallies import OWN, Counts, Tally, distribution, plan_tallies
from mobility.consultation.voices import stands_line, voice_cards
from mobility.db import I18n
from mobility.plans import queries as plans
from mobility.plans.words import _
from mobility.spatial.stats import FEW_VOTES, Support, contested, mean, support

SORTS = ("plan", "n", "support", "oppose", "contested")
NOTHING: Counts = (0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Group:
    """A group invited to the plan."""

    id: int
    slug: str
    name: I18n


@dataclass(frozen=True)
class GroupVote:
    """What a group says on one subject, with its public reason."""

    group_id: int
    position: int
    condition: str
    reason: str


@dataclass(frozen=True)
class Result:
    """One measure or stretch; `row` is the measure or the segment as `mobility.plans.queries` reads it."""

    kind: Literal["measure", "segment"]
    row: Any
    measure: Any
    tally: Tally

    @property
    def key(self) -> tuple[str, int]:
        return self.kind, int(self.row.id)


@dataclass(frozen=True)
class ResultFilter:
    """What the table shows: codes and slugs as in the URL, empty for all; `level` None for all levels."""

    measure: str = ""
    group: str = ""
    level: int | None = None
    sort: str = "plan"

    def arguments(self) -> dict[str, str]:
        """As URL arguments, without empty ones."""
        pairs = {"measure": self.measure, "group": self.group, "sort": self.sort.replace("plan", "")}
        pairs["level"] = "" if self.level is None else str(self.level)
        return {name: value for name, value in pairs.items() if value}


def read_result_filter(args: Mapping[str, str]) -> ResultFilter:
    """The filter of a URL query; what is unknown counts as not given."""
    level, sort = args.get("level", ""), args.get("sort", "")
    return ResultFilter(
        measure=args.get("measure", "")[:80],
        group=args.get("group", "")[:80],
        level=int(level) if level in {str(each) for each in LEVELS} else None,
        sort=sort if sort in SORTS else "plan",
    )


def read_results(session: Session, *, plan_id: int) -> list[Result]:
    """Every measure on offer followed by its stretches, in the order of the plan. Three queries."""
    by_segment, by_measure = plan_tallies(session, plan_id=plan_id)
    segments: dict[int, list[Any]] = {}
    for row in plans.segments_of(session, plan_id=plan_id, limit=10_000):
        segments.setdefault(row.measure_id, []).append(row)
    found = []
    for measure in plans.measures_of(session, plan_id=plan_id):
        found.append(Result("measure", measure, measure, by_measure.get(measure.id, Tally())))
        found += [
            Result("segment", row, measure, by_segment.get(row.id, Tally()))
            for row in segments.get(measure.id, [])
        ]
    return found


def read_groups(session: Session, *, plan_id: int) -> list[Group]:
    """The groups invited to the plan, by slug."""
    query = (
        select(StakeholderGroup.id, StakeholderGroup.slug, StakeholderGroup.name)
        .join(PlanGroup, PlanGroup.group_id == StakeholderGroup.id)
        .where(PlanGroup.plan_id == plan_id)
        .order_by(StakeholderGroup.slug)
    )
    return [Group(*row) for row in session.execute(query)]


def read_group_votes(
    session: Session, *, plan_id: int, results: Sequence[Result]
) -> dict[tuple[str, int], list[GroupVote]]:
    """What groups say on these subjects, by `Result.key`. One query."""
    segments = [result.row.id for result in results if result.kind == "segment"]
    measures = [result.row.id for result in results if result.kind == "measure"]
    query = select(
        Vote.segment_id, Vote.measure_id, Vote.group_id, Vote.position, Vote.condition, Vote.reason
    ).where(
        Vote.plan_id == plan_id,
        Vote.group_id.is_not(None),
        Vote.segment_id.in_(segments) | Vote.measure_id.in_(measures),
    )
    found: dict[tuple[str, int], list[GroupVote]] = {}
    for row in session.execute(query.order_by(Vote.position.desc(), Vote.group_id)):
        key = ("segment", row.segment_id) if row.segment_id else ("measure", row.measure_id)
        vote = GroupVote(row.group_id, row.position, row.condition or "", row.reason or "")
        found.setdefault(key, []).append(vote)
    return found


def choose(results: Sequence[Result], wanted: ResultFilter, groups: Sequence[Group]) -> list[Result]:
    """The results that are meant, in the wanted order; ties keep the order of the plan."""
    ids = {group.id for group in groups if group.slug == wanted.group}
    kept = [
        result
        for result in results
        if (not wanted.measure or result.measure.code == wanted.measure)
        and (not wanted.group or ids & set(result.tally.by_group()))
        and (wanted.level is None or own_counts(result.tally, wanted.level) != NOTHING)
    ]
    if wanted.sort == "plan":
        return kept
    return sorted(kept, key=lambda result: _rank(result.tally, wanted))


def _rank(tally: Tally, wanted: ResultFilter) -> tuple[float, float]:
    if wanted.sort == "contested":
        contest = tally.contest
        return (0 if contest.contested else 1, -max(contest.within, contest.between))
    found = own_support(tally, wanted.level)
    if found is None:
        return (1, 0)
    return (0, {"n": -float(found.n), "support": -found.mean, "oppose": found.mean}[wanted.sort])


def own_counts(tally: Tally, level: int | None) -> Counts:
    """People's own votes at one identity level, or at all of them; groups are never among them."""
    return tally.counts(OWN) if level is None else tally.by_level().get(level, NOTHING)


def own_support(tally: Tally, level: int | None) -> Support | None:
    """Mean and interval of people's own votes; None without any."""
    return support(distribution(own_counts(tally, level)))


def most_contested(results: Sequence[Result], limit: int = 5) -> list[Result]:
    """The subjects on which people or groups disagree most."""
    divided = [result for result in results if result.tally.contest.contested]
    return choose(divided, ResultFilter(sort="contested"), ())[:limit]


def most_supported(results: Sequence[Result], limit: int = 5) -> list[Result]:
    """The subjects with the highest mean of own votes, enough votes, and no quarrel."""
    clear = [
        result
        for result in results
        if result.tally.n >= FEW_VOTES
        and not result.tally.contest.contested
        and (mean(distribution(result.tally.counts())) or 0) > 0
    ]
    return choose(clear, ResultFilter(sort="support"), ())[:limit]


def contest_sentence(tally: Tally, names: Mapping[int, str]) -> str:
    """In words who disagrees with whom; empty when nobody does. `names` are those of the groups, by id."""
    sentences = []
    if tally.accord.contested:
        sentences.append(stands_line(voice_cards(tally, names)))
    if contested(distribution(tally.counts())).contested:
        sentences.append(_("People's own votes are split into for and against."))
    return " ".join(sentences)
