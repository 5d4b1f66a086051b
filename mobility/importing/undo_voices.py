"""What people said, when a load is undone: it goes back to where it was said, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, text, update
from sqlalchemy.orm import Session

from mobility.importing import journal
from mobility.importing.kinds import Kind
from mobility.importing.models import FileImport, ImportFeature
from mobility.plans.bundles.writing import table
from mobility.plans.lineage import give_comments
from mobility.plans.models import Segment, SegmentLineage

_GAVE_WAY = text("""
    SELECT DISTINCT r.row_id, CAST(r.before ->> 'segment_id' AS bigint) AS segment_id
    FROM import_row r
    JOIN vote_history h ON h.vote_id = r.row_id AND h.ending = 'changed'
    JOIN segment_lineage l ON l.happened_at = :loaded_at
      AND CAST(r.before ->> 'segment_id' AS bigint) IN (l.old_id, l.new_id)
    JOIN vote o ON o.segment_id = l.new_id
      AND (o.group_id = h.group_id
           OR o.group_id IS NULL AND h.group_id IS NULL AND o.participant_id = h.participant_id)
    WHERE r.import_id = :import AND r.place = 'vote' AND coalesce(jsonb_typeof(r.after), 'null') = 'null'
""")
_REVIVED = text("""
    INSERT INTO vote (id, plan_id, segment_id, participant_id, group_id, position, condition, reason,
      phase_id, identity_level, measure_version, set_aside_id, channel, cast_at, changed_at)
    SELECT DISTINCT ON (h.vote_id) h.vote_id, h.plan_id, CAST(r.before ->> 'segment_id' AS bigint),
      h.participant_id, h.group_id, h.position, h.condition, h.reason, h.phase_id, h.identity_level,
      h.measure_version, (SELECT id FROM set_aside WHERE id = CAST(r.before ->> 'set_aside_id' AS bigint)),
      h.channel, h.cast_at, h.changed_at
    FROM import_row r JOIN vote_history h ON h.vote_id = r.row_id AND h.ending = 'changed'
    WHERE r.import_id = :import AND r.place = 'vote' AND r.row_id = ANY(:votes)
    ORDER BY h.vote_id, h.id DESC
    ON CONFLICT DO NOTHING RETURNING id
""")


def gave_way(session: Session, job: FileImport) -> dict[int, int]:
    """Id → former stretch of votes that gave way to a later one of the same person, which still stands.

    Who withdrew the later one since has no vote that could live again. To be asked while the lineage of the
    load is there.
    """
    found = session.execute(_GAVE_WAY, {"import": job.id, "loaded_at": job.loaded_at})
    return {row.row_id: row.segment_id for row in found}


def revive_votes(session: Session, job: FileImport, votes: Collection[int]) -> int:
    """Votes that gave way live again on their own stretch; returns how many."""
    if not votes:
        return 0
    return len(session.execute(_REVIVED, {"import": job.id, "votes": list(votes)}).all())


def return_voices(session: Session, job: FileImport) -> None:
    """Votes and comments that the load took along go back, unless they went elsewhere since."""
    for name in journal.SPOKEN:
        target = table(name)
        here: ColumnElement[Any] = target.c.segment_id
        if name == "comment":
            here = func.coalesce(target.c.exact_segment_id, target.c.segment_id)
        for row in journal.kept(session, job.id, name):
            assert row.before is not None
            if row.after is None:
                continue
            there = (target.c.id == row.row_id, here == row.after["segment_id"])
            values = {key: row.before[key] for key in ("segment_id", "measure_id") if key in row.before}
            session.execute(update(target).where(*there).values(values))


def made_from(session: Session, job: FileImport) -> dict[str, list[str]]:
    """Code of each stretch that the load made of others → the codes of those."""
    mine = (ImportFeature.import_id == job.id, ImportFeature.excluded.is_(False))
    query = select(ImportFeature.code, ImportFeature.former).where(*mine, ImportFeature.change == "added")
    return {code: list(former) for code, former in session.execute(query) if former}


def give_comments_back(session: Session, job: FileImport, now: datetime) -> int:
    """Comments about new stretches that took the place of others go to the nearest of those.

    Votes on such a stretch stay with it and are shown beside those that come back.
    """
    lines = made_from(session, job)
    wanted = {code for made, former in lines.items() for code in (made, *former)}
    found = select(Segment.code, Segment.id).where(Segment.plan_id == job.plan_id, Segment.code.in_(wanted))
    ids = {code: key for code, key in session.execute(found)}  # noqa: C416
    given = 0
    for code, codes in lines.items():
        former = [ids[each] for each in codes if each in ids]
        if not former or code not in ids:
            continue
        given += give_comments(session, old_id=ids[code], new_ids=former)
        rows = [
            {"plan_id": job.plan_id, "old_id": ids[code], "new_id": each, "kind": "split", "happened_at": now}
            for each in former
        ]
        session.execute(insert(SegmentLineage), rows)
    return given


def spoken_of(session: Session, kind: Kind, ids: Collection[int]) -> set[int]:
    """Those of the rows about which people spoke, also those whose vote was changed or withdrawn since."""
    if kind.name not in ("segments", "measures"):
        return set()
    found: set[int] = set()
    for name, columns in (
        ("vote", (f"{kind.table}_id",)),
        ("vote_history", (f"{kind.table}_id",)),
        ("comment", ("segment_id", "exact_segment_id") if kind.name == "segments" else ("measure_id",)),
    ):
        for column in (table(name).c[each] for each in columns):
            found |= set(session.scalars(select(column).where(column.in_(ids)).distinct()))
    return found
