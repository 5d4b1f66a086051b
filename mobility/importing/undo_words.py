"""What undoing a load does, in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import format_decimal, ngettext

from mobility.importing.undo_preview import UndoLine
from mobility.plans.words import _


def undo_label(line: UndoLine) -> str:
    """What undoing a load does to one thing, in words."""
    if line.fate == "goes":
        return _("Goes; stays readable") if line.kept else _("Goes")
    return {
        "returns": _("Comes back"),
        "restored": _("Becomes as it was"),
        "retires": _("Goes again; stays readable"),
    }[line.fate]


def undo_voices(line: UndoLine) -> list[str]:
    """What becomes of the votes and comments when a load is undone, in words."""
    told = []
    if line.back["votes"] or line.back["comments"]:
        told.append(_("%(voices)s come back to it.", voices=_voices(line.back)))
    since: Mapping[str, int] = line.since
    if line.to and since["comments"]:
        n = format_decimal(since["comments"])
        codes = ", ".join(line.to[:6]) + (" …" if len(line.to) > 6 else "")
        told.append(_("Comments given since (%(n)s) go to the nearest of %(codes)s.", n=n, codes=codes))
        since = {"votes": since["votes"], "comments": 0}
    if since["votes"] or since["comments"]:
        told.append(_("%(voices)s given since stay with it, retired.", voices=_voices(since)))
    return told


def _voices(counted: Mapping[str, int]) -> str:
    votes = ngettext("%(num)s vote", "%(num)s votes", counted["votes"])
    comments = ngettext("%(num)s comment", "%(num)s comments", counted["comments"])
    if counted["votes"] and counted["comments"]:
        return _("%(one)s and %(two)s", one=votes, two=comments)
    return str(votes if counted["votes"] else comments)
