"""The data dictionary: a row for every property of every file. Page and document are made from it."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from mobility.answers.models import CASE_STATES
from mobility.consultation.models import CHANNELS, COMMENT_STATUSES, EFFECTS, SCOPES, STANCES
from mobility.exports.dictionary_parts import Property as Property
from mobility.exports.dictionary_parts import Table as Table
from mobility.exports.dictionary_parts import row as _row
from mobility.exports.dictionary_results import RESULTS as RESULTS
from mobility.exports.dictionary_results import SPOKEN
from mobility.heritage.models import ZONE_KINDS, ZONE_STATUSES
from mobility.plans.models import DIRECTIONS, MEASURE_KINDS, MEASURE_STATUSES, SIDES, UVAR_BLOCKS

_URL = _l("Address of its page on this platform.")
_MEASURE = _l("Code of the measure.")
_RETIRED = _l("True when the city has taken it out of the plan; kept because people spoke about it.")
_ACCURACY = _l("How far the drawn place may be from the true one.")

COLLECTION = Table(
    "collection",
    _l("The whole file"),
    _l("Members beside the features, at the head of every file; count stands at its end."),
    (
        _row("type", "string", _l("Always FeatureCollection.")),
        _row("name", "string", _l("Plan and content; GIS programs show it as the name of the layer.")),
        _row("plan", "object", _l("Slug, title and address of the plan.")),
        _row("licence", "string", _l("Licence under which the file may be used.")),
        _row("attribution", "string", _l("Sources to name when you use the file.")),
        _row("exported_at", "string", _l("When the file was made, with the time zone."), "ISO 8601"),
        _row("language", "string", _l("Language of the descriptive texts."), "ISO 639-1"),
        _row("filters", "object", _l("The filter with which the file was asked for; empty: everything.")),
        _row("data_dictionary", "string", _l("Address of this page.")),
        _row(
            "sensitive_topics",
            "object",
            _l(
                "Topics of which comments are placed only in the cells of this zoom, and which are left out "
                "of counts where fewer comments than the least speak about them."
            ),
        ),
        _row("profile", "string", _l("Only in files for planners: full."), values=("full",)),
        _row(
            "not_included",
            "object",
            _l("Comments only: how many the editors have hidden and how many their authors have withdrawn."),
        ),
        _row(
            "results_shown",
            "boolean",
            _l(
                "Segments and measures only: false while the phase does not show results; they are null then."
            ),
        ),
        _row("features", "array", _l("The features, as RFC 7946 describes them.")),
        _row("count", "integer", _l("Number of features: with it you can check that the file is complete.")),
    ),
)

COMMENTS = Table(
    "comments",
    _l("Comments"),
    _l(
        "One feature a published comment: the point where its author put the pin, the line or area that was "
        "drawn, a point in the area that was chosen, or no geometry when it is about the whole plan. The id "
        "of the feature is the comment's number. Nothing tells who wrote it."
    ),
    (
        _row("text", "string", _l("What was written, as it was written.")),
        _row(
            "scope",
            "string",
            _l("What it is about: a point, a segment, an area of the map, a drawing, the whole plan."),
            values=SCOPES,
        ),
        _row("stance", "string", _l("How the author sees it."), values=STANCES),
        _row("topic", "string", _l("Topic of the plan.")),
        _row("phase", "string", _l("Phase of the consultation in which it was sent.")),
        _row("measure", "string", _l("Code of the measure it was placed on."), null=True),
        _row("segment", "string", _l("Code of the segment it was placed on."), null=True),
        _row("snap_distance_m", "number", _l("Distance from the pin to that segment."), "m", null=True),
        _row("place", "string", _l("Where it is, in words."), null=True),
        _row(
            "coarse_place",
            "boolean",
            _l(
                "True when its topic is sensitive: the point is the centre of a cell of about one kilometre, "
                "and segment, distance, place and area are left out."
            ),
        ),
        _row("measure_version", "integer", _l("Version of the measure when it was written."), null=True),
        _row("area", "string", _l("Code of the square, quarter, park or zone it is about."), null=True),
        _row(
            "perceived_effect",
            "string",
            _l("What its author thinks the measure does to a heritage place; not an expert's grade."),
            null=True,
            values=EFFECTS,
        ),
        _row("heritage_place", "string", _l("Code of that heritage place."), null=True),
        _row("channel", "string", _l("How it reached the city; sample: invented."), values=CHANNELS),
        _row("language", "string", _l("Language of the text."), "ISO 639-1"),
        _row("created_at", "string", _l("When it was sent, to the second."), "ISO 8601"),
        _row("url", "string", _URL),
    ),
)

SEGMENTS = Table(
    "segments",
    _l("Segments"),
    _l(
        "One line, area or point a segment, with what people voted about it. The id of the feature is the "
        "code of the segment. Votes are never added up over identity levels or groups."
    ),
    (
        _row("measure", "string", _MEASURE),
        _row("measure_title", "string", _l("Title of the measure.")),
        _row("kind", "string", _l("Kind of measure."), values=MEASURE_KINDS),
        _row("status", "string", _l("Status of the measure."), values=MEASURE_STATUSES),
        _row("street", "string", _l("Street or square.")),
        _row("span", "string", _l("Between what and what."), null=True),
        _row("side", "string", _l("Side of the street, seen along the line."), values=SIDES),
        _row(
            "direction", "string", _l("Direction of travel it is about, along the line."), values=DIRECTIONS
        ),
        _row("length_m", "number", _l("Length; of an area, that of its outline."), "m", null=True),
        _row("area_m2", "number", _l("Area; null for lines and points."), "m²", null=True),
        _row(
            "bearing_deg",
            "number",
            _l("From its first to its last point, clockwise from north."),
            "°",
            null=True,
        ),
        _row("accuracy_m", "number", _ACCURACY, "m", null=True),
        _row("source", "string", _l("Where the line comes from."), null=True),
        _row(
            "heritage",
            "array",
            _l("Heritage zones it meets: zone, name, kind, status and share of it inside (0–1)."),
        ),
        _row("retired", "boolean", _RETIRED),
        _row("url", "string", _URL),
        *SPOKEN,
        *RESULTS,
    ),
)

MEASURES = Table(
    "measures",
    _l("Measures"),
    _l(
        "One feature a measure, drawn by all its segments together, with what people voted about the measure "
        "as a whole. The id of the feature is the code of the measure."
    ),
    (
        _row("title", "string", _l("Title of the measure.")),
        _row("summary", "string", _l("What it is about, in short."), null=True),
        _row("package", "string", _l("Code of the package of measures it belongs to."), null=True),
        _row("kind", "string", _l("Kind of measure."), values=MEASURE_KINDS),
        _row("status", "string", _l("Status of the measure."), values=MEASURE_STATUSES),
        _row(
            "uvar_block",
            "string",
            _l("Block of urban vehicle access regulation."),
            null=True,
            values=UVAR_BLOCKS,
        ),
        _row("before", "string", _l("How it is today."), null=True),
        _row("after", "string", _l("How it would be."), null=True),
        _row("hours", "string", _l("When it holds, in words."), null=True),
        _row("opening_hours", "string", _l("When it holds, in the syntax of OpenStreetMap."), null=True),
        _row("vehicle_classes", "array", _l("Vehicles it is about.")),
        _row("exemptions", "array", _l("Who is exempt.")),
        _row("office", "string", _l("Office that answers for it."), null=True),
        _row("sources", "array", _l("Acts and documents: title, address, date.")),
        _row("accuracy_m", "number", _ACCURACY, "m", null=True),
        _row("version", "integer", _l("Version of the measure.")),
        _row("updated_at", "string", _l("When the measure was changed last."), "ISO 8601"),
        _row("segments", "integer", _l("Number of its segments.")),
        _row("length_m", "number", _l("Length of its lines together."), "m", null=True),
        _row("retired", "boolean", _RETIRED),
        _row("url", "string", _URL),
        *SPOKEN,
        *RESULTS,
    ),
)

CELLS = Table(
    "cells",
    _l("Cells"),
    _l(
        "One square a cell of the map's grid that holds a published comment. The id of the feature is "
        "zoom/column/row."
    ),
    (
        _row("z", "integer", _l("Zoom of the grid, 12 (about 7.7 km in Palermo) to 18 (about 120 m).")),
        _row("x", "integer", _l("Column of the cell, as in web map tiles.")),
        _row("y", "integer", _l("Row of the cell, as in web map tiles.")),
        _row("comments", "integer", _l("Published comments in the cell, within the filter.")),
        _row("for", "integer", _l("Of these, for something.")),
        _row("against", "integer", _l("Of these, against something.")),
        _row("idea", "integer", _l("Of these, ideas.")),
        _row("question", "integer", _l("Of these, questions.")),
        _row("topics", "object", _l("Comments by topic.")),
    ),
)

ZONES = Table(
    "zones",
    _l("Heritage zones"),
    _l(
        "One feature a zone of the World Heritage property, its buffer or setting, or of local planning. The "
        "id of the feature is the code of the zone."
    ),
    (
        _row("name", "string", _l("Name of the zone."), null=True),
        _row("kind", "string", _l("Kind of zone."), values=ZONE_KINDS),
        _row(
            "status",
            "string",
            _l("Whether its outline is official, approximate, or only illustrates where it lies."),
            values=ZONE_STATUSES,
        ),
        _row("place", "string", _l("Code of the heritage place it protects."), null=True),
        _row("source", "string", _l("Where the outline comes from."), null=True),
        _row("accuracy_m", "number", _ACCURACY, "m", null=True),
    ),
)

FULL = Table(
    "full",
    _l("Comments, for planners"),
    _l(
        "The properties that the file of comments has besides in the profile for planners, which is not "
        "public. It gives exact places, and holds hidden and waiting comments as well. It never tells who "
        "wrote a comment."
    ),
    (
        _row(
            "status",
            "string",
            _l("Whether it is public, waiting to be read, or hidden."),
            values=tuple(status for status in COMMENT_STATUSES if status != "withdrawn"),
        ),
        _row("office", "string", _l("Office that answers it."), null=True),
        _row("case_state", "string", _l("How far the office is."), null=True, values=CASE_STATES),
        _row(
            "identity_level",
            "integer",
            _l("How well the city knew its author then: 0 not at all, 1 e-mail, 2 invitation, 3 verified."),
            null=True,
        ),
    ),
)

KINDS = {
    "string": _l("text"),
    "number": _l("number"),
    "integer": _l("whole number"),
    "boolean": _l("true or false"),
    "object": _l("object"),
    "array": _l("list"),
}
"""The JSON types in words."""

FILES = (COMMENTS, SEGMENTS, MEASURES, CELLS, ZONES)
TABLES = (COLLECTION, *FILES, FULL)

INTRODUCTION = (
    _l("Places are longitude and latitude (WGS 84) in degrees; GeoJSON follows RFC 7946."),
    _l("Every format has the same properties. Where a format knows no lists, they are JSON text."),
    _l("In CSV a text that a spreadsheet might take for a formula begins with an apostrophe: remove it."),
    _l("They hold no personal data: no name, address, account, receipt or token, and no hidden comment."),
    _l("The ids of features stay the same from one file to the next; the order of features may not."),
)


def markdown() -> str:
    """The dictionary as the document ``docs/data-dictionary.md``, in the language of the context."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Data dictionary"
    yield ""
    yield "Made from `mobility/exports/dictionary.py`: change it there, then run"
    yield "`python -m mobility.exports.dictionary > docs/data-dictionary.md`."
    yield ""
    for sentence in INTRODUCTION:
        yield f"- {sentence}"
    for table in TABLES:
        yield from ("", f"## {table.title}", "", str(table.about), "")
        yield "| property | type | unit | meaning |"
        yield "|---|---|---|---|"
        for row in table.properties:
            names = "<br>".join(f"`{name}`" for name in row.names)
            kind = f"{row.kind} or null" if row.nullable else row.kind
            words = f" One of: {', '.join(f'`{value}`' for value in row.values)}." if row.values else ""
            yield f"| {names} | {kind} | {row.unit} | {row.meaning}{words} |"


if __name__ == "__main__":
    import sys

    sys.stdout.write(markdown())
