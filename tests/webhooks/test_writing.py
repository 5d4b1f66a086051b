"""What happened is written down with what caused it, for those who want to know, without personal data."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts.models import Participant
from mobility.answers.models import Answer
from mobility.consultation.comments import withdraw_comment
from mobility.consultation.models import Phase, Topic
from mobility.db import unit_of_work
from mobility.extensions import db
from mobility.moderation.decisions import approve_comment, hide_comment, restore_comment
from mobility.offices.models import Office
from mobility.plans.models import Measure, Plan, Segment
from mobility.webhooks import jobs
from mobility.webhooks.delivering import body_of
from mobility.webhooks.models import WebhookDelivery, WebhookEvent
from tests.webhooks.conftest import BEGIN, SITE, administrator, say, watch

URL = "http://127.0.0.1:9/hook"


def events(session: Session) -> list[WebhookEvent]:
    return list(session.scalars(select(WebhookEvent).order_by(WebhookEvent.id)))


def test_a_comment_is_told_in_numbers_and_codes_only(session: Session, plan: Plan) -> None:
    watch(session, URL)
    comment = say(session, plan)
    (event,) = events(session)
    said = json.loads(body_of(event, SITE.base_url))
    assert said == {
        "type": "comment.published",
        "timestamp": BEGIN.isoformat(),
        "data": {
            "plan": "palermo-centro",
            "comment": comment.id,
            "topic": said["data"]["topic"],
            "stance": "for",
            "measure": None,
            "segment": None,
            "url": f"https://consult.city.example/plans/palermo-centro/comments/{comment.id}",
            "api_url": f"https://consult.city.example/api/v1/plans/palermo-centro/comments/{comment.id}",
        },
    }
    assert isinstance(event.key, uuid.UUID)


def test_the_segment_of_a_sensitive_comment_is_not_told(session: Session, plan: Plan) -> None:
    watch(session, URL)
    comment = say(session, plan)
    segment = session.scalars(select(Segment).where(Segment.plan_id == plan.id)).first()
    assert segment
    comment.segment_id = segment.id
    session.flush()
    signals.comment_published.send(session, comment=comment, now=BEGIN)
    session.execute(update(Topic).where(Topic.id == comment.topic_id).values(sensitive=True))
    signals.comment_published.send(session, comment=comment, now=BEGIN)
    assert [event.data["segment"] for event in events(session)] == [None, segment.code, None]


def test_nothing_is_written_while_nobody_wants_to_know(session: Session, plan: Plan) -> None:
    account = administrator(session)
    other = Plan(
        **{c.key: getattr(plan, c.key) for c in Plan.__mapper__.column_attrs} | {"id": None, "slug": "o"}
    )
    session.add(other)
    session.flush()
    off, _secret = watch(session, URL, account=account)
    off.off_at, off.off_reason = BEGIN, "person"
    watch(session, URL, events=("phase.opened",), account=account)
    watch(session, URL, plan_id=other.id, account=account)
    say(session, plan)
    assert events(session) == []


def test_one_event_goes_to_every_address_that_wants_it(session: Session, plan: Plan) -> None:
    account = administrator(session)
    watch(session, URL, account=account)
    watch(session, URL, plan_id=plan.id, events=("comment.published",), account=account)
    say(session, plan)
    (event,) = events(session)
    waiting = session.scalars(select(WebhookDelivery).where(WebhookDelivery.event_id == event.id)).all()
    assert [each.state for each in waiting] == ["waiting", "waiting"]


def test_what_the_editors_and_the_author_do_is_told(session: Session, plan: Plan) -> None:
    account = administrator(session)
    watch(session, URL, account=account)
    comment, waiting = say(session, plan), say(session, plan, status="pending")
    hide_comment(session, comment_id=comment.id, reason="abuse", account_id=account.id, now=BEGIN)
    restore_comment(session, comment_id=comment.id, account_id=account.id, now=BEGIN)
    approve_comment(session, comment_id=waiting.id, account_id=account.id, now=BEGIN)
    withdraw_comment(session, code=comment.receipt, now=BEGIN)
    withdraw_comment(session, code=comment.receipt, now=BEGIN)
    assert [(event.kind, event.data["comment"]) for event in events(session)] == [
        ("comment.published", comment.id),
        ("comment.hidden", comment.id),
        ("comment.restored", comment.id),
        ("comment.published", waiting.id),
        ("comment.withdrawn", comment.id),
    ]


def test_answers_assignments_versions_and_conclusions_are_told(session: Session, plan: Plan) -> None:
    watch(session, URL)
    office = session.scalars(select(Office)).first()
    measure = session.scalars(select(Measure).where(Measure.plan_id == plan.id)).first()
    assert office
    assert measure
    public, hidden = say(session, plan), say(session, plan, status="pending")
    answer = Answer(plan_id=plan.id, office_id=office.id, language="en", text="Thank you.")
    session.add(answer)
    session.flush()
    ids = [public.id, hidden.id]
    signals.case_assigned.send(session, comment_ids=ids, office_id=office.id, how="rule", now=BEGIN)
    signals.answer_published.send(session, answer=answer, comment_ids=ids, now=BEGIN)
    signals.version_published.send(session, measure=measure, version=3, now=BEGIN)
    signals.plan_concluded.send(session, plan=plan, conclusion=None, now=BEGIN)
    told = [(event.kind, event.data) for event in events(session)][1:]
    assert [kind for kind, _data in told] == [
        "case.assigned", "comment.answered", "measure.version_published", "consultation.concluded",
    ]  # fmt: skip
    assert (told[0][1]["comment"], told[0][1]["office"]) == (public.id, office.slug)
    assert told[1][1]["answer"] == answer.id
    assert (told[2][1]["measure"], told[2][1]["version"]) == (measure.code, 3)
    assert "Thank" not in json.dumps([data for _kind, data in told])


def test_openings_and_closings_are_told_once(session: Session, plan: Plan) -> None:
    webhook, _secret = watch(session, URL)
    phase = session.scalars(select(Phase).where(Phase.plan_id == plan.id).order_by(Phase.opens_at)).first()
    assert phase
    webhook.created_at = phase.opens_at
    for moment in (phase.opens_at, phase.opens_at + timedelta(minutes=1), phase.closes_at):
        jobs.phases(session, now=moment, site=SITE)
    told = [(event.kind, event.created_at) for event in events(session) if event.data["phase"] == phase.slug]
    assert told == [("phase.opened", phase.opens_at), ("phase.closed", phase.closes_at)]


def test_a_new_address_is_not_told_what_happened_before_it_was_added(session: Session, plan: Plan) -> None:
    webhook, _secret = watch(session, URL)
    phase = session.scalars(select(Phase).where(Phase.plan_id == plan.id).order_by(Phase.opens_at)).first()
    assert phase
    webhook.created_at = phase.opens_at + timedelta(minutes=5)
    jobs.phases(session, now=phase.opens_at + timedelta(minutes=6), site=SITE)
    assert events(session) == []


def say_and_fail(plan: Plan) -> None:
    with unit_of_work() as session:
        say(session, plan)
        raise RuntimeError


def test_what_is_rolled_back_was_never_told(committed: Flask) -> None:
    with committed.app_context():
        with unit_of_work() as session:
            watch(session, URL)
        plan = db.session.scalars(select(Plan).where(Plan.slug == "palermo-centro")).one()
        with pytest.raises(RuntimeError):
            say_and_fail(plan)
        assert events(db.session) == []
        with unit_of_work() as session:
            say(session, plan)
        assert len(events(db.session)) == 1


def test_old_events_leave_with_their_log(session: Session, plan: Plan) -> None:
    watch(session, URL)
    say(session, plan)
    say(session, plan, now=BEGIN + timedelta(days=20))
    jobs.tidy(session, now=BEGIN + timedelta(days=31), site=SITE)
    assert len(events(session)) == 1
    assert session.query(Participant).count() == 0
