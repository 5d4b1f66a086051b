"""Documents, contact and the dashboard: what a planner lays beside a plan, and what waits for somebody."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.consultation.models import Comment
from mobility.media.models import FileRemoval
from mobility.plans.models import Plan
from mobility.setup.models import PlanDocument
from mobility.setup.today import activity
from tests.consultation.browser import PLAN, Browser

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
DETAILS = f"{PLAN}/desk/details"


def send_document(planner: Browser, data: bytes, **typed: str) -> str:
    form = planner.form(DETAILS, "/documents")
    fields = form.fields | typed | {"document": (io.BytesIO(data), "Studio del traffico.pdf")}
    answer = planner.client.post(
        form.action, data=fields, headers=planner.headers, content_type="multipart/form-data"
    )
    return planner.get(answer.headers["Location"]).text if answer.status_code == 303 else answer.text


def test_a_document_is_shown_to_everybody(
    planner: Browser, visit: Callable[..., Browser], session: Session
) -> None:
    assert "on show" in send_document(planner, PDF, title_en="Traffic study", language="it")
    document = session.scalars(select(PlanDocument)).one()
    assert document.title == {"en": "Traffic study", "it": "Studio del traffico"}
    visitor = visit(None)
    assert "Traffic study" in visitor.get(f"{PLAN}/about").text
    file = visitor.get(f"{PLAN}/documents/{document.id}.pdf")
    assert file.data == PDF
    assert file.mimetype == "application/pdf"


def test_a_document_that_is_taken_off_is_gone(planner: Browser, session: Session) -> None:
    send_document(planner, PDF)
    document = session.scalars(select(PlanDocument)).one()
    planner.send(planner.form(DETAILS, "/remove"))
    assert planner.get(f"{PLAN}/documents/{document.id}.pdf").status_code == 404
    assert session.get(FileRemoval, document.file_key) is not None


@pytest.mark.parametrize("data", [b"", b"<html>", PDF + b"/JavaScript"])
def test_what_is_no_plain_pdf_is_refused_at_its_field(
    planner: Browser, session: Session, data: bytes
) -> None:
    page = send_document(planner, data, title_en="Kept")
    assert 'id="document-error"' in page
    assert "Kept" in page
    assert session.scalars(select(PlanDocument)).all() == []


def test_the_contact_of_a_plan_stands_before_that_of_the_city(planner: Browser) -> None:
    about = f"{PLAN}/about"
    assert "consultazione@palermo.example" in planner.get(about).text
    wrong = planner.send(planner.form(DETAILS, "/contact"), email="nobody")
    assert wrong.status_code == 422
    assert 'value="nobody"' in wrong.text
    planner.send(planner.form(DETAILS, "/contact"), email="mobility@city.example", name_en="Mobility desk")
    page = planner.get(about).text
    assert "mobility@city.example" in page
    assert "Mobility desk" in page
    planner.send(planner.form(DETAILS, "/contact"), email="", name_en="")
    assert "consultazione@palermo.example" in planner.get(about).text


def test_activity_counts_days_of_the_city(session: Session, plan: Plan, say: Callable[..., Comment]) -> None:
    from zoneinfo import ZoneInfo

    say(created_at=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    say(created_at=datetime(2026, 11, 22, 22, 30, tzinfo=UTC), channel="paper", language="it")
    found = activity(session, plan=plan, zone=ZoneInfo("Europe/Rome"), now=NOW)
    days = {day.isoformat(): comments for day, comments, _votes in found.days}
    assert days["2026-11-23"] == 1, "half past midnight in the city"
    assert days["2026-11-22"] == 1
    assert len(days) == 30
    assert dict(found.channels) == {"web": 1, "paper": 1}
    assert dict(found.languages) == {"en": 1, "it": 1}
    assert sum(n for _name, n in found.quarters) == 2


def test_the_first_page_of_the_desk_has_numbers_and_a_table(
    planner: Browser, say: Callable[..., Comment]
) -> None:
    say()
    page = planner.get(f"{PLAN}/desk/today").text
    assert "What needs somebody" in page
    assert "The same as a table" in page
    assert page.count("<rect") == 60
