"""Where the data of a file lies under a guess: near the city over its streets, else beside its sign."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from mobility.maps.sketch_map import draw_sketch
from mobility.maps.static_look import DARK, LIGHT
from mobility.maps.static_map import HEIGHT, WIDTH
from tests.maps.test_static_map import SVG, row

BOUNDARY = box(13.35, 38.10, 13.38, 38.13)
HERE = LineString([(13.355, 38.11), (13.375, 38.12)])
GROUND = [
    row("context", "street", "LineString", [[13.35, 38.11], [13.38, 38.12]], name="Via <Maqueda>"),
    row("segment", "cycle_lane", "LineString", [[13.35, 38.11], [13.38, 38.12]]),
]


def drawn(*shapes: BaseGeometry, dark: bool = False) -> ET.Element:
    look = DARK if dark else LIGHT
    text = draw_sketch(
        GROUND, shapes, boundary=BOUNDARY, city="Paler<mo>", title="The data under <X>", look=look
    )
    return ET.fromstring(text)  # noqa: S314 (our own)


def data_of(picture: ET.Element, colour: str = LIGHT.position(-2)) -> list[ET.Element]:
    return [path for path in picture.iter(f"{SVG}path") if path.get("stroke") == colour]


def corners(path: ET.Element) -> list[tuple[float, float]]:
    words = path.attrib["d"].replace("M", " ").replace("L", " ").replace("Z", " ").split()
    return list(zip(map(float, words[::2]), map(float, words[1::2]), strict=True))


def test_near_the_city_the_data_lies_over_its_streets_and_boundary() -> None:
    picture = drawn(HERE)
    (line,) = data_of(picture)
    edges = [path for path in picture.iter(f"{SVG}path") if path.get("stroke-dasharray") == "14 8"]
    assert len(corners(line)) == 2
    assert len(edges) == 1
    assert picture.find(f"{SVG}title").text == "The data under <X>"  # type: ignore[union-attr]
    assert "Via <Maqueda>" in "".join(picture.itertext())
    assert not [path for path in picture.iter(f"{SVG}path") if path.get("stroke") == LIGHT.kind("cycle_lane")]


@pytest.mark.parametrize("place", [(7.3, 38.1), (-179.9, -89.99), (0.0, 0.0)])
def test_far_away_the_city_is_a_sign_and_both_are_in_the_picture(place: tuple[float, float]) -> None:
    picture = drawn(LineString([place, (place[0] + 0.5, place[1] + 5.0)]))
    (line,) = data_of(picture)
    assert "Paler<mo>" in "".join(picture.itertext())
    assert "Maqueda" not in "".join(picture.itertext())
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in corners(line))


def test_areas_are_washed_and_places_are_dots() -> None:
    area = Polygon([(13.36, 38.11), (13.37, 38.11), (13.37, 38.12)])
    washed, dot = data_of(drawn(area, Point(13.36, 38.12), dark=True), DARK.position(-2))
    assert washed.get("fill") == DARK.position(-2)
    assert (dot.get("fill"), dot.get("stroke-linecap")) == ("none", "round")
    assert dot.attrib["d"].endswith("Z")


def test_a_layer_without_any_place_leaves_the_city() -> None:
    assert data_of(drawn()) == []


def test_nothing_in_it_runs_or_is_styled_inline() -> None:
    for element in drawn(HERE).iter():
        assert element.tag.removeprefix(SVG) not in ("script", "style", "foreignObject")
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
