"""CSV that is safe to open in a spreadsheet.

Comments come from PostgreSQL as they are sent; other things are few and written here. A text that begins
like a formula, or with an apostrophe, gets an apostrophe before it: whoever removes one from every text that
begins with it has the texts back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterable, Iterator

import shapely
from shapely.geometry.base import BaseGeometry

from mobility.exports.orders import Order, Subject
from mobility.exports.sources import comment_table, records
from mobility.exports.streaming import BLOCK, Counter, Row, Snapshot
from mobility.exports.tables import Record, Value, columns_of
from mobility.spreadsheets import safe

BOM = b"\xef\xbb\xbf"
ENDING = "\r\n"
"""While a row is written, so that whatever holds one of these is quoted; then a line feed ends it."""


def stream_table(connection: Snapshot, order: Order, subject: Subject, counter: Counter) -> Generator[bytes]:
    """The table in blocks of about 64 kB: UTF-8, commas, a line feed after each row."""
    collected = bytearray(BOM if order.bom else b"")
    for number, line in enumerate(_lines(connection, order, subject)):
        collected += line
        counter.n = number
        if len(collected) >= BLOCK:
            yield bytes(collected)
            collected.clear()
    yield bytes(collected)


def header(order: Order) -> list[str]:
    """The names of the columns: id, place, the properties."""
    names = [column.name for column in columns_of(order.what, full=order.full)]
    return ["id", *([] if order.place == "wkt" else ["lon", "lat"]), *names, *_wkt(order)]


def row(record: Record, order: Order) -> list[Value]:
    """The cells of a record in the order of `header`; texts are as they are."""
    key, drawn, values = record
    shape = shapely.from_wkb(drawn) if drawn else None
    cells: list[Value] = [key]
    if order.place != "wkt":
        cells += point_of(shape)
    cells += values
    if order.place != "lonlat":
        cells.append(shapely.to_wkt(shape, rounding_precision=7) if shape else None)
    return cells


def point_of(shape: BaseGeometry | None) -> tuple[float | None, float | None]:
    """A position on the shape, in degrees."""
    if shape is None or shape.is_empty:
        return None, None
    point = shape.representative_point()
    return round(point.x, 7), round(point.y, 7)


def cell(value: Value) -> Value:
    """The value as a cell that no spreadsheet takes for a formula."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return safe(value) if isinstance(value, str) else value


def _wkt(order: Order) -> list[str]:
    return [] if order.place == "lonlat" else ["wkt"]


def _lines(connection: Snapshot, order: Order, subject: Subject) -> Iterable[Row]:
    if order.what == "comments":
        return comment_table(connection, order, subject)
    return _written(connection, order, subject)


def _written(connection: Snapshot, order: Order, subject: Subject) -> Iterator[bytes]:
    page = io.StringIO()
    writer = csv.writer(page, lineterminator=ENDING)
    writer.writerow(header(order))
    yield _taken(page)
    for record in records(connection, order, subject):
        writer.writerow([cell(value) for value in row(record, order)])
        yield _taken(page)


def _taken(page: io.StringIO) -> bytes:
    text = page.getvalue()
    page.seek(0)
    page.truncate()
    return text.removesuffix(ENDING).encode() + b"\n"
