"""Faults of whole files: missing, too large, broken, elsewhere."""

import os

import pytest

from mobility.plans.bundles import BundleRefused, read_bundle, validate_bundle
from mobility.plans.bundles.files import BUNDLE, CONTEXT, FILES, MEASURES, SEGMENTS


def only(directory):
    """The one fault of a bundle."""
    faults = validate_bundle(directory)
    assert len(faults) == 1, [str(fault) for fault in faults]
    return faults[0]


def test_the_small_bundle_has_no_fault(files):
    assert validate_bundle(files.write()) == []


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file(files, name):
    directory = files.write()
    (directory / name).unlink()
    missing = [fault for fault in validate_bundle(directory) if fault.rule == "missing-file"]
    assert [fault.file for fault in missing] == [name]


def test_an_empty_directory_reports_all_files(tmp_path):
    assert [fault.file for fault in validate_bundle(tmp_path)] == list(FILES[:2]) + list(FILES[2:])


def test_a_directory_instead_of_a_file(files):
    directory = files.write()
    (directory / CONTEXT).unlink()
    (directory / CONTEXT).mkdir()
    assert only(directory).key == "not-a-file"


def test_a_link_out_of_the_bundle(files, tmp_path):
    directory = files.write()
    secret = tmp_path / "elsewhere.geojson"
    secret.write_text('{"type": "FeatureCollection", "features": []}')
    (directory / CONTEXT).unlink()
    (directory / CONTEXT).symlink_to(secret)
    assert only(directory).rule == "outside-bundle"


def test_a_layer_of_two_gigabytes_is_not_read(files):
    directory = files.write()
    os.truncate(directory / CONTEXT, 2 * 2**30)
    fault = only(directory)
    assert fault.rule == "too-large"
    assert str(2 * 2**30) in fault.problem


def test_a_large_toml_file_is_not_read(files):
    directory = files.write()
    (directory / MEASURES).write_text("#" * (4 * 2**20 + 1))
    assert only(directory).rule == "too-large"


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_truncated_layer(files, keep):
    directory = files.write()
    data = (directory / CONTEXT).read_bytes()
    (directory / CONTEXT).write_bytes(data[: int(len(data) * keep)])
    assert only(directory).rule in {"truncated", "not-json"}


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b'{"type": "FeatureCollection", "features": [', "truncated"),
        (b'{"type": "FeatureCollection",\n "features": [}', "not-json"),
        (b"", "not-json"),
        (b"\xff\xfe\x00", "not-utf8"),
        (b"[" * 100 + b"]" * 100, "not-json"),
        (b"[]", "not-geojson"),
        (b'{"type": "Feature"}', "not-geojson"),
        (b'{"type": "FeatureCollection", "features": {}}', "not-geojson"),
        (b'{"type": "FeatureCollection", "features": [7]}', "not-geojson"),
        (
            b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}}]}',
            "not-geojson",
        ),
    ],
)
def test_a_broken_layer(files, data, rule):
    directory = files.write()
    (directory / CONTEXT).write_bytes(data)
    assert only(directory).rule == rule


def test_json_faults_name_line_and_column(files):
    directory = files.write()
    (directory / CONTEXT).write_text('{\n "type": oops}')
    assert "line 2, column 10" in only(directory).problem


@pytest.mark.parametrize("name", [BUNDLE, MEASURES])
def test_bad_toml_names_its_line(files, name):
    directory = files.write()
    with (directory / name).open("a") as file:
        file.write("\nbroken = = 1\n")
    found = [fault for fault in validate_bundle(directory) if fault.rule == "not-toml"]
    assert [fault.file for fault in found] == [name]
    assert "line" in found[0].problem


def test_toml_that_is_not_utf8(files):
    directory = files.write()
    (directory / MEASURES).write_bytes(b'a = "\xe8"')
    assert only(directory).rule == "not-utf8"


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32633"}},
        {"type": "name", "properties": {"name": "EPSG:3004"}},
        "EPSG:32633",
        {},
    ],
)
def test_another_crs(files, crs):
    files.layers["segments"]["crs"] = crs
    fault = next(fault for fault in validate_bundle(files.write()) if fault.file == SEGMENTS)
    assert (fault.rule, fault.path) == ("wrong-crs", "crs")


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "OGC:CRS84"])
def test_crs84_may_be_named(files, name):
    files.layers["segments"]["crs"] = {"type": "name", "properties": {"name": name}}
    assert validate_bundle(files.write()) == []


def test_every_fault_at_once(files):
    files.city["city"]["timezone"] = "Europe/Palermo"
    files.measures["measure"][0]["kind"] = "flying_cars"
    files.features("context")[0]["geometry"] = None
    files.features("segments")[1]["properties"]["code"] = "P1-01"
    files.layers["heritage_zones"] = {"type": "Topology"}
    rules = {fault.rule for fault in validate_bundle(files.write())}
    assert rules == {"timezone", "not-allowed", "empty-geometry", "duplicate-code", "not-geojson"}


def test_reading_a_broken_bundle_is_refused_with_all_faults(files):
    files.city["format"] = 2
    files.measures["measure"][0]["accuracy_m"] = -1
    with pytest.raises(BundleRefused) as caught:
        read_bundle(files.write())
    assert {fault.rule for fault in caught.value.faults} == {"format-version", "accuracy"}


def test_warnings_do_not_refuse(files):
    files.features("context")[0]["geometry"]["coordinates"][0].reverse()
    assert [fault.rule for fault in validate_bundle(files.write())] == ["ring-direction"]
    assert read_bundle(files.directory).context[0].geometry.exterior.is_ccw


def test_no_more_than_a_thousand_faults_are_listed(files):
    files.layers["context"]["features"] = [None] * 1500
    with pytest.raises(BundleRefused) as caught:
        read_bundle(files.write())
    assert len(caught.value.faults) == 1000
    assert caught.value.unlisted == 500
