"""The official list as PDF, CSV and page; the letters that people get at the end."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.models import Participant
from mobility.answers.models import Answer
from mobility.consultation.models import Comment
from mobility.ledger import documents
from mobility.ledger.letters import queue_letters
from mobility.ledger.models import Conclusion
from mobility.ledger.tables import cell, csv_blocks
from mobility.mail.models import MailMessage
from mobility.notices.models import Follow
from mobility.plans.models import Measure, Plan
from tests.consultation.browser import PLAN, Browser


@pytest.fixture
def reader(visit: Callable[..., Browser]) -> Browser:
    return visit(None)


def words_of(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


@given(st.text())
def test_no_cell_is_a_formula(text: str) -> None:
    (line,) = csv.reader(io.StringIO(b"".join(csv_blocks([text], [])).decode("utf-8-sig"), newline=""))
    cell = line[0]
    assert not cell.lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "\r"))
    kept = "".join(ch for ch in text if ch >= " " or ch in "\n\t")
    assert cell.removeprefix("'") == kept.removeprefix("'") or cell == f"'{kept}"


def test_numbers_and_words_stay_as_they_are() -> None:
    assert cell(12) == "12"
    assert cell("Via Maqueda") == "Via Maqueda"
    assert cell('=HYPERLINK("http://x")') == '\'=HYPERLINK("http://x")'
    assert cell("  =1+1").startswith("'")


def test_the_csv_holds_every_line(
    reader: Browser, measure: Measure, say: Callable[..., Comment], answer: Callable[..., Answer],
    decide: Callable[..., Any],
) -> None:  # fmt: skip
    answer(say(text="=cmd|' /C calc'!A0", measure_id=measure.id), text="Noted:\nthank you.")
    say(text="hidden words", status="hidden", hidden_reason="abuse")
    decide("kept", code="P1")
    got = reader.get(f"{PLAN}/answers.csv")
    assert got.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in got.headers["Content-Disposition"]
    head, *rows = csv.reader(io.StringIO(got.data.decode("utf-8-sig"), newline=""))
    found = dict(zip(head, rows[0], strict=True))
    assert found["Comment"] == "'=cmd|' /C calc'!A0"
    assert found["Answer"] == "Noted:\nthank you."
    assert found["Outcome"] == "Kept as it was"
    assert found["Status"] == "Answered"
    assert len(rows) == 2
    assert "hidden words" not in got.text


def test_the_pdf_is_tagged_and_says_what_the_page_says(
    reader: Browser, plan: Plan, measure: Measure, say: Callable[..., Comment], answer: Callable[..., Answer],
    decide: Callable[..., Any],
) -> None:  # fmt: skip
    comment = say(text="Benches <script> please.", measure_id=measure.id)
    answer(comment, text="Twelve benches in spring.")
    decide("changed", code="P1")
    got = reader.get(f"{PLAN}/answers.pdf")
    assert got.mimetype == "application/pdf"
    pdf = PdfReader(io.BytesIO(got.data))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert "pdfuaid" in pdf.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    text = words_of(got.data)
    assert "Official list of answers" in text
    assert "Benches <script> please." in text
    assert "Twelve benches in spring." in text
    assert f"Version {plan.revision} of the plan." in text
    assert "1 of 1 comment that needs an answer has one." in text
    assert f"1 / {len(pdf.pages)}" in text
    assert "Palermo" in text
    assert comment.receipt not in text


def test_an_extract_says_that_it_is_one(
    reader: Browser, measure: Measure, say: Callable[..., Comment], answer: Callable[..., Answer],
) -> None:  # fmt: skip
    answer(say(text="Benches, please.", measure_id=measure.id), text="Twelve benches.")
    say(text="Trees, please.", measure_id=measure.id)
    whole = words_of(reader.get(f"{PLAN}/answers.pdf").data)
    assert "An extract of the list" not in whole
    part = words_of(reader.get(f"{PLAN}/answers.pdf?status=answered&q=benches").data)
    assert "An extract of the list. It holds only: Status: Answered; Words in the text: benches." in part
    assert "Trees, please." not in part
    assert "1 of 2 comments that need an answer have one (50 %)." in part


def test_a_long_list_is_made_in_the_background(
    monkeypatch: pytest.MonkeyPatch, reader: Browser, planner: Browser, session: Session,
    say: Callable[..., Comment],
) -> None:  # fmt: skip
    monkeypatch.setattr("mobility.ledger.views.files.DIRECT", 1)
    say(), say()
    page = reader.get(f"{PLAN}/answers.pdf")
    assert "too many to make a document of while you wait" in page.text
    assert "in the background" not in page.text
    begun = planner.send(planner.form(f"{PLAN}/answers.pdf", "/conclusion/list"))
    assert "The document is being made." in begun.text


def test_the_task_keeps_the_document(committed: Flask) -> None:
    from mobility.db import unit_of_work
    from mobility.extensions import db, files
    from mobility.ledger.jobs import last_list
    from mobility.tasks.running import run_task
    from mobility.tasks.services import begin_task

    with committed.test_request_context(base_url="http://city.example"):
        with unit_of_work() as session:
            plan_id = session.scalars(select(Plan.id).where(Plan.slug == "palermo-centro")).one()
            task_id = begin_task(session, kind="ledger.list", plan_id=plan_id, language="it").id
        assert run_task(db.engine, task_id) == "done"
        made = last_list(db.session, plan_id=plan_id, language="it")
        assert made is not None
        assert len(files.get(made.result["key"]) or b"") == made.result["size"]
        db.session.close()
        got = committed.test_client().get(f"{PLAN}/answers/official.pdf", headers={"Accept-Language": "it"})
        assert got.status_code == 200


def test_a_document_loads_nothing(app: Flask) -> None:
    with app.app_context():
        made = documents.as_pdf(
            '<html lang="en"><head><title>x</title></head><body><p>Words</p>'
            '<img src="file:///etc/hostname" alt="x"><img src="http://127.0.0.1:9/x.png" alt="y"></body>'
        )
    assert "Words" in words_of(made)


def test_the_letter_of_a_receipt(
    reader: Browser, say: Callable[..., Comment], answer: Callable[..., Answer]
) -> None:
    comment = say(text="More trees.")
    answer(comment, text="Forty trees.")
    page = reader.get(f"/receipts/{comment.receipt}").text
    assert "/letter.pdf" in page
    got = reader.get(f"/receipts/{comment.receipt}/letter.pdf")
    text = words_of(got.data)
    assert "More trees." in text
    assert "Forty trees." in text
    assert got.headers["Cache-Control"] == "no-store"
    assert reader.get("/receipts/AAAA-BBBB-CCCC/letter.pdf").status_code == 404


def letters(app: Flask, session: Session, made: Conclusion) -> list[MailMessage]:
    """All that is queued after the letters were written twice, as after a crash."""
    with app.test_request_context(base_url="http://city.example"):
        for _time in range(2):
            after: int | None = 0
            while after is not None:
                after, _new = queue_letters(session, conclusion=made, after=after, limit=2)
    keys = MailMessage.key.startswith("conclusion:")
    return list(session.scalars(select(MailMessage).where(keys).order_by(MailMessage.recipient)))


def test_one_letter_to_each_author_in_their_language(
    app: Flask, session: Session, measure: Measure, say: Callable[..., Comment],
    person: Callable[..., Participant], answer: Callable[..., Answer], decide: Callable[..., Any],
    conclude: Callable[..., Conclusion],
) -> None:  # fmt: skip
    ada, nobody = person("ada@example.org", language="en"), person()
    one = say(text="Benches please.", participant_id=ada.id, measure_id=measure.id)
    two = say(text="And trees.", participant_id=ada.id)
    other = say(text="Somebody else's words.", participant_id=nobody.id)
    gone = say(text="Hidden words.", participant_id=ada.id, status="hidden", hidden_reason="spam")
    answer(one, text="Twelve benches.")
    answer(two, other, text="Forty trees.")
    decide("changed")
    (letter,) = letters(app, session, conclude(en="Thank you all."))
    assert letter.recipient == "ada@example.org"
    for words in ("Benches please.", "Twelve benches.", "And trees.", "Forty trees.", "Thank you all.",
                  "Measure P1: Changed.", "http://city.example/receipts/"):  # fmt: skip
        assert words in letter.body
    assert "Somebody else" not in letter.body
    assert gone.text not in letter.body


def test_followers_are_told_and_who_stopped_is_not(
    app: Flask, session: Session, plan: Plan, say: Callable[..., Comment],
    person: Callable[..., Participant], answer: Callable[..., Answer], decide: Callable[..., Any],
    conclude: Callable[..., Conclusion],
) -> None:  # fmt: skip
    follower, quiet = person("follower@example.org"), person("quiet@example.org")
    session.add(Follow(participant_id=follower.id, kind="plan", plan_id=plan.id))
    session.add(Follow(participant_id=quiet.id, kind="own", stopped_at=datetime.now(UTC)))
    answer(say(participant_id=quiet.id))
    person("erased@example.org", erased_at=datetime.now(UTC))
    decide()
    found = letters(app, session, conclude())
    assert [each.recipient for each in found] == ["follower@example.org"]
    assert found[0].language == "it"
