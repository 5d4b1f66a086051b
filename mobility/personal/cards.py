"""One's own contributions and data as the templates show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import url_for

from mobility.consultation.cards import day_label, hidden_text
from mobility.consultation.exact import own_place
from mobility.personal.labels import field_labels, section_labels, status_label, value_labels
from mobility.plans.words import _
from mobility.text import pick, show_receipt

Card = dict[str, Any]


def comment_rows(rows: Iterable[Any], language: str) -> list[Card]:
    """One's own comments: first words, state in words, and the way to the receipt."""
    return [
        {
            "stance": row.Comment.stance,
            "topic_label": pick(row.topic_label, language),
            "text": row.Comment.text,
            "language": row.Comment.language,
            "place": pick(own_place(row.Comment), language),
            "about": row.segment_code or row.measure_code or "",
            "plan": pick(row.plan_title, language),
            "date_iso": row.Comment.created_at.isoformat(),
            "date_label": day_label(row.Comment.created_at),
            "state": status_label(row.Comment.status),
            "status": row.Comment.status,
            "note": hidden_text(row.Comment.hidden_reason) if row.Comment.status == "hidden" else "",
            "url": url_for("consultation.receipt", code=show_receipt(row.Comment.receipt)),
        }
        for row in rows
    ]


def reply_rows(rows: Iterable[Any]) -> list[Card]:
    """One's own replies: words, state, and the way to where they stand, or to why they are hidden."""
    return [
        {
            "side": row.Reply.side,
            "text": row.Reply.text,
            "language": row.Reply.language,
            "state": status_label(row.Reply.status),
            "status": row.Reply.status,
            "note": hidden_text(row.Reply.hidden_reason) if row.Reply.status == "hidden" else "",
            "date_iso": row.Reply.created_at.isoformat(),
            "date_label": day_label(row.Reply.created_at),
            "url": reply_url(row),
        }
        for row in rows
    ]


def reply_url(row: Any) -> str:
    """Of a hidden reply the page of the decision, where one may appeal; else its place."""
    reply, slug = row.Reply, row.plan_slug
    if reply.status == "hidden":
        return url_for("moderation.reply_decision", slug=slug, reply_id=reply.id)
    return url_for(
        "consultation.comment", slug=slug, comment_id=reply.comment_id, _anchor=f"reply-{reply.id}"
    )


def vote_rows(rows: Iterable[Any], language: str) -> list[Card]:
    """One's own votes with the way to their cards."""
    return [
        {
            "position": row.position,
            "code": row.code,
            "title": f"{row.street}, {pick(row.title, language)}"
            if row.street
            else pick(row.title, language),
            "condition": row.condition or "",
            "set_aside": row.set_aside_id is not None,
            "date_iso": row.changed_at.isoformat(),
            "date_label": day_label(row.changed_at),
            "url": url_for(f"consultation.{row.kind}", slug=row.plan_slug, code=row.code),
        }
        for row in rows
    ]


def readable(data: dict[str, Any], day: Callable[[datetime], str]) -> list[Card]:
    """The sections of the data, each a list of records with their fields in order; empty values left out."""
    titles, names, words = section_labels(), field_labels(), value_labels()
    sections = []
    for name, rows in data.items():
        if not isinstance(rows, list):
            continue
        records = [
            [
                (names.get(key, key), _said(_in_words(words.get(key, {}), value), day))
                for key, value in row.items()
                if _has(value)
            ]
            for row in rows
        ]
        sections.append({"title": titles.get(name, name), "records": records})
    return sections


def _in_words(words: Mapping[str, str], value: Any) -> Any:
    """Codes as people read them; what is no code is as it was."""
    if isinstance(value, list):
        return [_in_words(words, each) for each in value]
    return words.get(value, value) if isinstance(value, str) else value


def _has(value: Any) -> bool:
    return value not in (None, "", [], {}, False)


def _said(value: Any, day: Callable[[datetime], str]) -> str:
    """A value in words: a day with its time, a place in the language of the data, yes."""
    if value is True:
        return _("yes")
    if isinstance(value, str):
        try:
            return day(datetime.fromisoformat(value)) if len(value) >= 19 and value[10] == "T" else value
        except ValueError:
            return value
    if isinstance(value, dict) and "type" in value:
        return ", ".join(f"{number:.5f}" for number in _flat(value.get("coordinates", [])))
    if isinstance(value, dict):
        return " · ".join(_said(each, day) for each in value.values())
    if isinstance(value, list):
        return ", ".join(_said(each, day) for each in value)
    return str(value)


def _flat(numbers: Any) -> list[float]:
    if isinstance(numbers, (int, float)):
        return [float(numbers)]
    return [each for part in numbers for each in _flat(part)]
