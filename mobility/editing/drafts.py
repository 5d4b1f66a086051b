"""Drafts begun, changed, taken back and thrown away. Whoever saves names what they had seen of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts import audit
from mobility.editing.document import Document, mark_of
from mobility.editing.models import DraftStep, MeasureDraft
from mobility.editing.reading import document_of, document_of_version, empty_document, measure_with
from mobility.errors import Conflict, Invalid, NotFound
from mobility.plans.models import Measure, Plan

STEPS = 40
"""How many acts can be taken back."""


class Overtaken(Conflict):
    """A colleague saved the same thing meanwhile; nothing was written."""

    default = _l(
        "A colleague has changed this meanwhile. Nothing of theirs was overwritten, and what you did is "
        "still here: compare both, then save again to keep yours."
    )


def find_draft(session: Session, *, plan_id: int, draft_id: int, lock: bool = False) -> MeasureDraft:
    """The draft of this plan. With `lock` nobody else changes it until the end of the transaction."""
    query = select(MeasureDraft).where(
        MeasureDraft.plan_id == plan_id, MeasureDraft.id == min(draft_id, 2**63 - 1)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    draft = session.scalars(query).one_or_none()
    if draft is None:
        raise NotFound
    return draft


def begin_draft(
    session: Session,
    *,
    plan: Plan,
    measure: Measure,
    account_id: int,
    now: datetime,
    version: int | None = None,
) -> tuple[MeasureDraft, list[str]]:
    """The draft of a measure, begun from what is published unless there is one already.

    With `version` it says again what that version said; the codes of stretches whose outline is not kept are
    returned beside it.
    """
    draft, made = _made(
        session,
        plan,
        measure.code,
        {"measure_id": measure.id, "base_version": measure.version, "content": document_of(session, measure)},
        account_id=account_id,
        now=now,
    )
    if version is None:
        return draft, []
    restored, lost = document_of_version(session, measure, version)
    keep(session, draft, restored, act="restore", account_id=account_id, now=now)
    details = {"version": version, "begun": made}
    audit.record(
        session,
        action="measure.restore",
        account_id=account_id,
        plan_id=plan.id,
        subject="measure",
        subject_id=measure.id,
        details=details,
    )
    return draft, lost


def begin_new(
    session: Session, *, plan: Plan, code: str, package: str, kind: str, account_id: int, now: datetime
) -> MeasureDraft:
    """The draft of a measure that does not exist yet. Raises Invalid for a code that is taken."""
    if measure_with(session, plan, code) is not None:
        raise Invalid("code", _l("There is a measure with this code. Choose another code."))
    content = empty_document(code, package, kind, plan.languages)
    values = {"measure_id": None, "base_version": 0, "content": content}
    draft, made = _made(session, plan, code, values, account_id=account_id, now=now)
    if not made:
        raise Invalid("code", _l("A draft with this code exists already: open it in the list."))
    return draft


def _made(
    session: Session, plan: Plan, code: str, values: Mapping[str, Any], *, account_id: int, now: datetime
) -> tuple[MeasureDraft, bool]:
    """The one draft of a code, and whether it was begun now: two planners who begin at once get the same."""
    row = {"plan_id": plan.id, "code": code, "account_id": account_id, "changed_at": now, **values}
    statement = insert(MeasureDraft).values(row).on_conflict_do_nothing(index_elements=["plan_id", "code"])
    made = session.scalar(statement.returning(MeasureDraft.id))
    query = select(MeasureDraft).where(MeasureDraft.plan_id == plan.id, MeasureDraft.code == code)
    draft = session.scalars(query).one()
    if made is not None:
        session.add(DraftStep(draft_id=draft.id, number=0, act="begin", content=draft.content))
        session.flush()
    return draft, made is not None


def check_mark(part: Any, mark: str) -> None:
    """Raises Overtaken when the part is not what it was when the person opened it."""
    if mark != mark_of(part):
        raise Overtaken


def keep(
    session: Session, draft: MeasureDraft, content: Document, *, act: str, account_id: int, now: datetime
) -> None:
    """The draft says `content` from now on; what was taken back before cannot be done again any more."""
    if content == draft.content:
        return
    steps = delete(DraftStep).where(DraftStep.draft_id == draft.id)
    later = DraftStep.number > draft.step
    session.execute(steps.where(later | (DraftStep.number <= draft.step - STEPS)))
    draft.step += 1
    draft.content, draft.account_id, draft.changed_at = content, account_id, now
    session.add(DraftStep(draft_id=draft.id, number=draft.step, act=act, content=content))
    session.flush()


def walk(session: Session, draft: MeasureDraft, *, by: int, seen: int, account_id: int, now: datetime) -> str:
    """Takes the last act back (`by` = -1) or does it again (1); returns which act that was.

    `seen` is the step the person saw last. Raises Overtaken when there are others since, Invalid at the end.
    """
    if draft.step != seen:
        raise Overtaken
    target = session.get(DraftStep, (draft.id, draft.step + by))
    if target is None:
        raise Invalid("step", _l("There is nothing more to take back or to do again."))
    act = target if by > 0 else session.get_one(DraftStep, (draft.id, draft.step))
    draft.step, draft.content = target.number, target.content
    draft.account_id, draft.changed_at = account_id, now
    session.flush()
    return act.act


def reach(session: Session, draft: MeasureDraft) -> tuple[bool, bool]:
    """Whether there is something to take back, and something to do again."""
    query = select(DraftStep.number).where(
        DraftStep.draft_id == draft.id, DraftStep.number.in_([draft.step - 1, draft.step + 1])
    )
    there = set(session.scalars(query))
    return draft.step - 1 in there, draft.step + 1 in there


def discard_draft(session: Session, draft: MeasureDraft, *, account_id: int) -> None:
    """Throws the draft away; what is published stays as it is."""
    audit.record(
        session,
        action="measure.discard",
        account_id=account_id,
        plan_id=draft.plan_id,
        subject="measure",
        subject_id=draft.measure_id,
    )
    session.delete(draft)
    session.flush()
