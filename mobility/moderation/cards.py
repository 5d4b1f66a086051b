"""Items of the queue and decisions as the templates show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from mobility.consultation.cards import day_label
from mobility.consultation.moderation import reason_label
from mobility.consultation.wording import voters_label
from mobility.moderation.queries import History
from mobility.moderation.wording import (
    decision_label,
    moment,
    outcome_label,
    report_label,
    signal_text,
    state_label,
)
from mobility.plans.cards import sentence
from mobility.text import pick

Card = dict[str, Any]


def item_card(
    row: Any,
    *,
    slug: str,
    language: str,
    decisions: Sequence[Any],
    reports: Sequence[Any],
    history: History | None,
) -> Card:
    """One comment of the queue, with everything a decision needs."""
    return {
        "id": row.id,
        "stance": row.stance,
        "topic_label": pick(row.topic_label, language),
        "text": row.text,
        "erased": row.erased_at is not None,
        "language": row.language,
        "place": pick(row.place, language),
        "date_iso": row.created_at.isoformat(),
        "date_label": moment(row.created_at),
        "day_label": day_label(row.created_at),
        "edited": moment(row.edited_at) if row.edited_at else "",
        "sample": row.channel == "sample",
        "status": row.status,
        "status_label": state_label(row.status),
        "reason": sentence(reason_label(row.hidden_reason)) if row.hidden_reason else "",
        "note": row.hidden_note or "",
        "map_url": url_for("consultation.comment", slug=slug, comment_id=row.id),
        "item_url": url_for("moderation.item", slug=slug, comment_id=row.id),
        "measure_code": row.measure_code or "",
        "measure_title": pick(row.measure_title, language) if row.measure_code else "",
        "signals": [signal_text(signal) for signal in row.signals or ()],
        "looked_at": row.looked_at is not None,
        "reports": [report_card(report) for report in reports],
        "open_reports": sum(report.outcome is None for report in reports),
        "decisions": [decision_card(each) for each in decisions],
        "history": history_card(history) if history else None,
        "author_url": url_for("moderation.queue", slug=slug, state="all", author=row.id),
    }


def report_card(report: Any) -> Card:
    """One report: why, the note, when, and what came of it."""
    return {
        "reason": report_label(report.reason),
        "note": report.note or "",
        "date_label": day_label(report.created_at),
        "open": report.outcome is None,
    }


def decision_card(row: Any) -> Card:
    """One decision about an item, with the appeal against it."""
    return {
        "action": decision_label(row.action),
        "reason": sentence(reason_label(row.reason)) if row.reason else "",
        "note": row.note or "",
        "who": row.name or "",
        "date_iso": row.created_at.isoformat(),
        "date_label": moment(row.created_at),
        "appealed": row.appeal_id is not None,
        "outcome": outcome_label(row.outcome) if row.outcome else "",
    }


def history_card(history: History) -> Card:
    """An author in figures."""
    return {
        "comments": history.comments,
        "hidden": history.hidden,
        "withdrawn": history.withdrawn,
        "votes": history.votes,
        "level": voters_label(history.level),
        "blocked": history.blocked,
    }


def item_cards(
    rows: Sequence[Any],
    *,
    slug: str,
    language: str,
    decisions: Mapping[int, Sequence[Any]],
    reports: Mapping[int, Sequence[Any]],
    histories: Mapping[int, History],
) -> list[Card]:
    """The items of one page."""
    return [
        item_card(
            row,
            slug=slug,
            language=language,
            decisions=decisions.get(row.id, ()),
            reports=reports.get(row.id, ()),
            history=histories.get(row.participant_id),
        )
        for row in rows
    ]
