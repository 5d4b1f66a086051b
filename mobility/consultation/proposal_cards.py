"""Proposed votes of groups as templates show them to the delegates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for

from mobility.accounts.models import StakeholderGroup
from mobility.consultation.cards import day_label
from mobility.consultation.models_proposals import VoteProposal
from mobility.consultation.proposals import TWO
from mobility.consultation.wording import position_label
from mobility.plans.words import _
from mobility.text import pick

Card = dict[str, Any]


def proposal_cards(
    rows: Iterable[Any], *, slug: str, kind: str, code: str, account_id: int, language: str
) -> list[Card]:
    """(proposal, group, proposer) rows of one segment or measure."""
    return [
        proposal_card(*row, slug=slug, kind=kind, code=code, account_id=account_id, language=language)
        for row in rows
    ]


def proposal_card(
    proposal: VoteProposal,
    group: StakeholderGroup,
    proposer: str | None,
    *,
    slug: str,
    kind: str,
    code: str,
    account_id: int,
    language: str,
) -> Card:
    """What waits, who proposed it, and where to confirm or decline it."""
    place: dict[str, Any] = {"slug": slug, "kinds": f"{kind}s", "code": code, "proposal_id": proposal.id}
    position = proposal.position
    return {
        "id": proposal.id,
        "voice": group.slug,
        "group": pick(group.name, language),
        "who": proposer or _("Somebody"),
        "day": day_label(proposal.created_at),
        "day_iso": proposal.created_at.isoformat(),
        "position": position,
        "label": _("Withdraw the vote of the group") if position is None else position_label(position),
        "condition": proposal.condition or "",
        "reason": proposal.reason or "",
        "own": proposal.proposed_by == account_id,
        "confirm_url": url_for("consultation.confirm_proposal", **place),
        "decline_url": url_for("consultation.decline_proposal", **place),
    }


def voice_choices(
    groups: Iterable[StakeholderGroup], chosen: str | None, counts: Mapping[int, int], language: str
) -> list[Card]:
    """The capacities a delegate may vote in; a note where two must agree. Empty for everybody else."""
    voices = [
        {
            "value": group.slug,
            "label": pick(group.name, language),
            "checked": group.slug == chosen,
            "two": group.rule == TWO,
            "lone": group.rule == TWO and counts.get(group.id, 0) < 2,
        }
        for group in groups
    ]
    if not voices:
        return []
    own = {"value": "", "label": _("Myself"), "checked": not chosen, "two": False, "lone": False}
    return [own, *voices]
