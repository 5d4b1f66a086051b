"""Cells and hexagons: kept counts equal a recount, live filters equal SQL, hexagons share them out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.consultation.filters import CommentFilter
from mobility.consultation.models import Comment
from mobility.insight.cells import cells_geojson, counted_cells, hex_grid, stored_level
from mobility.plans.models import Plan
from mobility.spatial.grid import cell_of
from tests.conftest import QueryCount

BOX = (13.33, 38.09, 13.40, 38.14)
Say = Callable[..., Comment]


@pytest.fixture
def spread(say: Say) -> int:
    """Sixty comments over the centre with every stance, two topics, two days, one word of their own."""
    for i in range(60):
        say(
            13.345 + 0.0005 * i,
            38.105 + 0.0003 * (i * 7 % 60),
            stance=("for", "against", "idea", "question")[i % 4],
            topic=("walking", "safety")[i % 2],
            text="Una fontanella" if i % 5 == 0 else "Panchine",
            language="it",
            created_at=datetime(2026, 11, 20 + i % 2, 12, tzinfo=UTC),
        )
    return 60


def recounted(session: Session, zoom: int, where: str = "true") -> dict[str, int]:
    """Comments by square, counted by the plain formula of the tiles."""
    rows = session.execute(
        text(f"SELECT ST_X(geom), ST_Y(geom) FROM comment WHERE status = 'published' AND {where}")
    )
    found: dict[str, int] = {}
    for lon, lat in rows:
        x, y = cell_of(lon, lat, zoom)
        found[f"{zoom}/{x}/{y}"] = found.get(f"{zoom}/{x}/{y}", 0) + 1
    return found


def squares(session: Session, plan: Plan, zoom: int, **wanted: Any) -> dict[str, int]:
    cells = counted_cells(session, plan=plan, wanted=CommentFilter(**wanted), zoom=zoom, bbox=BOX)
    return {cell.id: cell.n for cell in cells}


@pytest.mark.parametrize("zoom", [12, 13, 15, 16, 18])
def test_kept_counts_equal_a_recount(session: Session, plan: Plan, spread: int, zoom: int) -> None:
    found = squares(session, plan, zoom)
    assert sum(found.values()) == spread
    assert found == recounted(session, zoom)


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ({"stance": "against"}, "stance = 'against'"),
        ({"topic": "safety"}, "topic_id = (SELECT id FROM topic WHERE slug = 'safety')"),
        ({"q": "fontanella"}, "text LIKE '%fontanella%'"),
        ({"since": date(2026, 11, 21)}, "created_at >= '2026-11-21T00:00+01:00'"),
        ({"until": date(2026, 11, 20), "stance": "idea"}, "created_at < '2026-11-21' AND stance = 'idea'"),
        ({"phase": "no-such-phase"}, "false"),
        ({"topic": "no-such-topic"}, "false"),
        ({"measure": "P1"}, "measure_id = (SELECT id FROM measure WHERE code = 'P1')"),
    ],
)
def test_filters_equal_sql(
    session: Session, plan: Plan, spread: int, wanted: dict[str, Any], where: str
) -> None:
    assert squares(session, plan, 17, **wanted) == recounted(session, 17, where)


def test_kept_and_live_counts_agree(session: Session, plan: Plan, spread: int) -> None:
    """The same question, once from the kept counts and once from the comments."""
    kept = squares(session, plan, 16, topic="walking")
    assert kept == squares(session, plan, 16, topic="walking", since=date(2000, 1, 1))
    assert sum(kept.values()) == 30


def test_only_public_comments_count(session: Session, plan: Plan, say: Say) -> None:
    say()
    say(status="hidden", hidden_reason="spam")
    say(status="withdrawn")
    for wanted in ({}, {"status": "all"}, {"since": date(2000, 1, 1)}, {"status": "hidden"}):
        assert sum(squares(session, plan, 18, **wanted).values()) == 1


@pytest.mark.parametrize("zoom", [12, 14, 15, 17, 18])
def test_hexagons_share_out_every_comment(session: Session, plan: Plan, spread: int, zoom: int) -> None:
    cells = counted_cells(session, plan=plan, wanted=CommentFilter(), zoom=zoom, bbox=BOX, shape="hex")
    assert sum(cell.n for cell in cells) == spread
    assert len({cell.id for cell in cells}) == len(cells)
    assert [sum(cell.by_stance()[stance] for cell in cells) for stance in ("for", "idea")] == [15, 15]


@pytest.mark.parametrize("zoom", [14, 16, 18])
def test_neighbouring_boxes_agree_on_shared_hexagons(
    session: Session, plan: Plan, spread: int, zoom: int
) -> None:
    middle = 13.3601

    def read(box: tuple[float, float, float, float]) -> dict[str, int]:
        cells = counted_cells(session, plan=plan, wanted=CommentFilter(), zoom=zoom, bbox=box, shape="hex")
        return {cell.id: cell.n for cell in cells}

    whole = read(BOX)
    west, east = read((BOX[0], BOX[1], middle, BOX[3])), read((middle, BOX[1], BOX[2], BOX[3]))
    assert west | east == whole
    assert all(whole[key] == n for part in (west, east) for key, n in part.items())


def test_the_feature_collection(session: Session, plan: Plan, say: Say) -> None:
    say(stance="for")
    say(stance="against")
    collection = json.loads(
        cells_geojson(session, plan=plan, filter=CommentFilter(), zoom=16, bbox=BOX, shape="hex")
    )
    (feature,) = collection["features"]
    assert feature["properties"] == {"n": 2, "for": 1, "against": 1, "idea": 0, "question": 0}
    ring = feature["geometry"]["coordinates"][0]
    assert len(ring) == 7
    assert ring[0] == ring[-1]
    assert sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in pairwise(ring)) < 0


def test_one_query_whatever_is_asked(
    session: Session, plan: Plan, spread: int, count_queries: QueryCount
) -> None:
    session.expire_all()
    assert plan.id
    with count_queries as seen:
        counted_cells(session, plan=plan, wanted=CommentFilter(), zoom=15, bbox=BOX, shape="hex")
        counted_cells(session, plan=plan, wanted=CommentFilter(q="panchine"), zoom=15, bbox=BOX)
    assert len(seen) == 2


@pytest.mark.parametrize(("zoom", "level"), [(18, 18), (16, 18), (15, 15), (13, 15), (12, 12), (9, 12)])
def test_the_kept_level_is_as_fine_or_finer(zoom: int, level: int) -> None:
    assert stored_level(zoom) == level


def test_hexagons_hold_several_kept_squares() -> None:
    widths = [hex_grid(zoom).side_m for zoom in range(12, 19)]
    assert widths == sorted(widths, reverse=True)
