"""Texts side by side: what is missing is said, a filled gap is no new version, a change is one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.consultation.models import Topic
from mobility.errors import Conflict, Invalid
from mobility.plans.models import Measure, MeasureVersion, Plan
from mobility.setup.texts import entries, find_entry, missing_by_kind, save_entry
from tests.consultation.browser import PLAN, Browser
from tests.insight.conftest import make_account

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def save(
    session: Session, plan: Plan, values: dict[str, dict[str, str]], mark: str = "", code: str = "P1"
) -> bool:
    entry = find_entry(session, plan=plan, kind="measure", code=code)
    return save_entry(
        session,
        plan=plan,
        kind="measure",
        code=code,
        values={name: entry.values[name] | values.get(name, {}) for name in entry.values},
        mark=mark or entry.mark,
        account_id=make_account(session, "planner").id,
        now=NOW,
    )


def version(session: Session, code: str = "P1") -> int:
    return session.scalar(select(Measure.version).where(Measure.code == code)) or 0


def test_a_text_that_is_missing_is_counted(session: Session, plan: Plan) -> None:
    assert missing_by_kind(session, plan=plan).get("measure", 0) == 0
    measure = session.scalars(select(Measure).where(Measure.code == "P1")).one()
    measure.summary = {"it": "Solo in italiano"}
    measure.before = measure.after = {}
    session.flush()
    assert missing_by_kind(session, plan=plan)["measure"] == 1
    (entry,) = (e for e in entries(session, plan=plan, kind="measure") if e.code == "P1")
    assert entry.missing == [("summary", "en")], "texts that no language has are not missing"


def test_filling_a_gap_makes_no_version(session: Session, plan: Plan) -> None:
    measure = session.scalars(select(Measure).where(Measure.code == "P1")).one()
    save(session, plan, {"summary": {"it": "Solo in italiano", "en": ""}})
    before = version(session)
    assert save(session, plan, {"summary": {"en": "Only in English now"}})
    assert version(session) == before
    kept = session.get_one(MeasureVersion, (measure.id, before), populate_existing=True)
    assert kept.snapshot["summary"]["en"] == "Only in English now"


def test_another_text_is_a_new_version(session: Session, plan: Plan) -> None:
    before = version(session)
    assert save(session, plan, {"title": {"it": "Un altro titolo"}})
    assert version(session) == before + 1
    assert not save(session, plan, {}), "nothing changed, nothing is written"


def test_nobody_overwrites_what_somebody_else_wrote(session: Session, plan: Plan) -> None:
    old = find_entry(session, plan=plan, kind="measure", code="P1").mark
    save(session, plan, {"title": {"it": "Un altro titolo"}})
    with pytest.raises(Conflict):
        save(session, plan, {"title": {"it": "Il mio titolo"}}, mark=old)


@pytest.mark.parametrize(
    ("texts", "field"),
    [({"it": "x" * 161}, "title__it"), ({"it": "", "en": ""}, "title__it")],
)
def test_a_wrong_text_is_said_at_its_field(
    session: Session, plan: Plan, texts: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        save(session, plan, {"title": texts})
    assert wrong.value.field == field


def test_nothing_typed_is_lost_in_a_conflict(planner: Browser, session: Session, plan: Plan) -> None:
    page = f"{PLAN}/desk/texts/measure/P1"
    form = planner.form(page, page)
    save(session, plan, {"title": {"en": "Their title"}})
    session.commit()
    answer = planner.send(form, title__en="My title")
    assert answer.status_code == 409
    assert "My title" in answer.text
    assert "Their title" in answer.text
    again = planner.send(planner.form(page, page), title__en="My title")
    assert "The texts are saved" in again.text


def test_a_desk_edit_survives_in_versions(session: Session, plan: Plan) -> None:
    revision = plan.revision
    save(session, plan, {"title": {"it": "Un altro titolo"}})
    assert plan.revision == revision + 1
    assert plan.edited_at == NOW
    count = (
        select(func.count())
        .select_from(MeasureVersion)
        .join(Measure, Measure.id == MeasureVersion.measure_id)
    )
    assert (session.scalar(count.where(Measure.code == "P1")) or 0) >= 2


def test_a_topic_is_made_sensitive_and_back(planner: Browser, session: Session, plan: Plan) -> None:
    page = f"{PLAN}/desk/texts/topic/accessibility"
    topic = session.scalars(
        select(Topic).where(Topic.plan_id == plan.id, Topic.slug == "accessibility")
    ).one()
    planner.send(planner.form(page, page), sensitive="y")
    session.refresh(topic)
    assert topic.sensitive
    form = planner.form(page, page)
    assert form.fields.pop("sensitive") == "y"
    planner.send(form)
    session.refresh(topic)
    assert not topic.sensitive
