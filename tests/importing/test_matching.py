"""What became of what: everything is somewhere exactly once, and what people drew is recognised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import LineString, Point, box
from shapely.ops import substring

from mobility.importing.likeness import SAME_M
from mobility.importing.matching import Fresh, Known, Matching, match

STREETS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(60, 400), st.booleans()),
    min_size=1,
    max_size=12,
    unique_by=lambda street: (street[0], street[1], street[3]),
)


def street(row: int, column: int, length: int, upwards: bool) -> LineString:
    """A street of a grid of blocks of 500 m: no two lie on each other."""
    x, y = column * 500.0, row * 500.0
    end = (x, y + length) if upwards else (x + length, y)
    return LineString([(x, y), end])


def town(streets: list[tuple[int, int, int, bool]]) -> list[Known]:
    return [Known(f"K{index}", street(*each)) for index, each in enumerate(streets)]


def assert_complete(found: Matching, known: list[Known], fresh: list[Fresh]) -> None:
    old = [*(code for link in found.links for code in link.old), *found.missing]
    new = [*(key for link in found.links for key in link.new), *found.added, *found.clashes]
    assert sorted(old) == sorted(each.code for each in known)
    assert sorted(new) == sorted(each.key for each in fresh)


@given(STREETS, st.data())
def test_everything_is_somewhere_exactly_once(
    streets: list[tuple[int, int, int, bool]], data: st.DataObject
) -> None:
    known = town(streets)
    names = ["", *(each.code for each in known), "unknown"]
    fresh = [
        Fresh(index, shape, code=data.draw(st.sampled_from(names)))
        for index, shape in enumerate(
            affinity.translate(street(*each), data.draw(st.floats(-30, 30)), data.draw(st.floats(-30, 30)))
            for each in data.draw(STREETS)
        )
    ]
    assert_complete(match(known, fresh), known, fresh)


@given(STREETS)
def test_the_same_file_again_changes_nothing(streets: list[tuple[int, int, int, bool]]) -> None:
    known = town(streets)
    for named in (True, False):
        fresh = [Fresh(i, each.shape, code=each.code if named else "") for i, each in enumerate(known)]
        found = match(known, fresh)
        assert {(link.kind, link.old, link.new) for link in found.links} == {
            ("same", (each.code,), (i,)) for i, each in enumerate(known)
        }


@given(STREETS, st.floats(-4, 4), st.floats(-4, 4))
def test_a_street_drawn_a_little_beside_is_the_same_street(
    streets: list[tuple[int, int, int, bool]], east: float, north: float
) -> None:
    known = town(streets)
    fresh = [Fresh(i, affinity.translate(each.shape, east, north)) for i, each in enumerate(known)]
    found = match(known, fresh)
    assert [(link.old, link.new) for link in sorted(found.links, key=lambda link: link.new)] == [
        ((each.code,), (i,)) for i, each in enumerate(known)
    ]
    shift = (east**2 + north**2) ** 0.5
    assert all(link.moved_m == pytest.approx(shift, abs=max(0.02, SAME_M)) for link in found.links)


@given(STREETS, st.lists(st.floats(0.3, 0.7), min_size=12, max_size=12))
def test_pieces_are_recognised_as_parts_and_parts_as_the_whole(
    streets: list[tuple[int, int, int, bool]], shares: list[float]
) -> None:
    whole = town(streets)
    pieces = [
        (index, substring(each.shape, start * each.shape.length, end * each.shape.length))
        for index, (each, share) in enumerate(zip(whole, shares, strict=False))
        for start, end in ((0, share), (share, 1))
    ]
    found = match(whole, [Fresh(key, shape) for key, (_, shape) in enumerate(pieces)])
    assert {(link.kind, link.old, link.new) for link in found.links} == {
        ("split", (each.code,), (2 * i, 2 * i + 1)) for i, each in enumerate(whole)
    }
    back = match(
        [Known(f"P{key}", shape) for key, (_, shape) in enumerate(pieces)],
        [Fresh(i, each.shape) for i, each in enumerate(whole)],
    )
    assert {(link.kind, link.old, link.new) for link in back.links} == {
        ("merged", (f"P{2 * i}", f"P{2 * i + 1}"), (i,)) for i in range(len(whole))
    }


LONG = LineString([(0, 0), (200, 0)])
LEFT, RIGHT = LineString([(0, 0), (100, 0)]), LineString([(100, 0), (200, 0)])


def test_a_split_in_a_drawing_program_gives_both_parts_the_same_id() -> None:
    found = match([Known("A", LONG)], [Fresh(1, LEFT, code="A"), Fresh(2, RIGHT, code="A")])
    assert [(link.kind, link.new) for link in found.links] == [("split", (1, 2))]


def test_a_split_that_keeps_the_id_for_one_part_is_a_split() -> None:
    found = match([Known("A", LONG)], [Fresh(1, LEFT, code="A"), Fresh(2, RIGHT)])
    assert [(link.kind, link.new) for link in found.links] == [("split", (1, 2))]


def test_one_id_in_two_places_is_a_clash() -> None:
    far = affinity.translate(LONG, 0, 900)
    found = match([Known("A", LONG)], [Fresh(1, LONG, code="A"), Fresh(2, far, code="A")])
    assert (found.clashes, found.missing, found.links) == ([1, 2], ["A"], [])


def test_a_stretch_that_swallows_its_neighbour_keeps_its_id() -> None:
    found = match([Known("A", LEFT), Known("B", RIGHT)], [Fresh(1, LONG, code="A")])
    assert [(link.kind, link.old) for link in found.links] == [("joined", ("A", "B"))]


def test_the_id_wins_over_the_place() -> None:
    found = match([Known("A", LEFT)], [Fresh(1, affinity.translate(LEFT, 0, 90), code="A"), Fresh(2, LEFT)])
    assert [(link.kind, link.old, link.new, link.moved_m) for link in found.links] == [
        ("moved", ("A",), (1,), 90.0)
    ]
    assert found.added == [2]


def test_other_measures_on_the_same_street_are_other_things() -> None:
    found = match([Known("A", LONG, "bus")], [Fresh(1, LONG, "cycle")])
    assert (found.added, found.missing) == ([1], ["A"])


def test_a_line_turned_round_is_the_same_stretch_drawn_anew() -> None:
    (link,) = match([Known("A", LONG)], [Fresh(1, LONG.reverse())]).links
    assert (link.kind, link.moved_m) == ("moved", 0.0)


def test_areas_and_places_are_recognised_too() -> None:
    known = [Known("Q", box(0, 0, 100, 100)), Known("B", Point(500, 500))]
    found = match(known, [Fresh(1, box(2, 2, 100, 100)), Fresh(2, Point(503, 504))])
    assert {(link.old, link.new) for link in found.links} == {(("Q",), (1,)), (("B",), (2,))}


def test_a_street_that_only_crosses_is_another() -> None:
    across = LineString([(100, -10), (100, 10)])
    found = match([Known("A", LONG)], [Fresh(1, across)])
    assert (found.added, found.missing) == ([1], ["A"])
