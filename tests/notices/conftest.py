"""People with confirmed addresses, and the job that tells them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from mobility.accounts.models import Participant
from mobility.consultation.models import Comment
from mobility.db import unit_of_work
from mobility.extensions import db
from mobility.jobs import Site
from mobility.mail.models import MailMessage
from mobility.mail.post import open_post
from mobility.mail.sending import send_due
from mobility.notices import following, jobs
from mobility.notices.following import Wish
from mobility.plans.models import Plan
from tests.consultation.conftest import neighbour, resident
from tests.mail.conftest import sink

__all__ = ["neighbour", "resident", "sink"]

FROM = "City <consult@city.example>"
SITE = Site("https://consult.city.example", "secret of the tests")
MAKE = text("""
    INSERT INTO comment (plan_id, participant_id, phase_id, topic_id, segment_id, measure_id, stance, text,
                         geom, place, language, receipt, idempotency_key)
    SELECT p.id, :who, (SELECT id FROM phase WHERE plan_id = p.id LIMIT 1),
           (SELECT id FROM topic WHERE plan_id = p.id LIMIT 1), s.id, s.measure_id, 'for', 'Shade, please.',
           ST_PointOnSurface(s.geom), '{"it": "Via Prova", "en": "Via Prova"}', 'it',
           gen_random_uuid()::text, gen_random_uuid()
    FROM plan p JOIN segment s ON s.plan_id = p.id WHERE s.code = :segment RETURNING id
""")


class People:
    """Makes participants, their wishes and what they say, each in a transaction of its own."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def person(self, name: str, **values: Any) -> int:
        with self.app.app_context(), unit_of_work() as session:
            made = Participant(email=f"{name}@people.example", language="en", identity_level=1, **values)
            session.add(made)
            session.flush()
            return made.id

    def follow(self, who: int, kind: str = "plan", *, rhythm: str = "immediate", **what: Any) -> int:
        with self.app.app_context(), unit_of_work() as session:
            plan = session.scalars(select(Plan.id).where(Plan.slug == "palermo-centro")).one()
            return following.follow(
                session,
                participant=session.get_one(Participant, who),
                wish=Wish(kind, plan, **what),
                rhythm=rhythm,
                language="en",
                now=datetime.now(UTC) - timedelta(days=30),
            )

    def comment(self, who: int | None, segment: str = "P1-03", *, tell: bool = True) -> int:
        from mobility.signals import comment_published

        with self.app.app_context(), unit_of_work() as session:
            key = session.execute(MAKE, {"who": who, "segment": segment}).scalar_one()
            if tell:
                now = datetime.now(UTC)
                comment_published.send(session, comment=session.get_one(Comment, key), now=now)
            return int(key)

    def ids(self, table: str, code: str) -> int:
        with self.app.app_context():
            statement = text(f"SELECT id FROM {table} WHERE code = :code")
            return int(db.session.execute(statement, {"code": code}).scalar_one())


@pytest.fixture
def people(committed: Flask) -> People:
    return People(committed)


@pytest.fixture
def run(committed: Flask) -> Callable[..., list[tuple[str, str]]]:
    """Runs a job as the worker does; the messages that wait then, as (address, subject)."""

    def work(name: str = "tell", now: datetime | None = None) -> list[tuple[str, str]]:
        with committed.test_request_context(base_url=SITE.base_url), unit_of_work() as session:
            getattr(jobs, name)(session, now=now or datetime.now(UTC), site=SITE)
        with committed.app_context():
            query = select(MailMessage.recipient, MailMessage.subject).order_by(MailMessage.id)
            rows = db.session.execute(query.where(MailMessage.state == "waiting")).all()
            return [(row[0], row[1]) for row in rows]

    return work


@pytest.fixture
def deliver(committed: Flask, sink: Any) -> Callable[[], list[Any]]:
    """Sends what waits to the mail server; what has arrived there so far."""

    def send() -> list[Any]:
        with committed.app_context():
            send_due(open_post(sink.url, Path()), sender=FROM, now=datetime.now(UTC))
        return list(sink.taken)

    return send
