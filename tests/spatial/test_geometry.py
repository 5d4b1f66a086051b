"""Validity, orientation, precision, simplification."""

import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon

from mobility.spatial import geometry as g
from tests.spatial.shapes import BOX, CENTRE, MAQUEDA, PALERMO, lines, points, stars

SQUARE = [(13.36, 38.11), (13.37, 38.11), (13.37, 38.12), (13.36, 38.12)]
BOWTIE = Polygon([(13.36, 38.11), (13.37, 38.12), (13.37, 38.11), (13.36, 38.12)])
HOLE = [(13.362, 38.112), (13.368, 38.112), (13.368, 38.118), (13.362, 38.118)]
OUTER_HOLE = [(13.38, 38.112), (13.39, 38.112), (13.39, 38.118)]


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (Polygon(), "empty"),
        (Point(math.nan, 38.1), "not_finite"),
        (Point(13.36, math.inf), "not_finite"),
        (Point(355000.0, 4220000.0), "out_of_range"),
        (BOWTIE, "crossing"),
        (LineString([CENTRE, CENTRE]), "too_few"),
        (Polygon(SQUARE, [OUTER_HOLE]), "hole_outside"),
        (MultiPolygon([Polygon(SQUARE), Polygon(HOLE)]), "nested"),
        (Polygon(SQUARE, [HOLE, HOLE]), "crossing"),
    ],
)
def test_each_flaw_is_named(shape, code):
    found = g.flaw(shape)
    assert found is not None
    assert found.code == code
    assert code in g.CODES


def test_a_flaw_says_where():
    found = g.flaw(BOWTIE)
    assert (found.lon, found.lat) == pytest.approx((13.365, 38.115))


@given(stars())
def test_sound_shapes_have_no_flaw(star):
    assert g.flaw(star) is None


@given(stars())
def test_orientation_is_right_handed_and_idempotent(star):
    once = g.right_handed(star)
    assert g.is_right_handed(once)
    assert g.right_handed(once).equals_exact(once, 0)
    assert once.equals(star)


def test_holes_turn_the_other_way():
    turned = g.right_handed(MultiPolygon([Polygon(SQUARE[::-1], [HOLE])]))
    assert turned.geoms[0].exterior.is_ccw
    assert not turned.geoms[0].interiors[0].is_ccw
    assert not g.is_right_handed(Polygon(SQUARE, [HOLE]))
    assert g.is_right_handed(g.right_handed(GeometryCollection([Polygon(SQUARE[::-1])])))


def test_a_clockwise_ring_is_not_right_handed():
    assert not g.is_right_handed(Polygon(SQUARE[::-1]))
    assert g.is_right_handed(Point(CENTRE))


@given(lines)
def test_rounding_moves_at_most_half_a_step_and_is_idempotent(line):
    small = g.rounded(line)
    moved = abs(shapely.get_coordinates(small) - shapely.get_coordinates(line))
    assert moved.max() <= 0.51e-7
    assert g.rounded(small).equals_exact(small, 0)


@given(stars())
def test_clean_keeps_areas_valid_and_short(star):
    tidy = g.clean(shapely.force_3d(star, 12.0))
    assert tidy.is_valid
    assert not tidy.has_z
    assert all(len(repr(float(v)).split(".")[1]) <= 7 for v in shapely.get_coordinates(tidy).ravel())


def test_rounding_a_sliver_keeps_a_valid_area():
    sliver = Polygon([(0, 0), (1, 0), (1, 1), (0.5, 4e-8), (0, 1)])
    assert sliver.is_valid
    assert g.rounded(sliver, 7).is_valid


@given(points)
def test_swapped_axes_are_recognised(point):
    there = g.swapped(point)
    assert g.looks_swapped(there.bounds, BOX)
    assert not g.looks_swapped(point.bounds, BOX)
    assert g.swapped(there).equals(point)


def test_a_place_that_fits_both_ways_is_not_swapped():
    assert not g.looks_swapped((10.0, 20.0, 11.0, 21.0), (0.0, 0.0, 50.0, 50.0))


def test_a_place_that_is_far_both_ways_is_not_swapped():
    assert not g.looks_swapped((2.0, 48.0, 2.1, 48.1), BOX)


@given(lines, st.floats(0.5, 200))
def test_simplifying_keeps_the_ends_and_stays_near(line, tolerance):
    thin = g.simplified(line, tolerance, PALERMO)
    assert len(thin.coords) <= len(line.coords)
    assert Point(thin.coords[0]).distance(Point(line.coords[0])) < 1e-8
    assert Point(thin.coords[-1]).distance(Point(line.coords[-1])) < 1e-8
    # GEOS keeps the curve simple, and may therefore keep more vertices, never fewer than allowed
    assert PALERMO.project(line).hausdorff_distance(PALERMO.project(thin)) <= tolerance * 1.01


@given(stars(), st.floats(0.5, 500))
def test_a_simplified_area_stays_valid(star, tolerance):
    assert g.simplified(star, tolerance, PALERMO).is_valid


def test_multi_polygon_wraps_polygons_only():
    assert g.multi_polygon(Polygon(SQUARE)).geom_type == "MultiPolygon"
    many = MultiPolygon([Polygon(SQUARE)])
    assert g.multi_polygon(many) is many
    with pytest.raises(TypeError):
        g.multi_polygon(MAQUEDA)


def test_inside_counts_the_edges():
    assert g.inside(Point(BOX[0], BOX[1]), BOX)
    assert not g.inside(Point(0, 0), BOX)
