"""KML 2.2 (OGC 07-147r2), written as it is read from the database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any, TextIO
from xml.sax.saxutils import escape, quoteattr

import shapely

from mobility.exports.formats.about import sentence
from mobility.exports.formats.styles import STANCES
from mobility.exports.orders import Order
from mobility.exports.sources import read_head, read_subject, records
from mobility.exports.streaming import Snapshot
from mobility.exports.tables import Column, Record, Value, columns_of

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n'
TYPES = {"integer": "int", "real": "double", "boolean": "bool"}
EVERY = 1_000
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold in any way."""


def write_kml(connection: Snapshot, order: Order, path: Path, told: Callable[[int], object]) -> int:
    """Writes one kind of thing; the number of features. What XML cannot hold becomes U+FFFD."""
    subject = read_subject(connection, order)
    head = read_head(connection, order, subject)
    columns = columns_of(order.what, full=order.full)
    size = 0
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write(f"{HEAD}<Document>\n<name>{text(head['name'])}</name>\n")
        out.write(f"<description>{text(sentence(head))}</description>\n")
        for name, _label, colour, _shape in STANCES:
            out.write(_style(name, colour))
        out.write(_schema(order.what, columns))
        for record in records(connection, order, subject):
            _placemark(out, order.what, columns, record)
            size += 1
            if size % EVERY == 0:
                told(size)
        out.write("</Document>\n</kml>\n")
    return size


def text(value: object) -> str:
    """A text as the content of an element."""
    return escape(_UNSPEAKABLE.sub("\ufffd", str(value)), {"\r": "&#13;"})


def _style(name: str, colour: str) -> str:
    blue_first = f"ff{colour[5:7]}{colour[3:5]}{colour[1:3]}".lower()
    return (
        f"<Style id={quoteattr(name)}><IconStyle><color>{blue_first}</color></IconStyle>"
        f"<LineStyle><color>{blue_first}</color><width>4</width></LineStyle>"
        f"<PolyStyle><color>80{blue_first[2:]}</color></PolyStyle></Style>\n"
    )


def _schema(what: str, columns: tuple[Column, ...]) -> str:
    fields = [("id", "int" if what == "comments" else "string")]
    fields += [(column.name, TYPES.get(column.type, "string")) for column in columns]
    told = "".join(f'<SimpleField name="{name}" type="{kind}"/>' for name, kind in fields)
    return f'<Schema name="{what}" id="{what}">{told}</Schema>\n'


def _placemark(out: TextIO, what: str, columns: tuple[Column, ...], record: Record) -> None:
    key, place, values = record
    given = dict(zip((column.name for column in columns), values, strict=True))
    out.write(f"<Placemark><name>{text(_name(key, given))}</name>")
    if what == "comments":
        out.write(f"<description>{text(given['text'])}</description><styleUrl>#{given['stance']}</styleUrl>")
    out.write(f'<ExtendedData><SchemaData schemaUrl="#{what}"><SimpleData name="id">{text(key)}</SimpleData>')
    for name, value in given.items():
        if value is not None:
            out.write(f'<SimpleData name="{name}">{text(_said(value))}</SimpleData>')
    out.write("</SchemaData></ExtendedData>")
    if place:
        out.write(_drawn(place))
    out.write("</Placemark>\n")


def _said(value: Value) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _name(key: int | str, given: dict[str, Value]) -> str:
    for name in ("street", "title", "name"):
        if given.get(name):
            return f"{key} {given[name]}"
    return str(key)


def _drawn(place: bytes) -> str:
    page = StringIO()
    page.writelines(_shape(shapely.from_wkb(place)))
    return page.getvalue()


def _shape(shape: Any) -> Iterator[str]:
    kind = shape.geom_type
    if kind == "Polygon":
        yield f"<Polygon><outerBoundaryIs>{_ring(shape.exterior)}</outerBoundaryIs>"
        for hole in shape.interiors:
            yield f"<innerBoundaryIs>{_ring(hole)}</innerBoundaryIs>"
        yield "</Polygon>"
    elif kind in ("Point", "LineString"):
        yield f"<{kind}><coordinates>{_positions(shape)}</coordinates></{kind}>"
    else:
        yield "<MultiGeometry>"
        for part in shape.geoms:
            yield from _shape(part)
        yield "</MultiGeometry>"


def _ring(ring: Any) -> str:
    return f"<LinearRing><coordinates>{_positions(ring)}</coordinates></LinearRing>"


def _positions(shape: Any) -> str:
    return " ".join(f"{round(lon, 7)!r},{round(lat, 7)!r}" for lon, lat in shape.coords)
