"""Cases and answers as templates show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for

from mobility.answers.deadlines import urgency
from mobility.answers.models import AnswerFile
from mobility.answers.words import closing_label, due_label, how_label, reopened_label, state_label
from mobility.consultation.cards import day_label
from mobility.consultation.wording import day
from mobility.offices.queries import Rulebook
from mobility.offices.routing import Route
from mobility.offices.words import days_text, reason_text, won_text
from mobility.text import pick

Card = dict[str, Any]
Names = Mapping[int, Mapping[str, str]]


def answer_cards(
    rows: Sequence[Any], files: Mapping[int, Sequence[AnswerFile]], *, slug: str, language: str
) -> list[Card]:
    """Published answers of one comment, newest first; only the first is in force."""
    return [
        {
            "id": row.Answer.id,
            "office": pick(row.office, language),
            "text": row.Answer.text,
            "language": row.Answer.language,
            "sample": row.Answer.channel == "sample",
            "date_iso": row.Answer.published_at.isoformat(),
            "date_label": day_label(row.Answer.published_at),
            "files": [file_card(each, slug) for each in files.get(row.Answer.id, ())],
        }
        for row in rows
    ]


def file_card(file: AnswerFile, slug: str) -> Card:
    """A file beside an answer."""
    return {
        "id": file.id,
        "name": file.name,
        "size": max(1, round(file.size / 1000)),
        "url": url_for("answers.file", slug=slug, file_id=file.id),
    }


def case_card(row: Any, *, now: datetime, zone: ZoneInfo, language: str) -> Card:
    """Where a case stands: office, state, due day. `row` is one of `reading.case_of`."""
    case = row.Case
    open_ = case.state in ("received", "in_progress")
    return {
        "state": case.state,
        "state_label": state_label(case.state),
        "closing": closing_label(case.closing) if case.state == "closed" else "",
        "office": pick(row.office, language) if row.office else "",
        "due": day(case.due_at) if case.due_at and open_ else "",
        "due_left": due_label(case.due_at, now, zone) if open_ else "",
        "urgency": urgency(case.due_at, now, zone) if open_ else "",
        "reopened": day(case.reopened_at) if case.reopened_at and open_ else "",
        "reopened_label": reopened_label(case.reopened_at == case.author_reopened_at),
    }


def route_card(found: Route, book: Rulebook, *, topic: str, measure: str, language: str) -> Card:
    """Where a comment will go, before it is sent; with several offices near a border, which they are."""
    return {
        "office": pick(book.names.get(found.office_id or 0), language),
        "days": days_text(found.days) if found.days else "",
        "reason": reason_text(
            found.reason, topic=topic, measure=measure, language=language, names=book.names
        ),
        "candidates": [
            {"id": each, "name": pick(book.names.get(each), language)} for each in found.candidates
        ],
    }


def history_cards(
    rows: Sequence[Any], *, topic: str, measure: str, names: Names, language: str
) -> list[Card]:
    """Which offices had a case, who decided and why, newest first."""
    return [
        {
            "office": pick(row.office, language) if row.office else "",
            "how": row.Assignment.how,
            "how_label": how_label(row.Assignment.how),
            "reason": reason_text(
                row.Assignment.reason, topic=topic, measure=measure, language=language, names=names
            ),
            "won": won_text(row.Assignment.reason),
            "since": day(row.Assignment.since),
            "current": row.Assignment.ended_at is None,
        }
        for row in rows
    ]
