"""Long lines are cut where streets cross, nothing is lost, and no crumbs are left."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, box

from mobility.importing.cutting import LEAST_M, cut_lines
from mobility.importing.overlaps import overlaps

SPOT = st.tuples(st.floats(-500, 500), st.floats(-500, 500))
LINES = st.lists(
    st.lists(SPOT, min_size=2, max_size=6, unique=True).map(LineString).filter(lambda line: line.length > 1),
    min_size=1,
    max_size=8,
)


@given(LINES, LINES)
def test_pieces_make_up_the_line_in_its_direction(lines: list[LineString], streets: list[LineString]) -> None:
    for line, pieces in zip(lines, cut_lines(lines, streets), strict=True):
        assert sum(piece.length for piece in pieces) == pytest.approx(line.length)
        assert pieces[0].coords[0] == pytest.approx(line.coords[0])
        assert pieces[-1].coords[-1] == pytest.approx(line.coords[-1])
        assert all(one.coords[-1] == pytest.approx(two.coords[0]) for one, two in pairwise(pieces))
        assert len(pieces) == 1 or all(piece.length >= LEAST_M - 1e-6 for piece in pieces)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=8, unique=True))
def test_every_crossing_street_cuts(blocks: list[int]) -> None:
    line = LineString([(0, 0), (1000, 0)])
    across = [LineString([(block * 30, -50), (block * 30, 50)]) for block in blocks]
    (pieces,) = cut_lines([line], across)
    ends = [piece.coords[-1][0] for piece in pieces[:-1]]
    assert ends == pytest.approx([block * 30 for block in sorted(blocks)])


def test_lines_of_the_file_cut_each_other() -> None:
    one, two = LineString([(0, 0), (100, 0)]), LineString([(50, -40), (50, 60)])
    assert [len(pieces) for pieces in cut_lines([one, two])] == [2, 2]


def test_a_street_that_ends_a_hair_before_the_line_cuts_it() -> None:
    (pieces,) = cut_lines([LineString([(0, 0), (100, 0)])], [LineString([(40, 0.4), (40, 80)])])
    assert [round(piece.length) for piece in pieces] == [40, 60]


def test_the_axis_of_the_same_street_does_not_cut() -> None:
    wavering = LineString([(0, 1), (30, -1), (60, 1), (100, -1)])
    (pieces,) = cut_lines([LineString([(0, 0), (100, 0)])], [wavering])
    assert len(pieces) == 1


def test_two_carriageways_of_a_crossing_street_cut_once() -> None:
    both = [LineString([(x, -50), (x, 50)]) for x in (50, 56)]
    (pieces,) = cut_lines([LineString([(0, 0), (100, 0)])], both)
    assert len(pieces) == 2


def test_stretches_along_each_other_are_told_and_crossing_ones_are_not() -> None:
    shapes = [
        LineString([(0, 0), (100, 0)]),
        LineString([(40, 2), (140, 2)]),
        LineString([(50, -50), (50, 50)]),
        box(0, 100, 50, 150),
        box(40, 100, 90, 150),
    ]
    assert [(each.one, each.other) for each in overlaps(shapes)] == [(0, 1), (3, 4)]
    assert overlaps(shapes)[0].common == pytest.approx(60, abs=5)
