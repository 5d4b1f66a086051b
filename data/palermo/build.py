"""Build the GeoJSON layers of the Palermo bundle from the files in `sources/`.

Usage: `python data/palermo/build.py [OUTPUT]` (default `data/palermo/layers`). Needs shapely and pyproj. The
result depends on the sources only: running it again writes the same bytes. Coordinates are (lon, lat) in
EPSG:4326; everything measured in metres (cuts along a street, buffers, discs) is computed in EPSG:32633.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import shapely
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry
from sources import HERE, Feature, Sources, Table, both_languages, feature, metric_points
from stretches import segments

GARDENS_IN_PLAN = (
    "villa-giulia",
    "orto-botanico",
    "villa-a-mare",
    "prato-foro-italico",
    "parco-livia-morello",
    "parco-orleans",
)
SQUARES_IN_PLAN = ("piazza-indipendenza", "piazza-castelnuovo", "stazione-centrale")


def write(folder: Path, name: str, features: list[Feature]) -> None:
    """Write a FeatureCollection with one feature a line, so that a change shows as a change of one line."""
    lines = ",\n".join(json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in features)
    text = f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'
    (folder / f"{name}.geojson").write_text(text, encoding="utf-8")


def context(src: Sources) -> list[Feature]:
    """Features of the base map, from the ground up: sea, shore, green, quarters, streets, squares, points."""
    return [*_sea(src), *_rings(src, "green"), *_rings(src, "quarter"), *_streets(src), *_points(src)]


def _sea(src: Sources) -> Iterator[Feature]:
    shore = src.areas_file["shore"]
    about = {"source": shore["source"], "accuracy_m": shore["accuracy_m"]}
    seaward = {**about, "source": shore["source"] + "; closed seaward as a drawing aid"}
    name = {"it": "Mar Tirreno", "en": "Tyrrhenian Sea"}
    coast = {"it": "Linea di costa", "en": "Shore line"}
    yield feature(src.sea, "mar-tirreno", kind="sea", name=name, **seaward)
    yield feature(src.shore, "costa", kind="shore", name=coast, **about)


def _rings(src: Sources, kind: str) -> Iterator[Feature]:
    group = src.areas_file[kind]
    for code, ring in group["ring"].items():
        props = {
            key: ring[key] for key in ("area_ha", "residents_2018", "residents_2021", "also") if key in ring
        }
        yield feature(
            src.areas[code],
            code,
            kind=kind,
            name=both_languages(ring["name"]),
            props=props,
            source=group["source"],
            accuracy_m=group["accuracy_m"],
        )


def _streets(src: Sources) -> Iterator[Feature]:
    for code, axis in src.axis.items():
        line = src.axes[code]
        yield feature(
            line,
            f"via-{code}",
            kind="street",
            name=both_languages(axis["street"]),
            props={"rank": axis["rank"], "length_m": round(line.length), "stretch": axis["stretch"]},
            source=src.axes_file["source"],
            accuracy_m=src.axes_file["accuracy_m"],
        )


def _points(src: Sources) -> Iterator[Feature]:
    for point in src.points:
        props = {key: point[key] for key in ("rank", "stands_for", "street", "zone") if key in point}
        yield feature(
            Point(metric_points(point["at"])[0]),
            point["code"],
            kind=point["kind"],
            name=both_languages(point["name"]),
            props=props,
            source=point["source"],
            accuracy_m=point["accuracy_m"],
        )


def heritage_places(src: Sources) -> list[Feature]:
    """The component parts of the World Heritage property, each its own point."""
    heritage = src.heritage
    return [
        feature(
            Point(metric_points(place["at"])[0]),
            place["code"],
            name=place["name"],
            about=place["about"],
            built=place["built"],
            property_code=heritage["property_code"],
            status="inscribed",
            source=heritage["source"],
            accuracy_m=place.get("accuracy_m", heritage["accuracy_m"]),
        )
        for place in heritage["place"]
    ]


def heritage_zones(src: Sources) -> list[Feature]:
    """Illustrative buffers (64 corners) round the component parts, and the two local planning zones."""
    metres = src.heritage["buffer_m"]
    zones = []
    for place in src.heritage["place"]:
        disc = Point(metric_points(place["at"])[0]).buffer(metres, quad_segs=16)
        zones.append(
            feature(
                disc,
                f"buffer-{place['code']}",
                place=place["code"],
                kind="buffer",
                name={
                    "it": f"Intorno illustrativo: {place['name']['it']}",
                    "en": f"Illustrative surroundings: {place['name']['en']}",
                },
                status="illustrative",
                source=f"Circle of {metres} m round the position; not the official buffer zone",
                accuracy_m=metres,
            )
        )
    return [*zones, *_planning_zones(src)]


def _planning_zones(src: Sources) -> Iterator[Feature]:
    quarters, ztl = src.areas_file["quarter"], src.areas_file["ztl"]
    centre = shapely.union_all([src.areas[code] for code in quarters["ring"]])
    centre = shapely.simplify(_without_holes(centre.buffer(4).buffer(-4)), 1)
    name = {"it": "Centro storico (quattro mandamenti)", "en": "Historic centre (four quarters)"}
    about = (
        "Union of the outlines of the four quarters, derived from open data of the Comune di Palermo (CC BY)"
    )
    yield _planning_zone(centre, "centro-storico", name, about, quarters["accuracy_m"])
    name = {"it": "ZTL Centrale", "en": "ZTL Centrale (limited traffic zone)"}
    yield _planning_zone(src.areas["ztl"], "ztl-centrale", name, ztl["source"], ztl["accuracy_m"])


def _planning_zone(shape: BaseGeometry, code: str, name: Table, about: str, accuracy_m: float) -> Feature:
    return feature(
        shape, code, kind="planning", name=name, status="approximate", source=about, accuracy_m=accuracy_m
    )


def boundary(src: Sources) -> list[Feature]:
    """The area of the plan: quarters, ZTL, gardens by the sea, 70 m on both sides of the streets used."""
    quarters = [src.areas[code] for code in src.areas_file["quarter"]["ring"]]
    gardens = [src.areas[code] for code in GARDENS_IN_PLAN]
    used = {run["axis"] for run in src.segments["run"]} | {"ruggero-settimo"}
    axes = [src.axes[code] for code in sorted(used)]
    squares = [Point(metric_points(src.point(code)["at"])[0]).buffer(110) for code in SQUARES_IN_PLAN]
    parts = [*quarters, *gardens, *squares, src.areas["ztl"], *(axis.buffer(70) for axis in axes)]
    land = shapely.union_all(parts).buffer(250).buffer(-250).difference(src.sea)
    whole = shapely.union_all(
        [land, *quarters, *gardens, src.areas["ztl"], *(axis.buffer(20) for axis in axes)]
    )
    smooth = whole.buffer(20).buffer(-32).buffer(14).simplify(4)
    shape = _without_holes(max(getattr(smooth, "geoms", [smooth]), key=lambda part: part.area))
    about = (
        "Drawn for this plan round the four quarters, the ZTL, the gardens by the sea "
        "and the streets with measures; no administrative limit"
    )
    return [feature(shape, "palermo-centro", source=about, accuracy_m=30)]


def _without_holes(shape: BaseGeometry) -> Polygon:
    if not isinstance(shape, Polygon):
        raise ValueError("the area falls into several parts")
    return Polygon(shape.exterior)


def main(folder: Path) -> None:
    """Write the five layers into the folder."""
    src = Sources()
    folder.mkdir(parents=True, exist_ok=True)
    write(folder, "boundary", boundary(src))
    write(folder, "context", context(src))
    write(folder, "heritage_places", heritage_places(src))
    write(folder, "heritage_zones", heritage_zones(src))
    write(folder, "segments", segments(src))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "layers")
