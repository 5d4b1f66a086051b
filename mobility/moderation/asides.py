"""Set votes aside with a reason, and back: one statement each, the tallies follow by their triggers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mobility.accounts import audit
from mobility.consultation.models import ASIDE_REASONS, SetAside, Vote
from mobility.consultation.moderation import held_by
from mobility.errors import Conflict, Invalid, NotFound
from mobility.moderation.decisions import check_note
from mobility.plans.models import Measure, Plan, Segment


def set_aside(
    session: Session,
    *,
    plan_id: int,
    vote_ids: Sequence[int],
    account_id: int,
    reason: str,
    note: str = "",
    now: datetime,
) -> tuple[SetAside, int]:
    """The decision and how many votes it takes out of the counts; those set aside already are left alone.

    Group votes are never set aside this way: a group answers for its delegates. Raises Invalid for an unknown
    reason, a long note, a missing note for "other", and when no vote fits.
    """
    if reason not in ASIDE_REASONS:
        raise Invalid("reason", _l("Choose a reason from the list."))
    words = check_note(note)
    if reason == "other" and not words:
        raise Invalid("note", _l("Say the reason in the note."))
    decision = SetAside(
        plan_id=plan_id, reason=reason, note=words or None, account_id=account_id, created_at=now
    )
    session.add(decision)
    session.flush()
    moved = session.execute(
        update(Vote)
        .where(Vote.plan_id == plan_id, Vote.id.in_(vote_ids), Vote.set_aside_id.is_(None))
        .where(Vote.group_id.is_(None))
        .values(set_aside_id=decision.id)
        .returning(Vote.id),
        execution_options={"synchronize_session": False},
    ).all()
    if not moved:
        raise Invalid("reason", _l("None of these votes counts any more: there is nothing to set aside."))
    session.expire_all()
    _record(session, "votes.set_aside", decision, account_id, {"reason": reason, "n": len(moved)})
    return decision, len(moved)


def put_back(
    session: Session,
    *,
    decision: SetAside,
    account_id: int | None,
    participant_id: int | None = None,
    now: datetime,
) -> int:
    """Let the votes of a decision count again, all of them or those of one participant; how many.

    Raises Conflict when only the counts of the plan's votes are left.
    """
    if session.scalar(select(Plan.votes_thinned_at).where(Plan.id == decision.plan_id)):
        raise Conflict(_l("The single votes of this plan were destroyed. The decision stays as it is."))
    statement = update(Vote).where(Vote.set_aside_id == decision.id)
    if participant_id is not None:
        statement = statement.where(Vote.participant_id == participant_id)
    moved = session.execute(
        statement.values(set_aside_id=None).returning(Vote.id),
        execution_options={"synchronize_session": False},
    ).all()
    session.expire_all()
    left = session.scalar(select(func.count()).where(Vote.set_aside_id == decision.id)) or 0
    if not left and decision.undone_at is None:
        decision.undone_at, decision.undone_by = now, account_id
        session.flush()
    _record(session, "votes.put_back", decision, account_id, {"n": len(moved)})
    return len(moved)


def _record(
    session: Session, action: str, decision: SetAside, account_id: int | None, details: dict[str, Any]
) -> None:
    audit.record(
        session,
        action=action,
        account_id=account_id,
        plan_id=decision.plan_id,
        subject="set_aside",
        subject_id=decision.id,
        details=details,
    )


def find_decision(session: Session, *, plan_id: int, decision_id: int) -> SetAside:
    """One decision of the plan. Raises NotFound."""
    found = session.get(SetAside, min(decision_id, 2**63 - 1))
    if found is None or found.plan_id != plan_id:
        raise NotFound
    return found


def decisions_of(session: Session, *, plan_id: int) -> list[Any]:
    """The decisions of a plan with how many votes each holds now; the newest first."""
    query = select(SetAside, held_by(SetAside.id).label("held")).where(SetAside.plan_id == plan_id)
    return list(session.execute(query.order_by(SetAside.id.desc()).limit(200)))


def own_votes(session: Session, *, decision_id: int, participant_id: int) -> list[Any]:
    """The votes of one participant that a decision holds: code, position."""
    query = (
        select(func.coalesce(Segment.code, Measure.code).label("code"), Vote.position)
        .outerjoin(Segment, Segment.id == Vote.segment_id)
        .outerjoin(Measure, Measure.id == Vote.measure_id)
        .where(Vote.set_aside_id == decision_id, Vote.participant_id == participant_id)
        .order_by(Vote.id)
        .limit(500)
    )
    return list(session.execute(query))
