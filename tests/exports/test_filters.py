"""A filter chooses in a file what it chooses on the screens: the same rows as a count in SQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.consultation.filters import CommentFilter
from mobility.consultation.models import STANCES, Comment
from mobility.exports.orders import WHAT, Order
from mobility.exports.services import count_features, database_dsn
from mobility.spatial.grid import LEVELS, cell_of
from tests.exports.town import SLUG, Town, add_comment, add_delegate

FILTERS: list[dict[str, Any]] = [
    {},
    {"stance": "against"},
    {"topic": "noise"},
    {"phase": "first"},
    {"phase": "second", "topic": "safety", "stance": "for"},
    {"measure": "M1"},
    {"segment": "M1-01"},
    {"q": "bicycle"},
    {"q": "100% \"it's\" ' OR 1=1 --"},
    {"since": date(2026, 3, 2)},
    {"until": date(2026, 3, 1)},
    {"since": date(2026, 3, 1), "until": date(2026, 3, 1)},
    {"group": "cyclists"},
    {"bbox": (13.0, 38.0, 13.2, 38.3)},
    {"topic": "no-such-topic"},
    {"segment": "'; DROP TABLE comment; --"},
]


@pytest.fixture
def spoken(people: Session, town: Town) -> None:
    delegate = add_delegate(people, town, "cyclists")
    late = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
    for number in range(40):
        changes: dict[str, Any] = {
            "stance": STANCES[number % 4],
            "topic": "noise" if number % 3 else "safety",
            "phase": "first" if number % 5 else "second",
            "text": f"A bicycle {number}" if number % 7 else "100% it's",
            "created_at": late.replace(hour=20 + number % 4),
            "geom": f"SRID=4326;POINT({13.1 + number * 0.005} 38.1)",
        }
        if number % 2:
            changes |= {"segment": "M1-01", "measure": "M1"}
        if number % 9 == 0:
            changes["participant_id"] = delegate.id
        if number % 11 == 0:
            changes |= {"status": "hidden", "hidden_reason": "spam"}
        add_comment(people, town, **changes)


def expected(people: Session, town: Town, wanted: dict[str, Any]) -> set[int]:
    chosen = CommentFilter(**wanted).apply(select(Comment.id), town.plan)
    return set(people.scalars(chosen))


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_comments_are_those_of_the_lists(
    wanted: dict[str, Any], read: Callable[..., Any], people: Session, town: Town, spoken: None
) -> None:
    found = {feature["id"] for feature in read("comments", **wanted)["features"]}
    assert found == expected(people, town, wanted)
    unfiltered = people.scalar(select(func.count()).select_from(Comment))
    assert not wanted or len(found) < (unfiltered or 0)


def test_days_are_those_of_the_city(read: Callable[..., Any], spoken: None) -> None:
    """From 23 hours UTC on it is the second of March in Palermo."""
    times = {
        feature["properties"]["created_at"][:13]
        for feature in read("comments", until=date(2026, 3, 1))["features"]
    }
    assert times == {"2026-03-01T20", "2026-03-01T21", "2026-03-01T22"}


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
@pytest.mark.parametrize("zoom", [*LEVELS, 17])
def test_cells_count_the_same_comments(
    wanted: dict[str, Any], zoom: int, read: Callable[..., Any], people: Session, town: Town, spoken: None
) -> None:
    counts: dict[str, int] = {}
    stances = dict.fromkeys(STANCES, 0)
    for lon, lat, stance in people.execute(
        select(func.ST_X(Comment.geom), func.ST_Y(Comment.geom), Comment.stance).where(
            Comment.id.in_(expected(people, town, wanted))
        )
    ):
        x, y = cell_of(lon, lat, zoom)
        key = f"{zoom}/{x}/{y}"
        counts[key] = counts.get(key, 0) + 1
        stances[stance] += 1
    found = read("cells", zoom=zoom, **wanted)["features"]
    assert {feature["id"]: feature["properties"]["comments"] for feature in found} == counts
    for stance in STANCES:
        assert sum(feature["properties"][stance] for feature in found) == stances[stance]
    for feature in found:
        assert sum(feature["properties"]["topics"].values()) == feature["properties"]["comments"]


def test_measures_and_segments_count_the_comments_meant(read: Callable[..., Any], spoken: None) -> None:
    all_, against = (
        {feature["id"]: feature["properties"] for feature in read("segments", **wanted)["features"]}
        for wanted in ({}, {"stance": "against"})
    )
    assert all_["M1-01"]["comments"] == all_["M1-01"]["comments_against"] + all_["M1-01"]["comments_question"]
    assert against["M1-01"]["comments"] == all_["M1-01"]["comments_against"] > 0
    assert against["M1-01"]["comments_question"] == 0
    assert against["M2-01"]["comments"] == 0
    only = read("segments", measure="M2")["features"]
    assert [feature["id"] for feature in only] == ["M2-01"]
    assert [feature["id"] for feature in read("measures", measure="M2")["features"]] == ["M2"]
    assert [feature["id"] for feature in read("segments", segment="M1-02")["features"]] == ["M1-02"]


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_the_page_counts_what_the_files_hold(
    wanted: dict[str, Any], read: Callable[..., Any], spoken: None, town: Town
) -> None:
    files = WHAT
    held = {what: len(read(what, **wanted)["features"]) for what in files}
    assert count_features(database_dsn(), Order("comments", SLUG, CommentFilter(**wanted))) == held
