"""A file is compared with the plan, loaded at once, found again, and undone; nobody's voice is lost."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from geoalchemy2.shape import to_shape
from shapely import affinity
from shapely.geometry import LineString, box
from shapely.ops import substring
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from mobility.accounts.models import AuditEntry, Participant
from mobility.consultation.models import Comment, Phase, Topic, Vote
from mobility.errors import Conflict
from mobility.heritage.models import HeritageZone
from mobility.importing.loading import load_import
from mobility.importing.models import CensusArea, FileImport
from mobility.importing.undoing import undo_import, why_not
from mobility.plans.models import Measure, MeasureVersion, Plan, Segment, SegmentHeritage, SegmentLineage
from tests.importing.town import NOW, compared, faults, features, lines, segment, silent, the_plan

FIELDS = {"measure": "misura", "street": "via"}
NORTH = LineString([(13.3600, 38.1200), (13.3600, 38.1230)])


def load(session: Session, job: FileImport, days: int = 0) -> dict[str, object]:
    return load_import(session, job, account_id=None, now=NOW + timedelta(days=days), tell=silent)


def undo(session: Session, job: FileImport) -> dict[str, object]:
    return undo_import(session, job, account_id=None, now=NOW + timedelta(days=9))


def speak(session: Session, about: Segment, *, position: int = 2) -> tuple[Vote, Comment]:
    """Somebody new votes and comments."""
    who = Participant(identity_level=0)
    phase = session.scalars(
        select(Phase).where(Phase.plan_id == about.plan_id, text("'vote' = ANY(actions)"))
    ).first()
    topic = session.scalars(select(Topic).where(Topic.plan_id == about.plan_id)).first()
    session.add(who)
    session.flush()
    assert phase
    assert topic
    vote = Vote(
        plan_id=about.plan_id,
        phase_id=phase.id,
        participant_id=who.id,
        segment_id=about.id,
        position=position,
        identity_level=0,
    )
    comment = Comment(
        plan_id=about.plan_id, phase_id=phase.id, topic_id=topic.id, participant_id=who.id,
        segment_id=about.id, measure_id=about.measure_id, stance="for", text="Please more trees here.",
        geom=func.ST_PointOnSurface(about.geom), place={"it": "Qui"}, language="en",
        receipt=uuid.uuid4().hex[:12].upper(), idempotency_key=uuid.uuid4(),
    )  # fmt: skip
    session.add_all([vote, comment])
    session.flush()
    return vote, comment


def a_line(session: Session) -> Segment:
    """A stretch of the plan that is one line."""
    query = select(Segment).where(func.GeometryType(Segment.geom) == "LINESTRING", Segment.length_m > 150)
    return session.scalars(query.order_by(Segment.id)).first()  # type: ignore[return-value]


def measure_code(session: Session, about: Segment) -> str:
    return session.get_one(Measure, about.measure_id).code


def test_new_stretches_get_codes_lengths_and_a_version_of_their_measure(session: Session) -> None:
    plan, about = the_plan(session), a_line(session)
    code, revision = measure_code(session, about), plan.revision
    version = session.get_one(Measure, about.measure_id).version
    job = compared(session, features([({"misura": code, "via": "Via Nuova"}, NORTH)]), "segments", FIELDS)
    load(session, job)
    (made,) = session.scalars(select(Segment).where(Segment.street == "Via Nuova"))
    assert made.code.startswith(f"{code}-")
    assert made.length_m == pytest.approx(333, abs=2)
    assert made.bearing_deg == pytest.approx(0, abs=2)
    assert made.source == "planner.gpkg"
    assert session.get_one(Plan, plan.id).revision == revision + 1
    assert session.get_one(Measure, about.measure_id).version == version + 1
    assert job.state == "loaded"
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc())).first() == "import.load"


@pytest.mark.parametrize("status", ["open", "draft"])
def test_nothing_near_heritage_becomes_public_before_experts_have_screened_it(
    session: Session, status: str
) -> None:
    plan = the_plan(session)
    plan.status = status
    zone = session.scalars(select(HeritageZone).where(HeritageZone.kind == "buffer")).first()
    assert zone
    middle = to_shape(zone.geom).representative_point()
    inside = LineString([(middle.x, middle.y), (middle.x + 0.0003, middle.y)])
    quiet = session.scalars(
        select(Measure.code).where(
            Measure.retired_at.is_(None),
            Measure.id.not_in(
                select(Segment.measure_id).join(SegmentHeritage, SegmentHeritage.segment_id == Segment.id)
            ),
        )
    ).first()
    job = compared(session, features([({"misura": quiet, "via": "Via Nuova"}, inside)]), "segments", FIELDS)
    if status == "draft":
        load(session, job)
        return
    with pytest.raises(Conflict, match=str(quiet)):
        load(session, job)


def test_the_same_file_again_finds_everything_and_changes_nothing(session: Session) -> None:
    code = measure_code(session, a_line(session))
    reading = features(
        [
            ({"misura": code, "via": "Via Nuova", "gid": 7}, NORTH),
            ({"misura": code, "via": "Via Altra", "gid": 8}, affinity.translate(NORTH, 0.002, 0)),
        ]
    )  # fmt: skip
    load(session, compared(session, reading, "segments", FIELDS, id="gid"))
    again = compared(session, reading, "segments", FIELDS, id="gid")
    assert again.summary["changes"] == {"unchanged": 2}
    with pytest.raises(Conflict):
        load(session, again)


def test_the_stable_id_finds_what_was_moved_and_votes_stay(session: Session) -> None:
    code = measure_code(session, a_line(session))
    rows = {"misura": code, "via": "Via Nuova", "gid": 7}
    load(session, compared(session, features([(rows, NORTH)]), "segments", FIELDS, id="gid"))
    made = session.scalars(select(Segment).where(Segment.street == "Via Nuova")).one()
    vote, comment = speak(session, made)
    beside = affinity.translate(NORTH, 0.0006, 0)
    job = compared(session, features([(rows, beside)]), "segments", FIELDS, id="gid")
    line = lines(session, job)[made.code]
    assert (line.change, line.lineage, line.said) == ("changed", "moved", {"votes": 1, "comments": 1})
    load(session, job, 1)
    session.expire_all()
    assert vote.segment_id == comment.segment_id == made.id
    assert to_shape(segment(session, made.code).geom).equals_exact(beside, 1e-6)
    (trace,) = session.scalars(select(SegmentLineage).where(SegmentLineage.new_id == made.id))
    assert trace.moved_m == pytest.approx(53, abs=3)


def test_a_divided_stretch_keeps_its_votes_and_its_comments_find_the_nearest_part(session: Session) -> None:
    about = a_line(session)
    code, whole = measure_code(session, about), to_shape(about.geom)
    vote, comment = speak(session, about)
    halves = [substring(whole, 0, 0.5, normalized=True), substring(whole, 0.5, 1, normalized=True)]
    reading = features([({"misura": code, "via": about.street}, half) for half in halves])
    job = compared(session, reading, "segments", FIELDS)
    assert {line.lineage for line in lines(session, job).values()} == {"split"}
    assert set(lines(session, job)) == {f"{about.code}-1", f"{about.code}-2"}
    load(session, job)
    session.expire_all()
    assert segment(session, about.code).retired_at is not None
    assert vote.segment_id == about.id
    assert comment.segment_id in {segment(session, f"{about.code}-{n}").id for n in (1, 2)}
    undo(session, job)
    session.expire_all()
    assert segment(session, about.code).retired_at is None
    assert (vote.segment_id, comment.segment_id) == (about.id, about.id)
    assert not session.scalars(select(Segment).where(Segment.code == f"{about.code}-1")).all()
    assert not session.scalars(select(SegmentLineage)).all()


def test_joined_stretches_bring_their_votes_and_undoing_gives_them_back(session: Session) -> None:
    code = measure_code(session, a_line(session))
    two = [substring(NORTH, 0, 0.5, normalized=True), substring(NORTH, 0.5, 1, normalized=True)]
    load(session, compared(session, features([({"misura": code, "via": "Via Nuova"}, each) for each in two]),
                           "segments", FIELDS))  # fmt: skip
    parts = session.scalars(select(Segment).where(Segment.street == "Via Nuova").order_by(Segment.id)).all()
    voices = [speak(session, part) for part in parts]
    job = compared(session, features([({"misura": code, "via": "Via Nuova"}, NORTH)]), "segments", FIELDS)
    load(session, job, 1)
    session.expire_all()
    (line,) = lines(session, job).values()
    whole = segment(session, line.code)
    assert {vote.segment_id for vote, _comment in voices} == {whole.id}
    undo(session, job)
    session.expire_all()
    assert [(vote.segment_id, comment.segment_id) for vote, comment in voices] == [
        (part.id, part.id) for part in parts
    ]


def test_what_was_said_about_a_new_stretch_survives_undoing(session: Session) -> None:
    code = measure_code(session, a_line(session))
    job = compared(session, features([({"misura": code, "via": "Via Nuova"}, NORTH)]), "segments", FIELDS)
    load(session, job)
    made = session.scalars(select(Segment).where(Segment.street == "Via Nuova")).one()
    vote, comment = speak(session, made)
    assert undo(session, job)["retired"] == 1
    session.expire_all()
    assert made.retired_at is not None
    assert vote.segment_id == comment.segment_id == made.id


def test_only_the_last_load_can_be_undone_and_only_when_nothing_was_changed_since(session: Session) -> None:
    code = measure_code(session, a_line(session))
    one = compared(session, features([({"misura": code, "via": "Via Nuova"}, NORTH)]), "segments", FIELDS)
    load(session, one)
    far = affinity.translate(NORTH, 0.004, 0)
    two = compared(session, features([({"misura": code, "via": "Via Altra"}, far)]), "segments", FIELDS)
    load(session, two, 1)
    with pytest.raises(Conflict):
        undo(session, one)
    undo(session, two)
    made = session.scalars(select(Segment).where(Segment.street == "Via Nuova")).one()
    made.street = "Via Rinominata"
    session.flush()
    assert made.code in why_not(session, one)
    with pytest.raises(Conflict):
        undo(session, one)


def test_what_the_file_does_not_hold_goes_only_when_asked(session: Session) -> None:
    about = a_line(session)
    code = measure_code(session, about)
    vote, _comment = speak(session, about)
    reading = features([({"misura": code, "via": "Via Nuova"}, NORTH)])
    assert "removed" not in compared(session, reading, "segments", FIELDS).summary["changes"]
    job = compared(session, reading, "segments", FIELDS, missing="measures")
    gone = [line for line in lines(session, job).values() if line.change == "removed"]
    mine = select(func.count()).where(Segment.measure_id == about.measure_id, Segment.retired_at.is_(None))
    assert len(gone) == session.scalar(mine)
    load(session, job)
    session.expire_all()
    assert about.retired_at is not None
    assert vote.segment_id == about.id
    undo(session, job)
    assert segment(session, about.code).retired_at is None


def test_an_empty_cell_and_a_field_without_column_leave_what_the_plan_says(session: Session) -> None:
    about = a_line(session)
    span, street = dict(about.span), about.street
    rows = {"misura": measure_code(session, about), "via": "", "codice": about.code, "lato": "sx"}
    fields = {"measure": "misura", "code": "codice", "side": "lato", "street": "via"}
    shape = to_shape(about.geom)
    job = compared(session, features([(rows, shape)]), "segments", fields, defaults={"street": street})
    assert lines(session, job)[about.code].differs == ([] if about.side == "left" else ["side"])
    if about.side != "left":
        load(session, job)
    after = segment(session, about.code)
    assert (after.street, after.span, after.side) == (street, span, "left")


def test_the_plan_must_be_the_one_that_was_compared(session: Session) -> None:
    code = measure_code(session, a_line(session))
    job = compared(session, features([({"misura": code, "via": "Via Nuova"}, NORTH)]), "segments", FIELDS)
    the_plan(session).revision += 1
    session.flush()
    with pytest.raises(Conflict):
        load(session, job)


def test_faults_are_told_for_each_feature_and_keep_the_file_out(session: Session) -> None:
    code = measure_code(session, a_line(session))
    far = affinity.translate(NORTH, 3, 2)
    job = compared(
        session,
        features(
            [
                ({"misura": code, "via": "Via Buona", "lato": "destra"}, NORTH),
                ({"misura": "Q99", "via": "Via Buona"}, affinity.translate(NORTH, 0.003, 0)),
                ({"misura": code, "via": ""}, affinity.translate(NORTH, 0.004, 0)),
                ({"misura": code, "via": "Via Lontana"}, far),
                ({"misura": code, "via": "Via Storta", "lato": "sopra"}, affinity.translate(NORTH, 0.005, 0)),
                ({"misura": code, "via": "Via Vuota"}, None),
                ({"misura": code, "via": "Via Accanto"}, affinity.translate(NORTH, 0.00002, 0)),
            ]
        ),
        "segments",
        FIELDS | {"side": "lato"},
    )
    found = {line.number: faults(line) for line in lines(session, job).values() if line.number != 1}
    every = {line.number: faults(line) for line in session.scalars(select_lines(job))}
    assert every == {
        1: ["overlap"], 2: ["unknown"], 3: ["missing"], 4: ["far"], 5: ["choice"], 6: ["no_shape"],
        7: ["overlap"],
    }  # fmt: skip
    assert found
    with pytest.raises(Conflict):
        load(session, job)


def select_lines(job: FileImport):  # type: ignore[no-untyped-def]
    from mobility.importing.models import ImportFeature

    return select(ImportFeature).where(ImportFeature.import_id == job.id)


def test_long_lines_are_cut_on_request_and_found_again(session: Session) -> None:
    code = measure_code(session, a_line(session))
    across = LineString([(13.3590, 38.1215), (13.3610, 38.1215)])
    reading = features(
        [
            ({"misura": code, "via": "Lunga", "gid": 1}, NORTH),
            ({"misura": code, "via": "Traversa", "gid": 2}, across),
        ]
    )
    job = compared(session, reading, "segments", FIELDS, id="gid", cut=True)
    made = lines(session, job)
    assert len(made) >= 4
    assert {line.source_key for line in made.values()} >= {"1#1", "1#2", "2#1", "2#2"}
    load(session, job)
    again = compared(session, reading, "segments", FIELDS, id="gid", cut=True)
    assert set(again.summary["changes"]) == {"unchanged"}


def test_zones_renew_the_shares_of_stretches_and_undoing_does_too(session: Session) -> None:
    about = a_line(session)
    before = session.scalars(
        select(SegmentHeritage.share).where(SegmentHeritage.segment_id == about.id)
    ).all()
    area = to_shape(about.geom).buffer(0.001)
    rows = [({"nome": "Prova", "tipo": "buffer", "codice": "prova"}, area)]
    job = compared(session, features(rows), "zones", {"name:it": "nome", "kind": "tipo", "code": "codice"})
    load(session, job)
    found = session.scalars(select(SegmentHeritage.share).where(SegmentHeritage.segment_id == about.id)).all()
    assert len(found) == len(before) + 1
    assert 1.0 in found
    undo(session, job)
    found = session.scalars(select(SegmentHeritage.share).where(SegmentHeritage.segment_id == about.id)).all()
    assert sorted(found) == sorted(before)


def test_the_boundary_is_all_areas_together(session: Session) -> None:
    plan = the_plan(session)
    before = to_shape(plan.boundary)
    west, south, east, north = before.bounds
    middle = (west + east) / 2
    job = compared(
        session, features([({}, box(west, south, middle, north)), ({}, box(middle, south, east, north))]),
        "boundary", {},
    )  # fmt: skip
    load(session, job)
    session.expire_all()
    assert to_shape(plan.boundary).area == pytest.approx(box(west, south, east, north).area)
    undo(session, job)
    assert to_shape(the_plan(session).boundary).equals_exact(before, 1e-9)


def test_census_areas_and_context_are_kept_and_measures_come_without_shapes(session: Session) -> None:
    area = box(13.36, 38.11, 13.361, 38.111)
    rows = [({"SEZ21_ID": 820530000001.0, "POP21": "1.234,0"}, area), ({"SEZ21_ID": 2, "POP21": -4}, area)]
    job = compared(session, features(rows), "census", {"code": "SEZ21_ID", "population": "POP21"})
    assert faults(lines(session, job)["2"]) == ["number"]
    lines(session, job)["2"].excluded = True
    session.flush()
    load(session, job)
    assert session.scalars(select(CensusArea.population)).all() == [1234]
    green = compared(
        session, features([({"name": "Villa Prova"}, area)]), "context", {"name:it": "name"},
        defaults={"kind": "green"},
    )  # fmt: skip
    load(session, green, 1)
    assert session.execute(
        text("SELECT name ->> 'it' FROM context_feature WHERE code = 'villa-prova'")
    ).scalar()
    table = features([({"codice": "Z9", "titolo": "Nuova misura", "tipo": "Pista ciclabile"}, None)])
    fields = {"code": "codice", "title:it": "titolo", "kind": "tipo"}
    measures = compared(session, table, "measures", fields)
    load(session, measures, 2)
    made = session.scalars(select(Measure).where(Measure.code == "Z9")).one()
    assert (made.title["it"], made.kind) == ("Nuova misura", "cycle_lane")
    assert session.scalars(select(MeasureVersion).where(MeasureVersion.measure_id == made.id)).all()
    undo(session, measures)
    assert not session.scalars(select(Measure).where(Measure.code == "Z9")).all()
