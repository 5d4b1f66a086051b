"""Results, hexagons, comments and groups as the templates of the desk show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import url_for

from mobility.consultation import phases as steps
from mobility.consultation.cards import comment_cards
from mobility.consultation.models import Phase
from mobility.consultation.proposal_cards import proposal_card
from mobility.consultation.queries import steps_of
from mobility.consultation.tallies import Tally, distribution
from mobility.consultation.voices import accord_card
from mobility.consultation.wording import refusal_text, voters_label
from mobility.groups.cards import vote_card
from mobility.insight.cells import Counted
from mobility.insight.results import Group, GroupVote, Result, contest_sentence, own_counts
from mobility.plans.cards import size_label
from mobility.plans.models import Plan
from mobility.spatial.stats import support
from mobility.text import pick

Card = dict[str, Any]


def group_names(groups: Iterable[Group], language: str) -> dict[int, str]:
    """The names of groups by id."""
    return {group.id: str(pick(group.name, language)) for group in groups}


def result_card(
    result: Result,
    votes: Sequence[GroupVote],
    names: Mapping[int, str],
    *,
    language: str,
    url: str,
    level: int | None = None,
) -> Card:
    """One line of the results: own votes by level, groups apart, the mean of own votes, and who disagrees."""
    row, tally = result.row, result.tally
    of_segment = result.kind == "segment"
    return {
        "kind": result.kind,
        "code": row.code,
        "title": row.street if of_segment else pick(row.title, language),
        "span": pick(row.span, language) if of_segment else "",
        "size": size_label(row) if of_segment else "",
        "measure_kind": result.measure.kind,
        "url": url,
        "levels": level_lines(tally, level),
        "own": figures(own_counts(tally, level)),
        "contested": tally.contest.contested,
        "sentence": contest_sentence(tally, names),
        "accord": accord_card(tally, names),
        "groups": [
            {
                "name": names.get(vote.group_id, ""),
                "position": vote.position,
                "condition": vote.condition,
                "reason": vote.reason,
            }
            for vote in votes
        ],
    }


def level_lines(tally: Tally, only: int | None) -> list[Card]:
    """Own votes apart by identity level: who, counts, mean and interval."""
    return [
        {"label": voters_label(level)} | figures(counts)
        for level, counts in tally.by_level().items()
        if only in (None, level)
    ]


def figures(counts: tuple[int, int, int, int, int]) -> Card:
    """n, mean, interval and whether there are few; mean None without votes."""
    found = support(distribution(counts))
    if found is None:
        return {"counts": list(counts), "n": 0, "mean": None, "low": None, "high": None, "few": True}
    return {
        "counts": list(counts),
        "n": found.n,
        "mean": found.mean,
        "low": found.low,
        "high": found.high,
        "few": found.few,
    }


def hexagon_card(cell: Counted, place: str, *, url: str) -> Card:
    """One line of the table of hexagons."""
    return {"place": place, "n": cell.n, "url": url} | {"by": cell.by_stance()}


def box_of(cell: Counted) -> str:
    """West, south, east, north round a hexagon, as the filter of comments reads it."""
    lons, lats = [point[0] for point in cell.ring], [point[1] for point in cell.ring]
    return ",".join(f"{edge:.6f}" for edge in (min(lons), min(lats), max(lons), max(lats)))


def desk_comments(rows: Sequence[Any], *, slug: str, language: str) -> list[Card]:
    """Comments with their text whatever their status."""
    found = comment_cards(rows, slug=slug, language=language)
    for card, row in zip(found, rows, strict=True):
        card["text"] = row.text
    return found


def group_card(
    group: Any, plan: Plan, votes: Sequence[Any], phases: Sequence[Phase], *, now: datetime, language: str
) -> Card:
    """A group in a plan: whether it may vote now, and its votes so far."""
    course = steps_of(phases, plan)
    refusal = steps.refusal(course, "vote", now)
    closing = steps.last_closing(course, "vote", now)
    return {
        "name": pick(group.name, language),
        "plan": pick(plan.title, language),
        "url": url_for("consultation.plan", slug=plan.slug),
        "closed": refusal_text(refusal, "vote", closing) if refusal else "",
        "votes": [vote_card(vote, plan.slug, language) for vote in votes],
    }


def waiting_cards(
    rows: Iterable[Any], subjects: Mapping[tuple[str, int], Any], *, slug: str, account_id: int, language: str
) -> list[Card]:
    """Proposed votes of a group, with what each is about."""
    found = []
    for proposal, group, proposer in rows:
        kind = "segment" if proposal.segment_id else "measure"
        subject = subjects[kind, proposal.segment_id or proposal.measure_id]
        words = subject.street if kind == "segment" else pick(subject.title, language)
        card = proposal_card(
            proposal,
            group,
            proposer,
            slug=slug,
            kind=kind,
            code=subject.code,
            account_id=account_id,
            language=language,
        )
        found.append(card | {"title": f"{subject.code} · {words}"})
    return found
