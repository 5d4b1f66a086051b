"""Whatever stands in a bundle, checking it ends with faults, never with a crash."""

import copy
import json
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobility.plans.bundles import inspect_bundle
from mobility.plans.bundles.files import FILES
from tests.factories.bundles import BundleFiles

odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["../../etc/passwd", "<script>", "{{7*7}}", "%(x)s %s %", "P1-01", "\ud800", "\x00"]),
    st.lists(st.integers(-200, 200) | st.text(max_size=3), max_size=4),
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=3), max_size=3),
    st.just([[[[13.36, 38.11]]]]),
)
dates = st.datetimes() | st.datetimes(timezones=st.just(UTC))


def replaced(draw, document, values, depth=7):
    """A copy of a document in which one place, chosen at random, holds something else."""
    changed = copy.deepcopy(document)
    holder = changed
    for _ in range(draw(st.integers(0, depth))):
        keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
        inner = [key for key in keys if isinstance(holder[key], dict | list) and holder[key]]
        if not inner:
            break
        holder = holder[draw(st.sampled_from(inner))]
    key = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
    if draw(st.booleans()):
        holder[key] = draw(values)
    else:
        del holder[key]
    return changed


def checked(files):
    bundle, faults = inspect_bundle(files.write())
    assert (bundle is None) == bool(faults.errors)
    assert all(str(fault) for fault in faults)


def told(document):
    """Without what TOML cannot hold."""
    if isinstance(document, dict):
        return {key: told(value) for key, value in document.items() if value is not None}
    if isinstance(document, list):
        return [told(value) for value in document if value is not None]
    if isinstance(document, str):
        return document.encode("utf-8", "replace").decode().replace("\x7f", "")
    return document


quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(data=st.data())
def test_odd_values_in_bundle_toml(data):
    with TemporaryDirectory() as directory:
        files = BundleFiles(Path(directory))
        files.city = told(replaced(data.draw, files.city, odd | dates))
        checked(files)


@quick
@given(data=st.data())
def test_odd_values_in_measures_toml(data):
    with TemporaryDirectory() as directory:
        files = BundleFiles(Path(directory))
        files.measures = told(replaced(data.draw, files.measures, odd | dates))
        checked(files)


@quick
@given(data=st.data())
def test_odd_values_in_a_layer(data):
    with TemporaryDirectory() as directory:
        files = BundleFiles(Path(directory))
        name = data.draw(st.sampled_from(sorted(files.layers)))
        files.layers[name] = replaced(data.draw, files.layers[name], odd)
        checked(files)


@quick
@given(data=st.data(), name=st.sampled_from(FILES))
def test_damaged_bytes(data, name):
    with TemporaryDirectory() as directory:
        path = BundleFiles(Path(directory)).write() / name
        content = path.read_bytes()
        at = data.draw(st.integers(0, len(content)))
        path.write_bytes(content[:at] + data.draw(st.binary(max_size=8)) + content[at + 1 :])
        _, faults = inspect_bundle(Path(directory))
        assert all(str(fault) for fault in faults)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" + "0" * 400, "0.1e-400"])
def test_numbers_beyond_every_limit(files, number):
    text = json.dumps(files.layers["segments"]).replace("13.36,", f"{number},", 1)
    path = files.write() / "layers" / "segments.geojson"
    path.write_text(text)
    assert inspect_bundle(files.directory)[1].errors
