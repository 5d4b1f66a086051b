"""Many writers at once, on a committed database: what the database keeps equals what counting gives."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from mobility.accounts.models import Participant
from mobility.accounts.services import token_participant
from mobility.consultation import comments, queries, votes
from mobility.consultation.counting import recount
from mobility.consultation.drafts import Draft
from mobility.consultation.models import Comment, CommentCell, Topic, Vote, VoteTally
from mobility.consultation.places import at_place
from mobility.extensions import db
from mobility.plans.models import Plan, Segment
from mobility.plans.queries import find_plan
from mobility.plans.services import describe_place
from mobility.retry import in_transaction
from tests.consultation.browser import PLAN, Browser, form_in

pytestmark = pytest.mark.concurrency

WRITERS = 8
SLUG = "palermo-centro"


def together(app: Flask, work: Callable[[int], Any]) -> list[Any]:
    """`work` done by eight threads at the same time, each in its own application context."""

    def one(number: int) -> Any:
        with app.app_context():
            return work(number)

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(one, range(WRITERS)))


def test_eight_writers_on_the_same_segments(committed: Flask) -> None:
    with committed.app_context():
        codes = list(db.session.scalars(select(Segment.code).order_by(Segment.position).limit(3)))

    def work(number: int) -> None:
        dice = random.Random(number)
        for turn in range(30):
            token = f"person-{number}-{dice.randrange(5)}" if turn % 3 else f"everybody-{dice.randrange(3)}"
            who, code, now = votes.Who(None, token), dice.choice(codes), datetime.now(UTC)
            if dice.random() < 0.25:
                in_transaction(
                    lambda session, who=who, code=code, now=now: votes.withdraw_vote(
                        session, slug=SLUG, kind="segment", code=code, who=who, voice="", now=now
                    )
                )
                continue
            ballot = votes.Ballot(dice.choice((-2, -1, 0, 1, 2)))
            in_transaction(
                lambda session, who=who, code=code, now=now, ballot=ballot: votes.cast_vote(
                    session, slug=SLUG, kind="segment", code=code, who=who, ballot=ballot, now=now
                )
            )

    together(committed, work)
    with committed.app_context():
        assert recount(db.session) == []
        live = db.session.scalar(select(func.count()).select_from(Vote)) or 0
        assert live > 0
        assert db.session.scalar(select(func.sum(VoteTally.n))) == live
        assert db.session.scalar(select(func.count()).select_from(VoteTally).where(VoteTally.n <= 0)) == 0


def test_comment_writers_on_the_same_cell(committed: Flask) -> None:
    def work(number: int) -> None:
        dice = random.Random(number)
        for turn in range(12):
            receipt = in_transaction(lambda session: send(session, number, dice))
            if turn % 4 == 0:
                in_transaction(
                    lambda session, code=receipt: (
                        comments.withdraw_comment(session, code=code, now=datetime.now(UTC)).id
                    )
                )

    together(committed, work)
    with committed.app_context():
        assert recount(db.session) == []
        for level in (18, 15, 12):
            kept = db.session.scalar(select(func.sum(CommentCell.n)).where(CommentCell.z == level))
            assert kept == WRITERS * 9, level


def send(session: Any, number: int, dice: random.Random) -> str:
    """One comment of one person near the Quattro Canti; its receipt."""
    plan, city = find_plan(session, slug=SLUG)
    participant = token_participant(session, token=f"writer-{number}", create=True)
    assert participant is not None
    steps = [queries.step_of(phase) for phase in queries.phases_of(session, plan_id=plan.id)]
    now = datetime.now(UTC)
    topics = list(session.scalars(select(Topic).where(Topic.plan_id == plan.id).order_by(Topic.id).limit(2)))
    place = describe_place(
        session, plan=plan, city=city, lon=13.3612 + dice.random() * 2e-4, lat=38.1157 + dice.random() * 2e-4
    )
    draft = Draft(at_place(place), dice.choice(topics), dice.choice(("for", "against")), "Here.", "en")
    made = comments.submit_comment(
        session,
        plan=plan,
        step=comments.open_step(steps, level=0, now=now),
        participant=participant,
        draft=draft,
        idempotency_key=uuid.uuid4(),
        now=now,
    )
    return made.receipt


@pytest.mark.parametrize("known", [False, True], ids=["newcomer", "known"])
def test_one_form_sent_by_eight_clicks_at_once(
    committed: Flask, people: Callable[[], Browser], known: bool
) -> None:
    browser = people()
    if known:
        browser.vote("P1-03", 1)
    form = form_in(browser.write().text, "/comments")
    cookies = [(c.key, c.value) for c in browser.client._cookies.values()]
    start = Barrier(WRITERS)

    def click(_number: int) -> str:
        again = people()
        for key, value in cookies:
            again.client.set_cookie(key, value)
        start.wait()
        answer = again.send(form, follow=False)
        assert answer.status_code == 303
        return answer.headers["Location"]

    receipts = together(committed, click)
    assert len(set(receipts)) == 1
    with committed.app_context():
        assert db.session.scalar(select(func.count()).select_from(Comment)) == 1
        assert db.session.scalar(select(func.count()).select_from(Participant)) == 1


def test_a_first_vote_sent_by_eight_clicks_at_once(committed: Flask, people: Callable[[], Browser]) -> None:
    browser = people()
    form = form_in(browser.get(f"{PLAN}/segments/P1-03").text, "/vote")
    cookies = [(c.key, c.value) for c in browser.client._cookies.values()]

    def click(_number: int) -> int:
        again = people()
        for key, value in cookies:
            again.client.set_cookie(key, value)
        return again.send(form, follow=False, position="2").status_code

    assert together(committed, click) == [303] * WRITERS
    with committed.app_context():
        assert db.session.scalar(select(func.count()).select_from(Vote)) == 1
        assert recount(db.session) == []


def test_a_recount_finds_and_mends_what_is_wrong(committed: Flask, people: Callable[[], Browser]) -> None:
    people().vote("P1-03", 2)
    people().comment()
    with committed.app_context():
        session = db.session
        assert recount(session, plan=SLUG) == []
        session.execute(text("UPDATE vote_tally SET n = n + 5"))
        session.execute(text("UPDATE comment_cell SET n = 7 WHERE z = 15"))
        session.execute(text("DELETE FROM comment_cell WHERE z = 12"))
        found = recount(session, plan=SLUG)
        assert [(row.table, row.kept, row.counted) for row in found] == [
            ("vote_tally", 6, 1),
            ("comment_cell", 0, 1),
            ("comment_cell", 7, 1),
        ]
        assert str(found[0]).startswith("vote_tally: segment_id ")
        assert len(recount(session, plan=SLUG, repair=True)) == 3
        assert recount(session) == []
        plan = session.scalars(select(Plan).where(Plan.slug == SLUG)).one()
        assert queries.figures(session, plan_id=plan.id).votes == 1
        session.rollback()
