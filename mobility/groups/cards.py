"""Groups, their positions and documents as templates show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for
from flask_babel import format_decimal

from mobility.accounts.models import StakeholderGroup
from mobility.consultation.cards import day_label
from mobility.consultation.wording import position_label
from mobility.groups.models import GroupDocument, GroupPosition
from mobility.groups.wording import kind_label, rule_label
from mobility.plans.words import _
from mobility.text import pick

Card = dict[str, Any]
FIRST_LINES = 240


def group_card(group: StakeholderGroup, *, slug: str, language: str) -> Card:
    """Who they are, as they say themselves."""
    return {
        "slug": group.slug,
        "name": pick(group.name, language),
        "kind": group.kind,
        "kind_label": kind_label(group.kind),
        "area": pick(group.area, language),
        "about": pick(group.about, language),
        "members": format_decimal(group.members) if group.members else "",
        "website": group.website or "",
        "since": day_label(group.recognised_at) if group.recognised_at else "",
        "rule_label": rule_label(group.rule),
        "url": url_for("groups.group", slug=slug, group=group.slug),
    }


def vote_card(vote: Any, slug: str, language: str) -> Card:
    """One vote of a group, with the subject it is about."""
    if vote.segment:
        title, kind, code = f"{vote.street}, {pick(vote.span, language)}", "segment", vote.segment
    else:
        title, kind, code = str(pick(vote.title, language)), "measure", vote.measure
    return {
        "code": code,
        "title": title.strip(", "),
        "url": url_for(f"consultation.{kind}", slug=slug, code=code),
        "position": vote.position,
        "position_label": position_label(vote.position),
        "condition": vote.condition or "",
        "reason": vote.reason or "",
        "date_iso": vote.changed_at.isoformat(),
        "date_label": day_label(vote.changed_at),
    }


def position_card(
    position: GroupPosition,
    measure: Any,
    documents: Iterable[GroupDocument],
    *,
    slug: str,
    group: str,
    language: str,
) -> Card:
    """A position with its text in the reader's language, its dates, and what it spoke about."""
    text, said_in = best_text(position.text, language)
    return {
        "id": position.id,
        "state": position.state,
        "revision": position.revision,
        "version": position.version or 0,
        "measure_code": measure.code,
        "measure_title": pick(measure.title, language),
        "measure_url": url_for("consultation.measure", slug=slug, code=measure.code),
        "text": text,
        "language": said_in,
        "others": [code for code in position.text if code != said_in],
        "published": day_label(position.published_at) if position.published_at else "",
        "published_iso": position.published_at.isoformat() if position.published_at else "",
        "ended": day_label(position.ended_at) if position.ended_at else "",
        "about_version": position.measure_version,
        "outdated": position.measure_version < measure.version,
        "documents": [document_card(each, slug=slug, group=group) for each in documents],
    }


def best_text(text: Mapping[str, str], language: str) -> tuple[str, str]:
    """The text and its language: the reader's if there is one, else the first."""
    if text.get(language):
        return text[language], language
    code = next((each for each, words in text.items() if words), "")
    return text.get(code, ""), code


def document_card(document: GroupDocument, *, slug: str, group: str) -> Card:
    """A document with its size; one that was taken down with the reason and without a link."""
    down = document.taken_down_at is not None
    place = {"slug": slug, "group": group, "document_id": document.id}
    return {
        "id": document.id,
        "title": document.title,
        "size": size_label(document.size),
        "url": "" if down else url_for("groups.document", **place),  # type: ignore[arg-type]
        "down": day_label(document.taken_down_at) if document.taken_down_at else "",
        "reason": document.taken_down_reason or "",
        "take_down_url": "" if down else url_for("groups.take_down_document", **place),  # type: ignore[arg-type]
    }


def size_label(size: int) -> str:
    """A size in words."""
    if size < 1_000_000:
        return _("%(size)s kB", size=format_decimal(max(1, round(size / 1000))))
    return _("%(size)s MB", size=format_decimal(round(size / 1_000_000, 1)))


def said_card(position: GroupPosition, group: Any, vote: int | None, *, slug: str, language: str) -> Card:
    """What a group says about a measure, on the card of the measure: the first lines."""
    text, said_in = best_text(position.text, language)
    short = " ".join(text.split())
    return {
        "name": pick(group.name, language),
        "kind_label": kind_label(group.kind),
        "position": vote,
        "position_label": position_label(vote) if vote is not None else "",
        "lines": short if len(short) <= FIRST_LINES else f"{short[:FIRST_LINES].rsplit(' ', 1)[0]} …",
        "language": said_in,
        "url": url_for("groups.group", slug=slug, group=group.slug) + f"#position-{position.id}",
    }
