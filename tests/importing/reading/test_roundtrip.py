"""Whatever is drawn comes back where it was, from every format and system planners use."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from tests.importing.reading.makers import (
    PLACE,
    metres,
    projected,
    reading,
    shapefile,
    write,
)

west, south, east, north = PLACE
degrees = st.tuples(
    st.floats(west, east, allow_subnormal=False), st.floats(south, north, allow_subnormal=False)
)


def _line(corners: list[tuple[float, float]]) -> LineString:
    return LineString(corners)


lines = (
    st.lists(degrees, min_size=2, max_size=12, unique=True).map(_line).filter(lambda line: line.length > 1e-4)
)
areas = st.builds(
    lambda at, wide, high: box(at[0], at[1], at[0] + wide, at[1] + high),
    degrees,
    st.floats(0.0005, 0.05),
    st.floats(0.0005, 0.05),
)
names = st.text(st.characters(categories=["L", "N"], max_codepoint=0x24F), min_size=1, max_size=20)
layers = st.one_of(
    st.tuples(st.just("Point"), st.lists(degrees.map(Point), min_size=1, max_size=8)),
    st.tuples(st.just("LineString"), st.lists(lines, min_size=1, max_size=8)),
    st.tuples(st.just("Polygon"), st.lists(areas, min_size=1, max_size=8)),
)


@pytest.mark.parametrize("format_", ["GPKG", "GeoJSON", "SHP"])
@pytest.mark.parametrize("epsg", [3004, 6708, 7792, 25833, 32633])
@settings(max_examples=6, deadline=None)
@given(layer=layers, data=st.data())
def test_features_come_back_within_a_centimetre(
    format_: str, epsg: int, layer: tuple[str, list[BaseGeometry]], data: st.DataObject
) -> None:
    kind, shapes = layer
    texts = data.draw(st.lists(names, min_size=len(shapes), max_size=len(shapes)))
    moved = [projected(shape, epsg) for shape in shapes]
    said = {"crs": f"EPSG:{epsg}", "kind": kind, "fields": {"nome": texts}}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if format_ == "SHP":
            path = shapefile(folder, moved, name="strade", encoding="UTF-8", **said)
        elif format_ == "GPKG":
            path = write(folder / "strade.gpkg", "GPKG", moved, layer="strade", **said)
        else:
            path = write(folder / "strade.geojson", "GeoJSON", moved, COORDINATE_PRECISION=9, **said)
        found = reading(path, folder, "strade").features
    assert [one.properties["nome"] for one in found] == texts
    for one, shape in zip(found, shapes, strict=True):
        assert one.geometry is not None
        assert metres(one.geometry, shape) < 0.01 if not isinstance(shape, Polygon) else True
        assert metres(one.geometry.boundary, shape.boundary) < 0.01 if isinstance(shape, Polygon) else True
