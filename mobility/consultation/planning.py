"""Planning the steps of a consultation: add, change and remove phases, never two at once."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask_babel import format_datetime
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.consultation.models import Comment, Phase, Vote, VoteHistory
from mobility.db import I18n
from mobility.errors import Conflict, Invalid, NotFound
from mobility.plans.models import Plan
from mobility.text import pick


@dataclass(frozen=True)
class PhaseDraft:
    """A step as a planner wants it. Times are instants; titles and summaries in the plan's languages."""

    title: I18n
    summary: I18n
    actions: list[str]
    opens_at: datetime
    closes_at: datetime
    comment_level: int = 0
    vote_level: int = 0
    results: str = "always"
    moderation: str = "post"
    languages: list[str] | None = None

    def values(self) -> dict[str, Any]:
        """As columns of a phase; no languages mean those of the plan."""
        return {**asdict(self), "languages": self.languages or []}


@dataclass(frozen=True)
class Spoken:
    """How much people said in a phase."""

    comments: int
    votes: int

    def __bool__(self) -> bool:
        return bool(self.comments or self.votes)


def find_phase(session: Session, *, plan_id: int, phase_id: int) -> Phase:
    """The phase of this plan. Raises NotFound."""
    found = session.scalar(select(Phase).where(Phase.plan_id == plan_id, Phase.id == phase_id))
    if found is None:
        raise NotFound
    return found


def spoken_in(session: Session, *, phase_id: int) -> Spoken:
    """Comments, and votes with those that were changed or withdrawn since, of a phase. One query."""
    comments, votes, former = (
        select(func.count()).select_from(table).where(table.phase_id == phase_id).scalar_subquery()
        for table in (Comment, Vote, VoteHistory)
    )
    row = session.execute(select(comments, votes + former)).one()
    return Spoken(int(row[0]), int(row[1]))


def check_draft(
    session: Session, *, plan_id: int, draft: PhaseDraft, language: str, own_id: int | None = None
) -> None:
    """Raises Invalid at the field that is wrong: end before beginning, or another step at the same time."""
    if draft.closes_at <= draft.opens_at:
        raise Invalid("closes_at", _l("The step must close after it opens."))
    query = select(Phase).where(
        Phase.plan_id == plan_id, Phase.opens_at < draft.closes_at, Phase.closes_at > draft.opens_at
    )
    if own_id is not None:
        query = query.where(Phase.id != own_id)
    other = session.scalars(query.order_by(Phase.opens_at)).first()
    if other is None:
        return
    starts_inside = other.opens_at <= draft.opens_at
    moment = other.closes_at if starts_inside else other.opens_at
    values = {"title": pick(other.title, language), "moment": format_datetime(moment, "d MMM y, HH:mm")}
    if starts_inside:
        raise Invalid(
            "opens_at",
            _l("At that time “%(title)s” is still open. Open this step at %(moment)s or later.", **values),
        )
    raise Invalid(
        "closes_at",
        _l("“%(title)s” opens before this step closes. Close it at %(moment)s or earlier.", **values),
    )


def save_phase(
    session: Session,
    *,
    plan: Plan,
    draft: PhaseDraft,
    phase: Phase | None = None,
    account_id: int | None,
    language: str = "en",
    now: datetime,
) -> Phase:
    """The phase, new or changed. From now on loading a bundle leaves the plan's phases alone.

    Raises Invalid, and Conflict when somebody planned another step at that time meanwhile.
    """
    own_id = phase.id if phase else None
    check_draft(session, plan_id=plan.id, draft=draft, language=language, own_id=own_id)
    action = "phase.change" if phase else "phase.add"
    if phase is None:
        phase = Phase(plan_id=plan.id, slug=_new_slug(session, plan, draft), **draft.values())
        session.add(phase)
    else:
        for name, value in draft.values().items():
            setattr(phase, name, value)
    _written(session, plan, now)
    record(
        session,
        action=action,
        account_id=account_id,
        plan_id=plan.id,
        subject="phase",
        subject_id=phase.id,
        details={
            "slug": phase.slug,
            "actions": list(draft.actions),
            "opens_at": draft.opens_at.isoformat(),
            "closes_at": draft.closes_at.isoformat(),
            "comment_level": draft.comment_level,
            "vote_level": draft.vote_level,
            "results": draft.results,
            "moderation": draft.moderation,
        },
    )
    return phase


def remove_phase(
    session: Session, *, plan: Plan, phase: Phase, account_id: int | None, now: datetime
) -> None:
    """Takes a phase out of the plan. Raises Conflict when people have spoken in it."""
    if spoken_in(session, phase_id=phase.id):
        raise Conflict(SPOKEN_TEXT)
    phase_id, slug = phase.id, phase.slug
    session.delete(phase)
    _written(session, plan, now)
    record(
        session,
        action="phase.remove",
        account_id=account_id,
        plan_id=plan.id,
        subject="phase",
        subject_id=phase_id,
        details={"slug": slug},
    )


SPOKEN_TEXT = _l(
    "People have spoken in this step, so it cannot be removed: their comments and votes belong to it. You "
    "can change its dates and what it allows."
)


def _written(session: Session, plan: Plan, now: datetime) -> None:
    plan.phases_planned_at = now
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        raise Conflict(
            _l("Somebody planned these steps at the same moment. Look at them again before you save.")
        ) from error


def _new_slug(session: Session, plan: Plan, draft: PhaseDraft) -> str:
    """Letters and digits of the title, with a number when another phase has them already."""
    plain = unicodedata.normalize("NFKD", pick(draft.title, plan.languages[0])).encode("ascii", "ignore")
    base = re.sub(r"[^a-z0-9]+", "-", plain.decode().lower()).strip("-")[:56] or "phase"
    taken = set(session.scalars(select(Phase.slug).where(Phase.plan_id == plan.id)))
    numbers = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbers) if slug not in taken)
