"""The audit log as a file: CSV for a spreadsheet, JSON lines for programs. Opaque numbers and codes only."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mobility.accounts.models import AuditEntry
from mobility.spreadsheets import safe

COLUMNS = (
    "id", "at", "action", "account_id", "participant_id", "plan", "subject", "subject_id", "details",
)  # fmt: skip


def _record(line: AuditEntry, plans: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": line.id,
        "at": line.at.isoformat(),
        "action": line.action,
        "account_id": line.account_id,
        "participant_id": line.participant_id,
        "plan": plans.get(line.plan_id, str(line.plan_id)) if line.plan_id is not None else None,
        "subject": line.subject,
        "subject_id": line.subject_id,
        "details": line.details,
    }


def as_json_lines(lines: Iterable[AuditEntry], plans: Mapping[int, str]) -> Iterator[str]:
    """One JSON object a line; `plans`: id → slug."""
    for line in lines:
        yield json.dumps(_record(line, plans), ensure_ascii=False) + "\n"


def as_csv(lines: Iterable[AuditEntry], plans: Mapping[int, str]) -> Iterator[str]:
    """A head and one row a line; details as JSON in one cell."""
    yield _row(COLUMNS)
    for line in lines:
        record = _record(line, plans)
        record["details"] = json.dumps(line.details, ensure_ascii=False)
        yield _row([record[name] for name in COLUMNS])


def _row(values: Iterable[Any]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(["" if value is None else safe(str(value)) for value in values])
    return written.getvalue()
