"""Projection to metres and back."""

import pytest
from hypothesis import given

from mobility.spatial.crs import Metric, UnknownCRSError, is_metric, metric, transformer
from tests.spatial.shapes import CENTRE, MAQUEDA, PALERMO, lines, points, stars


@given(lines)
def test_projecting_forth_and_back_moves_nothing(line):
    assert PALERMO.unproject(PALERMO.project(line)).equals_exact(line, 1e-9)


def test_the_length_of_via_maqueda_is_the_published_one():
    assert PALERMO.length(MAQUEDA) == pytest.approx(685, abs=2)


def test_positions_are_east_then_north():
    east, north = transformer(4326, 32633).transform(*CENTRE)
    assert 350_000 < east < 360_000
    assert 4_215_000 < north < 4_225_000


@given(stars())
def test_area_is_that_of_the_projected_shape(star):
    assert PALERMO.area(star) == pytest.approx(PALERMO.project(star).area)


@given(points, points)
def test_distance_is_symmetric(one, other):
    assert PALERMO.distance(one, other) == pytest.approx(PALERMO.distance(other, one))


@pytest.mark.parametrize("srid", [4326, 2263, 999999, 4978])
def test_only_projected_systems_in_metres_are_metric(srid):
    assert not is_metric(srid)
    with pytest.raises(UnknownCRSError):
        Metric(srid)


def test_one_metric_a_process():
    assert metric(32633) is metric(32633)
