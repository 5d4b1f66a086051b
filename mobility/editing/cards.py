"""Drafts, their segments and faults as pages show them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import ngettext
from shapely.geometry import shape

from mobility.consultation.phase_words import languages_label
from mobility.editing.document import Descent, Document, Part
from mobility.plans.bundles.faults import Fault
from mobility.plans.cards import size_label
from mobility.plans.words import _, direction_label, side_label
from mobility.spatial.crs import Metric
from mobility.spatial.segments import bearing_deg
from mobility.text import pick
from mobility.web import LANGUAGES

Card = dict[str, Any]
_INDEX = re.compile(r"\[(\d+)\]")


class Size:
    """What `size_label` reads of a segment."""

    def __init__(self, geometry: Any, ruler: Metric) -> None:
        found = shape(geometry)
        self.area_m2 = ruler.area(found) or None
        self.length_m = ruler.length(found) or None
        self.bearing_deg = bearing_deg(found, ruler)


def part_card(part: Part, ruler: Metric, language: str, faults: Sequence[Fault] = ()) -> Card:
    """A segment of a draft for lists and for the map."""
    size = Size(part["geometry"], ruler)
    line = part["geometry"]["type"] == "LineString"
    return {
        "code": part["code"],
        "street": part["street"] or _("without a name"),
        "span": pick(part["span"], language),
        "length_label": size_label(size),
        "side": part["side"],
        "direction": part["direction"],
        "side_label": side_label(part["side"], size.bearing_deg) if line else "",
        "direction_label": direction_label(part["direction"], size.bearing_deg) if line else "",
        "line": line,
        "new": not part["origins"],
        "from": [code for code in part["origins"] if code != part["code"]],
        "errors": sum(fault.is_error for fault in faults),
    }


def fault_lines(
    faults: Iterable[Fault], names: Iterable[str], *, url: str = "", code: str = ""
) -> list[Card]:
    """Errors in words, and the field they belong to if the form has it, else the page where to mend them."""
    fields = set(names)
    return [
        {
            "field": field_of(fault.path, fields),
            "url": url,
            "message": ": ".join(filter(None, (code, path_label(fault.path), _words(fault)))),
        }
        for fault in faults
        if fault.is_error
    ]


def _words(fault: Fault) -> str:
    if fault.key in ("blank", "missing-key", "missing-language", "too-few"):
        return _("this is still empty.")
    return f"{fault.problem} {fault.remedy}"


def path_label(path: str) -> str:
    """What a property is called on the form: title.en → Title, English."""
    names = {
        "title": _("Title"),
        "summary": _("Summary"),
        "before": _("Before"),
        "after": _("After"),
        "hours": _("When"),
        "hours_osm": _("Hours for machines"),
        "exemptions": _("Except"),
        "kind": _("Kind"),
        "status": _("Status"),
        "uvar_block": _("Access rule"),
        "vehicle_classes": _("Vehicles"),
        "office": _("Office"),
        "package": _("Package"),
        "sources": _("Sources"),
        "accuracy_m": _("Accuracy"),
        "street": _("Street or place"),
        "span": _("Between what and what"),
        "source": _("Where the outline comes from"),
    }
    name, _dot, rest = _INDEX.sub("", path).partition(".")
    tag = rest if rest in LANGUAGES else ""
    label = names.get(name, "")
    return f"{label}, {languages_label([tag])}" if label and tag else label


def field_of(path: str, fields: set[str]) -> str:
    """The form's field for a property: title.it → title_it, sources[2].url → source_2_url."""
    name = path.replace("sources[", "source_").replace("].", "_")
    name = _INDEX.sub("", name).replace(".", "_").rstrip("]")
    return next((each for each in (name, name.rsplit("_", 1)[0]) if each in fields), "")


def fate_lines(line: Sequence[Descent], spoken: dict[str, tuple[int, int]]) -> list[str]:
    """What becomes of published segments, in words, with what people said about each."""
    words = {
        "split": _("%(code)s is divided into %(heirs)s."),
        "merged": _("%(code)s is joined with %(heirs)s."),
        "replaced": _("%(code)s is replaced by %(heirs)s."),
        "removed": _("%(code)s leaves the plan."),
    }
    found = []
    for each in line:
        said = words[each.fate] % {"code": each.code, "heirs": ", ".join(each.heirs)}
        votes, comments = spoken.get(each.code, (0, 0))
        found.append(f"{said} {_voices(each.fate, votes, comments)}".strip())
    return found


def _voices(fate: str, votes: int, comments: int) -> str:
    if not votes and not comments:
        return ""
    counts = _(
        "%(votes)s and %(comments)s",
        votes=ngettext("%(num)s vote", "%(num)s votes", votes),
        comments=ngettext("%(num)s comment", "%(num)s comments", comments),
    )
    if fate == "split":
        return _(
            "%(counts)s: the votes stay with the whole and are shown beside each part; each comment goes to "
            "the nearest part.",
            counts=counts,
        )
    if fate == "removed":
        return _("%(counts)s are kept with it.", counts=counts)
    return _("%(counts)s go along; of two votes of one person the later one counts.", counts=counts)


def feature(part: Part, card: Card) -> dict[str, Any]:
    """A segment of a draft for the editor's map."""
    shown = ("code", "side", "direction", "line", "new", "length_label")
    label = ", ".join(filter(None, (card["street"], card["span"])))
    return {
        "type": "Feature",
        "id": part["code"],
        "geometry": part["geometry"],
        "properties": {name: card[name] for name in shown} | {"label": label},
    }


def collection(document: Document, cards: Sequence[Card]) -> dict[str, Any]:
    """All segments of a draft for the editor's map."""
    pairs = zip(document["segments"], cards, strict=True)
    return {"type": "FeatureCollection", "features": [feature(part, card) for part, card in pairs]}
