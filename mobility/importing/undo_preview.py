"""What undoing a load would do, line by line, before anything is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from mobility.importing import journal
from mobility.importing.kinds import ALL, Kind
from mobility.importing.known import said_about
from mobility.importing.models import FileImport, ImportRow
from mobility.importing.preparing import label_of
from mobility.importing.undo_voices import gave_way, made_from
from mobility.plans.bundles.writing import table

PAGE = 50
FATES = ("goes", "returns", "restored", "retires")
"""Made by the load; taken away by it; changed by it; taken into use again by it."""
_OWN = (
    "updated_at",
    "position",
    "plan_id",
    "city_id",
    "bearing_deg",
    "length_m",
    "area_m2",
    "retired_at",
    "view",
)
"""Columns that follow from others, or of which the line tells otherwise."""
_FIELDS = {
    "boundary": "geom",
    "measure_id": "measure",
    "package_id": "package",
    "office_id": "office",
    "place_id": "place",
}
"""Column → field of an import, where they are called differently."""


@dataclass
class UndoLine:
    """One thing that the load wrote, and what undoing makes of it and of what was said about it."""

    fate: str
    code: str
    label: str
    fields: list[str] = field(default_factory=list)
    """What becomes as it was."""
    back: Counter[str] = field(default_factory=Counter)
    """Votes and comments that come back to it."""
    since: Counter[str] = field(default_factory=Counter)
    """Votes and comments about something that goes, given since the load."""
    to: list[str] = field(default_factory=list)
    """Where those comments go, to the nearest of these; they stay when there is none."""
    kept: bool = False
    """It goes from the plan, but stays readable for what was said about it."""


@dataclass(frozen=True)
class UndoPage:
    """Some of the lines, how many there are of each fate, and of all."""

    lines: list[UndoLine]
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def preview_undo(session: Session, job: FileImport, *, languages: Sequence[str], page: int = 1) -> UndoPage:
    """What undoing would do. The number of queries does not grow with the lines."""
    kind = ALL[str(job.kind)]
    mine = (ImportRow.import_id == job.id, ImportRow.place == kind.table)
    fates = select(_fate().label("fate")).where(*mine).subquery()
    counted = session.execute(select(fates.c.fate, func.count()).group_by(fates.c.fate))
    counts = dict.fromkeys(FATES, 0) | {fate: n for fate, n in counted}  # noqa: C416
    query = select(ImportRow, _fate()).where(*mine).order_by(_rank(), ImportRow.row_id)
    rows = session.execute(query.offset((page - 1) * PAGE).limit(PAGE)).all()
    lines = {row.row_id: _line(row, fate, languages) for row, fate in rows}
    if kind.name in ("segments", "measures"):
        _tell_voices(session, job, kind, lines)
    return UndoPage(list(lines.values()), counts)


def _none(column: Any) -> Any:
    return func.coalesce(func.jsonb_typeof(column), "null") == "null"


def _fate() -> Any:
    was, now = ImportRow.before["retired_at"].astext, ImportRow.after["retired_at"].astext
    return case(
        (_none(ImportRow.before), "goes"),
        (or_(_none(ImportRow.after), and_(was.is_(None), now.is_not(None))), "returns"),
        (and_(was.is_not(None), now.is_(None)), "retires"),
        else_="restored",
    )


def _rank() -> Any:
    return case({fate: rank for rank, fate in enumerate(FATES)}, value=_fate(), else_=len(FATES))


def _line(row: ImportRow, fate: str, languages: Sequence[str]) -> UndoLine:
    there = row.after or row.before or {}
    before = row.before or {}
    differ = {name for name, value in before.items() if name not in _OWN and value != there.get(name)}
    fields = [_FIELDS.get(name, name) for name in differ if fate == "restored"]
    code = str(there.get("code") or "")
    return UndoLine(fate, code, label_of(there, languages), sorted(fields))


def _tell_voices(session: Session, job: FileImport, kind: Kind, lines: Mapping[int, UndoLine]) -> None:
    """What people said: what comes back to each, and what was said since about what goes."""
    here, away = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    if kind.name == "segments":
        here, away = _travels(session, job, lines)
        for segment_id in gave_way(session, job).values():
            here[segment_id, "votes"] += 1
    made = [key for key, line in lines.items() if line.fate in ("goes", "retires")]
    said, replaced = said_about(session, kind, made), _replaced(session, kind, made)
    former = made_from(session, job) if kind.name == "segments" else {}
    for key, line in lines.items():
        for word in ("votes", "comments"):
            line.back[word] = here[key, word]
            line.since[word] = max(said.get(key, {}).get(word, 0) - away[key, word], 0) if key in made else 0
        line.to = former.get(line.code, []) if line.fate == "goes" else []
        moving = line.since["comments"] if line.to else 0
        left = line.since["votes"] + line.since["comments"] - moving
        line.kept = line.fate == "goes" and (left > 0 or key in replaced)


def _replaced(session: Session, kind: Kind, ids: Collection[int]) -> set[int]:
    """Those of which the history of votes speaks."""
    column = table("vote_history").c[f"{kind.table}_id"]
    return set(session.scalars(select(column).where(column.in_(ids)).distinct()))


def _travels(
    session: Session, job: FileImport, ids: Collection[int]
) -> tuple[Counter[tuple[int, str]], Counter[tuple[int, str]]]:
    """How many votes and comments go back to each stretch, and how many leave each."""
    here, away = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    for name in journal.SPOKEN:
        target, word = table(name), f"{name}s"
        about: Any = target.c.segment_id
        if name == "comment":
            about = func.coalesce(target.c.exact_segment_id, target.c.segment_id)
        was = cast(ImportRow.before["segment_id"].astext, BigInteger)
        now = cast(ImportRow.after["segment_id"].astext, BigInteger)
        mine = (ImportRow.import_id == job.id, ImportRow.place == name, about == now)
        for counter, column in ((here, was), (away, now)):
            query = (
                select(column, func.count())
                .select_from(ImportRow)
                .join(target, target.c.id == ImportRow.row_id)
                .where(*mine, column.in_(list(ids)))
            )
            for key, n in session.execute(query.group_by(column)):
                counter[key, word] += n
    return here, away
