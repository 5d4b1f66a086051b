"""What can be done to the segments of a draft: each act takes a document and gives the changed one. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from mobility.editing import shaping
from mobility.editing.document import (
    Document,
    Part,
    find_part,
    joined_origins,
    next_codes,
    with_new_part,
    with_part,
)
from mobility.editing.reading import MOST_SEGMENTS
from mobility.editing.shaping import NEXT_WAY, OTHER_SIDE, OTHER_WAY, Shape
from mobility.errors import Invalid
from mobility.spatial.crs import Metric


def draw(
    document: Document,
    geometry: Shape,
    ruler: Metric,
    *,
    taken: Collection[str],
    languages: Collection[str],
    street: str = "",
) -> tuple[Document, str]:
    """A new segment with this outline; its words are still to be written. Returns its code beside."""
    if len(document["segments"]) >= MOST_SEGMENTS:
        raise Invalid("geometry", _l("A measure has at most %(count)s stretches.", count=MOST_SEGMENTS))
    shaping.long_enough(geometry, ruler)
    (code,) = next_codes(document["measure"]["code"], [*taken, *_codes(document)], 1)
    part: Part = {
        "code": code,
        "street": street,
        "span": dict.fromkeys(languages, ""),
        "side": "both",
        "direction": "both",
        "source": "",
        "accuracy_m": document["measure"].get("accuracy_m") or 5.0,
        "geometry": geometry,
        "origins": [],
    }
    return with_new_part(document, part), code


def reshape(document: Document, code: str, geometry: Shape, ruler: Metric) -> Document:
    """The segment with another outline of the same kind."""
    part = find_part(document, code)
    kinds = {part["geometry"]["type"].removeprefix("Multi"), geometry["type"].removeprefix("Multi")}
    if len(kinds) > 1:
        raise Invalid("geometry", _l("A line stays a line and an area an area: draw a new stretch instead."))
    shaping.long_enough(geometry, ruler)
    return with_part(document, code, {**part, "geometry": geometry})


def describe(document: Document, code: str, words: Mapping[str, Any]) -> Document:
    """The segment with other words and attributes; areas and points have neither side nor direction."""
    part = {**find_part(document, code), **words}
    if part["geometry"]["type"] != "LineString":
        part |= {"side": "both", "direction": "both"}
    return with_part(document, code, part)


def divide(
    document: Document,
    code: str,
    ruler: Metric,
    *,
    taken: Collection[str],
    place: tuple[float, float] | None = None,
    share: float = 0.5,
) -> tuple[Document, list[str]]:
    """The segment in two parts with codes of their own, in the order of the line; returns their codes."""
    part = find_part(document, code)
    shapes = shaping.split_at(part["geometry"], ruler, place=place, share=share)
    codes = next_codes(document["measure"]["code"], [*taken, *_codes(document)], len(shapes))
    parts = [{**part, "code": new, "geometry": one} for new, one in zip(codes, shapes, strict=True)]
    return with_part(document, code, *parts), codes


def merge(document: Document, code: str, other: str, ruler: Metric) -> tuple[Document, str]:
    """Two segments of one street as one; returns its code."""
    one, two = find_part(document, code), find_part(document, other)
    if code == other:
        raise Invalid("other", _l("Choose another stretch to join with."))
    if one["street"] != two["street"]:
        raise Invalid("other", _l("Only stretches of one street can be joined."))
    joined = shaping.join(one["geometry"], two["geometry"], ruler)
    side, way = two["side"], two["direction"]
    if joined.turned:
        side, way = OTHER_SIDE[side], OTHER_WAY[way]
    if (one["side"], one["direction"]) != (side, way):
        raise Invalid("other", _l("Give both the same side and direction first, then join them."))
    name, origins = joined_origins(document, one, two)
    made = {**one, "code": name, "geometry": joined.geometry, "origins": origins}
    return with_part(with_part(document, other), code, made), name


def turn(document: Document, code: str) -> Document:
    """The next direction: both, along the line, against it, both again."""
    part = find_part(document, code)
    shaping.line_of(part["geometry"])
    return with_part(document, code, {**part, "direction": NEXT_WAY[part["direction"]]})


def take_side(document: Document, code: str, place: tuple[float, float], ruler: Metric) -> Document:
    """The side of the line on which a position lies."""
    part = find_part(document, code)
    side = shaping.side_at(part["geometry"], place, ruler)
    return with_part(document, code, {**part, "side": side})


def remove(document: Document, code: str) -> Document:
    """Without the segment."""
    return with_part(document, code)


def _codes(document: Document) -> list[str]:
    """Codes in use, and those of the published segments they come from."""
    return [code for part in document["segments"] for code in (part["code"], *part["origins"])]
