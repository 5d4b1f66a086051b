"""Before a load is undone the page says what goes, what comes back, and where votes and comments will be."""

# ruff: noqa: F811 (a fixture is named as its parameter)

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from shapely import affinity
from shapely.geometry import LineString
from shapely.ops import substring
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from mobility.consultation.counting import recount
from mobility.consultation.models import Topic, Vote
from mobility.importing.models import FileImport
from mobility.importing.undo_preview import PAGE, UndoPage, preview_undo
from mobility.plans.models import Segment
from tests.consultation.browser import PLAN, Browser
from tests.consultation.test_planning import planner, staff  # noqa: F401 (fixtures)
from tests.importing.test_loading import FIELDS, NORTH, a_line, load, measure_code, speak, undo
from tests.importing.town import NOW, compared, features, segment

HALVES = [substring(NORTH, 0, 0.5, normalized=True), substring(NORTH, 0.5, 1, normalized=True)]


def brought(session: Session, *shapes: object, days: int = 0, **options: str) -> FileImport:
    """A file with these stretches of one new street, loaded."""
    code = measure_code(session, a_line(session))
    rows = [({"misura": code, "via": "Via Nuova"}, shape) for shape in shapes]
    job = compared(session, features(rows), "segments", FIELDS, **options)  # type: ignore[arg-type]
    load(session, job, days)
    return job


def street(session: Session) -> list[Segment]:
    session.expire_all()
    live = (Segment.street == "Via Nuova", Segment.retired_at.is_(None))
    return list(session.scalars(select(Segment).where(*live).order_by(Segment.id)))


def told(session: Session, job: FileImport, page: int = 1) -> UndoPage:
    session.flush()
    return preview_undo(session, job, languages=["en", "it"], page=page)


def test_two_votes_of_one_person_stand_again_where_they_were_given(session: Session) -> None:
    brought(session, *HALVES)
    one, two = street(session)
    (early, remark), (late, _other) = speak(session, one, position=-2), speak(session, two)
    late.participant_id = early.participant_id
    early.changed_at = NOW - timedelta(days=400)
    session.flush()
    keys = {early.id: one.id, late.id: two.id}
    session.expunge(early)
    job = brought(session, NORTH, days=1)
    assert set(session.scalars(select(Vote.id).where(Vote.id.in_(keys)))) == {late.id}
    back = Counter[str]()
    for line in told(session, job).lines:
        back += line.back
    assert back == {"votes": 2, "comments": 2}
    assert undo(session, job)["votes"] == 1
    session.expire_all()
    found = select(Vote.id, Vote.segment_id, Vote.position).where(Vote.id.in_(keys))
    assert {key: (at, position) for key, at, position in session.execute(found)} == {
        early.id: (one.id, -2), late.id: (two.id, 2),
    }  # fmt: skip
    assert remark.segment_id == one.id
    assert recount(session) == []


def test_who_withdrew_since_is_not_made_to_vote_again(session: Session) -> None:
    brought(session, *HALVES)
    one, two = street(session)
    (early, _a), (late, _b) = speak(session, one), speak(session, two)
    late.participant_id = early.participant_id
    early.changed_at = NOW - timedelta(days=400)
    session.flush()
    person = early.participant_id
    session.expunge(early)
    job = brought(session, NORTH, days=1)
    session.execute(delete(Vote).where(Vote.participant_id == person))
    undo(session, job)
    assert session.scalars(select(Vote).where(Vote.participant_id == person)).all() == []


def test_comments_whose_place_is_kept_from_the_public_return_too(session: Session) -> None:
    brought(session, *HALVES)
    one, two = street(session)
    _vote, comment = speak(session, one)
    session.execute(update(Topic).where(Topic.id == comment.topic_id).values(sensitive=True))
    session.expire_all()
    assert (comment.segment_id, comment.exact_segment_id) == (None, one.id)
    job = brought(session, NORTH, days=1)
    (whole,) = street(session)
    session.expire_all()
    assert comment.exact_segment_id == whole.id
    _vote, since = speak(session, whole)
    session.expire_all()
    assert since.segment_id is None
    undo(session, job)
    session.expire_all()
    assert comment.exact_segment_id == one.id
    assert since.exact_segment_id in (one.id, two.id)


def test_what_is_told_is_what_happens(session: Session) -> None:
    brought(session, NORTH)
    (whole,) = street(session)
    speak(session, whole)
    job = brought(session, *HALVES, days=1)
    first, second = street(session)
    _vote, comment = speak(session, first)
    found = told(session, job)
    lines = {line.code: line for line in found.lines}
    assert found.counts == {"goes": 2, "returns": 1, "restored": 0, "retires": 0}
    assert (lines[first.code].kept, lines[second.code].kept) == (True, False)
    assert lines[first.code].since == {"votes": 1, "comments": 1}
    assert lines[first.code].to == [whole.code]
    assert lines[whole.code].back == {"votes": 0, "comments": 1}
    done = undo(session, job)
    assert (done["retired"], done["removed"]) == (1, 1)
    session.expire_all()
    assert comment.segment_id == whole.id
    assert segment(session, whole.code).retired_at is None


def test_changed_things_tell_what_becomes_as_it_was(session: Session) -> None:
    code = measure_code(session, a_line(session))
    brought(session, NORTH)
    (made,) = street(session)
    moved = features([({"misura": code, "via": "Via Rinata"}, affinity.translate(NORTH, 0.00005, 0))])
    job = compared(session, moved, "segments", FIELDS)
    load(session, job, 1)
    (line,) = told(session, job).lines
    assert (line.fate, line.code, line.fields) == ("restored", made.code, ["geom", "street"])


def test_the_page_shows_the_lines_page_by_page(planner: Browser, session: Session) -> None:
    code = measure_code(session, a_line(session))
    lines = [LineString([(13.30 + n / 2000, 38.12), (13.30 + n / 2000, 38.121)]) for n in range(PAGE + 5)]
    many = [({"misura": code, "via": f"Via {n:03}"}, line) for n, line in enumerate(lines)]
    job = compared(session, features(many), "segments", FIELDS)
    load(session, job)
    here = f"{PLAN}/desk/imports/{job.id}/undo"
    first, second = planner.get(here).text, planner.get(f"{here}?page=2").text
    assert "Via 000" in first
    assert "Via 000" not in second
    assert f"Via {PAGE + 4:03}" in second
    assert "Nothing is changed before" in first
