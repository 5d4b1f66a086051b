"""What a comment may be about: a point, a stretch, an area, a drawing, the whole plan; where it counts."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from mobility.consultation import queries
from mobility.consultation.counting import recount
from mobility.consultation.models import Comment, CommentCell
from mobility.consultation.places import VERTICES, read_drawing
from mobility.errors import Invalid
from mobility.plans.models import Plan
from tests.consultation.browser import PLAN, Browser, form_in
from tests.consultation.test_comments import comments

LINE = {"type": "LineString", "coordinates": [[13.3600, 38.1150], [13.3620, 38.1160]]}
AREA = {
    "type": "Polygon",
    "coordinates": [[[13.360, 38.115], [13.363, 38.115], [13.363, 38.117], [13.360, 38.115]]],
}


def the_one(session: Session) -> Comment:
    return comments(session)[0]


def kind_of(session: Session, column: str) -> str:
    return str(session.scalar(text(f"SELECT GeometryType({column}) FROM comment")))


def test_the_whole_plan(resident: Browser, session: Session, plan: Plan) -> None:
    page = resident.comment(place="plan:", text="Think of the hills too.")
    assert "The whole plan" in page.text
    made = the_one(session)
    assert (made.scope, made.geom, made.segment_id, made.measure_id) == ("plan", None, None, None)
    assert made.place["en"] == "The whole plan"
    card = resident.get(f"{PLAN}/comments/{made.id}")
    assert "Think of the hills too." in card.text
    assert "Think of the hills too." in resident.get(f"{PLAN}/comments").text
    assert queries.figures(session, plan_id=plan.id).comments == 1
    assert recount(session) == []
    box = "13.3,38.0,13.4,38.2"
    assert resident.get(f"{PLAN}/features/comments.json?bbox={box}").json["features"] == []
    assert resident.get(f"{PLAN}/features/cells.json?bbox={box}&z=15").json["features"] == []


@pytest.mark.parametrize(
    ("choice", "column"),
    [("zone:buffer-1487-005", "zone_id"), ("zone:centro-storico", "zone_id")],
)
def test_a_heritage_zone(choice: str, column: str, resident: Browser, session: Session) -> None:
    resident.comment(place=choice)
    made = the_one(session)
    assert made.scope == "area"
    assert getattr(made, column) is not None
    assert made.context_id is None
    inside = text(
        "SELECT ST_Intersects(z.geom, c.geom) AND ST_Intersects(p.boundary, c.geom) "
        "FROM comment c JOIN heritage_zone z ON z.id = c.zone_id JOIN plan p ON p.id = c.plan_id"
    )
    assert session.scalar(inside) is True
    outline = resident.get(f"{PLAN}/comments/{made.id}/outline.json")
    assert outline.json["geometry"]["type"] == "MultiPolygon"


@pytest.mark.parametrize("kind", ["square", "quarter", "green"])
def test_every_area_of_the_list_can_be_chosen(kind: str, resident: Browser, session: Session) -> None:
    page = resident.get(f"{PLAN}/comments/new").text
    code = session.scalar(
        text(
            "SELECT f.code FROM context_feature f, plan p WHERE f.kind = :kind "
            "AND ST_Intersects(f.geom, p.boundary) ORDER BY f.code LIMIT 1"
        ),
        {"kind": kind},
    )
    assert f'value="context:{code}"' in page
    resident.comment(place=f"context:{code}")
    made = the_one(session)
    assert (made.scope, made.context_id is not None, made.zone_id) == ("area", True, None)
    assert recount(session) == []


def test_a_stretch_and_a_pin_on_it_are_told_apart(resident: Browser, session: Session) -> None:
    resident.comment(place="segment:P1-03")
    listed = the_one(session)
    assert listed.scope == "segment"
    lon, lat = session.execute(select(func.ST_X(Comment.geom), func.ST_Y(Comment.geom))).one()
    resident.comment(place="", lon=str(lon), lat=str(lat), text="Here.")
    pinned = comments(session)[1]
    assert (pinned.scope, pinned.segment_id) == ("point", listed.segment_id)


@pytest.mark.parametrize(("drawing", "kind"), [(LINE, "LINESTRING"), (AREA, "POLYGON")], ids=["line", "area"])
def test_a_drawing(drawing: dict[str, object], kind: str, resident: Browser, session: Session) -> None:
    page = resident.write(place="", drawing=json.dumps(drawing))
    form = form_in(page.text, "/comments")
    assert json.loads(form.fields["drawing"]) == drawing
    resident.send(form)
    made = the_one(session)
    assert made.scope == "drawing"
    assert (kind_of(session, "drawing"), kind_of(session, "geom")) == (kind, "POINT")
    assert session.scalar(text("SELECT ST_DWithin(drawing, geom, 1e-9) FROM comment")) is True
    assert made.place["en"].startswith("Line: " if kind == "LINESTRING" else "Area: ")
    card = resident.get(f"{PLAN}/comments/{made.id}").text
    assert f"/comments/{made.id}/outline.json" in card
    shape = resident.get(f"{PLAN}/comments/{made.id}/outline.json").json["geometry"]
    assert shape == drawing
    found = resident.get(f"{PLAN}/features/comments.json?bbox=13.3,38.0,13.4,38.2").json["features"]
    assert [each["geometry"]["type"] for each in found] == ["Point"]
    assert session.scalar(select(func.sum(CommentCell.n)).where(CommentCell.z == 18)) == 1


def test_a_place_of_the_list_wins_over_a_drawing(resident: Browser, session: Session) -> None:
    resident.comment(place="segment:P1-03", drawing=json.dumps(LINE))
    assert (the_one(session).scope, the_one(session).drawing) == ("segment", None)


def spiral(points: int) -> dict[str, object]:
    return {
        "type": "LineString",
        "coordinates": [[13.36 + n * 1e-6, 38.115 + (n % 2) * 1e-5] for n in range(points)],
    }


BOW_TIE = [[13.360, 38.115], [13.362, 38.117], [13.362, 38.115], [13.360, 38.117], [13.360, 38.115]]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("x", "could not be read"),
        ("[" * 5000, "could not be read"),
        ('{"type":"LineString","coordinates":[[13.36,38.115],[NaN,38.2]]}', "could not be read"),
        ('{"type":"LineString","coordinates":[[1e999,38.115],[13.36,38.2]]}', "could not be read"),
        (json.dumps({"type": "Point", "coordinates": [13.36, 38.115]}), "one line or one area"),
        (
            json.dumps({"type": "MultiLineString", "coordinates": [LINE["coordinates"]]}),
            "one line or one area",
        ),
        (json.dumps(spiral(VERTICES + 1)), "at most 200 points"),
        (json.dumps({"type": "Polygon", "coordinates": [BOW_TIE]}), "crosses itself"),
        (
            json.dumps({"type": "LineString", "coordinates": [[13.36, 38.115], [13.36, 38.115]]}),
            "could not be read",
        ),
        (
            json.dumps({"type": "LineString", "coordinates": [[13.36, 38.115], [13.360001, 38.115]]}),
            "too small",
        ),
        (json.dumps({"type": "LineString", "coordinates": [[13.36, 38.115], [14.9, 38.2]]}), "far beyond"),
        (json.dumps({"type": "LineString", "coordinates": [[38.115, 13.36], [38.116, 13.36]]}), "far beyond"),
        ("x" * 30_000, "could not be read"),
    ],
)
def test_drawings_that_are_refused(typed: str, words: str, resident: Browser, session: Session) -> None:
    answer = resident.write(place="", drawing=typed, text="My words stay.")
    assert answer.status_code == 422
    assert words in answer.text
    assert "My words stay." in answer.text
    assert comments(session) == []


def test_two_hundred_points_are_enough() -> None:
    assert json.loads(read_drawing(json.dumps(spiral(VERTICES))))["type"] == "LineString"
    with pytest.raises(Invalid):
        read_drawing(json.dumps(spiral(VERTICES + 1)))


@pytest.mark.parametrize(
    "choice", ["zone:none", "zone:\x00", "context:none", "plan:x", "zone:buffer-1487-008"]
)
def test_areas_that_are_not_in_the_list(choice: str, resident: Browser, session: Session) -> None:
    assert resident.write(place=choice).status_code == 422
    assert comments(session) == []


def test_outlines_of_what_is_not_public(
    resident: Browser, session: Session, set_phases: Callable[..., None]
) -> None:
    set_phases(-1, 1)
    resident.comment(place="", drawing=json.dumps(LINE))
    made = the_one(session)
    made.status, made.hidden_reason = "hidden", "spam"
    session.commit()
    assert resident.get(f"{PLAN}/comments/{made.id}/outline.json").status_code == 404
    assert "outline.json" not in resident.get(f"{PLAN}/comments/{made.id}").text
    assert resident.get(f"{PLAN}/comments/99999999999999999999/outline.json").status_code == 404
