"""Who stands where on a measure or stretch: each group and the people together, side by side, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import ngettext
from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from mobility.accounts.models import StakeholderGroup
from mobility.consultation.agreement import LEANS_FROM
from mobility.consultation.models import Vote
from mobility.consultation.models_counts import VoteCount
from mobility.consultation.tallies import OWN, Tally
from mobility.consultation.wording import position_label
from mobility.plans.words import _
from mobility.text import pick

Card = dict[str, Any]
NAMED = 2
"""So many names are said, the others counted."""


def agreement_sentence() -> str:
    """What agreement between groups is, in one sentence for readers."""
    return _(
        "Each group is one voice and all people who voted for themselves are together one more; the voices "
        "agree when they stand close together, and a street is contested when strong voices stand on both "
        "sides."
    )


def kind_label(kind: str) -> str:
    """What some voices come to, in words."""
    return {
        "agreed_for": _("agreed in favour"),
        "agreed_against": _("agreed against"),
        "mixed": _("views differ"),
        "contested": _("contested"),
        "neutral": _("neutral"),
        "few": _("fewer than two voices"),
    }.get(kind, kind)


def group_names(session: Session, *, tallies: Iterable[Tally], language: str) -> dict[int, str]:
    """The names of all groups that voted, by id. One query, none without groups."""
    ids = {row.group_id for tally in tallies for row in tally.rows if row.group_id is not OWN}
    if not ids:
        return {}
    query = select(StakeholderGroup.id, StakeholderGroup.name).where(StakeholderGroup.id.in_(ids))
    return {row.id: str(pick(row.name, language)) for row in session.execute(query)}


def count_aside(
    session: Session, *, plan_id: int, segment_id: int | None = None, measure_id: int | None = None
) -> int:
    """How many votes are set aside: of one subject, else of the plan. One query."""
    held, kept = (
        select(number).where(
            table.plan_id == plan_id,
            table.set_aside_id.is_not(None),
            true() if segment_id is None else table.segment_id == segment_id,
            true() if measure_id is None else table.measure_id == measure_id,
        )
        for table, number in ((Vote, func.count()), (VoteCount, func.coalesce(func.sum(VoteCount.n), 0)))
    )
    return int(session.scalar(select(held.scalar_subquery() + kept.scalar_subquery())) or 0)


def accord_card(tally: Tally, names: Mapping[int, str]) -> Card:
    """Agreement, conflict and the voices of one subject for the template; `names` are those of groups."""
    found = tally.accord
    voices = voice_cards(tally, names)
    return {
        "kind": found.kind,
        "label": kind_label(found.kind),
        "agreement": found.agreement,
        "conflict": found.conflict,
        "n": found.voices,
        "voices": voices,
        "line": stands_line(voices),
        "counts": sides_line(voices),
    }


def voice_cards(tally: Tally, names: Mapping[int, str]) -> list[Card]:
    """Each voice with its position: from most against to most in favour, people before groups."""
    cards = []
    for capacity, position in tally.voices.items():
        own = capacity is OWN
        cards.append(
            {
                "name": _("People who voted for themselves") if own else names.get(capacity or 0, ""),
                "own": own,
                "n": tally.n if own else 1,
                "position": position,
                "step": _nearest(position),
                "word": position_label(_nearest(position)),
            }
        )
    return sorted(cards, key=lambda card: (card["position"], not card["own"], card["name"]))


def stands_line(voices: Sequence[Card]) -> str:
    """Who is against and who in favour, the smaller side first; empty with fewer than two voices."""
    if len(voices) < 2:
        return ""
    against, favour, between = _sides(voices)
    parts = [(len(against), against and _("Against: %(names)s.", names=said(against)))]
    parts.append((len(favour), favour and _("In favour: %(names)s.", names=said(favour))))
    parts.sort(key=lambda part: part[0])
    if not (against and favour):
        parts.append((len(between), between and _("Neutral: %(names)s.", names=said(between))))
    return " ".join(words for _size, words in parts if words)


def said(names: Sequence[str]) -> str:
    """Some names as people say them: "A", "A and B", "A, B and 3 others"."""
    if len(names) == 1:
        return names[0]
    if len(names) == NAMED:
        return _("%(first)s and %(second)s", first=names[0], second=names[1])
    rest = len(names) - NAMED
    return str(
        ngettext(
            "%(names)s and %(num)d other",
            "%(names)s and %(num)d others",
            rest,
            names=", ".join(names[:NAMED]),
        )
    )


def sides_line(voices: Sequence[Card]) -> str:
    """How many voices stand on each side."""
    against, favour, between = (len(side) for side in _sides(voices))
    return _(
        "%(against)s against, %(between)s neutral, %(favour)s in favour",
        against=against,
        between=between,
        favour=favour,
    )


def _sides(voices: Sequence[Card]) -> tuple[list[str], list[str], list[str]]:
    """Names against, in favour and between, the strongest first."""
    strength = {card["name"]: card["position"] for card in voices}
    against = [card["name"] for card in voices if card["position"] <= -LEANS_FROM]
    favour = [card["name"] for card in voices if card["position"] >= LEANS_FROM]
    favour.sort(key=lambda name: -strength[name])
    between = [card["name"] for card in voices if abs(card["position"]) < LEANS_FROM]
    return against, favour, between


def _nearest(position: float) -> int:
    """The nearest of the five positions; halves go away from neutral."""
    size = int(abs(position) + 0.5)
    return size if position >= 0 else -size
