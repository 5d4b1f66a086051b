"""Endorsements and replies as templates show them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import format_datetime

from mobility.consultation.conversation.models import SIDES
from mobility.consultation.conversation.queries import FOLDED, Reader, sides_open
from mobility.consultation.conversation.replying import changeable
from mobility.consultation.languages import language_note
from mobility.consultation.moderation import reason_label
from mobility.plans.words import _
from mobility.text import pick

Card = dict[str, Any]


def voices_part(row: Any, *, slug: str, reader: Reader) -> Card:
    """What a comment's card says about endorsements and replies, and whether the reader may add one."""
    mine = reader.participant_id is not None and row.participant_id == reader.participant_id
    speakable = row.status == "published" and row.erased_at is None
    here = {"slug": slug, "comment_id": row.id}
    return {
        "endorsements": row.endorsements if speakable else 0,
        "replies": row.replies if speakable else 0,
        "endorsed": row.id in reader.endorsed,
        "own": mine,
        "may_endorse": speakable and reader.open and not mine,
        "endorse_url": url_for("consultation.endorse", **here),
        "unendorse_url": url_for("consultation.endorse_withdraw", **here),
        "replies_url": url_for("consultation.comment", **here, _anchor="replies"),
    }


def reply_columns(
    rows: Sequence[Any],
    *,
    slug: str,
    comment_id: int,
    reader: Reader,
    city: str,
    language: str,
    now: datetime,
) -> Card:
    """The replies by side, the first few and the rest, and the sides on which the reader may still reply."""
    cards = [
        reply_card(
            row, slug=slug, comment_id=comment_id, reader=reader, city=city, language=language, now=now
        )
        for row in rows
    ]
    sides = {}
    for side in SIDES:
        found = [card for card in cards if card["side"] == side]
        sides[side] = {"first": found[:FOLDED], "rest": found[FOLDED:]}
    return {"sides": sides, "open": sides_open(rows, reader.participant_id), "key": str(uuid.uuid4())}


def reply_card(
    row: Any, *, slug: str, comment_id: int, reader: Reader, city: str, language: str, now: datetime
) -> Card:
    """One reply; a hidden one without its text, one's own with the ways to change and withdraw it."""
    open_ = row.status in ("published", "pending")
    mine = reader.participant_id is not None and row.participant_id == reader.participant_id
    where = {"slug": slug, "comment_id": comment_id, "reply_id": row.id}
    return {
        "id": row.id,
        "side": row.side,
        "text": row.text if open_ else "",
        "language": row.language,
        "language_note": language_note(row.language, language),
        "voice": row.voice,
        "speaker": {"group": pick(row.group_name, language), "city": city}.get(row.voice, ""),
        "status": row.status,
        "hidden_reason": _("Hidden by the city because %(reason)s.", reason=reason_label(row.hidden_reason))
        if row.status == "hidden"
        else "",
        "erased": row.erased_at is not None,
        "edited": row.edited_at is not None,
        "date_iso": row.created_at.isoformat(),
        "date_label": str(format_datetime(row.created_at, "d MMM y, HH:mm")),
        "mine": mine,
        "change_url": url_for("consultation.edit_reply", **where) if mine and changeable(row, now) else "",
        "withdraw_url": url_for("consultation.withdraw_reply", **where) if mine and open_ else "",
        "decision_url": url_for("moderation.reply_decision", slug=slug, reply_id=row.id)
        if mine and row.status == "hidden"
        else "",
        "report_url": url_for("consultation.report", slug=slug, comment_id=comment_id, reply=row.id)
        if not mine and row.status == "published" and row.erased_at is None
        else "",
    }
