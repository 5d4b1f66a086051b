"""Cells, their roll-up, and hexagons built from them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, box
from shapely.ops import unary_union

from mobility.spatial import grid
from tests.spatial.shapes import CENTRE

worldwide = st.tuples(st.floats(-180, 179.9999), st.floats(-85, 85))
zooms = st.integers(0, 18)


def as_the_database_does(lon, lat, z):
    """The formula of the generated columns, term by term."""
    x = math.floor((lon + 180) / 360 * 2**z)
    y = math.floor(
        (1 - math.log(math.tan(math.radians(lat)) + 1 / math.cos(math.radians(lat))) / math.pi) / 2 * 2**z
    )
    return x, y


@given(worldwide)
def test_cells_agree_with_the_database(place):
    assert grid.cell_of(*place) == as_the_database_does(*place, 18)


def test_the_cell_of_quattro_canti():
    assert grid.cell_of(*CENTRE, 12) == (2200, 1578)


@given(worldwide, zooms)
def test_a_cell_holds_its_position(place, z):
    west, south, east, north = grid.cell_bounds(grid.cell_of(*place, z), z)
    assert west - 1e-9 <= place[0] <= east + 1e-9
    assert south - 1e-9 <= place[1] <= north + 1e-9


@given(worldwide, zooms, zooms)
def test_rolled_up_is_the_direct_cell(place, one, other):
    fine, coarse = max(one, other), min(one, other)
    assert grid.parent(grid.cell_of(*place, fine), fine, coarse) == grid.cell_of(*place, coarse)


@given(st.lists(worldwide, min_size=1, max_size=30), zooms)
def test_many_cells_at_once(places, z):
    x, y = grid.cells_of([p[0] for p in places], [p[1] for p in places], z)
    assert list(zip(x.tolist(), y.tolist(), strict=True)) == [grid.cell_of(*p, z) for p in places]


@given(st.dictionaries(st.tuples(st.integers(0, 2**18 - 1), st.integers(0, 2**18 - 1)), st.integers(1, 99)))
def test_rolling_up_loses_nothing_and_may_be_done_in_steps(counts):
    at_once = grid.roll_up(counts, 18, 12)
    assert sum(at_once.values()) == sum(counts.values())
    assert grid.roll_up(grid.roll_up(counts, 18, 15), 15, 12) == at_once


def test_no_cell_is_made_finer():
    with pytest.raises(ValueError, match="finer"):
        grid.parent((0, 0), 12, 15)


@pytest.mark.parametrize("lat", [89.99, -89.99])
def test_the_poles_fall_into_the_last_row(lat):
    assert grid.cell_of(180.0, lat, 3) == (7, 0 if lat > 0 else 7)
    x, y = grid.cells_of([180.0], [lat], 3)
    assert (x[0], y[0]) == (7, 0 if lat > 0 else 7)


def test_a_range_covers_its_box():
    west, south, east, north = 13.34, 38.10, 13.39, 38.13
    left, top, right, bottom = grid.cell_range((west, south, east, north), 15)
    cells = [grid.cell_polygon((x, y), 15) for x in range(left, right + 1) for y in range(top, bottom + 1)]
    assert unary_union(cells).buffer(1e-12).covers(box(west, south, east, north))


def test_a_cell_is_drawn_counterclockwise_round_its_centre():
    outline = grid.cell_polygon((2200, 1578), 12)
    assert outline.exterior.is_ccw
    assert outline.contains(Point(grid.cell_centre((2200, 1578), 12)))


HEXES = grid.HexGrid.for_cells(15)
palermo_cells = st.tuples(st.integers(17590, 17620), st.integers(12600, 12630))


@given(palermo_cells)
def test_the_hexagon_of_a_cell_holds_its_centre(cell):
    outline = HEXES.polygon(HEXES.of_cell(cell, 15))
    assert outline.buffer(1e-9).contains(Point(grid.cell_centre(cell, 15)))


@given(st.tuples(st.integers(140_720, 140_960), st.integers(100_800, 101_040)))
def test_fine_cells_fall_into_the_hexagon_round_their_centre(cell):
    outline = HEXES.polygon(HEXES.of_cell(cell, 18))
    assert outline.buffer(1e-9).contains(Point(grid.cell_centre(cell, 18)))


def test_hexagons_part_the_plane_without_gap_or_overlap():
    cells = [(x, y) for x in range(17590, 17605) for y in range(12600, 12615)]
    hexes = sorted({HEXES.of_cell(cell, 15) for cell in cells})
    outlines = [HEXES.polygon(h) for h in hexes]
    union = unary_union(outlines)
    assert union.geom_type == "Polygon"
    assert not union.interiors
    assert union.area == pytest.approx(sum(outline.area for outline in outlines))


@given(st.dictionaries(palermo_cells, st.integers(1, 50), max_size=40))
def test_hexagons_count_every_cell_once(counts):
    assert sum(HEXES.gather(counts.items(), 15).values()) == sum(counts.values())


def test_names_are_stable():
    hexagon = HEXES.of_cell((17605, 12610), 15)
    assert HEXES.id(hexagon) == grid.HexGrid.for_cells(15).id(hexagon)
    assert len({HEXES.id(grid.Hex(q, r)) for q in range(-3, 3) for r in range(-3, 3)}) == 36


def test_many_hexagons_at_once_are_those_of_each():
    x, y = np.meshgrid(np.arange(17590, 17600), np.arange(12600, 12610))
    q, r = HEXES.of_cells(x.ravel(), y.ravel(), 15)
    each = [HEXES.of_cell(cell, 15) for cell in zip(x.ravel().tolist(), y.ravel().tolist(), strict=True)]
    assert [grid.Hex(*pair) for pair in zip(q.tolist(), r.tolist(), strict=True)] == each


def test_a_hexagon_is_as_wide_as_asked():
    width = HEXES.side_m * math.sqrt(3)
    assert width == pytest.approx(2 * 2 * math.pi * grid.RADIUS_M / 2**15)
