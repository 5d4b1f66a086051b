"""Styles as QGIS (QML) and other programs (SLD 1.0) read them, in the table ``layer_styles``."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from mobility.exports.formats.geopackage_sql import TABLE
from mobility.exports.formats.styles import AREA, LINE, POINT, Condition, Rule, Style, Symbol, styles_of

GEOMETRY_TYPES = {POINT: "0", LINE: "1", AREA: "2"}
MAIN = {"comments": POINT, "segments": LINE, "measures": LINE, "cells": AREA, "zones": AREA}
SLD, OGC = "http://www.opengis.net/sld", "http://www.opengis.net/ogc"
PIXELS = 96 / 25.4
CREATE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')))
"""
INSERT = (
    "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
    "styleQML, styleSLD, useAsDefault, description, owner, update_time) "
    "VALUES ('', '', ?, 'geom', ?, ?, ?, ?, ?, '', ?)"
)


def write_styles(file: sqlite3.Connection, layers: Sequence[str], now: str) -> None:
    """Adds the table with every style of the layers; the first of each is the default."""
    file.execute(CREATE)
    file.execute(TABLE, ("layer_styles", "layer_styles", now))
    for layer in layers:
        what, _, shape = layer.partition("_")
        shape = shape or MAIN[what]
        for number, style in enumerate(styles_of(what, shape)):
            name = str(style.name)
            texts = (qml(style, shape), sld(style, shape, layer))
            file.execute(INSERT, (layer, name, *texts, number == 0, name, now))


def qml(style: Style, shape: str) -> str:
    """The style as QGIS keeps it: rules, and a symbol for each."""
    root = ET.Element("qgis", version="3.28.0", styleCategories="Symbology")
    renderer = ET.SubElement(root, "renderer-v2", type="RuleRenderer", symbollevels="0", enableorderby="0")
    rules = ET.SubElement(renderer, "rules", key="root")
    symbols = ET.SubElement(renderer, "symbols")
    for number, rule in enumerate(style.rules):
        ET.SubElement(
            rules,
            "rule",
            key=f"rule-{number}",
            symbol=str(number),
            label=str(rule.label),
            filter=" AND ".join(expression(each) for each in rule.conditions),
        )
        _symbol(symbols, str(number), rule.symbol, shape)
    ET.SubElement(root, "layerGeometryType").text = GEOMETRY_TYPES[shape]
    return "<!DOCTYPE qgis>\n" + ET.tostring(root, encoding="unicode")


def expression(test: Condition) -> str:
    """A condition in the language of QGIS."""
    names = ", ".join(f'"{name}"' for name in test.names)
    value = f"coalesce({names})" if len(test.names) > 1 else names
    if isinstance(test.equal, bool):
        return f"{value} = {str(test.equal).lower()}"
    if test.equal is not None:
        return f"{value} = '{test.equal}'"
    edges = [f"{value} >= {test.low}"] if test.low is not None else []
    edges += [f"{value} < {test.high}"] if test.high is not None else []
    return " AND ".join(edges) or f"{value} IS NULL"


def sld(style: Style, shape: str, layer: str) -> str:
    """The style as SLD 1.0."""
    ET.register_namespace("sld", SLD)
    ET.register_namespace("ogc", OGC)
    root = ET.Element(f"{{{SLD}}}StyledLayerDescriptor", version="1.0.0")
    named = ET.SubElement(root, f"{{{SLD}}}NamedLayer")
    ET.SubElement(named, f"{{{SLD}}}Name").text = layer
    user = ET.SubElement(named, f"{{{SLD}}}UserStyle")
    ET.SubElement(user, f"{{{SLD}}}Title").text = str(style.name)
    kind = ET.SubElement(user, f"{{{SLD}}}FeatureTypeStyle")
    for rule in style.rules:
        _sld_rule(kind, rule, shape)
    return ET.tostring(root, encoding="unicode")


def _symbol(parent: ET.Element, name: str, symbol: Symbol, shape: str) -> None:
    kinds = {
        POINT: ("marker", "SimpleMarker"),
        LINE: ("line", "SimpleLine"),
        AREA: ("fill", "SimpleFill"),
    }
    kind, layer_kind = kinds[shape]
    opacity = "1" if shape == AREA else f"{symbol.opacity:g}"
    element = ET.SubElement(parent, "symbol", type=kind, name=name, alpha=opacity, clip_to_extent="1")
    layer = ET.SubElement(element, "layer", {"class": layer_kind, "enabled": "1", "locked": "0", "pass": "0"})
    options = ET.SubElement(layer, "Option", type="Map")
    for key, value in _options(symbol, shape).items():
        ET.SubElement(options, "Option", name=key, type="QString", value=value)


def _options(symbol: Symbol, shape: str) -> dict[str, str]:
    line = "dash" if symbol.dashed else "solid"
    if shape == LINE:
        return {
            "line_color": _rgba(symbol.colour),
            "line_width": f"{symbol.width:g}",
            "line_width_unit": "MM",
            "line_style": line,
            "capstyle": "round",
            "joinstyle": "round",
        }
    outline = {
        "outline_color": _rgba(symbol.stroke),
        "outline_width": f"{min(symbol.width, 0.6):g}",
        "outline_width_unit": "MM",
        "outline_style": line,
    }
    if shape == POINT:
        marker = {"name": symbol.shape, "size": f"{symbol.size:g}", "size_unit": "MM"}
        return {"color": _rgba(symbol.colour), **marker, **outline}
    return {"color": _rgba(symbol.colour, symbol.opacity), "style": "solid", **outline}


def _rgba(colour: str, opacity: float = 1.0) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"{red},{green},{blue},{round(opacity * 255)}"


def _sld_rule(parent: ET.Element, rule: Rule, shape: str) -> None:
    element = ET.SubElement(parent, f"{{{SLD}}}Rule")
    ET.SubElement(element, f"{{{SLD}}}Title").text = str(rule.label)
    holder = ET.SubElement(element, f"{{{OGC}}}Filter")
    conditions = [condition for each in rule.conditions for condition in _conditions(each)]
    if len(conditions) > 1:
        holder = ET.SubElement(holder, f"{{{OGC}}}And")
    for name, test, value in conditions:
        compared = ET.SubElement(holder, f"{{{OGC}}}{name}")
        _value(compared, test)
        if value is not None:
            ET.SubElement(compared, f"{{{OGC}}}Literal").text = value
    _sld_symbol(element, rule.symbol, shape)


def _conditions(test: Condition) -> list[tuple[str, Condition, str | None]]:
    if test.equal is not None:
        value = str(test.equal).lower() if isinstance(test.equal, bool) else test.equal
        return [("PropertyIsEqualTo", test, value)]
    found: list[tuple[str, Condition, str | None]] = []
    if test.low is not None:
        found.append(("PropertyIsGreaterThanOrEqualTo", test, f"{test.low:g}"))
    if test.high is not None:
        found.append(("PropertyIsLessThan", test, f"{test.high:g}"))
    return found or [("PropertyIsNull", test, None)]


def _value(parent: ET.Element, test: Condition) -> None:
    if len(test.names) > 1:
        parent = ET.SubElement(parent, f"{{{OGC}}}Function", name="coalesce")
    for name in test.names:
        ET.SubElement(parent, f"{{{OGC}}}PropertyName").text = name


def _sld_symbol(parent: ET.Element, symbol: Symbol, shape: str) -> None:
    if shape == LINE:
        _stroke(ET.SubElement(parent, f"{{{SLD}}}LineSymbolizer"), symbol.colour, symbol)
        return
    holder = ET.SubElement(parent, f"{{{SLD}}}{'PointSymbolizer' if shape == POINT else 'PolygonSymbolizer'}")
    if shape == POINT:
        graphic = ET.SubElement(holder, f"{{{SLD}}}Graphic")
        holder = ET.SubElement(graphic, f"{{{SLD}}}Mark")
        name = {"diamond": "square"}.get(symbol.shape, symbol.shape)
        ET.SubElement(holder, f"{{{SLD}}}WellKnownName").text = name
    fill = ET.SubElement(holder, f"{{{SLD}}}Fill")
    _parameter(fill, "fill", symbol.colour)
    _parameter(fill, "fill-opacity", f"{symbol.opacity:g}")
    _stroke(holder, symbol.stroke, symbol)
    if shape == POINT:
        ET.SubElement(graphic, f"{{{SLD}}}Size").text = f"{symbol.size * PIXELS:.0f}"
        if symbol.shape == "diamond":
            ET.SubElement(graphic, f"{{{SLD}}}Rotation").text = "45"


def _stroke(parent: ET.Element, colour: str, symbol: Symbol) -> None:
    stroke = ET.SubElement(parent, f"{{{SLD}}}Stroke")
    _parameter(stroke, "stroke", colour)
    _parameter(stroke, "stroke-width", f"{symbol.width * PIXELS:.1f}")
    if symbol.dashed:
        _parameter(stroke, "stroke-dasharray", "6 4")


def _parameter(parent: ET.Element, name: str, value: str) -> None:
    ET.SubElement(parent, f"{{{SLD}}}CssParameter", name=name).text = value
