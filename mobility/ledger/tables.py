"""The official list as CSV: safe to open in a spreadsheet, written line by line. Pure but for the words."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from mobility.consultation.exact import place_words
from mobility.ledger import wording
from mobility.ledger.models import MeasureOutcome
from mobility.plans.words import _
from mobility.spreadsheets import safe
from mobility.text import pick

MARK = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""
BLOCK = 32_768


def cell(value: Any) -> str:
    """The value as the text of a cell: without control signs, never a formula."""
    text = "" if value is None else str(value)
    return safe("".join(ch for ch in text if ch >= " " or ch in "\n\t"))


def csv_blocks(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A whole file in blocks: the mark, the head, the rows."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    out.write(MARK)
    write.writerow([cell(each) for each in head])
    for row in rows:
        write.writerow([cell(each) for each in row])
        if out.tell() >= BLOCK:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def headings() -> list[str]:
    """What the columns are called."""
    return [
        _("Number"), _("Received"), _("Topic"), _("Stance"), _("Place"), _("Measure"), _("Comment"),
        _("Status"), _("Why closed"), _("Office"), _("Due"), _("Answered"), _("Answer"), _("Outcome"),
        _("Why"), _("Version"), _("Page"),
    ]  # fmt: skip


def line_cells(
    row: Any, outcomes: Mapping[int, MeasureOutcome], *, language: str, url: Callable[[int], str]
) -> list[Any]:
    """The cells of one line; times are days, as year-month-day."""
    public = row.status == "published" and row.erased_at is None
    outcome = outcomes.get(row.measure_id)
    answered = row.state == "answered"
    return [
        row.id,
        row.received_at.date().isoformat(),
        pick(row.topic_label, language),
        row.stance if public else "",
        place_words(row.place, language),
        row.measure_code,
        row.text if public else "",
        wording.state_label(row.state),
        wording.closing_label(row.closing) if row.state == "closed" else "",
        pick(row.answer_office if answered else row.office_name, language),
        row.due_at.date().isoformat() if row.due_at else "",
        row.published_at.date().isoformat() if answered else "",
        row.answer_text if answered else "",
        wording.outcome_label(outcome.outcome) if outcome else "",
        pick(outcome.why, language) if outcome else "",
        outcome.version if outcome else "",
        url(row.id),
    ]
