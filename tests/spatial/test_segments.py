"""Snapping, cutting, bearings, sides and positions in words."""

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, Point, Polygon

from mobility.spatial import segments as s
from tests.spatial.shapes import CASSARO, CENTRE, MAQUEDA, PALERMO, ROMA, lines, points, shares, stars

QUATTRO_CANTI = s.Crossing("Quattro Canti", Point(CENTRE))
PIAZZA_VERDI = s.Crossing("Piazza Verdi", Point(13.357839, 38.121137))
BANDIERA = s.Crossing("Via Bandiera", Point(13.3594, 38.11877))


@given(points, st.lists(lines, min_size=1, max_size=4))
def test_snapping_finds_the_nearest_and_never_goes_further(point, targets):
    found = s.snap(point, targets, PALERMO)
    distances = [PALERMO.distance(point, target) for target in targets]
    assert found.distance_m == pytest.approx(min(distances), abs=1e-6)
    assert distances[found.key] == pytest.approx(min(distances), abs=1e-6)
    assert PALERMO.distance(point, found.point) == pytest.approx(found.distance_m, abs=1e-5)
    assert PALERMO.distance(found.point, targets[found.key]) < 1e-5


@given(points, lines)
def test_snapping_twice_stays_put(point, line):
    once = s.snap(point, [line], PALERMO)
    twice = s.snap(once.point, [line], PALERMO)
    assert twice.distance_m < 1e-5
    assert twice.side == "on"


@given(points, lines)
def test_the_measure_leads_to_the_snapped_point(point, line):
    found = s.snap(point, [line], PALERMO)
    foot = PALERMO.unproject(PALERMO.project(line).interpolate(found.along_m))
    assert PALERMO.distance(foot, found.point) < 1e-4


@given(points, lines)
def test_turning_the_street_changes_the_side(point, line):
    ahead = s.snap(point, [line], PALERMO)
    back = s.snap(point, [line.reverse()], PALERMO)
    inner = PALERMO.length(line)
    assume(ahead.side != "on" and 0.1 < ahead.along_m < inner - 0.1)
    assume(back.point.distance(ahead.point) < 1e-9)
    assert {ahead.side, back.side} == {"left", "right"}


def test_the_sides_of_a_street_going_north():
    north = LineString([(13.36, 38.11), (13.36, 38.12)])
    assert s.snap(Point(13.3601, 38.115), [north], PALERMO).side == "right"
    assert s.snap(Point(13.3599, 38.115), [north], PALERMO).side == "left"
    assert s.snap(Point(13.36, 38.115), [north], PALERMO).side == "on"


@given(stars())
def test_inside_an_area_nothing_moves(star):
    spot = star.representative_point()
    found = s.snap(spot, [star], PALERMO)
    assert found.distance_m == 0
    assert found.side == "on"
    assert found.point.distance(spot) < 1e-9


def test_nothing_within_reach():
    far = Point(13.30, 38.20)
    assert s.snap(far, [MAQUEDA], PALERMO, within_m=50) is None
    assert s.snap(far, [], PALERMO) is None


def test_all_within_a_radius_nearest_first():
    snapper = s.Snapper({"roma": ROMA, "maqueda": MAQUEDA, "cassaro": CASSARO}.items(), PALERMO)
    found = snapper.within(Point(13.3613, 38.1158), 60)
    assert [snap.key for snap in found] == ["maqueda", "cassaro"]
    assert snapper.nearest(Point(13.3613, 38.1158), within_m=60).key == "maqueda"


def test_the_measure_goes_on_over_the_parts_of_a_line():
    gap = MultiLineString(
        [[(13.36, 38.110), (13.36, 38.111)], [(13.36, 38.112), (13.36, 38.113)]],
    )
    one = PALERMO.length(gap.geoms[0])
    found = s.snap(Point(13.3601, 38.1125), [gap], PALERMO)
    assert found.along_m == pytest.approx(one * 1.5, rel=1e-3)
    assert found.side == "right"


@given(lines, shares)
def test_cut_pieces_sum_to_the_length_and_stay_on_the_line(line, parts):
    whole = PALERMO.length(line)
    pieces = s.cut(line, [share * whole for share in parts], PALERMO)
    assert sum(PALERMO.length(piece) for piece in pieces) == pytest.approx(whole, abs=1e-3)
    metric_line = PALERMO.project(line)
    for piece in pieces:
        assert PALERMO.project(piece).hausdorff_distance(metric_line) <= whole
        assert all(metric_line.distance(PALERMO.project(Point(c))) < 1e-4 for c in piece.coords)
    for left, right in pairwise(pieces):
        assert Point(left.coords[-1]).distance(Point(right.coords[0])) < 1e-9
    assert len(pieces) <= len(parts) + 1


@given(lines)
def test_cuts_at_the_ends_cut_nothing(line):
    whole = PALERMO.length(line)
    assert len(s.cut(line, [-5.0, 0.0, whole, whole + 9], PALERMO)) == 1


@pytest.mark.parametrize(
    ("end", "degrees"),
    [((13.36, 38.12), 0), ((13.37, 38.11), 90), ((13.36, 38.10), 180), ((13.35, 38.11), 270)],
)
def test_bearings(end, degrees):
    found = s.bearing_deg(LineString([(13.36, 38.11), end]), PALERMO)
    assert abs((found - degrees + 180) % 360 - 180) < 1.5


@given(lines)
def test_the_bearing_back_is_the_opposite(line):
    ahead = s.bearing_deg(line, PALERMO)
    back = s.bearing_deg(line.reverse(), PALERMO)
    assert math.isclose((ahead - back) % 360, 180, abs_tol=1e-6)
    assert 0 <= ahead < 360


def test_loops_areas_and_points_have_no_bearing():
    ring = [(13.36, 38.11), (13.37, 38.11), (13.37, 38.12), (13.36, 38.11)]
    assert s.bearing_deg(LineString(ring), PALERMO) is None
    assert s.bearing_deg(Polygon(ring), PALERMO) is None
    assert s.bearing_deg(Point(CENTRE), PALERMO) is None


@pytest.mark.parametrize("side", ["left", "right"])
def test_an_offset_line_lies_on_its_side_and_runs_the_same_way(side):
    moved = s.offset(ROMA, side, 6.0, PALERMO)
    middle = moved.interpolate(0.5, normalized=True)
    found = s.snap(middle, [ROMA], PALERMO)
    assert found.side == side
    assert found.distance_m == pytest.approx(6.0, abs=0.05)
    assert s.bearing_deg(moved, PALERMO) == pytest.approx(s.bearing_deg(ROMA, PALERMO), abs=2)


def test_a_position_between_two_crossings():
    crossings = [QUATTRO_CANTI, PIAZZA_VERDI, BANDIERA]
    spot = Point(13.36055, 38.1170)
    assert s.between(MAQUEDA, crossings, spot, PALERMO) == s.Between("Via Bandiera", "Quattro Canti")


def test_a_position_at_a_crossing():
    found = s.between(MAQUEDA, [QUATTRO_CANTI, PIAZZA_VERDI], Point(13.3614, 38.1157), PALERMO)
    assert found == s.Between(at="Quattro Canti")


def test_beyond_the_last_crossing_and_crossings_elsewhere():
    elsewhere = s.Crossing("Porta Felice", Point(13.371465, 38.119759))
    spot = Point(13.36055, 38.1170)
    assert s.between(MAQUEDA, [BANDIERA, elsewhere], spot, PALERMO) == s.Between(before="Via Bandiera")
    assert s.between(MAQUEDA, [], spot, PALERMO) == s.Between()
