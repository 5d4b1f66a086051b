"""Faults of single values in the TOML files and in the properties of features: one thing broken each."""

from datetime import UTC, datetime

import pytest

from mobility.consultation import models as consultation
from mobility.plans.bundles import records, validate_bundle
from mobility.plans.bundles.files import BUNDLE, CONTEXT, MEASURES, PLACES, SEGMENTS, ZONES

GONE = object()

CITY_CASES = [
    (("format",), 2, "format-version"),
    (("format",), True, "format-version"),
    (("city", "slug"), "../etc", "bad-pattern"),
    (("city", "slug"), "Città", "bad-pattern"),
    (("city", "slug"), 7, "wrong-type"),
    (("city", "slug"), "a" * 65, "too-long"),
    (("city", "name"), "Testville", "wrong-type"),
    (("city", "name"), {"it": "Provopoli"}, "missing-language"),
    (("city", "name"), {"it": "a", "en": "b", "fr": "c"}, "unknown-language"),
    (("city", "name", "en"), " ", "blank"),
    (("city", "name", "en"), "x" * 81, "too-long"),
    (("city", "name", "en"), "<b>Testville</b>", "markup"),
    (("city", "name", "en"), "Test\u0007ville", "markup"),
    (("city", "name", "en"), "Test\nville", "markup"),
    (("city", "country"), "Italy", "too-long"),
    (("city", "languages"), [], "missing-key"),
    (("city", "languages"), ["it", "en", "it"], "not-allowed"),
    (("city", "default_language"), "de", "not-allowed"),
    (("city", "timezone"), "Europe/Palermo", "timezone"),
    (("city", "timezone"), "../../etc/passwd", "timezone"),
    (("city", "srid"), 4326, "srid"),
    (("city", "srid"), 32718, "srid"),
    (("city", "srid"), 1234567, "not-allowed"),
    (("city", "attribution"), GONE, "missing-key"),
    (("city", "contact", "email"), "nobody", "bad-pattern"),
    (("city", "contact", "website"), "http://example.org", "bad-pattern"),
    (("city", "contact", "website"), "javascript:alert(1)", "bad-pattern"),
    (("city", "colour"), "blue", "unknown-key"),
    (("city",), GONE, "missing-key"),
    (("town",), {}, "unknown-key"),
    (("plan", "slug"), "a/../b", "bad-pattern"),
    (("plan", "languages"), ["it", "en", "fr"], "not-allowed"),
    (("plan", "status"), "opened", "not-allowed"),
    (("plan", "licence"), "CC BY", "bad-pattern"),
    (("plan", "groups"), ["residents", "resident"], "unknown-reference"),
    (("plan", "view"), [13.37, 38.10, 13.34, 38.12], "view"),
    (("plan", "view"), [13.34, 38.10, 13.37], "missing-key"),
    (("plan", "view"), [13.34, 38.10, 13.37, float("nan")], "not-finite"),
    (("plan", "view"), [2.0, 48.0, 3.0, 49.0], "view"),
    (("office",), [], "missing-key"),
    (("office", 0, "email"), "x y@example.org", "bad-pattern"),
    (("group", 0, "kind"), "pirates", "not-allowed"),
    (("group", 0, "members"), 0, "not-allowed"),
    (("group", 0, "members"), "many", "wrong-type"),
    (("topic", 1, "slug"), "walking", "duplicate-code"),
    (("topic",), "walking", "wrong-type"),
    (("phase", 0, "actions"), [], "missing-key"),
    (("phase", 0, "actions"), ["comment", "shout"], "not-allowed"),
    (("phase", 0, "min_level"), 4, "not-allowed"),
    (("phase", 0, "results"), "never", "not-allowed"),
    (("phase", 0, "opens_at"), "2026-03-01", "wrong-type"),
    (("phase", 0, "opens_at"), datetime(2026, 3, 1, tzinfo=UTC), "wrong-type"),
    (("phase", 0, "opens_at"), datetime.fromisoformat("2026-03-29T02:30"), "local-time"),
    (("phase", 1, "closes_at"), datetime.fromisoformat("2026-10-25T02:30"), "local-time"),
    (("phase", 0, "opens_at"), datetime.fromisoformat("0001-01-01T00:00"), "local-time"),
    (("phase", 1, "closes_at"), datetime.fromisoformat("9999-12-31T23:59"), "local-time"),
    (("phase", 0, "closes_at"), datetime.fromisoformat("2026-02-01T00:00"), "phase-order"),
    (("phase", 0, "closes_at"), datetime.fromisoformat("2026-04-02T00:00"), "phase-overlap"),
    (("package", 0, "code"), "p", "bad-pattern"),
]

MEASURE_CASES = [
    (("code",), "P-1", "bad-pattern"),
    (("code",), "P2", "duplicate-code"),
    (("package",), "Q", "unknown-reference"),
    (("office",), "mobilty", "unknown-reference"),
    (("kind",), "flying_cars", "not-allowed"),
    (("status",), "done", "not-allowed"),
    (("uvar_block",), "magic", "not-allowed"),
    (("vehicle_classes",), ["car", "submarine"], "not-allowed"),
    (("vehicle_classes",), ["car", "car"], "not-allowed"),
    (("exemptions",), {"it": ["Residenti"], "en": []}, "uneven-lists"),
    (("exemptions",), {"it": ["Residenti"]}, "missing-language"),
    (("exemptions",), {"it": "Residenti", "en": "Residents"}, "wrong-type"),
    (("before", "en"), "x" * 401, "too-long"),
    (("hours_osm",), "Mo-Fr 8-20", "hours-syntax"),
    (("accuracy_m",), 0, "accuracy"),
    (("accuracy_m",), 5001, "accuracy"),
    (("accuracy_m",), float("inf"), "not-finite"),
    (("accuracy_m",), True, "wrong-type"),
    (("sources",), [], "missing-key"),
    (("sources", 0, "date"), "May 2020", "bad-pattern"),
    (("sources", 0, "date"), "2020-13", "bad-pattern"),
    (("sources", 0, "url"), "file:///etc/passwd", "bad-pattern"),
    (("sources", 0, "illustrative"), "yes", "wrong-type"),
    (("speed",), 30, "unknown-key"),
]

FEATURE_CASES = [
    (SEGMENTS, "segments", "code", "P1/../1", "bad-pattern"),
    (SEGMENTS, "segments", "code", GONE, "missing-key"),
    (SEGMENTS, "segments", "code", "P1-02", "duplicate-code"),
    (SEGMENTS, "segments", "code", "P2-09", "bad-pattern"),
    (SEGMENTS, "segments", "measure", "P9", "unknown-reference"),
    (SEGMENTS, "segments", "street", "x" * 121, "too-long"),
    (SEGMENTS, "segments", "side", "north", "not-allowed"),
    (SEGMENTS, "segments", "direction", None, "wrong-type"),
    (SEGMENTS, "segments", "cut", "guessed", "not-allowed"),
    (SEGMENTS, "segments", "accuracy_m", -5, "accuracy"),
    (SEGMENTS, "segments", "sides", "left", "unknown-key"),
    (CONTEXT, "context", "kind", "ocean", "not-allowed"),
    (CONTEXT, "context", "props", {"a": [1]}, "wrong-type"),
    (CONTEXT, "context", "props", {"a": {"it": "uno"}}, "missing-language"),
    (PLACES, "heritage_places", "status", "tentative", "not-allowed"),
    (PLACES, "heritage_places", "website", "//example.org", "bad-pattern"),
    (ZONES, "heritage_zones", "place", "1487-005", "unknown-reference"),
    (ZONES, "heritage_zones", "kind", "core", "not-allowed"),
]


def test_phases_use_the_words_of_the_consultation():
    assert (records.ACTIONS, records.RESULTS) == (consultation.ACTIONS, consultation.RESULTS)


def change(target, path, value):
    for step in path[:-1]:
        target = target[step]
    if value is GONE:
        del target[path[-1]]
    else:
        target[path[-1]] = value


def rules(directory):
    return {(fault.file, fault.rule) for fault in validate_bundle(directory)}


@pytest.mark.parametrize(("path", "value", "rule"), CITY_CASES)
def test_bundle_toml(files, path, value, rule):
    change(files.city, path, value)
    assert (BUNDLE, rule) in rules(files.write())


@pytest.mark.parametrize(("path", "value", "rule"), MEASURE_CASES)
def test_measures_toml(files, path, value, rule):
    change(files.measures["measure"][0], path, value)
    assert (MEASURES, rule) in rules(files.write())


@pytest.mark.parametrize(("file", "layer", "name", "value", "rule"), FEATURE_CASES)
def test_feature_properties(files, file, layer, name, value, rule):
    change(files.features(layer)[0]["properties"], (name,), value)
    assert (file, rule) in rules(files.write())


def test_a_fault_says_where_what_and_how_to_mend_it(files):
    files.measures["measure"][1]["office"] = "mobilty"
    fault = validate_bundle(files.write())[0]
    assert (fault.file, fault.feature, fault.path) == (MEASURES, "measure 2 (P2)", "office")
    assert fault.problem == "“mobilty” does not exist."
    assert fault.remedy == "Did you mean “mobility”?"
    assert str(fault) == (
        f"error · unknown-reference · {MEASURES} · measure 2 (P2) · office: {fault.problem} {fault.remedy}"
    )


def test_nested_properties_have_dotted_paths(files):
    files.measures["measure"][0]["exemptions"]["en"] = ["<i>x</i>"]
    assert validate_bundle(files.write())[0].path == "exemptions.en[1]"


def test_both_places_of_a_duplicate_are_named(files):
    files.features("segments")[2]["properties"].update(code="P1-01", measure="P1")
    fault = next(f for f in validate_bundle(files.write()) if f.rule == "duplicate-code")
    assert fault.feature == "feature 3 (P1-01)"
    assert "feature 1 (P1-01)" in fault.problem


def test_a_spelling_error_is_recognised(files):
    files.measures["measure"][0]["oficce"] = "mobility"
    fault = validate_bundle(files.write())[0]
    assert (fault.rule, fault.remedy) == ("unknown-key", "Did you mean “office”?")


def test_what_is_typed_is_repeated_without_control_characters(files):
    files.city["plan"]["slug"] = "a\u001b[31m" + "b" * 30
    fault = next(f for f in validate_bundle(files.write()) if f.path == "plan.slug")
    assert "\u001b" not in fault.problem


def test_a_percent_sign_breaks_no_message(files):
    files.city["plan"]["slug"] = "100%(x)s"
    assert "100%(x)s" in str(next(f for f in validate_bundle(files.write()) if f.path == "plan.slug"))


def test_phases_out_of_order(files):
    files.city["phase"].reverse()
    assert [fault.rule for fault in validate_bundle(files.write())] == ["phase-order"]


def test_a_view_with_exchanged_axes(files):
    files.city["plan"]["view"] = [12.0, 100.0, 13.0, 120.0]
    assert [fault.key for fault in validate_bundle(files.write())] == ["view-swapped"]


def test_a_measure_without_segment(files):
    del files.features("segments")[2:]
    faults = validate_bundle(files.write())
    assert [(fault.rule, fault.feature) for fault in faults] == [
        ("measure-without-segment", "measure 2 (P2)")
    ]
