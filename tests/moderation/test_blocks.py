"""Blocks: everything of a participant hidden together, and back exactly as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts.models import Participant
from mobility.consultation.counting import recount
from mobility.consultation.models import Comment, Moderation, Vote
from mobility.errors import Conflict, Invalid
from mobility.moderation.blocks import block_participant, end_block, end_blocks, live_block
from mobility.moderation.decisions import hide_comment
from mobility.moderation.models import Appeal, ParticipantBlock
from tests.consultation.browser import PLAN, Browser
from tests.insight.conftest import make_account

NOW = datetime.now(UTC)
Write = Callable[..., Comment]


def block(session: Session, comment: Comment, **values: object) -> ParticipantBlock:
    who = make_account(session, "moderator").id
    assert comment.participant_id
    made = block_participant(
        session, plan_id=comment.plan_id, participant_id=comment.participant_id, account_id=who,
        **({"reason": "spam", "now": NOW} | values),  # type: ignore[arg-type]
    )  # fmt: skip
    session.commit()
    return made


def test_unblocking_brings_back_what_the_block_hid(author: Write, session: Session) -> None:
    public, waiting, hidden = author(), None, None
    waiting = author(of=public, status="pending")
    hidden = author(of=public)
    other = author()
    who = make_account(session, "moderator").id
    hide_comment(session, comment_id=hidden.id, account_id=who, reason="abuse", now=NOW)
    made = block(session, public)
    assert {public.status, waiting.status, hidden.status} == {"hidden"}
    assert (public.hidden_reason, hidden.hidden_reason, other.status) == ("blocked", "abuse", "published")
    assert recount(session) == []
    later = author(of=public)
    hide_comment(session, comment_id=public.id, account_id=who, reason="abuse", now=NOW)
    end_block(session, block=made, account_id=who, now=NOW)
    session.commit()
    assert (public.status, waiting.status, hidden.status) == ("hidden", "pending", "hidden")
    assert later.status == "published"
    assert session.get_one(Participant, other.participant_id or 0).blocked_at is None
    assert recount(session) == []


def test_each_hidden_item_has_its_decision(author: Write, session: Session) -> None:
    first = author()
    author(of=first)
    block(session, first)
    rows = session.execute(select(Moderation.action, Moderation.reason)).all()
    assert [tuple(row) for row in rows] == [("hide", "blocked")] * 2


def test_votes_are_not_dropped(author: Write, cast: Callable[..., Vote], session: Session) -> None:
    vote = cast("P1-03", 2)
    comment = author(participant_id=vote.participant_id)
    block(session, comment)
    session.refresh(vote)
    assert vote.set_aside_id is None
    assert recount(session) == []


def test_a_blocked_person_reads_why_and_appeals(
    resident: Browser, moderator: Browser, second: Browser, session: Session
) -> None:
    resident.comment(text="Buy my watches")
    comment = session.scalars(select(Comment)).one()
    path = f"{PLAN}/desk/comments/{comment.id}/block"
    page = moderator.send(moderator.form(path, "/block"), reason="spam", note="Third time.").text
    assert "The author is blocked" in page
    session.expire_all()
    assert comment.status == "hidden"
    assert session.get_one(Participant, comment.participant_id or 0).blocked_at is not None
    notice = resident.get("/blocked").text
    assert "Repeated advertising" in notice
    assert "Third time." in notice
    for place in (f"{PLAN}/segments/P1-03", f"{PLAN}/comments/new"):
        assert 'href="/blocked"' in resident.get(place).text
    refused = resident.vote("P1-03", 2)
    assert refused.status_code in (403, 409)
    assert session.scalars(select(Vote)).all() == []
    resident.send(resident.form("/blocked", ""), to="/blocked", text="It was my son.")
    appeal = session.scalars(select(Appeal)).one()
    desk = f"{PLAN}/desk/appeals/{appeal.id}"
    second.send(second.form(desk, desk), outcome="overturned", reason="Granted.")
    session.expire_all()
    assert comment.status == "published"
    assert resident.get("/blocked").status_code == 404


def test_a_block_ends_by_itself(author: Write, session: Session) -> None:
    comment = author()
    block(session, comment, until=NOW + timedelta(days=1))
    assert end_blocks(session, now=NOW) == 0
    assert end_blocks(session, now=NOW + timedelta(days=2)) == 1
    session.commit()
    assert comment.status == "published"
    assert live_block(session, participant_id=comment.participant_id) is None


def test_what_makes_no_sense_is_refused(author: Write, session: Session) -> None:
    comment = author()
    with pytest.raises(Invalid):
        block(session, comment, reason="mood")
    with pytest.raises(Invalid):
        block(session, comment, until=NOW - timedelta(days=1))
    block(session, comment)
    with pytest.raises(Conflict):
        block(session, comment)


def test_a_block_follows_the_person(author: Write, session: Session) -> None:
    gone, kept = author(), author()
    block(session, gone)
    signals.participants_merged.send(
        session, kept_id=kept.participant_id, gone_id=gone.participant_id, now=NOW
    )
    session.expire_all()
    assert live_block(session, participant_id=kept.participant_id)
    assert session.get_one(Participant, kept.participant_id or 0).blocked_at is not None


def test_erasing_takes_the_words_and_leaves_the_counts(author: Write, session: Session) -> None:
    comment = author("My name is in here")
    who = make_account(session, "moderator").id
    hide_comment(
        session, comment_id=comment.id, account_id=who, reason="personal_data", note="Ada, no names", now=NOW
    )
    made = block(session, comment, note="About Ada")
    signals.participant_erased.send(session, participant_id=comment.participant_id, now=NOW)
    session.expire_all()
    assert session.scalars(select(Moderation.note)).all() == [None]
    assert session.scalars(select(Moderation.reason)).all() == ["personal_data"]
    assert made.note is None
