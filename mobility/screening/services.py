"""Grading, signing and withdrawing; naming the attributes of a city."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.cities.models import City
from mobility.db import I18n
from mobility.errors import Conflict, Invalid
from mobility.plans.models import Measure, Plan
from mobility.screening.models import HeritageAttribute, HeritageGrade, HeritageStatement
from mobility.screening.queries import find_attribute, statements_that_count
from mobility.screening.rule import DIRECTIONS, EXTENTS, needs_mitigation

TEXT_LIMIT = 2000
BODY_LIMIT = 120
NAME_LIMIT = 80
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,30}")


@dataclass(frozen=True)
class GradeDraft:
    """What an expert says. `body` is for whom the expert signs, `language` that of the texts."""

    extent: str
    direction: str | None
    reason: str
    mitigation: str
    body: str
    language: str


def grade(
    session: Session,
    *,
    plan: Plan,
    code: str,
    attribute: HeritageAttribute,
    draft: GradeDraft,
    account_id: int | None,
    now: datetime,
) -> HeritageGrade:
    """Keeps a grade; the one before it stays in the history. Raises Invalid at the field that is wrong."""
    direction = None if draft.extent == "neutral" else draft.direction
    if draft.extent not in EXTENTS or (draft.extent != "neutral" and direction not in DIRECTIONS):
        raise Invalid("effect", _l("Choose one."))
    reason = _text("reason", draft.reason)
    if not reason:
        raise Invalid("reason", _l("Say why: the reason is public."))
    mitigation = _text("mitigation", draft.mitigation)
    if needs_mitigation(draft.extent, direction) and not mitigation:
        raise Invalid("mitigation", _l("Say what lessens this effect, or why nothing can."))
    made = HeritageGrade(
        plan_id=plan.id,
        measure_code=code,
        attribute_id=attribute.id,
        extent=draft.extent,
        direction=direction,
        reason=reason,
        mitigation=mitigation or None,
        body=_body(draft.body),
        language=draft.language,
        measure_version=_version(session, plan, code),
        account_id=account_id,
        graded_at=now,
    )
    live = select(HeritageGrade).where(
        HeritageGrade.plan_id == plan.id,
        HeritageGrade.measure_code == code,
        HeritageGrade.attribute_id == attribute.id,
        HeritageGrade.superseded_at.is_(None),
    )
    for before in session.scalars(live.with_for_update()):
        before.superseded_at = now
    session.flush()
    _keep(session, made)
    details = {"code": code, "attribute": attribute.code, "extent": made.extent, "direction": direction}
    record(
        session,
        action="heritage.grade",
        account_id=account_id,
        plan_id=plan.id,
        subject="heritage_grade",
        subject_id=made.id,
        details=details,
    )
    return made


def sign_no_interaction(
    session: Session,
    *,
    plan: Plan,
    code: str,
    why: str,
    body: str,
    language: str,
    account_id: int,
    now: datetime,
) -> HeritageStatement:
    """A statement that the measure touches no attribute. Raises Invalid at a field, Conflict if signed."""
    reason = _text("why", why)
    if not reason:
        raise Invalid("why", _l("Say why: the reason is public."))
    made = HeritageStatement(
        plan_id=plan.id,
        measure_code=code,
        why=reason,
        body=_body(body),
        language=language,
        measure_version=_version(session, plan, code),
        account_id=account_id,
        signed_at=now,
    )
    _keep(session, made)
    _note(session, "heritage.sign", made, account_id)
    return made


def withdraw_statement(session: Session, *, plan: Plan, code: str, account_id: int, now: datetime) -> None:
    """The statement no longer counts; it stays in the history. Raises Conflict when there is none."""
    found = statements_that_count(session, plan_id=plan.id, code=code).get(code)
    if found is None:
        raise Conflict
    found.withdrawn_at, found.withdrawn_by = now, account_id
    session.flush()
    _note(session, "heritage.withdraw", found, account_id)


def keep_attribute(
    session: Session,
    *,
    city: City,
    name: Mapping[str, str],
    about: Mapping[str, str],
    place_id: int | None,
    account_id: int | None,
    code: str = "",
    source: str | None = None,
) -> HeritageAttribute:
    """A new attribute, or the one of that code changed. Raises Invalid without a name."""
    names = {tag: text.strip()[:NAME_LIMIT] for tag, text in name.items() if text.strip()}
    if not names:
        raise Invalid("name", _l("Give the attribute a name."))
    made = find_attribute(session, city_id=city.id, code=code) if code else None
    if made is None:
        last = select(func.coalesce(func.max(HeritageAttribute.position), 0)).where(
            HeritageAttribute.city_id == city.id
        )
        position = (session.scalar(last) or 0) + 1
        made = HeritageAttribute(city_id=city.id, code=code or _free_code(session, city.id, names))
        made.position = position
        session.add(made)
    made.name, made.place_id, made.retired_at = names, place_id, None
    made.about = {tag: text.strip()[:TEXT_LIMIT] for tag, text in about.items() if text.strip()}
    made.source = source or made.source
    session.flush()
    record(
        session,
        action="heritage.attribute",
        account_id=account_id,
        subject="heritage_attribute",
        subject_id=made.id,
        details={"code": made.code},
    )
    return made


def retire_attribute(
    session: Session, *, attribute: HeritageAttribute, account_id: int, now: datetime
) -> None:
    """It is no longer asked for; its grades are kept."""
    attribute.retired_at = now
    session.flush()
    record(
        session,
        action="heritage.retire",
        account_id=account_id,
        subject="heritage_attribute",
        subject_id=attribute.id,
        details={"code": attribute.code},
    )


def _free_code(session: Session, city_id: int, names: I18n) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", next(iter(names.values())).lower()).strip("-")[:24] or "attribute"
    number, code = 2, words
    while find_attribute(session, city_id=city_id, code=code):
        code, number = f"{words}-{number}", number + 1
    return code


def _version(session: Session, plan: Plan, code: str) -> int:
    """The version of the measure that is published, 0 before the first."""
    if not CODE.fullmatch(code):
        raise Invalid("effect", _l("There is no measure of that code."))
    query = select(Measure.version).where(Measure.plan_id == plan.id, Measure.code == code)
    return session.scalar(query) or 0


def _body(text: str) -> str:
    body = text.strip()
    if not body:
        raise Invalid("body", _l("Say for which office or body you sign."))
    if len(body) > BODY_LIMIT:
        raise Invalid("body", _l("At most %(max)s characters.", max=BODY_LIMIT))
    return body


def _text(field: str, text: str) -> str:
    words = text.replace("\x00", "").strip()
    if len(words) > TEXT_LIMIT:
        raise Invalid(field, _l("At most %(max)s characters.", max=TEXT_LIMIT))
    return words


def _keep(session: Session, made: HeritageGrade | HeritageStatement) -> None:
    session.add(made)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict from error


def _note(session: Session, action: str, made: HeritageStatement, account_id: int) -> None:
    record(
        session,
        action=action,
        account_id=account_id,
        plan_id=made.plan_id,
        subject="heritage_statement",
        subject_id=made.id,
        details={"code": made.measure_code},
    )
