"""Lines of the ledger, measures and outcomes as templates show them. No names, addresses or receipts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import ngettext

from mobility.consultation.cards import day_label
from mobility.consultation.exact import place_words
from mobility.consultation.wording import channel_label
from mobility.ledger import wording
from mobility.ledger.figures import Counts, figures, percent
from mobility.ledger.models import MeasureOutcome
from mobility.plans.models import Measure
from mobility.plans.words import _
from mobility.text import pick

Card = dict[str, Any]


def line_card(
    row: Any, *, slug: str, language: str, now: datetime, outcome: MeasureOutcome | None = None
) -> Card:
    """One comment with its receipt date, status, office, due date, answer, and the outcome on its measure."""
    public = row.status == "published" and row.erased_at is None
    return {
        "id": row.id,
        "stance": row.stance if public else "",
        "topic_label": pick(row.topic_label, language),
        "text": row.text if public else "",
        "language": row.language,
        "place": place_words(row.place, language),
        "url": url_for("consultation.comment", slug=slug, comment_id=row.id),
        "measure_code": row.measure_code or "",
        "measure_title": pick(row.measure_title, language),
        "sample": row.channel == "sample",
        "channel_label": channel_label(row.channel),
        **status_part(row, language, now),
        "answer": answer_part(row, language),
        "outcome": outcome_card(outcome, slug=slug, code=row.measure_code, language=language)
        if outcome and row.measure_code
        else None,
    }


def status_part(row: Any, language: str, now: datetime) -> Card:
    """Where a comment stands, in words."""
    waits = row.state in ("received", "with_office")
    overdue = bool(waits and row.due_at and row.due_at < now)
    return {
        "state": "overdue" if overdue else row.state,
        "state_label": wording.state_label(row.state),
        "status_text": status_text(row, overdue=overdue),
        "overdue": overdue,
        "office": pick(row.office_name, language),
        "received_iso": row.received_at.isoformat(),
        "received_label": day_label(row.received_at),
    }


def status_text(row: Any, *, overdue: bool) -> str:
    """What happens with the comment, and until when."""
    if row.state == "closed":
        return _("Closed without an answer: %(why)s.", why=wording.closing_label(row.closing))
    if row.state == "answered":
        return _("Answered on %(day)s.", day=day_label(row.published_at))
    words = []
    if row.reopened_at and row.answered_at:
        words.append(_("The city looks at it again."))
    if overdue:
        words.append(_("An answer was due by %(day)s. It is late.", day=day_label(row.due_at)))
    elif row.due_at:
        words.append(_("An answer is due by %(day)s.", day=day_label(row.due_at)))
    elif row.state == "received":
        words.append(_("The city decides which office answers."))
    return " ".join(words)


def answer_part(row: Any, language: str) -> Card | None:
    """The answer as the macro `city_answer` shows it."""
    if row.state != "answered":
        return None
    shared = ngettext(
        "This answer is for %(num)d comment.", "This answer is for %(num)d comments.", row.told or 1
    )
    return {
        "id": row.answer_id,
        "office": pick(row.answer_office, language),
        "text": row.answer_text,
        "language": row.answer_language,
        "date_iso": row.published_at.isoformat(),
        "date_label": day_label(row.published_at),
        "shared": shared if (row.told or 1) > 1 else "",
        "sample": row.answered_by == "sample",
    }


def outcome_card(outcome: MeasureOutcome, *, slug: str, code: str, language: str) -> Card:
    """What was decided about a measure, why, and the version that came of it."""
    version_url = ""
    if outcome.version:
        version_url = url_for("consultation.measure_version", slug=slug, code=code, version=outcome.version)
    return {
        "code": code,
        "outcome": outcome.outcome,
        "label": wording.outcome_label(outcome.outcome),
        "why": pick(outcome.why, language),
        "date_iso": outcome.decided_at.isoformat(),
        "date_label": day_label(outcome.decided_at),
        "version": outcome.version,
        "version_url": version_url,
    }


def measure_card(
    measure: Measure,
    found: tuple[Counts, Any] | None,
    outcome: MeasureOutcome | None,
    *,
    slug: str,
    language: str,
) -> Card:
    """What people said about a measure, in numbers, and what the city did."""
    counts, said = found or (Counts(), None)
    numbers = figures(counts)
    stances = ("for", "against", "idea", "question")
    return {
        "code": measure.code,
        "title": pick(measure.title, language),
        "url": url_for("consultation.measure", slug=slug, code=measure.code),
        "comments_url": url_for("ledger.answers", slug=slug, measure=measure.code),
        "said": [(stance, getattr(said, f"n_{stance}") if said else 0) for stance in stances],
        "received": numbers.received,
        "answered": numbers.answered,
        "waiting": numbers.waiting,
        "rate": percent(numbers.answered, numbers.answered + numbers.waiting),
        "outcome": outcome_card(outcome, slug=slug, code=measure.code, language=language)
        if outcome
        else None,
    }


def measure_cards(
    measures: list[Measure],
    counts: Mapping[int, tuple[Counts, Any]],
    outcomes: Mapping[int, MeasureOutcome],
    *,
    slug: str,
    language: str,
) -> list[Card]:
    """All measures in their order."""
    return [
        measure_card(each, counts.get(each.id), outcomes.get(each.id), slug=slug, language=language)
        for each in measures
    ]
