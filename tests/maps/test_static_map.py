"""The plan as a picture: well-formed, complete, every name escaped."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from mobility.consultation.models import Phase
from mobility.maps.static_look import DARK, LIGHT, stroke
from mobility.maps.static_map import HEIGHT, WIDTH, Frame, draw_map
from mobility.plans.models import Plan
from tests.maps.conftest import ROOT

VIEW = (13.348, 38.106, 13.378, 38.124)
SVG = "{http://www.w3.org/2000/svg}"
SHARP = "{{7*7}} </svg><script>alert(1)</script> \" ' & onload=x"
PICTURE = f"{ROOT}/map.svg"


@dataclass(frozen=True)
class Row:
    layer: str
    kind: str
    name: str
    geometry: str
    code: str = "one"


def row(layer: str, kind: str, geometry_type: str, coordinates: Any, **values: str) -> Row:
    geometry = json.dumps({"type": geometry_type, "coordinates": coordinates})
    return Row(layer, kind, values.get("name", ""), geometry, values.get("code", "one"))


LONG = [[13.350, 38.110], [13.375, 38.120]]
RING = [[[13.36, 38.11], [13.37, 38.11], [13.37, 38.12], [13.36, 38.12], [13.36, 38.11]]]


def test_the_view_fills_the_picture_without_stretching() -> None:
    frame = Frame.of(VIEW)
    west, north = frame.point(VIEW[0], VIEW[3])
    east, south = frame.point(VIEW[2], VIEW[1])
    assert west == pytest.approx(WIDTH - east, abs=0.2)
    assert north == pytest.approx(HEIGHT - south, abs=0.2)
    assert west == pytest.approx(0, abs=0.2) or north == pytest.approx(0, abs=0.2)
    middle = frame.point((VIEW[0] + VIEW[2]) / 2, (VIEW[1] + VIEW[3]) / 2)
    assert middle[0] == pytest.approx(WIDTH / 2, abs=0.2)
    assert middle[1] == pytest.approx(HEIGHT / 2, abs=0.5)


@pytest.mark.parametrize(
    "drawn",
    [
        row("context", "street", "LineString", LONG, name=SHARP),
        row("context", "quarter", "Polygon", RING, name=SHARP),
        row("place", "place", "Point", [13.36, 38.115], name=SHARP),
        row("context", "street", "LineString", LONG, name="Via", code=SHARP),
    ],
)
def test_names_and_codes_are_escaped(drawn: Row) -> None:
    picture = draw_map([drawn], view=VIEW, title=SHARP)
    root = ET.fromstring(picture)  # noqa: S314 (our own text)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "rect", "path", "text", "textPath", "circle"}
    assert root.find(f"{SVG}title").text == SHARP  # type: ignore[union-attr]
    assert root.get("aria-label") == SHARP
    assert root.get("onload") is None


def test_every_shape_of_geometry_is_drawn() -> None:
    rows = [
        row("segment", "pedestrian_street", "LineString", LONG, code="a"),
        row("segment", "pedestrian_street", "MultiLineString", [LONG], code="b"),
        row("segment", "pedestrian_square", "Polygon", RING, code="c"),
        row("segment", "limited_traffic_zone", "MultiPolygon", [RING], code="d"),
        row("segment", "coach_bay", "Point", [13.36, 38.115], code="e"),
    ]
    for each in rows:
        alone = draw_map([each], view=VIEW, title="")
        assert alone.count("<path") + alone.count("<circle") >= 1, each.kind


def test_the_chosen_segment_is_drawn_last_with_a_dark_ring() -> None:
    rows = [row("segment", "tram", "LineString", LONG, code=code) for code in ("a", "b", "c")]
    plain = draw_map(rows, view=VIEW, title="")
    chosen = draw_map(rows, view=VIEW, title="", highlight="a")
    assert "#1D2433" not in plain
    assert chosen.count('stroke="#1D2433"') == 1
    assert chosen.rindex("<path") > chosen.index('stroke="#1D2433"') > chosen.index('stroke="#FFFFFF"')


def test_the_picture_of_palermo(client: FlaskClient) -> None:
    answer = client.get(PICTURE)
    assert answer.status_code == 200
    assert answer.content_type == "image/svg+xml; charset=utf-8"
    root = ET.fromstring(answer.text)  # noqa: S314 (our own text)
    words = {"".join(element.itertext()) for element in root.iter(f"{SVG}text")}
    assert any("Maqueda" in word for word in words)
    assert "style" not in {name for element in root.iter() for name in element.attrib}
    again = client.get(PICTURE, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_chosen_code_is_looked_for_never_written(client: FlaskClient) -> None:
    answer = client.get(PICTURE, query_string={"highlight": SHARP})
    assert answer.status_code == 200
    assert "alert(1)" not in answer.text


def test_the_title_of_the_plan_is_escaped(client: FlaskClient, plan: Plan, session: Session) -> None:
    plan.title = {"it": SHARP, "en": SHARP}
    session.flush()
    answer = client.get(PICTURE)
    assert "<script" not in answer.text
    assert ET.fromstring(answer.text).get("aria-label") == SHARP  # noqa: S314 (our own text)


@pytest.mark.parametrize(
    ("view", "words"), [("support", "Strongly oppose"), ("agreement", "agreed in favour")]
)
def test_results_are_drawn_with_their_legend(client: FlaskClient, view: str, words: str) -> None:
    answer = client.get(f"{ROOT}/map.svg?results={view}&lang=en")
    assert words in answer.text
    assert 'id="contested"' in answer.text
    assert "private" in answer.headers["Cache-Control"]
    plain = client.get(f"{ROOT}/map.svg")
    assert words not in plain.text
    assert "public" in plain.headers["Cache-Control"]


def test_hidden_results_are_not_drawn(client: FlaskClient, session: Session, plan: Plan) -> None:
    session.execute(update(Phase).where(Phase.plan_id == plan.id).values(results="after_phase"))
    assert client.get(f"{ROOT}/map.svg?results=agreement").text == client.get(f"{ROOT}/map.svg").text


def test_contested_segments_are_hatched_and_few_voices_are_thin() -> None:
    result = {"n": 12, "mean": 0.0, "contested": True, "accord": "contested"}
    assert (
        stroke("tram", result, "agreement", LIGHT).colour == stroke("tram", result, "support", LIGHT).colour
    )
    assert stroke("tram", result, "support", LIGHT).colour.startswith("url(")
    few = stroke("tram", {"n": 0, "mean": None, "contested": False, "accord": "few"}, "agreement", LIGHT)
    assert (few.width, bool(few.dashes)) == (3, True)
    assert stroke("tram", None, "support", LIGHT).colour == LIGHT.kind("tram")


def test_a_dark_page_has_a_dark_picture(client: FlaskClient) -> None:
    dark, light = (client.get(f"{ROOT}/map.svg{query}").text for query in ("?theme=dark", ""))
    assert DARK.land in dark
    assert LIGHT.land in light
    assert DARK.land not in light


def test_a_narrow_screen_gets_a_picture_whose_names_can_be_read(client: FlaskClient) -> None:
    """Fewer pixels with names of the same size; with a legend there is more height, for it to stand below."""
    texts = (client.get(f"{PICTURE}?size={size}").text for size in ("small", "vast"))
    small, wide = (ET.fromstring(text) for text in texts)  # noqa: S314 (our own text)
    assert small.get("viewBox") == "0 0 480 360"
    assert wide.get("viewBox") == f"0 0 {WIDTH} {HEIGHT}"
    sizes = [{text.get("font-size") for text in root.iter(f"{SVG}text")} for root in (small, wide)]
    assert sizes[0] <= sizes[1]
    rows = [row("segment", "tram", "LineString", LONG, code="a")]
    told = draw_map(rows, view=VIEW, title="", results={}, lines=[("2", "agreed")], size="small")
    assert ET.fromstring(told).get("viewBox") == "0 0 480 600"  # noqa: S314
