"""PDF files: the official list of answers, and the outcome letter of one comment. Tagged, PDF/UA-1.

Nothing is loaded while they are made: no address of a text is followed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import render_template
from flask_babel import format_date, format_datetime
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.consultation.queries import topics_of
from mobility.ledger import queries
from mobility.ledger.cards import line_card, measure_cards
from mobility.ledger.figures import figures
from mobility.ledger.filters import LedgerFilter
from mobility.ledger.wording import rate_text, state_label, time_text, waiting_text
from mobility.plans.models import Plan
from mobility.plans.queries import measures_of
from mobility.plans.words import _
from mobility.text import pick

STYLE = (Path(__file__).parent / "official.css").read_text("utf-8")
DIRECT = 300
"""Comments up to which the list is made while the reader waits."""
MOST = 5000
"""Comments of one PDF; beyond it stand the measures and figures, and the CSV has all."""


def official_values(
    session: Session, *, plan: Plan, city: City, wanted: LedgerFilter, language: str, now: datetime
) -> dict[str, Any]:
    """What the official list says, for the PDF and the page for printing.

    Status and words choose lines, never figures: of the answered comments alone all would be answered.
    """
    outcomes = queries.current_outcomes(session, plan_id=plan.id)
    total = queries.count_lines(session, plan_id=plan.id, wanted=wanted, now=now)
    lines = []
    if total <= MOST:
        for row in queries.all_lines(session, plan_id=plan.id, wanted=wanted, now=now):
            outcome = outcomes.get(row.measure_id or 0)
            lines.append(line_card(row, slug=plan.slug, language=language, now=now, outcome=outcome))
    counted = replace(wanted, status="", q="")
    found = figures(queries.read_counts(session, plan_id=plan.id, now=now, wanted=counted))
    counts = queries.counts_by_measure(session, plan_id=plan.id, now=now)
    last = queries.conclusion_in_force(session, plan_id=plan.id)
    return {
        **document_head(plan, city, language, now),
        "sentences": [text for text in (rate_text(found), time_text(found), waiting_text(found)) if text],
        "found": found,
        "lines": lines,
        "total": total,
        "most": MOST,
        "wanted": wanted,
        "only": extract_of(session, plan=plan, wanted=wanted, language=language),
        "conclusion": last,
        "statement": pick(last.statement, language) if last else "",
        "measures": measure_cards(
            measures_of(session, plan_id=plan.id), counts, outcomes, slug=plan.slug, language=language
        ),
    }


def extract_of(session: Session, *, plan: Plan, wanted: LedgerFilter, language: str) -> list[str]:
    """What an extract of the list was chosen by, in words; empty for the whole list."""
    offices = {each.slug: pick(each.name, language) for each in queries.offices_of(session, plan_id=plan.id)}
    topics = {each.slug: pick(each.label, language) for each in topics_of(session, plan_id=plan.id)}
    chosen = [
        (_("Measure"), wanted.measure),
        (_("Office"), offices.get(wanted.office, wanted.office)),
        (_("Status"), state_label(wanted.status)),
        (_("Topic"), topics.get(wanted.topic, wanted.topic)),
        (_("Words in the text"), wanted.q),
    ]
    if wanted.office == "none":
        chosen[1] = (_("Office"), _("No office yet"))
    return [f"{name}: {value}" for name, value in chosen if value]


def document_head(plan: Plan, city: City, language: str, now: datetime) -> dict[str, Any]:
    """The city, the plan, its version and the day: what every document begins with."""
    return {
        "plan": plan,
        "language_tag": language,
        "city_name": pick(city.contact.get("name") or city.name, language),
        "plan_title": pick(plan.title, language),
        "revision": plan.revision,
        "day": str(format_date(now, "d MMMM y")),
        "made": str(format_datetime(now, "d MMMM y, HH:mm")),
    }


def official_pdf(
    session: Session, *, plan: Plan, city: City, wanted: LedgerFilter, language: str, now: datetime
) -> bytes:
    """The official list of answers."""
    values = official_values(session, plan=plan, city=city, wanted=wanted, language=language, now=now)
    return as_pdf(render_template("ledger/official_pdf.html", **values))


def letter_pdf(session: Session, *, plan: Plan, city: City, row: Any, language: str, now: datetime) -> bytes:
    """The outcome letter of one comment; it names nobody."""
    outcomes = queries.current_outcomes(session, plan_id=plan.id)
    line = line_card(
        row, slug=plan.slug, language=language, now=now, outcome=outcomes.get(row.measure_id or 0)
    )
    return as_pdf(
        render_template("ledger/letter_pdf.html", line=line, **document_head(plan, city, language, now))
    )


def as_pdf(html: str) -> bytes:
    """The page as a tagged PDF."""
    from weasyprint import CSS, HTML  # type: ignore[import-untyped]
    from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]

    page = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=()))
    made = page.write_pdf(stylesheets=[CSS(string=STYLE)], pdf_variant="pdf/ua-1")
    return bytes(made)
