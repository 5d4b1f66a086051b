"""Versions of measures, and phases between bundle and desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from mobility import signals
from mobility.consultation.models import Phase
from mobility.plans.bundles import load_bundle, read_bundle, validate_bundle
from mobility.plans.models import Measure, MeasureVersion, Plan
from tests.factories.bundles import BundleFiles, square

NOW = datetime(2026, 4, 20, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=3)


@pytest.fixture
def heard() -> Iterator[list[tuple[str, int]]]:
    """The versions that were announced."""
    told: list[tuple[str, int]] = []

    def listen(_session: Session, *, measure: Measure, version: int, now: datetime) -> None:
        told.append((measure.code, version))

    with signals.version_published.connected_to(listen):
        yield told


def load(session: Session, files: BundleFiles, now: datetime = NOW, **options: Any) -> Any:
    return load_bundle(session, read_bundle(files.write()), now=now, **options)


def versions(session: Session, code: str) -> list[MeasureVersion]:
    query = (
        select(MeasureVersion)
        .join(Measure, Measure.id == MeasureVersion.measure_id)
        .join(Plan, Plan.id == Measure.plan_id)
        .where(Plan.slug == "testville-centre", Measure.code == code)
        .order_by(MeasureVersion.version)
    )
    return list(session.scalars(query))


def phase(session: Session, slug: str) -> Phase:
    query = select(Phase).join(Plan, Plan.id == Phase.plan_id)
    return session.scalars(query.where(Plan.slug == "testville-centre", Phase.slug == slug)).one()


def test_a_first_load_keeps_version_1_and_announces_nothing(session, files, heard) -> None:
    load(session, files)
    (first,) = versions(session, "P1")
    assert (first.version, first.published_at, first.note) == (1, NOW, {})
    assert first.snapshot["title"] == {"it": "Misura P1", "en": "Measure P1"}
    assert [segment["code"] for segment in first.snapshot["segments"]] == ["P1-01", "P1-02"]
    assert heard == []


def test_another_text_makes_a_version_that_keeps_both(session, files, heard) -> None:
    load(session, files)
    files.measures["measure"][0]["after"]["en"] = "People on foot and trams."
    files.measures["measure"][0]["change_note"] = {"it": "Con il tram.", "en": "With the tram."}
    report = load(session, files, LATER)
    assert report.versions == ["P1"]
    first, second = versions(session, "P1")
    assert first.snapshot["after"]["en"] == "People on foot."
    assert second.snapshot["after"]["en"] == "People on foot and trams."
    assert (second.version, second.published_at, second.note["en"]) == (2, LATER, "With the tram.")
    assert heard == [("P1", 2)]
    assert [version.version for version in versions(session, "P2")] == [1]


def test_loading_the_same_again_makes_no_version(session, files, heard) -> None:
    load(session, files)
    assert load(session, files, LATER).versions == []
    assert len(versions(session, "P1")) == 1
    assert heard == []


def test_a_segment_that_comes_or_goes_is_another_version(session, files, heard) -> None:
    load(session, files)
    segments = files.features("segments")
    gone = next(each for each in segments if each["properties"]["code"] == "P1-02")
    segments.remove(gone)
    assert load(session, files, LATER).versions == ["P1"]
    assert [segment["code"] for segment in versions(session, "P1")[1].snapshot["segments"]] == ["P1-01"]


def test_order_and_outlines_make_no_version(session, files, heard) -> None:
    load(session, files)
    files.measures["measure"].reverse()
    area = next(each for each in files.features("segments") if each["geometry"]["type"] == "Polygon")
    ring = area["geometry"]["coordinates"][0]
    west, south, east, north = ring[0][0], ring[0][1], ring[2][0], ring[2][1]
    area["geometry"] = square(west, south, east - 0.0001, north)
    report = load(session, files, LATER)
    assert report.changed
    assert report.versions == []
    assert heard == []


def test_a_measure_older_than_its_versions_keeps_what_it_said(session, files, heard) -> None:
    """Installations from before versions were kept: the first load still knows what was there."""
    load(session, files)
    session.execute(text("DELETE FROM measure_version"))
    files.measures["measure"][0]["title"]["en"] = "Another title"
    load(session, files, LATER)
    assert [v.snapshot["title"]["en"] for v in versions(session, "P1")] == ["Measure P1", "Another title"]


def test_levels_of_their_own_win_over_the_one_for_both(session, files) -> None:
    files.city["phase"][1] |= {"min_level": 1, "vote_level": 3, "moderation": "pre", "languages": ["it"]}
    load(session, files)
    found = phase(session, "voting")
    assert (found.comment_level, found.vote_level) == (1, 3)
    assert (found.moderation, found.languages) == ("pre", ["it"])
    before = phase(session, "ideas")
    assert (before.comment_level, before.vote_level) == (0, 0)
    assert (before.moderation, before.languages) == ("post", [])


def test_a_phase_may_give_each_level_and_none_for_both(session, files) -> None:
    del files.city["phase"][1]["min_level"]
    files.city["phase"][1] |= {"comment_level": 0, "vote_level": 2}
    load(session, files)
    assert (phase(session, "voting").comment_level, phase(session, "voting").vote_level) == (0, 2)


@pytest.mark.parametrize(
    ("change", "rule", "path"),
    [
        ({"comment_level": 4}, "not-allowed", "comment_level"),
        ({"vote_level": "high"}, "wrong-type", "vote_level"),
        ({"moderation": "never"}, "not-allowed", "moderation"),
        ({"languages": ["fr"]}, "not-allowed", "languages"),
        ({"min_level": None, "comment_level": 0}, "missing-key", ""),
    ],
)
def test_what_a_phase_may_not_say(files, change, rule, path) -> None:
    files.city["phase"][1] |= change
    files.city["phase"][1] = {
        key: value for key, value in files.city["phase"][1].items() if value is not None
    }
    faults = validate_bundle(files.write())
    assert [(fault.rule, path in fault.path) for fault in faults] == [(rule, True)]


def test_phases_planned_at_the_desk_are_left_alone(session, files) -> None:
    load(session, files)
    moved = NOW + timedelta(days=400)
    session.execute(update(Phase).where(Phase.id == phase(session, "voting").id).values(closes_at=moved))
    session.execute(update(Plan).where(Plan.slug == "testville-centre").values(phases_planned_at=NOW))
    session.expire_all()
    report = load(session, files, LATER)
    assert report.phases_kept
    assert "phases kept" in str(report)
    assert phase(session, "voting").closes_at == moved
    assert not load(session, files, LATER, bundle_phases=True).phases_kept
    assert phase(session, "voting").closes_at < moved
    assert not load(session, files, LATER).phases_kept
