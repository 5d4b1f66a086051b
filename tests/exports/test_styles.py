"""The styles in a GeoPackage: well formed, for every layer, about columns that there are."""

from __future__ import annotations

import re
import sqlite3

import pytest
from defusedxml import ElementTree

from mobility.exports.formats.blobs import blobs
from mobility.exports.formats.layer_styles import CREATE, MAIN, qml, sld, write_styles
from mobility.exports.formats.styles import AREA, LINE, POINT, styles_of
from mobility.exports.orders import WHAT
from mobility.exports.tables import columns_of
from mobility.spreadsheets import safe

SHAPES = (POINT, LINE, AREA)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("what", WHAT)
def test_rules_ask_for_columns_that_there_are(what: str, shape: str) -> None:
    names = {column.name for column in columns_of(what)}
    styles = styles_of(what, shape)
    assert styles
    for style in styles:
        asked = {name for rule in style.rules for each in rule.conditions for name in each.names}
        assert asked <= names


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("what", WHAT)
def test_every_rule_has_its_symbol(what: str, shape: str) -> None:
    for style in styles_of(what, shape):
        found = ElementTree.fromstring(qml(style, shape).partition("\n")[2])
        symbols = {symbol.get("name") for symbol in found.iter("symbol")}
        rules = [rule for rule in found.iter("rule") if rule.get("symbol")]
        assert {rule.get("symbol") for rule in rules} == symbols
        assert len(rules) == len(style.rules)
        text = sld(style, shape, what)
        assert len(re.findall("<sld:Rule>", text)) == len(style.rules)
        ElementTree.fromstring(text)


def test_every_layer_has_one_default() -> None:
    file = sqlite3.connect(":memory:")
    file.execute("CREATE TABLE gpkg_contents (table_name, data_type, identifier, last_change)")
    layers = [*MAIN, "segments_areas", "measures_mixed"]
    write_styles(file, layers, "2026-11-23T00:00:00.000Z")
    defaults = file.execute("SELECT f_table_name FROM layer_styles WHERE useAsDefault").fetchall()
    assert sorted(name for (name,) in defaults) == sorted([*MAIN, "segments_areas"])
    assert "layer_styles" in CREATE


def test_levels_are_never_added_up() -> None:
    first = styles_of("segments", LINE)[0]
    assert first.rules[0].conditions[0].names == (
        "verified_mean", "invitation_mean", "email_mean", "anonymous_mean",
    )  # fmt: skip


def test_no_place_has_no_blob() -> None:
    assert blobs([None, None]) == [None, None]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("=1+1", True), ("+1", True), ("-1", True), ("@x", True), ("\t=1", True), ("\r=1", True),
        ("\n", True),
        ("  =1", True), ("\ufeff=1", True), ("\u200b+1", True), ("＝1", True), ("'", True), ("a=1", False),
        ("1-2", False), ("", False), (" a", False), ("Via Maqueda", False),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_takes_for_a_formula_is_marked(text: str, marked: bool) -> None:
    assert safe(text).startswith("'") is marked
