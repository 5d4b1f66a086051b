"""Faults of geometries, and of segments in their place."""

import pytest

from mobility.plans.bundles import read_bundle, validate_bundle
from mobility.plans.bundles.files import BOUNDARY, SEGMENTS
from tests.factories.bundles import feature, line, segment, square

BOWTIE = [[13.36, 38.11], [13.37, 38.12], [13.37, 38.11], [13.36, 38.12], [13.36, 38.11]]
RING = square(13.36, 38.11, 13.37, 38.12)["coordinates"][0]
HOLE = square(13.38, 38.11, 13.39, 38.12)["coordinates"][0][::-1]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": [list(ring) for ring in rings]}


@pytest.mark.parametrize(
    ("geometry", "key"),
    [
        (None, "empty-geometry"),
        ({"type": "LineString", "coordinates": []}, "empty-geometry"),
        ({"type": "Circle", "coordinates": [1, 2]}, "unknown-geometry"),
        ({"type": "GeometryCollection", "geometries": []}, "unknown-geometry"),
        ({"type": "MultiPoint", "coordinates": [[13.36, 38.11]]}, "wrong-geometry"),
        ({"type": "LineString", "coordinates": "x"}, "geometry-shape"),
        (polygon(BOWTIE), "crossing"),
        (polygon(RING, HOLE), "hole_outside"),
        (polygon(RING[:-1]), "unclosed-ring"),
        (polygon(RING[:2] + RING[:1]), "too-few-positions"),
        (line((13.36, 38.11)), "too-few-positions"),
        (line((13.36, 38.11), (13.36, 38.11)), "too-few-positions"),
        (line((13.36, 38.11), (13.37, 38.12), (13.37, 38.11), (13.36, 38.12)), "line-crosses"),
        (line((13.36, 38.11, 12.5), (13.36, 38.112, 12.5)), "third-dimension"),
        (line((13.36, 38.11, 0, 1), (13.36, 38.112, 0, 1)), "third-dimension"),
        (line((13.36, 1e400), (13.36, 38.112)), "coordinate-not-finite"),
        (line((355000.0, 4219000.0), (355100.0, 4219100.0)), "projected"),
        (line((38.11, 13.36), (38.112, 13.36)), "swapped-axes"),
        (line((13.36, 38.10), (13.36, 38.102)), "outside-boundary"),
        (line((13.36, 38.104), (13.36, 38.107)), "outside-boundary-length"),
        (square(13.349, 38.11, 13.3595, 38.1105), "outside-boundary-area"),
        (line((13.36, 38.11), (13.36, 38.11002)), "segment-length"),
    ],
)
def test_a_broken_segment(files, geometry, key):
    files.features("segments")[0]["geometry"] = geometry
    found = [fault for fault in validate_bundle(files.write()) if fault.feature == "feature 1 (P1-01)"]
    assert key in {fault.key for fault in found}, [str(fault) for fault in found]
    assert all(fault.file == SEGMENTS and fault.path == "geometry" for fault in found)
    assert all(fault.problem and fault.remedy for fault in found)


def test_the_literal_nan_is_named_with_its_feature(files):
    files.features("segments")[1]["geometry"] = line((13.36, float("nan")), (13.36, 38.11))
    (fault,) = validate_bundle(files.write())
    assert (fault.rule, fault.feature) == ("not-finite", "feature 2 (P1-02)")


def test_a_segment_too_long(files):
    files.features("boundary")[0]["geometry"] = square(13.2, 38.0, 13.5, 38.2)
    files.features("segments")[0]["geometry"] = line((13.3, 38.11), (13.4, 38.11))
    assert [fault.key for fault in validate_bundle(files.write())] == ["segment-length"]


def test_the_length_outside_is_measured(files):
    files.features("segments")[0]["geometry"] = line((13.36, 38.1041), (13.36, 38.107))
    fault = validate_bundle(files.write())[0]
    assert float(fault.params["metres"]) == pytest.approx(99, abs=2)


def test_a_boundary_with_exchanged_axes(files):
    ring = files.features("boundary")[0]["geometry"]["coordinates"][0]
    files.features("boundary")[0]["geometry"]["coordinates"] = [[p[::-1] for p in ring]]
    faults = validate_bundle(files.write())
    assert [(fault.file, fault.rule) for fault in faults] == [(BOUNDARY, "swapped-axes")]


def test_the_boundary_is_one_area_of_the_plan(files):
    files.features("boundary").append(feature("other", square(13.36, 38.11, 13.37, 38.12)))
    assert [fault.key for fault in validate_bundle(files.write())] == ["one-feature"]
    files.layers["boundary"]["features"] = [feature("elsewhere", square(13.35, 38.105, 13.38, 38.125))]
    assert [fault.key for fault in validate_bundle(files.write())] == ["not-allowed"]
    files.layers["boundary"]["features"] = []
    assert [fault.key for fault in validate_bundle(files.write())] == ["no-features"]


@pytest.mark.parametrize(
    ("kind", "geometry"),
    [("sea", line((13.36, 38.11), (13.37, 38.11))), ("street", square(13.36, 38.11, 13.37, 38.12))],
)
def test_context_geometry_follows_its_kind(files, kind, geometry):
    files.features("context")[0]["properties"]["kind"] = kind
    files.features("context")[0]["geometry"] = geometry
    assert [fault.key for fault in validate_bundle(files.write())] == ["wrong-geometry"]


def test_places_are_points_and_zones_are_areas(files):
    point = {"type": "Point", "coordinates": [13.36, 38.11]}
    files.features("heritage_places")[0]["geometry"] = square(13.36, 38.11, 13.37, 38.12)
    files.features("heritage_zones")[0]["geometry"] = point
    assert [fault.key for fault in validate_bundle(files.write())] == ["wrong-geometry"] * 2


def test_an_id_that_differs_from_the_code(files):
    files.features("segments")[0]["id"] = "P9-99"
    assert [fault.key for fault in validate_bundle(files.write())] == ["id-differs"]
    files.features("segments")[0]["id"] = "P1-01"
    assert validate_bundle(files.write()) == []


def test_areas_and_points_have_no_side(files):
    files.features("segments")[2]["properties"]["side"] = "left"
    files.features("segments")[3]["properties"]["direction"] = "forward"
    faults = validate_bundle(files.write())
    assert [(fault.rule, fault.path) for fault in faults] == [
        ("not-allowed", "properties.side"),
        ("not-allowed", "properties.direction"),
    ]


def overlap(files, geometry, side="both", before="both"):
    files.features("segments")[0]["properties"]["side"] = before
    files.features("segments").append(segment("P1-03", geometry, side=side))
    return [fault.key for fault in validate_bundle(files.write())]


def test_segments_of_one_measure_may_not_overlap(files):
    assert overlap(files, line((13.36, 38.111), (13.36, 38.1125))) == ["segment-overlap"]


@pytest.mark.parametrize(
    ("before", "side", "geometry", "faults"),
    [
        ("left", "right", line((13.36, 38.110), (13.36, 38.112)), []),
        ("left", "left", line((13.36, 38.110), (13.36, 38.112)), ["segment-overlap"]),
        ("left", "left", line((13.36, 38.112), (13.36, 38.110)), []),
        ("left", "right", line((13.36, 38.112), (13.36, 38.110)), ["segment-overlap"]),
        ("both", "right", line((13.36, 38.110), (13.36, 38.112)), ["segment-overlap"]),
    ],
)
def test_the_two_sides_of_a_street_do_not_overlap(files, before, side, geometry, faults):
    assert overlap(files, geometry, side, before) == faults


def test_crossing_and_meeting_are_no_overlap(files):
    assert overlap(files, line((13.359, 38.111), (13.361, 38.111))) == []


def test_areas_of_one_measure_may_not_overlap(files):
    files.features("segments").append(segment("P2-03", square(13.3655, 38.114, 13.367, 38.115)))
    assert [fault.key for fault in validate_bundle(files.write())] == ["segment-overlap-area"]


def test_segments_of_different_measures_may_overlap(files):
    files.features("segments").append(segment("P2-03", line((13.36, 38.11), (13.36, 38.112))))
    assert validate_bundle(files.write()) == []


def test_warnings_are_mended_on_reading(files):
    files.features("segments")[0]["geometry"] = line(
        (13.36, 38.11), (13.36, 38.11), (13.360000012345, 38.112)
    )
    assert {fault.rule for fault in validate_bundle(files.write())} == {"too-precise", "repeated-point"}
    assert list(read_bundle(files.directory).segments[0].geometry.coords) == [(13.36, 38.11), (13.36, 38.112)]


def test_rings_that_meet_are_no_repeated_point(files):
    parts = [square(13.365, 38.114, 13.366, 38.115), square(13.366, 38.115, 13.367, 38.116)]
    files.features("segments")[2]["geometry"] = {
        "type": "MultiPolygon",
        "coordinates": [part["coordinates"] for part in parts],
    }
    assert validate_bundle(files.write()) == []
