"""What waited on a device and is sent twice is there once: replies, agreement, reports."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.consultation.conversation.models import AbuseReport, Endorsement, Reply
from mobility.consultation.models import Comment
from tests.consultation.browser import PLAN, Browser, form_in


def publish(resident: Browser, session: Session) -> Comment:
    resident.comment(text="The kerb is too high for prams.")
    session.expire_all()
    return session.scalars(select(Comment).order_by(Comment.id.desc()).limit(1)).one()


def count(session: Session, model: type) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_reply_with_one_key_is_one_reply(resident: Browser, neighbour: Browser, session: Session) -> None:
    address = f"{PLAN}/comments/{publish(resident, session).id}"
    form = neighbour.form(address, "/replies")
    sent = [
        neighbour.send(form, follow=False, side="for", text="So it is.", voice="").headers["Location"]
        for _time in range(2)
    ]
    assert sent[0] == sent[1]
    assert count(session, Reply) == 1


def test_reply_that_arrived_stays_acknowledged_when_its_comment_is_gone(
    resident: Browser, neighbour: Browser, session: Session
) -> None:
    """Its answer got lost, then the comment was withdrawn: the device must not read that it was refused."""
    comment = publish(resident, session)
    form = neighbour.form(f"{PLAN}/comments/{comment.id}", "/replies")
    first = neighbour.send(form, follow=False, side="against", text="I see it otherwise.", voice="")
    comment.status = "withdrawn"
    session.commit()
    again = neighbour.send(form, follow=False, side="against", text="I see it otherwise.", voice="")
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]


def test_agreement_and_report_are_answered_by_a_redirect_each_time(
    resident: Browser, neighbour: Browser, session: Session
) -> None:
    address = f"{PLAN}/comments/{publish(resident, session).id}"
    agree = neighbour.form(address, "/endorse")
    report = neighbour.form(f"{address}/report", "/report")
    for _time in range(2):
        assert neighbour.send(agree, follow=False).status_code == 303
        assert neighbour.send(report, follow=False, reason="spam").status_code == 303
    assert (count(session, Endorsement), count(session, AbuseReport)) == (1, 1)
    assert "Thank you for telling us" in neighbour.send(report, reason="spam").text


def test_nobody_gets_the_reply_of_another_with_its_key(
    resident: Browser, neighbour: Browser, session: Session
) -> None:
    address = f"{PLAN}/comments/{publish(resident, session).id}"
    form = neighbour.form(address, "/replies")
    neighbour.send(form, side="for", text="Mine.", voice="")
    theirs = form_in(resident.get(address).text, "/replies")
    answer = resident.send(theirs, key=form.fields["key"], side="for", text="Not yours.", voice="")
    assert answer.status_code == 409
    assert count(session, Reply) == 1
