"""Scenes: a scene is a pure function of its name, the plan's facts and the words of one language.

The answer is a module that imports the map bundle and draws. It holds ids, addresses, numbers and our own
words only; names and comments travel as GeoJSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from mobility.consultation.agreement import KINDS
from mobility.maps.controls import Control, Follow, LayerControl, PickPin
from mobility.maps.layers import (
    CellsLayer,
    CommentsLayer,
    ContextLayer,
    HeritageLayer,
    ImportLayer,
    MeasuresLayer,
    RasterLayer,
    SegmentsLayer,
    ShapesLayer,
    SheetLayer,
)
from mobility.maps.sheet import SceneFigure, SheetMap, script_json

SCENES = ("import", "plan", "feedback", "group", "desk", "edit", "compare")
NEAR = 17
"""Zoom from which comments are single pins."""
FUNCTIONS = (
    "cellsLayer", "commentsLayer", "compareVersions", "contextLayer", "editDraft", "follow",
    "fullScreenControl", "heritageLayer", "importLayer", "layerControl", "legendControl", "locateControl",
    "measuresLayer", "pickPin", "rasterLayer", "scaleControl", "segmentsLayer", "shapesLayer", "sheet",
    "sourcesControl", "zoomControl",
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What a scene needs to know of a plan; no text among it but addresses."""

    root: str
    """Address of the plan's page, such as /plans/palermo-centro."""
    view: tuple[float, float, float, float]
    revision: int
    language: str
    bundle: str
    """Address of the built map bundle."""
    kinds: tuple[str, ...] = ()
    """Kinds of measures the plan holds, for the legend."""
    tiles: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    """Slug of the group whose votes the segments show."""

    def features(self, name: str, *, fixed: bool = False) -> str:
        """Address of a feature collection; `fixed` ones change only with the plan's revision."""
        version = f"&v={self.revision}" if fixed else ""
        return f"{self.root}/features/{name}.json?lang={self.language}{version}"


def scene_script(name: str, facts: Facts, texts: Mapping[str, str]) -> str:
    """The JavaScript module of a scene. Raises KeyError for an unknown name."""
    words = dict(texts)
    figure = SceneFigure(words)
    compose = {
        "import": _import,
        "plan": _plan,
        "feedback": _feedback,
        "group": _group,
        "desk": _desk,
        "edit": _edit,
        "compare": _compare,
    }[name]
    compose(figure, facts, words)
    script = figure.script_text()
    used = [function for function in FUNCTIONS if f"{function}(" in script]
    return f"import {{ {', '.join(used)} }} from {script_json(facts.bundle)};\n{script}\n"


def _sheet(figure: SceneFigure, facts: Facts, texts: dict[str, str], *, mode: str) -> SheetMap:
    options = {"view": list(facts.view), "plan": facts.root, "mode": mode, "minZoom": 11, "maxZoom": 19}
    sheet = SheetMap(element_id="map", options=options | {"texts": texts})
    figure.add_child(sheet)
    return sheet


def _ground(facts: Facts, texts: dict[str, str], *, measures: bool = True) -> list[SheetLayer]:
    segments = facts.features("segments") + (f"&group={quote(facts.group)}" if facts.group else "")
    return [
        ContextLayer(name=texts["layer_context"], url=facts.features("context", fixed=True)),
        HeritageLayer(name=texts["layer_heritage"], url=facts.features("heritage", fixed=True)),
        MeasuresLayer(name=texts["layer_areas"], show=measures, url=segments, texts=texts),
        SegmentsLayer(name=texts["layer_segments"], show=measures, url=segments, texts=texts),
    ]


def _controls(sheet: SheetMap, facts: Facts, texts: dict[str, str], layers: list[SheetLayer]) -> None:
    for function in ("zoomControl", "locateControl", "fullScreenControl"):
        sheet.add_child(Control(function, position="topright", texts=texts), name=function)
    sheet.add_child(Control("scaleControl", position="bottomleft"), name="scaleControl")
    sheet.add_child(Control("sourcesControl", position="bottomleft", texts=texts), name="sourcesControl")
    lines = legend_lines(facts.kinds, texts, counted=not facts.group)
    legend = Control("legendControl", position="bottomright", texts=texts, lines=lines)
    sheet.add_child(legend, name="legendControl")
    if facts.tiles.get("url"):
        sheet.add_child(
            RasterLayer(url=facts.tiles["url"], attribution=facts.tiles.get("attribution", "")), name="tiles"
        )
    sheet.add_child(LayerControl(layers, position="topright", texts=texts), name="layerControl")


def _plan(figure: SceneFigure, facts: Facts, texts: dict[str, str]) -> None:
    sheet = _sheet(figure, facts, texts, mode="measures")
    ground = _ground(facts, texts)
    comments = CommentsLayer(
        name=texts["layer_comments"],
        comments=f"{facts.root}/features/comments.json",
        cells=f"{facts.root}/features/cells.json",
        near=NEAR,
        texts=texts,
    )
    layers = [*ground, comments]
    for layer in layers:
        sheet.add_child(layer, name=layer.get_name())
    pin = PickPin(place=f"{facts.root}/place", zoom=16.5, texts=texts)
    sheet.add_child(pin, name="pin")
    _controls(sheet, facts, texts, layers)
    sheet.add_child(Follow(segments=ground[2:], comments=comments, pick=pin.get_name()), name="follow")


def _group(figure: SceneFigure, facts: Facts, texts: dict[str, str]) -> None:
    """The votes of one group on the segments; the group's name stands on the page."""
    texts["legend_results"] = texts["legend_group"]
    sheet = _sheet(figure, facts, texts, mode="results")
    ground = _ground(facts, texts)
    for layer in ground:
        sheet.add_child(layer, name=layer.get_name())
    _controls(sheet, facts, texts, ground)
    sheet.add_child(Follow(segments=ground[2:]), name="follow")


def _import(figure: SceneFigure, facts: Facts, texts: dict[str, str]) -> None:
    """What an import would change over the base map; a wrong coordinate system may lie far away."""
    sheet = _sheet(figure, facts, texts, mode="measures")
    sheet.options["minZoom"] = 3
    ground = _ground(facts, texts, measures=False)
    layers = [*ground, ImportLayer(name=texts["layer_import"], view=list(facts.view))]
    for layer in layers:
        sheet.add_child(layer, name=layer.get_name())
    for function in ("zoomControl", "fullScreenControl"):
        sheet.add_child(Control(function, position="topright", texts=texts), name=function)
    sheet.add_child(Control("scaleControl", position="bottomleft"), name="scaleControl")
    sheet.add_child(Control("sourcesControl", position="bottomleft", texts=texts), name="sourcesControl")
    sheet.add_child(LayerControl(layers, position="topright", texts=texts), name="layerControl")


def _feedback(figure: SceneFigure, facts: Facts, texts: dict[str, str]) -> None:
    """Hexagons over the bare ground; measures are one click away in the list of layers."""
    texts["legend_measures"] = texts["layer_cells"]
    facts = replace(facts, kinds=())
    sheet = _sheet(figure, facts, texts, mode="measures")
    ground = _ground(facts, texts, measures=False)
    cells = CellsLayer(name=texts["layer_cells"], cells=f"{facts.root}/features/cells.json", texts=texts)
    layers = [*ground, cells]
    for layer in layers:
        sheet.add_child(layer, name=layer.get_name())
    _controls(sheet, facts, texts, layers)
    sheet.add_child(Follow(segments=ground[2:]), name="follow")


def _desk(figure: SceneFigure, facts: Facts, texts: dict[str, str]) -> None:
    """What a page of the desk names, over the bare ground; measures are one click away."""
    texts["legend_measures"] = texts["layer_context"]
    facts = replace(facts, kinds=())
    sheet = _sheet(figure, facts, texts, mode="measures")
    ground = _ground(facts, texts, measures=False)
    shapes = ShapesLayer(name=texts["layer_shapes"])
    layers = [*ground, shapes]
    for layer in layers:
        sheet.add_child(layer, name=layer.get_name())
    sheet.add_child(Control("zoomControl", position="topright", texts=texts), name="zoomControl")
    sheet.add_child(Control("fullScreenControl", position="topright", texts=texts), name="fullScreenControl")
    sheet.add_child(Control("sourcesControl", position="bottomleft", texts=texts), name="sourcesControl")
    sheet.add_child(LayerControl(layers, position="topright", texts=texts), name="layerControl")
    sheet.add_child(Follow(segments=ground[2:]), name="follow")


def _edit(figure: SceneFigure, facts: Facts, texts: dict[str, str]) -> None:
    """A draft over the bare ground, with the tools to change it; the page names its addresses."""
    _bare(figure, facts, texts, "editDraft")


def _compare(figure: SceneFigure, facts: Facts, texts: dict[str, str]) -> None:
    """Two versions over the bare ground, with a handle between them; the page names their addresses."""
    _bare(figure, facts, texts, "compareVersions")


def _bare(figure: SceneFigure, facts: Facts, texts: dict[str, str], function: str) -> None:
    """The ground and what a page of its own adds; the measures of today are one click away."""
    sheet = _sheet(figure, facts, texts, mode="measures")
    ground = _ground(facts, texts, measures=False)
    for layer in ground:
        sheet.add_child(layer, name=layer.get_name())
    for control in ("zoomControl", "fullScreenControl"):
        sheet.add_child(Control(control, position="topright", texts=texts), name=control)
    sheet.add_child(Control("sourcesControl", position="bottomleft", texts=texts), name="sourcesControl")
    sheet.add_child(LayerControl(ground, position="topright", texts=texts), name="layerControl")
    sheet.add_child(Control(function, texts=texts), name=function)


def legend_lines(
    kinds: tuple[str, ...], texts: Mapping[str, str], *, counted: bool = True
) -> dict[str, list[dict[str, Any]]]:
    """The lines of the legend: kinds of measures and heritage; how support, how agreement is drawn."""
    symbols = {
        "limited_traffic_zone": "limit",
        "pedestrian_square": "area",
        "coach_bay": "spot",
        "crossing": "spot",
    }
    measures = [
        {"symbol": symbols.get(kind, "line"), "kind": kind, "text": texts[f"kind_{kind}"]} for kind in kinds
    ]
    heritage = [
        {"symbol": "place", "text": texts["legend_place"]},
        {"symbol": "buffer", "text": texts["legend_buffer"]},
    ]
    results = [
        {"symbol": "contested", "text": texts["legend_contested"]},
        {"symbol": "few", "text": texts["legend_few"]},
        {"symbol": "bubble", "text": texts["legend_bubble"]},
    ]
    agreement = [
        {"symbol": "contested", "text": texts["accord_contested"]},
        *(
            {"symbol": "accord", "kind": kind, "text": texts[f"accord_{kind}"]}
            for kind in KINDS
            if kind != "contested"
        ),
    ]
    return {
        "measures": [*measures, *heritage],
        "results": [*(results if counted else ()), *heritage],
        "agreement": [*agreement, *heritage],
    }
