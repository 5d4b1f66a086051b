"""Record outcomes, conclude a consultation, open it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts.audit import record
from mobility.consultation.counting import check_votes_kept
from mobility.consultation.texts import clean
from mobility.errors import Conflict, Invalid
from mobility.ledger.conclusion import Missing, missing
from mobility.ledger.figures import figures
from mobility.ledger.models import OUTCOMES, Conclusion, MeasureOutcome
from mobility.ledger.queries import conclusion_in_force, current_outcomes, read_counts, read_standing
from mobility.plans.models import Measure, MeasureVersion, Plan
from mobility.tasks.services import begin_task

WHY_LIMIT = 2000
LETTERS = "ledger.letters"
log = structlog.get_logger()


class NotAnswered(Conflict):
    """Something stands in the way of concluding; `missing` says what."""

    title = _l("Not everybody has an answer")
    default = _l(
        "A consultation can be concluded once every comment has its answer and every measure its outcome."
    )

    def __init__(self, found: list[Missing]) -> None:
        self.missing = found
        super().__init__()


def record_outcome(
    session: Session,
    *,
    plan: Plan,
    measure: Measure,
    outcome: str,
    why: Mapping[str, str],
    version: int | None,
    account_id: int,
    now: datetime,
) -> MeasureOutcome:
    """The decision about a measure. The same once more makes no second row.

    Raises Invalid: unknown outcome, a reason missing in a language of the plan, a version that does not
    exist; Conflict once the consultation is concluded.
    """
    if outcome not in OUTCOMES:
        raise Invalid("outcome", _l("Say whether the measure is kept, changed or dropped."))
    texts = _texts(plan, why, required=True, field="why")
    session.execute(select(Measure.id).where(Measure.id == measure.id).with_for_update())
    if session.scalar(select(Plan.concluded_at).where(Plan.id == plan.id)):
        raise Conflict(_l("The consultation is concluded. An administrator can open it again."))
    if version is not None and session.get(MeasureVersion, (measure.id, version)) is None:
        raise Invalid("version", _l("There is no such version."))
    before = current_outcomes(session, plan_id=plan.id).get(measure.id)
    if before and (before.outcome, before.why, before.version) == (outcome, texts, version):
        return before
    made = MeasureOutcome(
        plan_id=plan.id,
        measure_id=measure.id,
        outcome=outcome,
        why=texts,
        version=version,
        account_id=account_id,
        decided_at=now,
    )
    session.add(made)
    session.flush()
    record(session, action="outcome.record", account_id=account_id, plan_id=plan.id, subject="measure",
           subject_id=measure.id, details={"outcome": outcome, "version": version})  # fmt: skip
    return made


def conclude(
    session: Session,
    *,
    plan: Plan,
    statement: Mapping[str, str],
    account_id: int,
    language: str,
    now: datetime,
) -> Conclusion:
    """The consultation, concluded: nothing more is written, everybody who can be reached gets a letter.

    The plan is locked first: comments under way are waited for, and later ones see the end. Raises
    NotAnswered with what stands in the way, and Conflict when it is concluded or not open.
    """
    locked = _lock(session, plan)
    if locked.concluded_at is not None:
        raise Conflict(_l("This consultation is concluded already."))
    if locked.status != "open":
        raise Conflict(_l("Only an open consultation can be concluded."))
    found = missing(read_standing(session, plan_id=plan.id, now=now))
    if found:
        raise NotAnswered(found)
    made = Conclusion(
        plan_id=plan.id,
        concluded_at=now,
        account_id=account_id,
        statement=_texts(plan, statement, required=False, field="statement"),
        figures=figures(read_counts(session, plan_id=plan.id, now=now)).as_numbers(),
    )
    session.add(made)
    locked.concluded_at = now
    session.flush()
    record(session, action="plan.conclude", account_id=account_id, plan_id=plan.id, subject="conclusion",
           subject_id=made.id, details=made.figures)  # fmt: skip
    begin_task(session, kind=LETTERS, plan_id=plan.id, account_id=account_id,
               params={"conclusion": made.id}, language=language)  # fmt: skip
    signals.plan_concluded.send(session, plan=locked, conclusion=made, now=now)
    log.info("consultation concluded", plan=plan.id, conclusion=made.id)
    return made


def reopen(session: Session, *, plan: Plan, reason: str, account_id: int, now: datetime) -> Conclusion:
    """The conclusion that was, ended with its reason: its steps count again. Raises Invalid and Conflict."""
    words, _removed = clean(reason)
    if not words:
        raise Invalid("reason", _l("Say why the consultation is opened again: the reason is public."))
    if len(words) > WHY_LIMIT:
        raise Invalid("reason", _l("At most %(count)d characters fit here.", count=WHY_LIMIT))
    locked = _lock(session, plan)
    found = conclusion_in_force(session, plan_id=plan.id)
    if found is None or locked.concluded_at is None:
        raise Conflict(_l("This consultation is not concluded."))
    check_votes_kept(locked)
    found.reopened_at, found.reopened_by, found.reopen_reason = now, account_id, words
    locked.concluded_at = None
    session.flush()
    record(session, action="plan.reopen", account_id=account_id, plan_id=plan.id, subject="conclusion",
           subject_id=found.id)  # fmt: skip
    signals.plan_reopened.send(session, plan=locked, conclusion=found, now=now)
    return found


def _lock(session: Session, plan: Plan) -> Plan:
    query = select(Plan).where(Plan.id == plan.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _texts(plan: Plan, typed: Mapping[str, str], *, required: bool, field: str) -> dict[str, str]:
    """The text in each language of the plan. Raises Invalid, naming the field with its language."""
    found = {}
    for tag in plan.languages:
        words, _removed = clean(typed.get(tag))
        if len(words) > WHY_LIMIT:
            raise Invalid(f"{field}_{tag}", _l("At most %(count)d characters fit here.", count=WHY_LIMIT))
        if required and not words:
            raise Invalid(f"{field}_{tag}", _l("Say why, in every language of the plan."))
        if words:
            found[tag] = words
    return found
