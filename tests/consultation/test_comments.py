"""Comments: written, looked at, sent once, found again, withdrawn, hidden."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts import services as accounts
from mobility.consultation.counting import recount
from mobility.consultation.models import Comment, CommentCell, Moderation
from mobility.errors import Conflict, Invalid, NotFound
from mobility.moderation.decisions import hide_comment, restore_comment
from mobility.text import show_receipt
from tests.consultation.browser import GOOD, PLAN, Browser, form_in, read_forms

NEW = f"{PLAN}/comments/new"
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
NASTY = "{{7*7}} {% raw %} <script>alert(1)</script> \"quoted\" 'single'"
ESCAPED = "{{7*7}} {% raw %} &lt;script&gt;alert(1)&lt;/script&gt;"


def comments(session: Session) -> list[Comment]:
    session.expire_all()
    return list(session.scalars(select(Comment).order_by(Comment.id)))


def test_from_the_form_to_the_receipt(resident: Browser, session: Session) -> None:
    preview = resident.write()
    assert preview.status_code == 200
    assert "This is what others will see" in preview.text
    assert comments(session) == []
    receipt = resident.send(form_in(preview.text, "/comments"))
    (comment,) = comments(session)
    assert receipt.request.path == f"/receipts/{show_receipt(comment.receipt)}"
    assert show_receipt(comment.receipt) in receipt.text
    assert receipt.headers["Cache-Control"] == "no-store"
    assert (comment.stance, comment.text, comment.status) == ("for", "More benches, please.", "published")
    assert comment.place["en"].startswith("Via Maqueda, between")
    assert comment.place["en"].endswith("on measure P1")
    assert comment.place["it"].startswith("Via Maqueda, tra")
    assert "More benches, please." in resident.get(f"{PLAN}/comments").text
    assert "More benches, please." in resident.get(f"{PLAN}/comments/{comment.id}").text
    assert "More benches, please." in resident.get(f"{PLAN}/segments/P1-03").text
    assert recount(session) == []


def test_a_pin_is_snapped_and_described(resident: Browser, session: Session) -> None:
    resident.comment(place="", lon="13.3612", lat="38.1157")
    (comment,) = comments(session)
    assert comment.segment_id is not None
    assert comment.measure_id is not None
    assert 0 < (comment.snap_distance_m or 0) <= 30
    lon, lat = session.execute(select(Comment.geom.ST_X(), Comment.geom.ST_Y())).one()
    assert (lon, lat) == (13.3612, 38.1157)


def test_the_address_chooses_the_place(resident: Browser) -> None:
    page = resident.get(f"{NEW}?segment=P1-03").text
    form = form_in(page, "/comments/new")
    assert form.fields["place"] == "segment:P1-03"
    assert "Via Maqueda, between" in page
    assert "data-pick data-outbox" not in page
    assert "data-pick data-outbox" in resident.get(NEW).text


def test_changing_after_the_preview_keeps_everything(resident: Browser) -> None:
    text = "First line\n\nSecond line {{7*7}}"
    preview = resident.write(text=text, topic="cycling", stance="idea")
    form = form_in(preview.text, "/comments")
    again = form_in(resident.send(form, to=NEW, step="edit").text, "/comments/new")
    assert again.fields["text"] == text
    assert again.fields["topic"] == "cycling"
    assert again.fields["stance"] == "idea"
    assert again.fields["place"] == "segment:P1-03"
    assert again.fields["key"] == form.fields["key"]


def test_a_form_sent_twice_makes_one_comment(resident: Browser, session: Session) -> None:
    form = form_in(resident.write().text, "/comments")
    first = resident.send(form, follow=False)
    second = resident.send(form, follow=False)
    changed = resident.send(form, follow=False, text="Something else")
    assert first.headers["Location"] == second.headers["Location"] == changed.headers["Location"]
    assert [comment.text for comment in comments(session)] == ["More benches, please."]


def test_the_key_of_somebody_else_opens_nothing(
    resident: Browser, neighbour: Browser, session: Session
) -> None:
    form = form_in(resident.write().text, "/comments")
    resident.send(form)
    answer = neighbour.send(form_in(neighbour.write().text, "/comments"), key=form.fields["key"])
    assert answer.status_code == 409
    assert show_receipt(comments(session)[0].receipt) not in answer.text
    again = form_in(answer.text, "/comments/new")
    assert again.fields["text"] == GOOD["text"]
    assert again.fields["key"] != form.fields["key"]
    assert len(comments(session)) == 1


BAD = [
    ({"place": "", "lon": "", "lat": ""}, "Choose a place"),
    ({"place": "", "lon": "NaN", "lat": "38.1"}, "not a position on Earth"),
    ({"place": "", "lon": "13.36", "lat": "inf"}, "not a position on Earth"),
    ({"place": "", "lon": "here", "lat": "there"}, "could not be read"),
    ({"place": "", "lon": "13.36", "lat": ""}, "could not be read"),
    ({"place": "", "lon": "500", "lat": "38.1"}, "not a position on Earth"),
    ({"place": "", "lon": "38.1157", "lat": "13.3612"}, "look exchanged"),
    ({"place": "", "lon": "12.5", "lat": "41.9"}, "outside the area of the plan"),
    ({"place": "segment:P9-99"}, "not in the list"),
    ({"place": "segment:\x00"}, "not in the list"),
    ({"place": "../../etc/passwd"}, "not in the list"),
    ({"place": "x" * 5000}, "not in the list"),
    ({"topic": ""}, "Choose a topic"),
    ({"topic": "weather"}, "Choose a topic from the list"),
    ({"topic": "\x00"}, "Choose a topic from the list"),
    ({"stance": ""}, "Choose one."),
    ({"stance": "maybe"}, "Say whether you are for it"),
    ({"text": ""}, "Write your comment."),
    ({"text": "   \n\t "}, "Write your comment."),
    ({"text": "x" * 3001}, "has 3001 characters; at most 3000 fit"),
    ({"text": "pay\u202eload\x07"}, "invisible signs"),
    ({"text": " \u200b\u200d\n\u3164\u0301"}, "Write your comment"),
    ({"key": "not-a-uuid"}, "was not complete"),
]


@pytest.mark.parametrize(("typed", "words"), BAD, ids=[str(row[0])[:50] for row in BAD])
def test_bad_input_gets_its_answer_and_loses_nothing(
    resident: Browser, session: Session, typed: dict[str, str], words: str
) -> None:
    kept = {"text": "Keep {{7*7}} <b>me</b>", "stance": "against", "topic": "cycling"}
    form = form_in(resident.write().text, "/comments")
    answer = resident.send(form, **(kept | typed))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'class="error-summary"' in answer.text
    again = form_in(answer.text, "/comments/new")
    for name, value in (kept | {k: v for k, v in typed.items() if k in ("lon", "lat")}).items():
        if name not in typed or name in ("lon", "lat"):
            assert again.fields[name] == value
    assert uuid.UUID(again.fields["key"])
    assert comments(session) == []


def test_invisible_signs_are_removed_and_shown_for_a_second_look(resident: Browser, session: Session) -> None:
    answer = resident.write(text="pay\u202eload\x07")
    assert form_in(answer.text, "/comments/new").fields["text"] == "payload"
    assert comments(session) == []


def test_nothing_a_person_writes_becomes_markup_or_template(resident: Browser, session: Session) -> None:
    for page in (resident.write(text=NASTY), resident.comment(text=NASTY)):
        assert ESCAPED in page.text
        assert "alert(1)</script>" not in page.text
    comment = comments(session)[0]
    assert comment.text == NASTY
    for path in ("/comments", f"/comments/{comment.id}", "/segments/P1-03", "/comments?q=raw"):
        page = resident.get(PLAN + path)
        assert ESCAPED in page.text, path
        assert "alert(1)</script>" not in page.text


@pytest.mark.parametrize("name", ["place", "topic", "stance", "language", "lon", "lat", "segment", "key"])
def test_braces_in_every_field(resident: Browser, session: Session, name: str) -> None:
    typed = {name: "{{7*7}}<script>alert(1)</script>"} | ({"place": ""} if name in ("lon", "lat") else {})
    answer = resident.send(form_in(resident.write().text, "/comments"), **typed)
    assert answer.status_code in (200, 422)
    assert "alert(1)</script>" not in answer.text
    assert "49<script" not in answer.text


def test_a_forged_token_keeps_the_text(resident: Browser, session: Session) -> None:
    form = form_in(resident.write().text, "/comments")
    answer = resident.send(form, csrf_token="forged")
    assert answer.status_code == 400
    assert "The form was open for a long time" in answer.text
    again = form_in(answer.text, "/comments/new")
    assert again.fields["text"] == GOOD["text"]
    assert comments(session) == []


@pytest.mark.parametrize("opens", [2, -9])
def test_a_closed_phase_keeps_the_text(
    resident: Browser, session: Session, set_phases: Callable[..., None], opens: float
) -> None:
    form = form_in(resident.write(text=NASTY).text, "/comments")
    set_phases(opens, opens + 5)
    answer = resident.send(form)
    assert answer.status_code == 409
    assert ("Comments open on" if opens > 0 else "Comments closed on") in answer.text
    assert ESCAPED in answer.text
    assert comments(session) == []
    assert not [form for form in read_forms(resident.get(NEW).text) if form.action.startswith(NEW)]


def test_withdrawing_with_the_receipt(resident: Browser, neighbour: Browser, session: Session) -> None:
    receipt = resident.comment()
    answer = resident.send(form_in(receipt.text, "/withdraw"))
    assert "Your comment is withdrawn." in answer.text
    (comment,) = comments(session)
    assert comment.status == "withdrawn"
    assert GOOD["text"] not in neighbour.get(f"{PLAN}/comments").text
    page = neighbour.get(f"{PLAN}/comments/{comment.id}")
    assert page.status_code == 200
    assert GOOD["text"] not in page.text
    assert "The author has withdrawn this comment." in page.text
    assert list(session.scalars(select(CommentCell))) == []


@pytest.mark.parametrize("code", ["AAAA-BBBB-CCCC", "x", "../../etc", "%00", "{{7*7}}", "2" * 500])
def test_a_receipt_that_is_not_mine(
    resident: Browser, neighbour: Browser, session: Session, code: str
) -> None:
    resident.comment()
    page = neighbour.get(f"/receipts/{code}")
    assert page.status_code == 404
    assert GOOD["text"] not in page.text
    assert neighbour.get("/receipts?code=" + code).status_code in (200, 404)


def test_a_receipt_is_found_however_it_is_typed(resident: Browser, session: Session) -> None:
    resident.comment()
    code = comments(session)[0].receipt
    typed = f" {code[:4].lower()} {code[4:8]}-{code[8:]} "
    answer = resident.client.get("/receipts", query_string={"code": typed})
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(show_receipt(code))


def test_hiding_and_showing_again(resident: Browser, neighbour: Browser, session: Session) -> None:
    receipt = resident.comment()
    comment = comments(session)[0]
    planner = accounts.save_account(
        session, email="planner@example.org", name="Pia", password="a long enough password", role="planner"
    )
    hide_comment(
        session, comment_id=comment.id, account_id=planner.id, reason="personal_data",
        note="A <b>name</b> was in it.", now=NOW,
    )  # fmt: skip
    session.commit()
    public = neighbour.get(f"{PLAN}/comments/{comment.id}")
    assert public.status_code == 200
    assert GOOD["text"] not in public.text
    assert "Hidden by the city because it holds personal data of somebody." in public.text
    assert GOOD["text"] not in neighbour.get(f"{PLAN}/comments").text
    own = resident.get(receipt.request.path)
    assert GOOD["text"] in own.text
    assert "A &lt;b&gt;name&lt;/b&gt; was in it." in own.text
    assert recount(session) == []
    restore_comment(session, comment_id=comment.id, account_id=planner.id, now=NOW)
    session.commit()
    assert GOOD["text"] in neighbour.get(f"{PLAN}/comments").text
    assert [row.action for row in session.scalars(select(Moderation).order_by(Moderation.id))] == [
        "hide",
        "restore",
    ]
    assert recount(session) == []


def test_moderation_refuses_what_makes_no_sense(resident: Browser, session: Session) -> None:
    receipt = resident.comment()
    comment = comments(session)[0]
    with pytest.raises(Invalid):
        hide_comment(session, comment_id=comment.id, account_id=1, reason="mood", now=NOW)
    with pytest.raises(NotFound):
        hide_comment(session, comment_id=10**9, account_id=1, reason="spam", now=NOW)
    resident.send(form_in(receipt.text, "/withdraw"))
    session.expire_all()
    with pytest.raises(Conflict):
        hide_comment(session, comment_id=comment.id, account_id=1, reason="spam", now=NOW)


def test_a_body_of_ten_megabytes_is_refused(resident: Browser, session: Session) -> None:
    form = form_in(resident.write().text, "/comments")
    answer = resident.send(form, text="x" * 10_000_000)
    assert answer.status_code == 413
    assert comments(session) == []


def test_the_same_words_in_italian(app: Any, session: Session) -> None:
    browser = Browser(app.test_client(), language="it")
    browser.comment()
    assert comments(session)[0].language == "it"
