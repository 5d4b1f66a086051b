"""Writing what people said and voted to files, without personal data."""

from __future__ import annotations

from collections.abc import Callable, Generator
from importlib import import_module
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from mobility.errors import NotFound
from mobility.exports.formats.tabular import stream_table
from mobility.exports.orders import EVERYTHING, FORMATS, WHAT, Order
from mobility.exports.sources import compact, features, read_counts, read_head, read_subject
from mobility.exports.streaming import Counter, blocks, snapshot
from mobility.extensions import db

Told = Callable[[int], object]
WRITERS = {
    "gpkg": "mobility.exports.formats.geopackage:write_geopackage",
    "fgb": "mobility.exports.formats.flatgeobuf:write_flatgeobuf",
    "kml": "mobility.exports.formats.keyhole:write_kml",
    "xlsx": "mobility.exports.formats.workbook:write_workbook",
}
"""Formats that are written to a file, each as ``write(connection, order, path, told)``."""


def database_dsn() -> str:
    """The address of the application's database, as psycopg reads it."""
    return db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def check_form(what: str, form: str) -> None:
    """Raises NotFound for a file that there is not."""
    known = FORMATS.get(form)
    if known is None or (what not in WHAT and not (what == EVERYTHING and known.everything)):
        raise NotFound


def stream_geojson(dsn: str, order: Order, counter: Counter | None = None) -> Generator[bytes]:
    """The file in blocks of about 64 kB, from one snapshot of the database, in constant memory.

    The first block comes when the database has answered: whatever is wrong with an order is raised before it.
    Raises NotFound for an unknown plan.
    """
    with snapshot(dsn) as connection:
        subject = read_subject(connection, order)
        head = compact(read_head(connection, order, subject))[:-1].encode() + b',"features":['
        yield from blocks(head, features(connection, order, subject), counter or Counter())


def stream_csv(dsn: str, order: Order, counter: Counter | None = None) -> Generator[bytes]:
    """As `stream_geojson`, a table that is safe to open in a spreadsheet."""
    with snapshot(dsn) as connection:
        subject = read_subject(connection, order)
        yield from stream_table(connection, order, subject, counter or Counter())


STREAMS = {"geojson": stream_geojson, "csv": stream_csv}


def file_name(dsn: str, order: Order, form: str = "geojson") -> str:
    """Such as ``palermo-centro-comments-2026-11-23.geojson``, dated in the city's time zone."""
    with snapshot(dsn) as connection:
        subject = read_subject(connection, order)
    day = order.now.astimezone(ZoneInfo(subject.timezone)).date()
    return f"{subject.slug}-{order.what}-{day.isoformat()}.{form}"


def count_features(dsn: str, order: Order) -> dict[str, int]:
    """How many features each file would hold."""
    with snapshot(dsn) as connection:
        return read_counts(connection, order, read_subject(connection, order))


def size_of(counts: dict[str, int], what: str) -> int:
    """How many features one file would hold."""
    return sum(counts.values()) if what == EVERYTHING else counts[what]


def write_export(dsn: str, order: Order, *, form: str, path: Path, progress: Told | None = None) -> int:
    """Writes the file at `path`, whole or not at all, and returns its number of features."""
    if form not in FORMATS:
        raise ValueError(f"unknown format {form}")
    check_form(order.what, form)
    draft = path.with_name(f".{path.stem}.part.{form}")
    try:
        if form in STREAMS:
            with draft.open("wb") as out:
                size = _pour(dsn, order, form, out, progress)
        else:
            module, _, name = WRITERS[form].partition(":")
            with snapshot(dsn) as connection:
                size = getattr(import_module(module), name)(connection, order, draft, progress or _nobody)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return int(size)


def _pour(dsn: str, order: Order, form: str, out: BinaryIO, progress: Told | None) -> int:
    counter = Counter()
    for block in STREAMS[form](dsn, order, counter):
        out.write(block)
        if progress:
            progress(counter.n)
    return counter.n


def _nobody(_number: int) -> None:
    pass
