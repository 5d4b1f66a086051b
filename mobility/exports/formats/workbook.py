"""XLSX, a row at a time. Texts are texts: none of them becomes a formula, a link or a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from mobility.exports.formats.about import about
from mobility.exports.formats.tabular import header, row
from mobility.exports.orders import EVERYTHING, WHAT, Order, Subject
from mobility.exports.sources import read_head, read_subject, records
from mobility.exports.streaming import Snapshot
from mobility.exports.tables import Value, columns_of

ROWS = 1_048_576
"""Rows a sheet can have; what is more goes on in a further sheet."""
LETTERS = 32_767
EVERY = 1_000
OPTIONS = {
    "constant_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": False,
}
WIDTHS = {"id": 12, "text": 60, "url": 30, "created_at": 20, "updated_at": 20, "wkt": 30, "title": 40}
_DAY_0 = datetime(1899, 12, 30, tzinfo=UTC)


def write_workbook(connection: Snapshot, order: Order, path: Path, told: Callable[[int], object]) -> int:
    """Writes one kind of thing or everything, and a sheet that says what it is; the number of features."""
    subject = read_subject(connection, order)
    with xlsxwriter.Workbook(str(path), {**OPTIONS, "tmpdir": str(path.parent)}) as book:
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        orders = [replace(order, what=what) for what in (WHAT if order.what == EVERYTHING else (order.what,))]
        heads = [read_head(connection, one, subject) for one in orders]
        _about(book, formats, [pair for head in heads for pair in about(head)])
        size = 0
        for one in orders:
            size += _sheets(book, formats, connection, one, subject, partial(_told, told, size))
    return size


def _told(told: Callable[[int], object], before: int, number: int) -> None:
    told(before + number)


def _about(book: Any, formats: dict[str, Any], pairs: list[tuple[str, str]]) -> None:
    sheet = book.add_worksheet("about")
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 100)
    for number, (name, value) in enumerate([*pairs, ("times", "UTC")]):
        sheet.write_string(number, 0, name, formats["head"])
        sheet.write_string(number, 1, value[:LETTERS])


def _sheets(
    book: Any,
    formats: dict[str, Any],
    connection: Snapshot,
    order: Order,
    subject: Subject,
    told: Callable[[int], object],
) -> int:
    names = header(order)
    times = {column.name for column in columns_of(order.what, full=order.full) if column.type == "time"}
    dated = frozenset(number for number, name in enumerate(names) if name in times)
    left = (row(record, order) for record in records(connection, order, subject))
    size, number = 0, 1
    while True:
        page = list(islice(left, 1))
        if number > 1 and not page:
            return size
        sheet = _sheet(book, formats, order.what if number == 1 else f"{order.what} {number}", names)
        at = 0
        for at, cells in enumerate(chain(page, islice(left, ROWS - 2)), 1):
            _write(sheet, at, cells, dated, formats["time"])
            if at % EVERY == 0:
                told(size + at)
        sheet.autofilter(0, 0, max(at, 1), len(names) - 1)
        size += at
        number += 1


def _sheet(book: Any, formats: dict[str, Any], name: str, names: list[str]) -> Any:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    for number, column in enumerate(names):
        sheet.set_column(number, number, WIDTHS.get(column, 14))
        sheet.write_string(0, number, column, formats["head"])
    return sheet


def _write(sheet: Any, at: int, cells: list[Value], dated: frozenset[int], time: Any) -> None:
    for number, value in enumerate(cells):
        if value is None or value == "":
            continue
        if isinstance(value, bool):
            sheet.write_boolean(at, number, value)
        elif not isinstance(value, str):
            sheet.write_number(at, number, value)
        elif number in dated:
            days = (datetime.fromisoformat(value) - _DAY_0).total_seconds() / 86_400
            sheet.write_number(at, number, days, time)
        elif len(value) <= LETTERS:
            sheet.write_string(at, number, value)
        else:
            sheet.write_string(at, number, f"{value[: LETTERS - 1]}…")
