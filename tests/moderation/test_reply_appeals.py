"""A hidden reply: its author is told why, asks a second person, and reads the answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.services import token_participant
from mobility.consultation.conversation.models import Reply
from mobility.consultation.models import Comment, Moderation
from mobility.consultation.moderation import last_hiding
from mobility.errors import Conflict, Forbidden
from mobility.mail.models import MailMessage
from mobility.moderation import appeals
from mobility.moderation.blocks import block_participant
from mobility.moderation.decisions import decide
from mobility.moderation.models import Appeal
from mobility.moderation.transparency import read_account
from mobility.web import TOKEN_COOKIE
from tests.consultation.browser import PLAN, Browser, read_forms
from tests.insight.conftest import make_account

NOW = datetime.now(UTC)
TOKEN = "the-token-of-the-author-of-a-reply"


@pytest.fixture
def reply(session: Session, author: Callable[..., Comment], resident: Browser) -> Reply:
    """A reply of the resident to somebody's comment."""
    person = token_participant(session, token=TOKEN, create=True)
    assert person
    person.email, person.language = "ada@example.org", "en"
    comment = author("Cars out of the old town")
    made = Reply(
        plan_id=comment.plan_id, comment_id=comment.id, phase_id=comment.phase_id, side="against",
        participant_id=person.id, text="A sharp reply", language="en", idempotency_key=uuid.uuid4(),
    )  # fmt: skip
    session.add(made)
    session.commit()
    resident.client.set_cookie(TOKEN_COOKIE, TOKEN)
    return made


def path(reply: Reply) -> str:
    return f"{PLAN}/replies/{reply.id}/decision"


def hide(session: Session, reply: Reply) -> Moderation:
    who = make_account(session, "moderator").id
    decide(session, plan_id=reply.plan_id, ids=[reply.id], action="hide", account_id=who, reason="abuse",
           note="Please kindly.", subject="reply", now=NOW)  # fmt: skip
    session.commit()
    found = last_hiding(session, reply_id=reply.id)
    assert found
    return found


def test_from_the_hidden_reply_to_a_second_person(
    reply: Reply, resident: Browser, moderator: Browser, second: Browser, session: Session
) -> None:
    desk = f"{PLAN}/desk/replies?state=all"
    form = next(each for each in read_forms(moderator.get(desk).text) if each.action.endswith("/decide"))
    moderator.send(form, item=str(reply.id), action="hide", reason="abuse", note="Please kindly.")
    mail = session.scalars(select(MailMessage).where(MailMessage.recipient == "ada@example.org")).one()
    assert "it insults or threatens somebody" in mail.body
    assert path(reply) in mail.body
    assert path(reply) in resident.get(f"{PLAN}/comments/{reply.comment_id}").text
    assert path(reply) in resident.get("/mine").text
    page = resident.get(path(reply)).text
    assert "Your reply is hidden" in page
    assert "It insults or threatens somebody" in page
    assert "Please kindly." in page
    sent = resident.send(resident.form(path(reply), ""), to=path(reply), text="It is an opinion.").text
    assert "A second person will look at it." in sent
    appeal = session.scalars(select(Appeal)).one()
    one = f"{PLAN}/desk/appeals/{appeal.id}"
    assert "Hidden reply" in second.get(f"{PLAN}/desk/appeals").text
    assert "You took the decision yourself." in moderator.get(one).text
    seen = second.get(one).text
    assert "A sharp reply" in seen
    assert "It is an opinion." in seen
    second.send(second.form(one, one), outcome="overturned", reason="A sharp word, no insult.")
    session.expire_all()
    assert reply.status == "published"
    assert "A sharp word, no insult." in resident.get(path(reply)).text
    told = session.scalars(select(MailMessage).where(MailMessage.key == f"appeal:{appeal.id}")).one()
    assert path(reply) in told.body
    history = moderator.get(desk).text
    assert "The decision is changed" in history


def test_an_upheld_decision_stands(reply: Reply, session: Session) -> None:
    appeal = appeals.appeal_hiding(session, decision=hide(session, reply), typed="No insult.", now=NOW)
    judge = make_account(session, "planner").id
    assert appeal.against_id
    with pytest.raises(Forbidden):
        appeals.decide_appeal(
            session, appeal=appeal, account_id=appeal.against_id, outcome="upheld", reason="No.", now=NOW
        )
    appeals.decide_appeal(
        session, appeal=appeal, account_id=judge, outcome="upheld", reason="It names Ada.", now=NOW
    )
    session.expire_all()
    assert reply.status == "hidden"


def test_what_its_author_withdrew_stays_withdrawn(reply: Reply, session: Session) -> None:
    decision = hide(session, reply)
    reply.status, reply.hidden_reason = "withdrawn", None
    session.flush()
    with pytest.raises(Conflict):
        appeals.appeal_hiding(session, decision=decision, typed="No insult.", now=NOW)


def test_the_public_counts_include_replies(reply: Reply, session: Session) -> None:
    appeals.appeal_hiding(session, decision=hide(session, reply), typed="No insult.", now=NOW)
    found = read_account(session, plan_id=reply.plan_id, zone="Europe/Rome")
    assert (found.appeals.filed, found.appeals.waiting, found.hidden, found.decided) == (1, 1, 1, 1)


def test_nobody_else_reads_the_decision(reply: Reply, neighbour: Browser, session: Session) -> None:
    hide(session, reply)
    answer = neighbour.get(path(reply))
    assert answer.headers["Location"] == "/mine"
    page = neighbour.get(f"{PLAN}/comments/{reply.comment_id}").text
    assert "A sharp reply" not in page
    assert path(reply) not in page


def test_who_is_blocked_appeals_against_the_block(reply: Reply, resident: Browser, session: Session) -> None:
    who = make_account(session, "moderator").id
    block_participant(
        session, plan_id=reply.plan_id, participant_id=reply.participant_id or 0, reason="abuse", note="",
        until=None, account_id=who, now=NOW,
    )  # fmt: skip
    session.commit()
    decision = last_hiding(session, reply_id=reply.id)
    assert decision
    with pytest.raises(Conflict, match="blocked"):
        appeals.appeal_hiding(session, decision=decision, typed="No insult.", now=NOW)
    assert "Your contributions are stopped" in resident.get(path(reply)).text


def test_a_reply_that_was_never_hidden_has_no_decision(reply: Reply, resident: Browser) -> None:
    answer = resident.get(path(reply))
    assert answer.headers["Location"] == f"{PLAN}/comments/{reply.comment_id}#reply-{reply.id}"
