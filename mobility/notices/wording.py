"""What notices say, in the reader's language. No words of other people: a message cannot be called back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import ngettext

from mobility.consultation.exact import place_words
from mobility.consultation.wording import stance_label
from mobility.plans.words import _
from mobility.text import pick

SUMMARY_FROM = 20
"""A digest with more lines than this says how many there were of each kind, and where."""


@dataclass(frozen=True)
class Line:
    """One happening in words, with the page where it is."""

    kind: str
    plan: str
    words: str
    url: str


def line(row: Any, language: str) -> Line | None:
    """A happening in words; None for what is not public any more and therefore not told."""
    public = row.comment_status == "published" and row.comment_erased_at is None
    place, plan = place_words(row.place, language), pick(row.plan_title, language)
    here = {"slug": row.slug, "comment_id": row.comment_id, "_external": True}
    if row.kind == "version":
        words = _(
            "Measure %(code)s · %(title)s has changed.",
            code=row.measure_code,
            title=pick(row.measure_title, language),
        )
        return Line(
            row.kind, plan, words,
            url_for("consultation.measure", slug=row.slug, code=row.measure_code, _external=True),
        )  # fmt: skip
    if row.kind == "decision":
        return Line(row.kind, plan, decision(row, place), receipt_url(row))
    if not public or (row.kind == "reply" and row.reply_status != "published"):
        return None
    if row.kind == "reply":
        side = _("for it") if row.side == "for" else _("against it")
        words = _("Somebody replied to your comment, %(side)s: %(place)s", side=side, place=place)
        return Line(
            row.kind, plan, words, url_for("consultation.comment", **here, _anchor=f"reply-{row.reply_id}")
        )
    words = _("New comment (%(stance)s): %(place)s", stance=stance_label(row.stance), place=place)
    return Line(row.kind, plan, words, url_for("consultation.comment", **here))


def decision(row: Any, place: str) -> str:
    """What staff decided about one's own comment."""
    words = {
        "hide": _("The city has hidden your comment: %(place)s", place=place),
        "restore": _("Your comment is public again: %(place)s", place=place),
        "approve": _("Your comment is published: %(place)s", place=place),
        "answer": _("The city has answered your comment: %(place)s", place=place),
        "assign": _("Another office answers your comment now: %(place)s", place=place),
        "close": _("Your comment will not be answered, and why: %(place)s", place=place),
        "reopen": _("The city looks at your comment again: %(place)s", place=place),
    }
    return words.get(row.detail, _("The city has decided about your comment: %(place)s", place=place))


def receipt_url(row: Any) -> str:
    """The author's own page, where the reason stands and where one can appeal."""
    return url_for("consultation.receipt", code=row.receipt, _external=True)


def followed(row: Any, language: str) -> str:
    """What somebody follows, in words."""
    place = pick(row.place, language)
    if row.kind == "area":
        if row.radius_m:
            return _("Within %(metres)s metres of: %(place)s", metres=row.radius_m, place=place)
        return _("The part of the map around: %(place)s", place=place)
    return {
        "own": _("Your own comments"),
        "plan": _("The whole plan"),
        "measure": f"{_('Measure %(code)s', code=row.measure_code)} · {pick(row.measure_title, language)}",
        "segment": _("%(street)s (%(code)s)", street=row.street, code=row.segment_code),
    }[row.kind]


def one_message(found: Line, why: str, stop_url: str) -> tuple[str, str]:
    """Subject and text of an immediate notice."""
    body = f"{found.words}\n{found.plan}\n\n{found.url}\n\n" + _foot(
        _("You receive this because you follow: %(what)s.", what=why), stop_url
    )
    return found.words, body


def digest(lines: Sequence[Line], stop_url: str) -> tuple[str, str]:
    """Subject and text of what happened in a day; a long one says how many of what there were."""
    number = len(lines)
    subject = str(ngettext("%(num)d piece of news", "%(num)d pieces of news", number))
    parts = []
    for plan in dict.fromkeys(each.plan for each in lines):
        mine = [each for each in lines if each.plan == plan]
        parts.append(f"{plan}\n")
        if number > SUMMARY_FROM:
            parts += [f"{words}\n{url}\n" for words, url in _summary(mine)]
        else:
            parts += [f"{each.words}\n{each.url}\n" for each in mine]
    foot = _foot(_("You receive this once a day because of what you follow."), stop_url)
    return f"{lines[0].plan}: {subject}" if len({each.plan for each in lines}) == 1 else subject, "\n".join(
        [*parts, foot]
    )


def _summary(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """How many of each kind, with the page of the newest; decisions about one's own are told one by one."""
    single = [(each.words, each.url) for each in lines if each.kind == "decision"]
    counted = []
    for kind in ("comment", "reply", "version"):
        mine = [each for each in lines if each.kind == kind]
        if mine:
            words = {
                "comment": ngettext("%(num)d new comment", "%(num)d new comments", len(mine)),
                "reply": ngettext(
                    "%(num)d reply to your comments", "%(num)d replies to your comments", len(mine)
                ),
                "version": ngettext("%(num)d changed measure", "%(num)d changed measures", len(mine)),
            }[kind]
            counted.append((_("%(news)s; the newest:", news=words), mine[-1].url))
    return single + counted


def _foot(why: str, stop_url: str) -> str:
    own = url_for("notices.mine", _external=True)
    return "\n".join([
        "-- ",
        why,
        _("Stop with one click: %(link)s", link=stop_url),
        _("Everything you follow: %(link)s", link=own),
        "",
    ])  # fmt: skip
