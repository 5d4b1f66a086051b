"""Draw the segments from axes, areas and points, as `sources/segments.toml` describes them."""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge, split, substring
from sources import HERE, Feature, Sources, Table, both_languages, feature, metric_points

AXIS_END_M = 20.0

Drawn = Iterator[tuple[BaseGeometry, Table]]


def segments(src: Sources) -> list[Feature]:
    """All segments; codes are counted per measure, the order of measures is that of the source."""
    counted: Counter[str] = Counter()
    found: list[Feature] = []
    recipes: list[tuple[str, Callable[[Sources, Table], Drawn]]] = [
        ("run", _run),
        ("area", _area),
        ("spot", _spot),
    ]
    for key, draw in recipes:
        for recipe in src.segments[key]:
            for shape, properties in draw(src, recipe):
                measure = recipe["measure"]
                counted[measure] += 1
                found.append(
                    feature(shape, f"{measure}-{counted[measure]:02}", measure=measure, **properties)
                )
    order = {name: at for at, name in enumerate(measure_codes())}
    return sorted(found, key=lambda item: (order[item["properties"]["measure"]], item["id"]))


def measure_codes() -> list[str]:
    """Codes of the measures in the order of `measures.toml`."""
    with (HERE / "measures.toml").open("rb") as file:
        return [measure["code"] for measure in tomllib.load(file)["measure"]]


def _run(src: Sources, run: Table) -> Drawn:
    line, street = src.axes[run["axis"]], src.axis[run["axis"]]["street"]
    cuts = [(_cut_at(src, line, cut["at"]), both_languages(cut["name"]), cut["at"]) for cut in run["cuts"]]
    for (start, first, how), (end, second, then) in pairwise(cuts):
        estimated = any(not _is_axis_cut(at) for at in (how, then))
        yield (
            substring(line, start, end),
            {
                "street": street,
                "span": {
                    "it": f"tra {first['it']} e {second['it']}",
                    "en": f"between {first['en']} and {second['en']}",
                },
                "side": run.get("side", "both"),
                "direction": run.get("direction", "both"),
                "cut": "estimated" if estimated else "axis",
                "source": _run_source(src, estimated=estimated),
                "accuracy_m": run["estimate_m"] if estimated else AXIS_END_M,
            },
        )


def _run_source(src: Sources, *, estimated: bool) -> str:
    ends = (
        "position of the crossings along the street estimated"
        if estimated
        else "cut at the ends or crossings of axes"
    )
    return f"{src.axes_file['source']}; {ends}"


def _is_axis_cut(at: str | float) -> bool:
    return isinstance(at, str) and not at.startswith("near:")


def _cut_at(src: Sources, line: LineString, at: str | float) -> float:
    """Metres along the line of a cut: see the head of `sources/segments.toml`."""
    if not isinstance(at, str):
        return float(at)
    if at in ("start", "end"):
        return 0.0 if at == "start" else float(line.length)
    kind, _, value = at.partition(":")
    point = _crossing(line, src.axes[value]) if kind == "x" else Point(metric_points(value)[0])
    return float(line.project(point))


def _crossing(one: LineString, other: LineString) -> Point:
    """Where two axes cross or touch; within 5 m the nearest point of the first."""
    point, beyond = (Point(c) for c in shapely.shortest_line(one, other).coords)
    if point.distance(beyond) > 5:
        raise ValueError("the axes do not cross")
    return point


def _area(src: Sources, area: Table) -> Drawn:
    if area["base"] == "ztl":
        shape: BaseGeometry = src.areas["ztl"]
    elif area["base"] == "ring":
        inner = src.areas[area["of"]]
        shape = inner.buffer(area["metres"], join_style="mitre").difference(inner)
    else:
        shape = Point(metric_points(area["at"])[0]).buffer(area["metres"], quad_segs=12)
    pieces = [shape]
    for text in area.get("lines", []):
        cutter = _extended(_cutter(src, text), 300)
        pieces = [part for piece in pieces for part in split(piece, cutter).geoms]
    if "toward" in area:
        wanted = Point(metric_points(area["toward"])[0])
        shape = min(pieces, key=lambda piece: piece.distance(wanted))
    ztl = src.areas_file["ztl"]
    yield (
        shape,
        {
            "street": area["street"],
            "span": area["span"],
            "side": "both",
            "direction": "both",
            "cut": "estimated",
            "source": area.get("source", ztl["source"]),
            "accuracy_m": area.get("accuracy_m", ztl["accuracy_m"]),
        },
    )


def _cutter(src: Sources, text: str) -> LineString:
    if "," in text:
        return LineString(metric_points(text))
    merged = linemerge([src.axes[code] for code in text.split()])
    if not isinstance(merged, LineString):
        raise ValueError(f"axes do not join: {text}")
    return merged


def _extended(line: LineString, metres: float) -> LineString:
    """The line, longer by `metres` at both ends in the direction of its first and last stretch."""
    points = list(line.coords)
    return LineString(
        [_beyond(points[1], points[0], metres), *points, _beyond(points[-2], points[-1], metres)]
    )


def _beyond(inner: tuple[float, ...], end: tuple[float, ...], metres: float) -> tuple[float, float]:
    scale = metres / Point(inner).distance(Point(end))
    return end[0] + (end[0] - inner[0]) * scale, end[1] + (end[1] - inner[1]) * scale


def _spot(src: Sources, spot: Table) -> Drawn:
    about = src.point(spot["point"]) if "point" in spot else spot
    if "crossing" in spot:
        one, other = (src.axes[code] for code in spot["crossing"])
        place, about = (
            _crossing(one, other),
            {"source": "Crossing of two street axes", "accuracy_m": AXIS_END_M},
        )
    else:
        place = Point(metric_points(about["at"])[0])
    yield (
        place,
        {
            "street": spot["street"],
            "span": spot["span"],
            "side": "both",
            "direction": "both",
            "cut": "axis" if "crossing" in spot else "estimated",
            "source": about["source"],
            "accuracy_m": about["accuracy_m"],
        },
    )
