"""Appeals: asked once, in time, decided by a second person, read by the author."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts.models import AuditEntry
from mobility.consultation.models import Comment, Moderation
from mobility.consultation.moderation import hiding_of
from mobility.errors import Conflict, Forbidden, Invalid
from mobility.moderation import appeals
from mobility.moderation.decisions import hide_comment, restore_comment
from mobility.moderation.models import Appeal
from tests.consultation.browser import PLAN, Browser
from tests.insight.conftest import make_account

NOW = datetime.now(UTC)
Write = Callable[..., Comment]


@pytest.fixture
def hidden(author: Write, session: Session) -> Comment:
    comment = author("A sharp word about the mayor")
    who = make_account(session, "moderator").id
    hide_comment(
        session, comment_id=comment.id, account_id=who, reason="abuse", note="Please kindly.", now=NOW
    )
    session.commit()
    return comment


@pytest.fixture
def decision(hidden: Comment, session: Session) -> Moderation:
    found = hiding_of(session, comment_id=hidden.id)
    assert found
    return found


def file(
    session: Session, decision: Moderation, words: str = "It is an opinion.", **when: datetime
) -> Appeal:
    return appeals.appeal_hiding(session, decision=decision, typed=words, now=when.get("now", NOW))


def test_from_the_receipt_to_a_second_person(
    hidden: Comment, resident: Browser, moderator: Browser, second: Browser, session: Session
) -> None:
    receipt = resident.get(f"/receipts/{hidden.receipt}").text
    assert "Why, and how to appeal" in receipt
    path = f"/receipts/{hidden.receipt}/decision"
    page = resident.get(path).text
    assert "It insults or threatens somebody" in page
    assert "Please kindly." in page
    sent = resident.send(resident.form(path, ""), to=path, text="It is an opinion.").text
    assert "A second person will look at it." in sent
    appeal = session.scalars(select(Appeal)).one()
    desk = f"{PLAN}/desk/appeals/{appeal.id}"
    assert "You took the decision yourself." in moderator.get(desk).text
    assert "It is an opinion." in second.get(desk).text
    second.send(second.form(desk, desk), outcome="overturned", reason="A sharp word, no insult.")
    session.expire_all()
    assert hidden.status == "published"
    assert {"appeal.file", "appeal.decide", "comment.restore"} <= set(
        session.scalars(select(AuditEntry.action))
    )
    assert "Decided" in moderator.get(f"{PLAN}/desk/appeals").text
    assert "what was decided" in resident.get(f"/receipts/{hidden.receipt}").text
    assert "A sharp word, no insult." in resident.get(path).text


def test_an_upheld_decision_stands_and_is_answered(
    hidden: Comment, decision: Moderation, resident: Browser, session: Session
) -> None:
    appeal = file(session, decision)
    who = make_account(session, "administrator").id
    appeals.decide_appeal(
        session, appeal=appeal, account_id=who, outcome="upheld", reason="It names a person.", now=NOW
    )
    session.commit()
    assert hidden.status == "hidden"
    page = resident.get(f"/receipts/{hidden.receipt}/decision").text
    assert "The decision stands" in page
    assert "It names a person." in page
    assert "Send the appeal" not in page


def test_who_decided_may_not_look_again(decision: Moderation, session: Session) -> None:
    appeal = file(session, decision)
    assert decision.account_id
    with pytest.raises(Forbidden):
        appeals.decide_appeal(
            session, appeal=appeal, account_id=decision.account_id, outcome="upheld", reason="No.", now=NOW
        )
    assert appeal.outcome is None


def test_the_database_knows_the_rule_too(decision: Moderation, session: Session) -> None:
    appeal = file(session, decision)
    statement = (
        "UPDATE appeal SET outcome = 'upheld', decided_at = now(), decided_by = against_id WHERE id = :id"
    )
    connection = session.connection()
    attempt = connection.begin_nested()
    with pytest.raises(IntegrityError, match="ck_appeal_second_person"):
        connection.execute(text(statement), {"id": appeal.id})
    attempt.rollback()


def test_a_lonely_moderator_is_told_so(decision: Moderation, moderator: Browser, session: Session) -> None:
    appeal = file(session, decision)
    assert appeals.second_persons(session, appeal=appeal, now=NOW) == 0
    address = f"{PLAN}/desk/appeals/{appeal.id}"
    session.commit()
    assert "At present nobody else may decide here." in moderator.get(address).text


def test_a_planner_is_a_second_person(decision: Moderation, session: Session) -> None:
    appeal = file(session, decision)
    make_account(session, "planner")
    make_account(session, "clerk")
    assert appeals.second_persons(session, appeal=appeal, now=NOW) == 1


def test_once_and_in_time(decision: Moderation, session: Session) -> None:
    with pytest.raises(Conflict):
        file(session, decision, now=NOW + timedelta(days=30, minutes=1))
    file(session, decision, now=NOW + timedelta(days=29))
    with pytest.raises(Conflict):
        file(session, decision)


@pytest.mark.parametrize("words", ["", "  ", "x" * 1001])
def test_an_appeal_says_something_short(decision: Moderation, session: Session, words: str) -> None:
    with pytest.raises(Invalid):
        file(session, decision, words)


def test_a_new_decision_may_be_appealed_anew(hidden: Comment, decision: Moderation, session: Session) -> None:
    file(session, decision)
    who = make_account(session, "moderator").id
    restore_comment(session, comment_id=hidden.id, account_id=who, now=NOW)
    assert hiding_of(session, comment_id=hidden.id) is None
    hide_comment(session, comment_id=hidden.id, account_id=who, reason="spam", now=NOW)
    fresh = hiding_of(session, comment_id=hidden.id)
    assert fresh
    assert file(session, fresh).moderation_id != decision.id


def test_others_find_no_decision(hidden: Comment, neighbour: Browser) -> None:
    answer = neighbour.get(f"{PLAN}/comments/{hidden.id}/decision")
    assert answer.headers["Location"] == "/receipts"


def test_an_appeal_that_waits_goes_with_its_author(
    hidden: Comment, decision: Moderation, second: Browser, session: Session
) -> None:
    """Nobody is left to read an answer; one that was decided stays counted, without its words."""
    file(session, decision, "Ada says it is an opinion.")
    signals.participant_erased.send(session, participant_id=hidden.participant_id, now=NOW)
    session.expire_all()
    assert session.scalars(select(Appeal)).all() == []
    assert "No appeal waits" in second.get(f"{PLAN}/desk/appeals").text


def test_a_decided_appeal_is_still_counted_when_its_author_is_erased(
    hidden: Comment, decision: Moderation, session: Session
) -> None:
    appeal = file(session, decision)
    judge = make_account(session, "planner").id
    appeals.decide_appeal(
        session, appeal=appeal, account_id=judge, outcome="upheld", reason="It names Ada.", now=NOW
    )
    signals.participant_erased.send(session, participant_id=hidden.participant_id, now=NOW)
    session.expire_all()
    [kept] = session.scalars(select(Appeal)).all()
    assert (kept.outcome, kept.text, kept.reason) == ("upheld", "", None)
