"""People agree with comments, reply to them and report them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts import services as accounts
from mobility.accounts.models import Account, Participant
from mobility.consultation.conversation.models import AbuseReport, Endorsement, Reply
from mobility.consultation.filters import CommentFilter
from mobility.consultation.models import Comment
from mobility.consultation.queries import comment_page
from mobility.db import unit_of_work
from mobility.extensions import db
from mobility.plans.models import Plan
from tests.conftest import QueryCount
from tests.consultation.browser import PLAN, Browser

WRONG = text("""
    SELECT count(*) FROM comment c
    WHERE endorsements <> (SELECT count(*) FROM comment_endorsement WHERE comment_id = c.id)
       OR replies <> (SELECT count(*) FROM comment_reply WHERE comment_id = c.id AND status = 'published')
""")


@pytest.fixture
def comment(session: Session, resident: Browser) -> int:
    """The number of a comment of the resident."""
    resident.comment(text="More benches in the shade, please.")
    return db.session.scalars(select(Comment.id).order_by(Comment.id.desc()).limit(1)).one()


@pytest.fixture
def address(comment: int) -> str:
    return f"{PLAN}/comments/{comment}"


def numbers(comment: int) -> tuple[int, int]:
    """The kept numbers beside a comment, proved by counting: endorsements, replies."""
    assert db.session.scalar(WRONG) == 0
    row = db.session.execute(select(Comment.endorsements, Comment.replies).where(Comment.id == comment)).one()
    return (row[0], row[1])


@pytest.fixture
def third(app: Flask, session: Session) -> Browser:
    return Browser(app.test_client())


def press(browser: Browser, address: str, ending: str, **typed: str) -> str:
    answer = browser.send(browser.form(address, ending), **typed)
    assert answer.status_code == 200, answer.text[:600]
    return answer.text


def tell(signal: Any, **values: Any) -> None:
    """Sends a signal as the application does: in a unit of work of its own."""
    with unit_of_work() as work:
        signal.send(work, now=datetime.now(UTC), **values)


def reply(browser: Browser, address: str, side: str = "for", words: str = "True, it is hot there.") -> str:
    return press(browser, address, "/replies", side=side, text=words)


# --- agree


def test_agreeing_counts_once_and_can_be_taken_back(
    session: Session, comment: int, address: str, neighbour: Browser, third: Browser
) -> None:
    form = neighbour.form(address, "/endorse")
    assert "1 person agrees" in neighbour.send(form).text
    neighbour.send(form)
    assert "2 people agree" in press(third, address, "/endorse")
    assert 'aria-pressed="true"' in third.get(address).text
    assert "1 person agrees" in press(third, address, "/endorse/withdraw")
    assert numbers(comment)[0] == 1


def test_the_button_stands_in_lists_and_leads_back_to_them(address: str, neighbour: Browser) -> None:
    form = neighbour.form(f"{PLAN}/comments?stance=for", "/endorse")
    answer = neighbour.send(form, follow=False)
    assert answer.headers["Location"].startswith(f"{PLAN}/comments?stance=for#comment-")
    away = neighbour.send(form, follow=False, next="https://evil.example/")
    assert away.headers["Location"].startswith(address)


def test_the_script_gets_the_button_alone(address: str, neighbour: Browser) -> None:
    form = neighbour.form(address, "/endorse")
    answer = neighbour.client.post(form.action, data=form.fields, headers={"X-Fragment": "agree"})
    assert answer.status_code == 200
    assert "endorse/withdraw" in answer.text
    assert "<html" not in answer.text


def test_nobody_agrees_with_oneself(
    session: Session, address: str, resident: Browser, neighbour: Browser
) -> None:
    assert "/endorse" not in resident.get(address).text.partition('id="replies"')[0]
    form = neighbour.form(address, "/endorse")
    token = resident.form(address, "/replies").fields["csrf_token"]
    refused = resident.send(form, follow=False, csrf_token=token)
    assert refused.status_code == 409
    assert db.session.scalar(select(Endorsement.comment_id)) is None


def test_agreeing_needs_an_open_phase_and_its_level(
    session: Session, set_phases: Callable[..., None], neighbour: Browser, resident: Browser
) -> None:
    set_phases(-1, 1)
    resident.comment()
    address = f"{PLAN}/comments/{db.session.scalar(select(Comment.id))}"
    form = neighbour.form(address, "/endorse")
    db.session.execute(text("UPDATE phase SET comment_level = 2"))
    db.session.commit()
    assert neighbour.send(form).status_code == 409
    db.session.execute(text("UPDATE phase SET comment_level = 0, actions = '{inform}'"))
    db.session.commit()
    assert neighbour.send(form).status_code == 409
    assert 'action="' + form.action not in neighbour.get(address).text
    assert db.session.scalar(select(Endorsement.comment_id)) is None


def test_most_endorsed_first_page_by_page(session: Session, plan: Plan, resident: Browser) -> None:
    """Every comment comes once, those with more agreement first, however many share a number."""
    resident.comment()
    db.session.execute(
        text("""
        INSERT INTO comment (plan_id, phase_id, topic_id, stance, text, geom, place, language, receipt,
                             idempotency_key, endorsements)
        SELECT plan_id, phase_id, topic_id, stance, text, geom, place, language, 'R' || n,
               gen_random_uuid(), n % 4
        FROM comment, generate_series(1, 50) AS n
    """)
    )
    seen: list[tuple[int, int]] = []
    before = endorsed = None
    while True:
        found = comment_page(
            db.session, plan_id=plan.id, wanted=CommentFilter(), before=before, endorsed=endorsed,
            by_endorsements=True, limit=7,
        )  # fmt: skip
        seen += [(row.endorsements, row.id) for row in found.rows]
        before, endorsed = found.before, found.endorsed
        if before is None:
            break
    assert len(seen) == 51
    assert seen == sorted(set(seen), reverse=True)
    listed = resident.get(f"{PLAN}/comments?sort=endorsed").text
    assert "More comments" in listed
    older = listed.rpartition('rel="next"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert resident.get(older).text.count("data-comment=") == 20


def test_a_list_costs_the_same_however_much_was_said(
    session: Session,
    count_queries: QueryCount,
    comment: int,
    address: str,
    neighbour: Browser,
    third: Browser,
) -> None:
    neighbour.get(f"{PLAN}/comments")
    press(neighbour, address, "/endorse")
    with count_queries as few:
        neighbour.get(f"{PLAN}/comments")
        neighbour.get(address)
    before = len(few)
    for n in range(8):
        reply(Browser(third.client.application.test_client()), address, "for" if n % 2 else "against")
        third.comment(text=f"Another one, number {n}.")
    count_queries.statements.clear()
    with count_queries as many:
        neighbour.get(f"{PLAN}/comments")
        neighbour.get(address)
    assert len(many) == before


# --- reply


def test_replies_stand_in_two_columns_with_their_language(
    address: str, neighbour: Browser, third: Browser, comment: int, session: Session
) -> None:
    shown = reply(
        neighbour, address, "for", "È vero, d'estate sotto il sole non si può camminare in quella strada."
    )
    assert "Your reply is published" in shown
    assert 'lang="it"' in shown
    shown = reply(third, address, "against", "The benches would take the room that wheelchairs need there.")
    sides = shown.partition("columns__side--against")
    assert "È vero" in sides[0]
    assert "wheelchairs" in sides[2]
    assert numbers(comment)[1] == 2
    assert "2 replies" in third.get(f"{PLAN}/comments").text


def test_one_reply_on_each_side(session: Session, address: str, neighbour: Browser) -> None:
    form = neighbour.form(address, "/replies")
    first = neighbour.send(form, side="for", text="Once.")
    assert first.status_code == 200
    neighbour.send(form, side="for", text="Once.")
    again = neighbour.send(form, side="for", text="Twice.", key=str(uuid.uuid4()), follow=False)
    assert again.status_code == 409
    assert "Twice." in again.text, "what was typed is not lost"
    assert 'value="for"' not in neighbour.get(address).text.partition("data-once")[2]
    reply(neighbour, address, "against", "The other side.")
    assert "replied on both sides" in neighbour.get(address).text
    assert list(db.session.scalars(select(Reply.text).order_by(Reply.id))) == [
        "Once.",
        "The other side.",
    ]


def test_a_wrong_reply_comes_back_as_it_was_typed(session: Session, address: str, neighbour: Browser) -> None:
    form = neighbour.form(address, "/replies")
    for typed, why in (
        ({"side": "", "text": "Words"}, "for it or against it"),
        ({"side": "for", "text": "  "}, "Write your reply"),
        ({"side": "for", "text": "x" * 1001}, "at most 1000"),
        ({"side": "for", "text": "Words", "voice": "city"}, "in whose name"),
    ):
        answer = neighbour.send(form, follow=False, **typed)
        assert answer.status_code == 422
        assert why in answer.text
    assert db.session.scalar(select(Reply.id)) is None


def test_a_reply_is_changed_for_a_while_and_withdrawn_at_any_time(
    session: Session, address: str, neighbour: Browser, third: Browser, comment: int
) -> None:
    reply(neighbour, address)
    kept = db.session.scalars(select(Reply)).one()
    assert third.get(f"{address}/replies/{kept.id}/edit").status_code == 404
    shown = press(neighbour, f"{address}/replies/{kept.id}/edit", "/edit", text="Better words.")
    assert "Better words." in shown
    assert "edited" in shown
    db.session.execute(update(Reply).values(created_at=datetime.now(UTC) - timedelta(minutes=16)))
    db.session.commit()
    form = neighbour.form(address, "/withdraw")
    assert neighbour.get(f"{address}/replies/{kept.id}/edit").status_code == 409
    assert (
        third.send(
            form, follow=False, csrf_token=third.form(address, "/replies").fields["csrf_token"]
        ).status_code
        == 404
    )
    assert "Better words." not in neighbour.send(form).text
    assert numbers(comment)[1] == 0
    reply(neighbour, address, words="A new start.")


def test_delegates_and_staff_may_speak_as_who_they_are(
    session: Session, address: str, delegate: Browser, sign_in: Callable[[Account], Browser]
) -> None:
    form = delegate.form(address, "/replies")
    delegate.send(form, side="for", text="We cyclists agree.", voice="group:abitanti-centro")
    voice = db.session.execute(select(Reply.voice, Reply.group_id)).first()
    if voice is None:
        choices = delegate.get(address).text
        slug = choices.partition('value="group:')[2].partition('"')[0]
        delegate.send(form, side="for", text="We cyclists agree.", voice=f"group:{slug}")
        voice = db.session.execute(select(Reply.voice, Reply.group_id)).one()
    assert voice[0] == "group"
    clerk = accounts.save_account(
        session, email="c@city.example", name="C", password="long enough for all", role="clerk"
    )
    db.session.commit()
    shown = press(
        sign_in(clerk), address, "/replies", side="against", text="The city explains.", voice="city"
    )
    assert "reply--city" in shown


def test_hidden_and_erased_replies_say_so_without_their_text(
    session: Session, address: str, neighbour: Browser, third: Browser, comment: int
) -> None:
    reply(neighbour, address, words="Something rude.")
    reply(third, address, words="My own words.")
    rude, mine = db.session.scalars(select(Reply).order_by(Reply.id)).all()
    rude.status, rude.hidden_reason = "hidden", "abuse"
    db.session.flush()
    tell(signals.participant_erased, participant_id=mine.participant_id)
    shown = neighbour.get(address).text
    assert "Something rude." not in shown
    assert "it insults or threatens somebody" in shown
    assert "My own words." not in shown
    assert "had the text removed" in shown
    assert numbers(comment)[1] == 1


def test_waiting_replies_are_seen_by_their_author_only(
    session: Session, address: str, neighbour: Browser, third: Browser
) -> None:
    db.session.execute(text("UPDATE phase SET moderation = 'pre'"))
    db.session.commit()
    assert "when the city has read it" in reply(neighbour, address, words="Please read me.")
    assert "Please read me." in neighbour.get(address).text
    assert "Please read me." not in third.get(address).text


def test_the_blocked_do_not_speak(session: Session, address: str, neighbour: Browser) -> None:
    agree, answer, report = (
        neighbour.form(address, "/endorse"),
        neighbour.form(address, "/replies"),
        neighbour.form(f"{address}/report", "/report"),
    )
    neighbour.send(agree)
    db.session.execute(update(Participant).values(blocked_at=datetime.now(UTC)))
    db.session.commit()
    assert neighbour.send(answer, side="for", text="x", follow=False).status_code == 403
    assert neighbour.send(report, reason="spam", follow=False).status_code == 403
    assert neighbour.send(agree, follow=False).status_code == 403


# --- report


def test_a_report_is_thanked_for_and_hides_nothing(
    session: Session, address: str, neighbour: Browser, comment: int
) -> None:
    thanks = press(neighbour, f"{address}/report", "/report", reason="personal_data", note="A phone number.")
    assert "Thank you" in thanks
    assert "hides nothing by itself" in thanks
    press(neighbour, f"{address}/report", "/report", reason="abuse", note="Rude as well.")
    kept = db.session.scalars(select(AbuseReport)).one()
    assert (kept.comment_id, kept.reason, kept.note) == (comment, "abuse", "Rude as well.")
    assert db.session.scalar(select(Comment.status).where(Comment.id == comment)) == "published"


def test_replies_are_reported_too(session: Session, address: str, neighbour: Browser, third: Browser) -> None:
    reply(neighbour, address, words="Buy my benches!")
    kept = db.session.scalars(select(Reply)).one()
    form = f"{address}/report?reply={kept.id}"
    assert "Buy my benches!" in third.get(form).text
    press(third, form, f"/report?reply={kept.id}", reason="spam")
    assert db.session.scalars(select(AbuseReport)).one().reply_id == kept.id
    own = neighbour.form(form, f"/report?reply={kept.id}")
    assert neighbour.send(own, reason="spam", follow=False).status_code == 409


def test_a_report_without_a_reason_or_with_a_long_note_comes_back(
    session: Session, address: str, neighbour: Browser
) -> None:
    form = neighbour.form(f"{address}/report", "/report")
    assert "Choose a reason" in neighbour.send(form, follow=False).text
    assert neighbour.send(form, follow=False, reason="spam", note="x" * 501).status_code == 422
    assert db.session.scalar(select(AbuseReport.id)) is None


def test_addresses_of_other_things_lead_nowhere(address: str, neighbour: Browser) -> None:
    for path in (
        f"{PLAN}/comments/{2**63}/report",
        f"{address}/report?reply=999",
        f"{address}/replies/{2**63}/edit",
    ):
        assert neighbour.get(path).status_code == 404
    assert neighbour.get(f"{address}/endorse").status_code == 302
    assert neighbour.get(f"{address}/replies").status_code == 302


# --- people


def test_two_who_prove_to_be_one_are_counted_once(
    session: Session, comment: int, address: str, resident: Browser, neighbour: Browser, third: Browser
) -> None:
    for somebody in (neighbour, third):
        press(somebody, address, "/endorse")
        reply(somebody, address, words="The same person.")
        press(somebody, f"{address}/report", "/report", reason="other")
    kept, gone = db.session.scalars(select(Reply.participant_id).order_by(Reply.id)).all()
    tell(signals.participants_merged, kept_id=kept, gone_id=gone)
    assert numbers(comment) == (1, 1)
    assert db.session.scalars(select(AbuseReport.participant_id)).all() == [kept]
    author = db.session.scalar(select(Comment.participant_id).where(Comment.id == comment))
    tell(signals.participants_merged, kept_id=author, gone_id=kept)
    assert numbers(comment)[0] == 0, "nobody agrees with oneself"


def test_the_erased_leave_numbers_only(
    session: Session, address: str, comment: int, neighbour: Browser
) -> None:
    press(neighbour, address, "/endorse")
    press(neighbour, f"{address}/report", "/report", reason="other", note="My flat is shown.")
    who = db.session.scalar(select(Endorsement.participant_id))
    tell(signals.participant_erased, participant_id=who)
    assert numbers(comment)[0] == 1
    kept = db.session.scalars(select(AbuseReport)).one()
    assert (kept.note, kept.participant_id) == (None, None)
