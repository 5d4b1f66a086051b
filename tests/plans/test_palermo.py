"""The reference bundle: without fault, and as rich as a real consultation."""

from collections import Counter

import pytest
from sqlalchemy import text

from mobility.plans.bundles import Bundle, read_bundle, validate_bundle
from mobility.plans.bundles.load_heritage import intersections
from mobility.spatial.crs import metric


@pytest.fixture(scope="module")
def palermo(root) -> Bundle:
    return read_bundle(root / "data" / "palermo")


def test_not_even_a_warning(root):
    assert [str(fault) for fault in validate_bundle(root / "data" / "palermo")] == []


def test_measures_and_segments(palermo):
    assert len(palermo.measures) >= 12
    assert len(palermo.segments) >= 60
    assert {measure.status for measure in palermo.measures} >= {"in_force", "proposed"}
    assert all(measure.sources for measure in palermo.measures)


def test_the_nine_component_parts_each_with_its_own_buffer(palermo):
    assert [place.code for place in palermo.places] == [f"1487-00{n}" for n in range(1, 10)]
    buffers = [zone for zone in palermo.zones if zone.kind == "buffer"]
    assert Counter(zone.place for zone in buffers) == Counter(place.code for place in palermo.places)
    assert {zone.status for zone in buffers} == {"illustrative"}


def test_the_four_quarters_with_residents(palermo):
    quarters = [feature for feature in palermo.context if feature.kind == "quarter"]
    assert len(quarters) == 4
    assert all(feature.props["residents_2021"] > 4000 for feature in quarters)


def test_quarters_have_the_published_size(palermo):
    ruler = metric(palermo.city.srid)
    areas = [ruler.area(f.geometry) / 10_000 for f in palermo.context if f.kind == "quarter"]
    assert sum(areas) == pytest.approx(251.9, rel=0.03)


def test_some_segments_lie_in_protected_zones(palermo):
    drawn = {segment.code: segment.geometry for segment in palermo.segments}
    shares = intersections(drawn, {zone.code: zone.geometry for zone in palermo.zones}, palermo.city.srid)
    assert all(0 < row["share"] <= 1 for row in shares.values())
    kinds = {zone.code: zone.kind for zone in palermo.zones}
    assert "buffer" in {kinds[zone] for _, zone in shares}


def test_it_is_what_the_database_holds(session, palermo):
    sql = """SELECT s.code FROM segment s JOIN plan p ON p.id = s.plan_id
             WHERE p.slug = :slug AND s.retired_at IS NULL ORDER BY s.position"""
    stored = session.execute(text(sql), {"slug": palermo.plan.slug}).scalars()
    assert list(stored) == [segment.code for segment in palermo.segments]
