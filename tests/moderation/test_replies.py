"""Replies in the queue: what waits, and decisions on them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility import signals
from mobility.consultation.conversation.models import AbuseReport, Reply
from mobility.consultation.models import Comment, Moderation
from mobility.mail.models import MailMessage
from mobility.moderation.blocks import block_participant, end_block
from tests.consultation.browser import PLAN, Browser, read_forms
from tests.insight.conftest import make_account

DESK = f"{PLAN}/desk/replies"
Answer = Callable[..., Reply]


@pytest.fixture
def reply(session: Session, author: Callable[..., Comment]) -> Answer:
    """`reply("Text", status="pending")`: a reply to somebody's comment by somebody else."""

    def write(text: str, **values: object) -> Reply:
        comment, other = author(), author()
        made = Reply(
            **(
                {
                    "plan_id": comment.plan_id, "comment_id": comment.id, "phase_id": comment.phase_id,
                    "participant_id": other.participant_id, "side": "against", "text": text, "language": "en",
                    "idempotency_key": uuid.uuid4(),
                }
                | values
            )
        )  # fmt: skip
        session.add(made)
        session.commit()
        return made

    return write


def send(visitor: Browser, path: str, **typed: str) -> str:
    form = next(each for each in read_forms(visitor.get(path).text) if each.action.endswith("/decide"))
    return visitor.send(form, **typed).text


def test_waiting_and_reported_replies_stand_in_the_queue(
    moderator: Browser, reply: Answer, session: Session
) -> None:
    reply("Quite quiet")
    waiting, reported = reply("Waiting for you", status="pending"), reply("Quite rude")
    session.add(AbuseReport(plan_id=reported.plan_id, reply_id=reported.id, reason="abuse", note="Look"))
    session.commit()
    page = moderator.get(DESK).text
    assert "Waiting for you" in page
    assert "Quite rude" in page
    assert "Quite quiet" not in page
    heard: list[int] = []

    def listen(_session: object, *, reply: Reply, **_rest: object) -> None:
        heard.append(reply.id)

    signals.reply_published.connect(listen)
    key, other = waiting.id, reported.id
    send(moderator, DESK, only=f"{key}.approve")
    send(moderator, DESK, action="hide", item=str(other), reason="abuse")
    session.expire_all()
    assert (waiting.status, reported.status, heard) == ("published", "hidden", [key])
    assert session.scalars(select(AbuseReport.outcome)).all() == ["hidden"]
    notes = session.execute(select(Moderation.reply_id, Moderation.action).order_by(Moderation.id)).all()
    assert [tuple(row) for row in notes] == [(key, "approve"), (other, "hide")]
    assert session.scalars(select(MailMessage.id)).all() == [], "nobody has given an address"


def test_a_block_hides_replies_too(reply: Answer, session: Session) -> None:
    mine = reply("Mine")
    who = make_account(session, "moderator").id
    assert mine.participant_id
    block = block_participant(
        session, plan_id=mine.plan_id, participant_id=mine.participant_id, account_id=who, reason="abuse",
        now=datetime.now(UTC),
    )  # fmt: skip
    assert (mine.status, mine.hidden_reason) == ("hidden", "blocked")
    end_block(session, block=block, account_id=who, now=datetime.now(UTC))
    assert mine.status == "published"
