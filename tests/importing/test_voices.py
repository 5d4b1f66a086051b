"""Whatever is divided, joined, moved, left out and undone: no vote and no comment is lost or doubled."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from shapely import affinity
from shapely.ops import substring
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.consultation.counting import recount
from mobility.consultation.models import Comment, Vote, VoteHistory
from mobility.errors import Conflict
from mobility.importing.models import FileImport
from mobility.plans.models import Segment
from tests.importing.test_loading import FIELDS, NORTH, a_line, load, measure_code, speak, undo
from tests.importing.town import compared, features

CELLS = 8
"""Pieces of the street at whose ends a file may divide it."""


@dataclass(frozen=True)
class File:
    """What a planner brings: where the street is divided, how far it was moved, which part is left out."""

    breaks: frozenset[int]
    metres: int
    left_out: int | None
    goes: bool
    seed: int

    def rows(self, code: str) -> list[tuple[dict[str, str], object]]:
        edges = [0, *sorted(self.breaks), CELLS]
        line = affinity.translate(NORTH, self.metres / 88_000, 0)
        parts = [
            substring(line, start / CELLS, end / CELLS, normalized=True) for start, end in pairwise(edges)
        ]
        if self.left_out is not None and len(parts) > 1:
            parts.pop(self.left_out % len(parts))
        return [({"misura": code, "via": "Via dei Voti"}, part) for part in parts]


WHOLE = File(frozenset(), 0, None, goes=False, seed=0)
FILES = st.lists(
    st.builds(
        File,
        breaks=st.just(frozenset[int]()) | st.frozensets(st.integers(1, CELLS - 1), min_size=1, max_size=3),
        metres=st.integers(0, 9),
        left_out=st.none() | st.integers(0, 3),
        goes=st.booleans(),
        seed=st.integers(0, 1000),
    ),
    min_size=2,
    max_size=3,
)


@dataclass
class Voices:
    """Every vote and comment that was ever given in this story."""

    votes: dict[int, int] = field(default_factory=dict)
    """Vote → who gave it."""
    comments: set[int] = field(default_factory=set)

    def speak(self, session: Session, file: File, *, alone: bool) -> None:
        """Somebody speaks about every stretch; unless `alone`, one person about all of them."""
        who = None
        for stretch in street(session):
            vote, comment = speak(session, stretch, position=random.Random(file.seed).choice((-2, 0, 2)))
            who = who or vote.participant_id
            if not alone and not self._has_voted(session, who, stretch):
                vote.participant_id = who
            session.flush()
            self.votes[vote.id] = vote.participant_id
            self.comments.add(comment.id)

    def _has_voted(self, session: Session, who: int, stretch: Segment) -> bool:
        mine = (Vote.participant_id == who, Vote.segment_id == stretch.id)
        return bool(session.scalar(select(func.count()).where(*mine)))

    def check(self, session: Session, *, alone: bool) -> None:
        session.flush()
        live = dict(
            session.execute(select(Vote.id, Vote.participant_id).where(Vote.id.in_(self.votes))).all()
        )
        gone = self.votes.keys() - live.keys()
        query = select(VoteHistory.vote_id).where(
            VoteHistory.vote_id.in_(gone), VoteHistory.ending == "changed"
        )
        assert set(session.scalars(query)) == gone
        assert {self.votes[key] for key in gone} <= set(live.values())
        assert not (alone and gone)
        kept = select(Comment.id).join(Segment, Segment.id == Comment.segment_id)
        assert set(session.scalars(kept.where(Comment.id.in_(self.comments)))) == self.comments
        assert recount(session) == []


def street(session: Session) -> list[Segment]:
    session.expire_all()
    live = (Segment.street == "Via dei Voti", Segment.retired_at.is_(None))
    return list(session.scalars(select(Segment).where(*live).order_by(Segment.id)))


def where_all_are(session: Session, voices: Voices) -> tuple[dict[int, int], dict[int, int]]:
    votes = select(Vote.id, Vote.segment_id).where(Vote.id.in_(voices.votes))
    comments = select(Comment.id, Comment.segment_id).where(Comment.id.in_(voices.comments))
    return dict(session.execute(votes).all()), dict(session.execute(comments).all())  # type: ignore[arg-type]


def bring(session: Session, file: File, day: int) -> FileImport | None:
    """Loads the file; None when it changes nothing."""
    code = measure_code(session, a_line(session))
    missing = "measures" if file.goes and day else "keep"
    reading = features(file.rows(code))  # type: ignore[arg-type]
    job = compared(session, reading, "segments", FIELDS, missing=missing)
    for line in others(session, job):
        line.excluded = True
    session.flush()
    try:
        load(session, job, day)
    except Conflict:
        return None
    return job


def others(session: Session, job: FileImport):  # type: ignore[no-untyped-def]
    """Lines about the other streets of the measure, which this story leaves alone."""
    from mobility.importing.models import ImportFeature

    mine = (ImportFeature.import_id == job.id, ImportFeature.label.not_like("Via dei Voti%"))
    return session.scalars(select(ImportFeature).where(*mine)).all()


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(files=[File(frozenset({4}), 0, None, goes=False, seed=1), WHOLE], alone=False)
@example(files=[WHOLE, File(frozenset({3, 5}), 2, None, goes=False, seed=2), WHOLE], alone=False)
@given(files=FILES, alone=st.booleans())
def test_no_voice_is_lost_or_doubled(session: Session, files: list[File], alone: bool) -> None:
    story = session.begin_nested()
    try:
        voices, loaded = Voices(), []
        for day, file in enumerate(files):
            before = where_all_are(session, voices)
            job = bring(session, file, day)
            if job is not None:
                loaded.append((job, before))
            voices.check(session, alone=alone)
            voices.speak(session, file, alone=alone)
        voices.check(session, alone=alone)
        for job, (votes, comments) in reversed(loaded):
            undo(session, job)
            voices.check(session, alone=alone)
            now = where_all_are(session, voices)
            assert {key: now[0].get(key) for key in votes} == votes
            assert {key: now[1][key] for key in comments} == comments
    finally:
        story.rollback()
        session.expire_all()
