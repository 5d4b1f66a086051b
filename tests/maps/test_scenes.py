"""Scenes: one module text, always the same; nothing in it is run by a template or a browser by mistake."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mobility.maps.controls import Control, LayerControl, PickPin
from mobility.maps.layers import (
    CellsLayer,
    CommentsLayer,
    ContextLayer,
    HeritageLayer,
    MeasuresLayer,
    RasterLayer,
    SegmentsLayer,
)
from mobility.maps.scenes import FUNCTIONS, SCENES, Facts, scene_script
from mobility.maps.sheet import SceneElement, SceneFigure, SheetMap, script_json

SHARP = ("{{7*7}}", "{% for x in y %}", "{# note #}", "</script><b>", "<!--", "'\"`${1}\\", "\u2028\u2029")
LAYERS = (ContextLayer, HeritageLayer, MeasuresLayer, SegmentsLayer, CommentsLayer, CellsLayer)
LAYERS_OF = {"group": 4, "edit": 4, "compare": 4}
"""Scenes without counts of comments have one layer less."""
VIEW = [13.348, 38.106, 13.378, 38.124]


def figure_with(*elements: SceneElement, map_options: dict[str, Any] | None = None) -> str:
    """The script of a map that holds `elements`."""
    figure = SceneFigure({"word": "plain"})
    sheet = SheetMap(element_id="map", options={"view": VIEW, **(map_options or {})})
    figure.add_child(sheet)
    for number, element in enumerate(elements):
        sheet.add_child(element, name=f"element-{number}")
    return figure.script_text()


def assert_literal(script: str, sharp: str) -> None:
    """`sharp` stands in the script as an escaped JSON string, and nothing of it was run or dropped."""
    assert script_json(sharp)[1:-1] in script
    assert "49" not in script
    assert not re.search(r"[<>\u2028\u2029]", script)


@pytest.mark.parametrize("sharp", SHARP)
@pytest.mark.parametrize("layer", LAYERS)
def test_layers_keep_braces_and_tags_as_text(layer: type[Any], sharp: str) -> None:
    assert_literal(figure_with(layer(name="Layer", url=sharp)), sharp)
    named = layer(name=sharp, url="/x")
    assert_literal(figure_with(named, LayerControl([named], position="topright")), sharp)


@pytest.mark.parametrize("sharp", SHARP)
def test_controls_keep_braces_and_tags_as_text(sharp: str) -> None:
    for element in (
        Control("legendControl", position="bottomright", lines=[{"symbol": "line", "text": sharp}]),
        Control("zoomControl", position=sharp),
        LayerControl([], position=sharp),
        PickPin(place=sharp, zoom=16.5),
        RasterLayer(url="/tiles/{z}/{x}/{y}.png", attribution=sharp),
        RasterLayer(url=sharp, attribution=""),
    ):
        assert_literal(figure_with(element), sharp)


@pytest.mark.parametrize("sharp", SHARP)
def test_the_map_keeps_braces_and_tags_as_text(sharp: str) -> None:
    assert_literal(figure_with(map_options={"plan": sharp}), sharp)
    figure = SceneFigure({})
    figure.add_child(SheetMap(element_id=sharp, options={"view": VIEW}))
    assert_literal(figure.script_text(), sharp)


@pytest.mark.parametrize("sharp", SHARP)
@pytest.mark.parametrize("name", SCENES)
def test_scenes_keep_sharp_words_and_addresses_as_text(
    name: str, sharp: str, facts: Facts, words: dict[str, str]
) -> None:
    said = scene_script(name, facts, dict.fromkeys(words, sharp))
    assert_literal(said, sharp)
    placed = dataclasses.replace(
        facts, root=f"/plans/{sharp}", bundle=f"/{sharp}.js", tiles={"url": f"/{sharp}", "attribution": sharp}
    )
    assert_literal(scene_script(name, placed, words), sharp)


def test_options_keep_the_spelling_of_their_keys() -> None:
    """folium would turn `no_votes` into `noVotes`, and the bundle would look for a word that is not there."""
    script = figure_with(PickPin(place="/place", zoom=16.5, no_votes="none"))
    assert '"no_votes":"none"' in script


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_is_the_same_bytes_each_time(name: str, facts: Facts, words: dict[str, str]) -> None:
    first = scene_script(name, facts, words)
    assert scene_script(name, facts, dict(words)) == first
    other = dataclasses.replace(facts, revision=8)
    assert scene_script(name, other, words) != first


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_loads_nothing_but_the_bundle(name: str, facts: Facts, words: dict[str, str]) -> None:
    script = scene_script(name, facts, words)
    assert "://" not in script
    assert re.findall(r"\bimport\b[^\n]* from (.+);", script) == ['"/static/dist/map-TEST.js"']
    assert not re.search(
        r"<(?:script|style|link)|cdn|jquery|bootstrap|innerHTML|document\.write", script, re.I
    )


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_imports_what_it_calls_and_the_bundle_has_it(
    name: str, facts: Facts, words: dict[str, str], root: Path
) -> None:
    script = scene_script(name, facts, words)
    imported = set(re.findall(r"\w+", script.splitlines()[0].split("{")[1].split("}")[0]))
    body = re.sub(r'"(?:[^"\\]|\\.)*"', '""', "\n".join(script.splitlines()[1:]))
    assert set(re.findall(r"(?<![\w.])(\w+)\(", body)) == imported
    assert imported <= set(FUNCTIONS)
    bundle = (root / "mobility/static/src/js/map.js").read_text("utf-8")
    offered = set(re.findall(r"export const (\w+)", bundle))
    offered |= set(re.findall(r"\w+", " ".join(re.findall(r"export \{([^}]*)\}", bundle))))
    assert set(FUNCTIONS) <= offered


@pytest.mark.parametrize("name", SCENES)
def test_layers_exist_before_the_control_that_lists_them(
    name: str, facts: Facts, words: dict[str, str]
) -> None:
    lines = scene_script(name, facts, words).splitlines()
    control = next(number for number, line in enumerate(lines) if line.startswith("layerControl("))
    made = [number for number, line in enumerate(lines) if re.match(r"const \w+_layer = ", line)]
    assert len(made) == LAYERS_OF.get(name, 5)
    assert max(made) < control
    assert lines[control].count("{layer: ") == len(made)
    last = ("follow(", "editDraft(", "compareVersions(")
    assert all(line.startswith(last) for line in lines[control + 1 :])


def test_people_may_zoom_as_far_as_the_map_goes(facts: Facts, words: dict[str, str]) -> None:
    script = scene_script("plan", facts, words)
    assert '"maxZoom":19' in script
    assert "user-scalable" not in script
    assert "viewport" not in script


def test_tiles_only_where_the_city_asked_for_them(facts: Facts, words: dict[str, str]) -> None:
    assert "rasterLayer" not in scene_script("plan", facts, words)
    tiles = {"url": "/tiles/{z}/{x}/{y}.png", "attribution": "© Town"}
    script = scene_script("plan", dataclasses.replace(facts, tiles=tiles), words)
    assert '"url":"/tiles/{z}/{x}/{y}.png"' in script
    assert '"attribution":"© Town"' in script


def test_a_plan_has_single_comments_and_a_pin_the_desk_has_hexagons(
    facts: Facts, words: dict[str, str]
) -> None:
    plan, desk = (scene_script(name, facts, words) for name in ("plan", "feedback"))
    assert "commentsLayer(" in plan
    assert "pickPin(" in plan
    assert "cellsLayer(" not in plan
    assert "cellsLayer(" in desk
    assert "pickPin(" not in desk


def test_an_unknown_scene_is_an_error(facts: Facts, words: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        scene_script("nothing", facts, words)


def test_every_word_the_bundle_asks_for_is_there(words: dict[str, str], root: Path) -> None:
    source = "".join(path.read_text("utf-8") for path in (root / "mobility/static/src/js/map").glob("*.js"))
    asked = set(re.findall(r"\btexts\.(\w+)", source))
    assert len(asked) > 20
    assert asked <= set(words)


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_is_a_module_that_node_can_read(
    name: str, facts: Facts, words: dict[str, str], tmp_path: Path
) -> None:
    node = shutil.which("node") or pytest.fail("node is needed to build the front end, and here too")
    sharp = {key: f"{text} {''.join(SHARP)}" for key, text in words.items()}
    path = tmp_path / "scene.mjs"
    path.write_text(scene_script(name, facts, sharp), "utf-8")
    done = subprocess.run([node, "--check", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_script_json_reads_back_as_what_it_was() -> None:
    value = {"text": "".join(SHARP), "list": [1, 2.5, None, True]}
    assert json.loads(script_json(value)) == value
