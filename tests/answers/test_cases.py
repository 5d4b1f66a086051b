"""Every comment is a case of one office; answers are public, approved where the city wants it, and kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mobility import signals
from mobility.answers import cases, reopening, services
from mobility.answers.deadlines import days_to, due_moment
from mobility.answers.models import Answer, Assignment, Case
from mobility.answers.routes import route_all
from mobility.consultation.models import Comment
from mobility.errors import Conflict, Invalid
from mobility.notices.models import Happening
from mobility.plans.models import Plan

ROME = ZoneInfo("Europe/Rome")


def happened(session: Session, comment: Comment) -> list[str]:
    query = select(Happening.detail).where(Happening.comment_id == comment.id, Happening.kind == "decision")
    return [str(each) for each in session.scalars(query.order_by(Happening.id))]


def test_a_comment_becomes_a_case_of_the_office_that_the_rule_names(
    session: Session, office: Any, compete: Any, ask: Any, case: Any
) -> None:
    compete(office("verde-pubblico", deadline_days=12), topic="walking")
    comment = ask()
    found = case(comment)
    assert found.state == "received"
    assert found.office_id == office("verde-pubblico").id
    assert days_to(found.due_at, comment.created_at, ROME) == 12
    first = session.scalars(select(Assignment).where(Assignment.comment_id == comment.id)).one()
    assert (first.how, first.reason["rule"], first.reason["by"]) == ("rule", "competence", ["topic"])


def test_a_comment_that_nobody_is_competent_for_waits_for_a_planner(ask: Any, case: Any, office: Any) -> None:
    comment = ask()
    assert (case(comment).office_id, case(comment).due_at) == (None, None)


def test_the_last_day_is_the_same_day_of_the_calendar_when_clocks_change() -> None:
    before = datetime(2026, 10, 20, 9, tzinfo=UTC)
    due = due_moment(before, 10, ROME)
    assert f"{due.astimezone(ROME):%Y-%m-%d %H:%M:%S}" == "2026-10-30 23:59:59"
    late = datetime(2026, 3, 28, 23, 30, tzinfo=ROME)
    assert f"{due_moment(late, 1, ROME).astimezone(ROME):%Y-%m-%d %H:%M}" == "2026-03-29 23:59"


def test_handing_on_keeps_the_history_and_the_promised_day_and_tells_the_author(
    session: Session, office: Any, compete: Any, person: Any, ask: Any, case: Any, now: datetime
) -> None:
    compete(office(), topic="walking")
    comment, planner = ask(email="a@example.org"), person("pia", role="planner")
    promised = case(comment).due_at
    other = office("centro-storico")
    cases.assign(
        session, comment_id=comment.id, office_id=other.id, reason="It is about a square",
        account_id=planner.id, now=now,
    )  # fmt: skip
    rows = session.scalars(
        select(Assignment).where(Assignment.comment_id == comment.id).order_by(Assignment.id)
    ).all()
    assert [(each.how, each.ended_at is None) for each in rows] == [("rule", False), ("person", True)]
    assert case(comment).due_at == promised
    assert happened(session, comment) == ["assign"]
    with pytest.raises(Invalid):
        cases.assign(session, comment_id=comment.id, office_id=office().id, reason=" ", now=now)


def test_what_is_hidden_closes_and_what_is_shown_again_opens_as_it_was(
    session: Session, ask: Any, case: Any, now: datetime
) -> None:
    comment = ask()
    signals.comments_decided.send(session, comments=[comment], action="hide", account_id=None, now=now)
    assert (case(comment).state, case(comment).closing) == ("closed", "hidden")
    signals.comments_decided.send(session, comments=[comment], action="restore", account_id=None, now=now)
    assert (case(comment).state, case(comment).closing) == ("received", None)
    signals.comment_withdrawn.send(session, comment=comment, now=now)
    assert case(comment).closing == "withdrawn"


def test_an_answer_to_several_comments_tells_each_author_once(
    session: Session, office: Any, compete: Any, person: Any, ask: Any, case: Any, now: datetime, say: Any
) -> None:
    compete(office(), topic="walking")
    clerk = person("bea", office())
    first, other = ask(), ask("Another kerb")
    again = say(text="And a third", participant_id=first.participant_id)
    signals.comment_sent.send(session, comment=again, now=now)
    ids = [first.id, other.id, again.id]
    draft = services.save_draft(
        session, plan_id=first.plan_id, office_id=office().id, comment_ids=ids, text="We lower them.",
        language="en", account_id=clerk.id, now=now,
    )  # fmt: skip
    assert case(first).state == "in_progress"
    services.publish_answer(session, answer=draft, account_id=clerk.id, now=now)
    assert {case(each).answer_id for each in (first, other, again)} == {draft.id}
    told = session.scalars(select(Happening.comment_id).where(Happening.detail == "answer")).all()
    assert sorted(told) == sorted([first.id, other.id])
    with pytest.raises(Conflict):
        services.publish_answer(session, answer=draft, account_id=clerk.id, now=now)


def test_a_new_answer_replaces_the_old_and_both_stay(
    session: Session, office: Any, compete: Any, person: Any, ask: Any, case: Any, now: datetime
) -> None:
    compete(office(), topic="walking")
    clerk, comment = person("bea", office()), ask()
    made = []
    for words in ("Wait for spring.", "It is done."):
        draft = services.save_draft(
            session, plan_id=comment.plan_id, office_id=office().id, comment_ids=[comment.id], text=words,
            language="en", account_id=clerk.id, now=now,
        )  # fmt: skip
        made.append(services.publish_answer(session, answer=draft, account_id=clerk.id, now=now))
    assert made[1].replaces_id == made[0].id
    assert case(comment).answer_id == made[1].id
    assert made[0].state == "published"


def test_four_eyes_hold_in_the_service_and_in_the_database(
    session: Session, office: Any, compete: Any, person: Any, ask: Any, now: datetime
) -> None:
    compete(office(four_eyes=True), topic="walking")
    writer, reader, comment = person("bea", office()), person("carlo", office()), ask()
    draft = services.save_draft(
        session, plan_id=comment.plan_id, office_id=office().id, comment_ids=[comment.id], text="Yes.",
        language="en", account_id=writer.id, now=now,
    )  # fmt: skip
    for who in (writer, reader):
        with pytest.raises(services.NeedsApproval):
            services.publish_answer(session, answer=draft, account_id=who.id, now=now)
    services.ask_approval(session, answer=draft, account_id=writer.id, now=now)
    with pytest.raises(services.NeedsApproval):
        services.publish_answer(session, answer=draft, account_id=writer.id, now=now)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            text("UPDATE answer SET state = 'published', published_at = now() WHERE id = :id"),
            {"id": draft.id},
        )
    services.publish_answer(session, answer=draft, account_id=reader.id, now=now)
    assert draft.approved_by == reader.id


@pytest.mark.parametrize("change", ["SET text = 'Other'", "SET state = 'draft'", "SET language = 'it'"])
def test_the_database_keeps_what_is_published(
    session: Session, office: Any, compete: Any, person: Any, ask: Any, now: datetime, change: str
) -> None:
    answer = published(session, office, compete, person, ask, now)
    for statement in (
        f"UPDATE answer {change} WHERE id = {answer.id}",
        f"DELETE FROM answer WHERE id = {answer.id}",
    ):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(statement))


def published(session: Session, office: Any, compete: Any, person: Any, ask: Any, now: datetime) -> Answer:
    compete(office(), topic="walking")
    clerk, comment = person("bea", office()), ask(email="a@example.org")
    draft = services.save_draft(
        session, plan_id=comment.plan_id, office_id=office().id, comment_ids=[comment.id], text="Yes.",
        language="en", account_id=clerk.id, now=now,
    )  # fmt: skip
    return services.publish_answer(session, answer=draft, account_id=clerk.id, now=now)


def test_its_author_asks_again_once_within_thirty_days(
    session: Session, office: Any, compete: Any, person: Any, ask: Any, case: Any, now: datetime
) -> None:
    answer = published(session, office, compete, person, ask, now)
    (comment_id,) = services.comments_of(session, answer_id=answer.id)
    with pytest.raises(Conflict):
        reopening.reopen_case(session, comment_id=comment_id, reason="No", now=now + timedelta(days=31))
    found = reopening.reopen_case(session, comment_id=comment_id, reason="It is not done", now=now)
    assert (found.state, found.answer_id, found.reopen_reason) == ("in_progress", None, "It is not done")
    assert found.answered_at is not None
    draft = services.save_draft(
        session, plan_id=found.plan_id, office_id=office().id, comment_ids=[comment_id], text="Now it is.",
        language="en", account_id=answer.author_id or 0, now=now,
    )  # fmt: skip
    services.publish_answer(session, answer=draft, account_id=answer.author_id or 0, now=now)
    with pytest.raises(Conflict):
        reopening.reopen_case(session, comment_id=comment_id, reason="Again", now=now)


def test_a_case_opened_again_has_the_days_of_its_competence(
    session: Session, office: Any, compete: Any, person: Any, ask: Any, case: Any, now: datetime
) -> None:
    compete(office(deadline_days=30), topic="walking", deadline_days=5)
    clerk, comment = person("bea", office()), ask()
    cases.close_case(session, comment_id=comment.id, closing="duplicate", account_id=clerk.id, now=now)
    reopening.reopen_case(session, comment_id=comment.id, reason="It is not", account_id=clerk.id, now=now)
    assert days_to(case(comment).due_at, now, ROME) == 5
    moved = {"comment_id": comment.id, "office_id": office("verde-pubblico").id, "account_id": clerk.id}
    cases.assign(session, **moved, reason="Trees", now=now)
    cases.close_case(session, comment_id=comment.id, closing="no_answer_needed", now=now)
    reopening.reopen_case(session, comment_id=comment.id, reason="Look", account_id=clerk.id, now=now)
    assert days_to(case(comment).due_at, now, ROME) == 30


def test_routing_what_is_there_twice_makes_each_case_once(
    session: Session, plan: Plan, office: Any, compete: Any, say: Any, now: datetime
) -> None:
    compete(office(), topic="walking")
    say(), say(status="withdrawn"), say(topic="safety")
    assert route_all(session, plan=plan, now=now) == 3
    assert route_all(session, plan=plan, now=now) == 0
    found = {case.closing: case.office_id for case in session.scalars(select(Case))}
    assert set(found) == {None, "withdrawn"}
    untold = select(Assignment).where(Assignment.told_at.is_(None))
    assert session.scalars(untold).all() == []


def test_another_topic_is_routed_anew_until_somebody_has_decided(
    session: Session, office: Any, compete: Any, ask: Any, case: Any, now: datetime
) -> None:
    compete(office(), topic="walking")
    compete(office("verde-pubblico"), topic="safety")
    comment: Callable[..., Any] = ask()
    safety = session.execute(text("SELECT id FROM topic WHERE slug = 'safety'")).scalar_one()
    comment.topic_id = safety  # type: ignore[attr-defined]
    session.flush()
    signals.comment_edited.send(session, comment=comment, now=now)
    assert case(comment).office_id == office("verde-pubblico").id
