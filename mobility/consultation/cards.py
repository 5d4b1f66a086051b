"""Comments and results as templates show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import format_date

from mobility.consultation.conversation.cards import voices_part
from mobility.consultation.conversation.queries import Reader
from mobility.consultation.exact import own_place, place_words, told_roughly
from mobility.consultation.languages import language_note
from mobility.consultation.models import Comment
from mobility.consultation.moderation import reason_label
from mobility.consultation.tallies import Tally
from mobility.consultation.wording import channel_label, position_label, voters_label
from mobility.plans.words import _
from mobility.spatial.stats import contested, support
from mobility.text import pick

Card = dict[str, Any]


def comment_cards(
    rows: Iterable[Any], *, slug: str, language: str, reader: Reader | None = None
) -> list[Card]:
    """Comments of a list for the template."""
    return [comment_card(row, slug=slug, language=language, reader=reader) for row in rows]


def comment_card(row: Any, *, slug: str, language: str, reader: Reader | None = None) -> Card:
    """One comment as the public reads it: hidden and withdrawn ones without their text.

    With a reader it also says who agrees, and what the reader may do.
    """
    open_ = row.status == "published"
    return {
        "id": row.id,
        "stance": row.stance,
        "topic": row.topic,
        "topic_label": pick(row.topic_label, language),
        "text": row.text if open_ else "",
        "place": place_words(row.place, language),
        "coarse": not row.place,
        "date_iso": row.created_at.isoformat(),
        "date_label": day_label(row.created_at),
        "url": url_for("consultation.comment", slug=slug, comment_id=row.id),
        "measure_code": row.measure_code or "",
        "measure_url": url_for("consultation.measure", slug=slug, code=row.measure_code)
        if row.measure_code
        else "",
        "segment_code": row.segment_code or "",
        "segment_url": url_for("consultation.segment", slug=slug, code=row.segment_code)
        if row.segment_code
        else "",
        "channel": row.channel,
        "channel_label": channel_label(row.channel),
        "status": row.status,
        "hidden_reason": hidden_text(row.hidden_reason) if row.status == "hidden" else "",
        "erased": row.erased_at is not None,
        **(voices_part(row, slug=slug, reader=reader) if reader else {}),
        "language": row.language,
        **said_about(row, slug),
        "language_note": language_note(row.language, language),
        "effect": effect_text(row.perceived_effect, pick(row.effect_place, language)) if open_ else "",
        "photo_count": row.photo_count if open_ else 0,
        "edited": open_ and row.edited_at is not None,
    }


def said_about(row: Any, slug: str) -> Card:
    """That a comment spoke about an older version of its measure, and where to see what changed."""
    said, now = row.measure_version, row.version_now
    if not said or not now or said >= now:
        return {"version_text": "", "version_url": ""}
    text = _("Said about version %(said)s; the measure is now version %(now)s.", said=said, now=now)
    url = url_for("consultation.measure_version", slug=slug, code=row.measure_code, version=said)
    return {"version_text": text, "version_url": url}


def draft_card(draft: Any, *, language: str, now: datetime) -> Card:
    """What others will see of a comment that is not sent yet."""
    coarse = told_roughly(draft.topic, draft.place)
    return {
        "stance": draft.stance,
        "topic_label": pick(draft.topic.label, language),
        "text": draft.text,
        "place": place_words({} if coarse else draft.place.words, language),
        "coarse": coarse,
        "date_iso": now.isoformat(),
        "date_label": day_label(now),
        "measure_code": "",
        "status": "published",
        "language": draft.language,
        "language_note": language_note(draft.language, language),
        "effect": effect_text(draft.effect.kind, pick(draft.effect.place.name, language))
        if draft.effect
        else "",
    }


def receipt_card(comment: Comment, topic: Any, *, language: str) -> Card:
    """One's own comment on the receipt page: with its text, whatever its status."""
    return {
        "stance": comment.stance,
        "topic_label": pick(topic.label, language),
        "text": comment.text,
        "place": pick(own_place(comment), language),
        "coarse": comment.exact_geom is not None,
        "date_iso": comment.created_at.isoformat(),
        "date_label": day_label(comment.created_at),
        "measure_code": "",
        "status": comment.status,
        "hidden_reason": hidden_text(comment.hidden_reason),
        "language": comment.language,
        "language_note": language_note(comment.language, language),
        "edited": comment.edited_at is not None,
    }


def effect_text(effect: str | None, place: str) -> str:
    """What the author thinks the measure does to a heritage place; never an expert's grade."""
    return {
        "helps": _("Its author thinks: this helps %(place)s", place=place),
        "harms": _("Its author thinks: this harms %(place)s", place=place),
        "neither": _("Its author thinks: this neither helps nor harms %(place)s", place=place),
    }.get(effect or "", "")


def hidden_text(reason: str | None) -> str:
    """What stands where a hidden comment was."""
    return _("Hidden by the city because %(reason)s.", reason=reason_label(reason))


def day_label(moment: datetime) -> str:
    """A day, short: "20 Nov 2026"."""
    return str(format_date(moment, "d MMM y"))


def level_rows(tally: Tally) -> list[Card]:
    """Own votes for the bars, one row an identity level, each with its mean and interval."""
    rows = []
    for level, counts in tally.by_level().items():
        spread = dict(zip((-2, -1, 0, 1, 2), counts, strict=True))
        found = support(spread)
        row: Card = {"label": voters_label(level), "counts": list(counts)}
        if found:
            row |= {"mean": found.mean, "low": found.low, "high": found.high}
            row["contested"] = contested(spread).contested
            row["note"] = "· " + _("few votes, so uncertain") if found.few else ""
        rows.append(row)
    return rows


def group_rows(rows: Sequence[Any], language: str) -> list[Card]:
    """The positions of groups with their public reasons, by name."""
    found = [
        {
            "name": pick(row.name, language),
            "position": row.position,
            "position_label": position_label(row.position),
            "condition": row.condition or "",
            "reason": row.reason or "",
        }
        for row in rows
    ]
    return sorted(found, key=lambda row: str(row["name"]))
