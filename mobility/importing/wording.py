"""What the codes of imports are called, and every fault of a feature in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import format_decimal, get_locale

from mobility.importing.reading import Fault as ReadFault
from mobility.importing.reading import words as reading_words
from mobility.plans.words import _, kind_label, status_label, uvar_label, zone_label, zone_status_label
from mobility.text import pick


def import_kind_label(kind: str) -> str:
    """What the file holds, in words."""
    return {
        "segments": _("Stretches of street"),
        "measures": _("Measures"),
        "zones": _("Heritage zones"),
        "boundary": _("Boundary of the plan"),
        "context": _("Base map"),
        "census": _("Census areas"),
    }.get(kind, kind)


def import_kind_hint(kind: str) -> str:
    """One sentence on what comes of it."""
    return {
        "segments": _("Lines, areas or places where a measure of the plan applies. People vote on them."),
        "measures": _("A table of measures with their texts. Shapes are not needed and not read."),
        "zones": _("Areas of the World Heritage property, its buffer zones and other protected areas."),
        "boundary": _("One area, or several together: where the plan applies."),
        "context": _("Streets, quarters, green areas and landmarks that the map shows beneath the measures."),
        "census": _("Areas with their number of residents, to see later whom the consultation reached."),
    }.get(kind, "")


def state_label(state: str) -> str:
    """Where an import is, in words."""
    return {
        "reading": _("Being read"),
        "layer": _("Layer to be chosen"),
        "fields": _("Fields to be mapped"),
        "preparing": _("Being compared"),
        "preview": _("To be checked"),
        "loading": _("Being loaded"),
        "loaded": _("Loaded"),
        "undone": _("Undone"),
        "dropped": _("Thrown away"),
    }.get(state, state)


def change_label(change: str) -> str:
    """What an import does to one thing, in words."""
    return {
        "added": _("New"),
        "changed": _("Changed"),
        "unchanged": _("Unchanged"),
        "removed": _("Goes"),
        "refused": _("With errors"),
    }.get(change, change)


def field_label(name: str) -> str:
    """A field of the model in words; with its language where it has one."""
    field, _mark, tag = name.partition(":")
    label = {
        "code": _("Code"),
        "measure": _("Measure"),
        "street": _("Street"),
        "span": _("From where to where"),
        "side": _("Side"),
        "direction": _("Direction"),
        "accuracy_m": _("Accuracy in metres"),
        "source": _("Source"),
        "title": _("Title"),
        "kind": _("Kind"),
        "status": _("Status"),
        "summary": _("Summary"),
        "before": _("Before"),
        "after": _("After"),
        "hours": _("When"),
        "uvar_block": _("Access rule"),
        "package": _("Package"),
        "office": _("Office"),
        "name": _("Name"),
        "place": _("Component part"),
        "population": _("Residents"),
        "households": _("Households"),
        "geom": _("Shape"),
        "retired_at": _("In use again"),
    }.get(field, field)
    return f"{label} ({tag})" if tag else label


def choice_label(code: str) -> str:
    """A code of a field that has a few values, in words."""
    own = {
        "both": _("both"),
        "left": _("left"),
        "right": _("right"),
        "forward": _("in the direction of the line"),
        "backward": _("against the direction of the line"),
        "boundary": _("Boundary"),
        "sea": _("Sea"),
        "shore": _("Shore"),
        "green": _("Green area"),
        "quarter": _("Quarter"),
        "street": _("Street"),
        "square": _("Square"),
        "landmark": _("Landmark"),
        "rail": _("Railway"),
        "gate": _("Gate"),
    }
    if code in own:
        return own[code]
    for label in (kind_label, status_label, uvar_label, zone_label, zone_status_label):
        words = label(code)
        if words and words != code:
            return words
    return code


def shape_label(dimension: int) -> str:
    """Points, lines or areas."""
    return {0: _("points"), 1: _("lines"), 2: _("areas")}.get(dimension, "")


def task_label(code: str) -> str:
    """What a task of an import does now."""
    return {
        "comparing": _("Comparing with the plan"),
        "overlaps": _("Looking for overlaps"),
        "writing": _("Writing"),
        "loading": _("Loading"),
        "measuring": _("Measuring lengths and heritage zones"),
    }.get(code, _("Reading the file"))


def operation_text(operation: Mapping[str, Any]) -> str:
    """How the coordinates of the file came to longitude and latitude, with the accuracy."""
    if not operation:
        return _("The coordinates are longitude and latitude already (WGS 84); they are taken as they are.")
    name, accuracy = operation["name"], operation["accuracy_m"]
    told = _("Coordinates were transformed with: %(name)s.", name=name)
    if accuracy == 0:
        return f"{told} {_('The datum stays the same, so no accuracy is lost.')}"
    if accuracy is None:
        return f"{told} {_('Its accuracy is not known.')}"
    metres = format_decimal(accuracy)
    return f"{told} {_('Its nominal accuracy is %(metres)s m.', metres=metres)}"


def fault_text(fault: Mapping[str, Any]) -> str:
    """A fault of a feature in the language of the page: what is wrong and how to mend it."""
    values = dict(fault.get("values") or {})
    code = str(fault.get("code", ""))
    if fault.get("reading"):
        return str(reading_words(ReadFault(code, values)))
    say = _FAULTS.get(code)
    return say(values) if say else code


def fate_text(line: Any) -> str:
    """What happens to the votes and comments about one thing."""
    votes, comments = line.said.get("votes", 0), line.said.get("comments", 0)
    if not votes and not comments:
        return ""
    n = {"votes": format_decimal(votes), "comments": format_decimal(comments)}
    if line.change == "removed":
        return _("%(votes)s votes and %(comments)s comments are kept with the retired stretch.", **n)
    if line.lineage == "split":
        return _(
            "%(votes)s votes stay with the former stretch; %(comments)s comments go to the nearest part.", **n
        )
    if line.lineage == "merged":
        return _(
            "%(votes)s votes and %(comments)s comments come along; each person's latest vote counts.", **n
        )
    return _("%(votes)s votes and %(comments)s comments stay.", **n)


def lineage_text(line: Any) -> str:
    """What became of the former stretches."""
    former = ", ".join(line.former)
    if line.lineage == "split":
        return _("Part of %(codes)s", codes=former)
    if line.lineage == "merged":
        return _("Takes in %(codes)s", codes=former)
    if line.lineage == "moved":
        return _("Moved by up to %(metres)s m", metres=format_decimal(round(line.moved_m or 0, 1)))
    return ""


def _choice(values: Mapping[str, Any]) -> str:
    return _(
        "%(field)s: “%(value)s” is not known. Use one of: %(choices)s.",
        field=field_label(values["field"]), value=values["value"], choices=", ".join(values["choices"]),
    )  # fmt: skip


def _number(values: Mapping[str, Any]) -> str:
    return _(
        "%(field)s: “%(value)s” is not a number from 0 to %(most)s.",
        field=field_label(values["field"]), value=values["value"], most=format_decimal(values["most"]),
    )  # fmt: skip


def _unknown(values: Mapping[str, Any]) -> str:
    words = {"field": field_label(values["field"]), "value": values["value"]}
    if values["field"] == "measure":
        return _("The plan has no measure “%(value)s”. Import the measure first, or choose another.", **words)
    return _("%(field)s: the plan has none with the code “%(value)s”.", **words)


def _same_id(values: Mapping[str, Any]) -> str:
    if values.get("others"):
        return _(
            "The id “%(id)s” stands more than once, also at feature %(others)s. Give each its own.",
            id=values["id"], others=", ".join(map(str, values["others"])),
        )  # fmt: skip
    return _("The id “%(id)s” stands more than once. Give each feature its own.", id=values["id"])


def _wrong_shape(values: Mapping[str, Any]) -> str:
    wanted = ", ".join(shape_label(dimension) for dimension in values["wanted"])
    return _(
        "A %(found)s cannot be used here; expected are %(wanted)s.", found=values["found"], wanted=wanted
    )


def _bad_code(values: Mapping[str, Any]) -> str:
    if values["kind"] == "measures":
        return _(
            "“%(value)s” cannot be a code. Write up to three capitals and a number: P1.",
            value=values["value"],
        )
    return _("“%(value)s” cannot be a code. Use letters, digits, dots and dashes.", value=values["value"])


def _overlap(values: Mapping[str, Any]) -> str:
    codes = ", ".join(values["codes"])
    if values.get("n", 0) > len(values["codes"]):
        codes += " …"
    title = pick(values.get("title") or {}, str(get_locale()))
    code = values.get("measure", "")
    measure = _("%(code)s “%(title)s”", code=code, title=title) if title else code
    size = format_decimal(values["m"])
    if values.get("area"):
        return _(
            "It shares %(size)s m² with %(codes)s of %(measure)s. Check that both are meant.",
            size=size, codes=codes, measure=measure,
        )  # fmt: skip
    if values.get("same"):
        return _(
            "For %(size)s m it runs along %(codes)s of the same measure. Is the street drawn twice?",
            size=size, codes=codes,
        )  # fmt: skip
    return _(
        "For %(size)s m it shares the street with %(measure)s (%(codes)s). Check that both are meant.",
        size=size, codes=codes, measure=measure,
    )  # fmt: skip


def flaw_text(code: str) -> str:
    """Why a shape is unfit."""
    return {
        "empty": _("The shape is empty."),
        "not_finite": _("The shape has a coordinate that is not a number."),
        "out_of_range": _("The shape lies outside of the world. Check the coordinate system."),
        "too_few": _("The shape has too few points."),
    }.get(code, _("The outline crosses or touches itself. Mend it in your GIS."))


_FAULTS: dict[str, Any] = {
    "missing": lambda v: _("%(field)s is missing.", field=field_label(v["field"])),
    "too_long": lambda v: _(
        "%(field)s is too long: %(length)d characters, at most %(most)d fit.",
        field=field_label(v["field"]), length=v["length"], most=v["most"],
    ),
    "choice": _choice,
    "number": _number,
    "unknown": _unknown,
    "bad_code": _bad_code,
    "same_id": _same_id,
    "no_shape": lambda _v: _("It has no shape."),
    "wrong_shape": _wrong_shape,
    "wrong_for_kind": lambda v: _(
        "A %(found)s does not fit this kind; expected are %(wanted)s.",
        found=v["found"], wanted=", ".join(v["wanted"]),
    ),
    "flaw": lambda v: flaw_text(v["flaw"]),
    "far": lambda v: _(
        "It lies %(km)s km from the plan. Check the coordinate system.", km=format_decimal(v["km"])
    ),
    "outside": lambda v: _(
        "It lies outside of the plan's boundary, %(m)s m away.", m=format_decimal(v["m"])
    ),
    "overlap": _overlap,
    "pieces": lambda v: _("The street has %(n)d pieces; each becomes a stretch.", n=v["n"]),
    "cut": lambda v: _("Cut at crossings into %(n)d parts.", n=v["n"]),
    "leaves_out": lambda v: _(
        "%(n)d stretches of the plan would lie outside: %(codes)s.", n=v["n"], codes=", ".join(v["codes"])
    ),
}  # fmt: skip
