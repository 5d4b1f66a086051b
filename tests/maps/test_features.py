"""Features of the map: what stands in them, what does not, how many, and how long they may be kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from shapely.geometry import shape
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from mobility.cities.models import City, ContextFeature
from mobility.consultation.models import Comment, Phase
from mobility.maps.queries import CAP
from mobility.plans.models import Plan, Segment
from tests.maps.conftest import AROUND, CENTRE, ROOT

FEATURES = f"{ROOT}/features"
Say = Callable[..., Comment]
SEGMENT_PROPERTIES = {
    *("code", "measure", "kind", "status", "side", "direction", "label"),
    *("n", "mean", "contested", "heritage"),
    *("voices", "agreement", "conflict", "accord"),
}
CACHED = (
    "context.json",
    "heritage.json",
    "segments.json",
    f"comments.json?bbox={AROUND}",
    f"cells.json?bbox={AROUND}&z=15",
)


def collection(client: FlaskClient, path: str) -> dict[str, Any]:
    answer = client.get(f"{FEATURES}/{path}")
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/geo+json"
    found: dict[str, Any] = answer.get_json(force=True)
    assert found["type"] == "FeatureCollection"
    return found


def positions(value: Any) -> list[Any]:
    """Every position in nested coordinates."""
    return [value] if isinstance(value[0], int | float) else [p for part in value for p in positions(part)]


@pytest.mark.parametrize(("language", "sea"), [("en", "Tyrrhenian Sea"), ("it", "Mar Tirreno")])
def test_context_says_kind_and_name_in_the_language(client: FlaskClient, language: str, sea: str) -> None:
    found = collection(client, f"context.json?lang={language}")
    kinds = {feature["properties"]["kind"] for feature in found["features"]}
    assert kinds >= {"sea", "street", "quarter", "green"}
    for feature in found["features"]:
        assert set(feature["properties"]) == {"kind", "name", "props"}
        assert shape(feature["geometry"]).is_valid
    assert sea in {feature["properties"]["name"] for feature in found["features"]}
    assert found["attribution"]


def test_positions_have_at_most_six_decimals(client: FlaskClient, session: Session) -> None:
    for table in ("context_feature", "heritage_zone", "heritage_place", "segment"):
        session.execute(text(f"UPDATE {table} SET geom = ST_Translate(geom, 0.000000123, 0.000000123)"))
    for name in ("context", "heritage", "segments"):
        for feature in collection(client, f"{name}.json")["features"]:
            for position in positions(feature["geometry"]["coordinates"]):
                assert all(round(part, 6) == part for part in position)


def test_heritage_has_zones_below_places(client: FlaskClient) -> None:
    features = collection(client, "heritage.json?lang=en")["features"]
    layers = [feature["properties"]["layer"] for feature in features]
    assert layers == sorted(layers, reverse=True)
    zones = [feature["properties"] for feature in features if feature["properties"]["layer"] == "zone"]
    places = [feature["properties"] for feature in features if feature["properties"]["layer"] == "place"]
    assert all(set(zone) == {"layer", "kind", "status", "name"} for zone in zones)
    assert all(set(place) == {"layer", "code", "name"} for place in places)
    assert len(places) == 9
    assert {zone["status"] for zone in zones if zone["kind"] == "buffer"} == {"illustrative"}


def test_segments_have_what_the_map_draws_and_no_more(client: FlaskClient) -> None:
    features = collection(client, "segments.json?lang=en")["features"]
    assert len(features) >= 60
    assert len({feature["id"] for feature in features}) == len(features)
    for feature in features:
        properties = feature["properties"]
        assert set(properties) == SEGMENT_PROPERTIES
        assert feature["id"] == properties["code"]
        assert isinstance(properties["heritage"], bool)
    assert any(feature["properties"]["heritage"] for feature in features)
    assert not all(feature["properties"]["heritage"] for feature in features)


def test_a_retired_segment_is_not_drawn(client: FlaskClient, session: Session, plan: Plan) -> None:
    code = collection(client, "segments.json")["features"][0]["id"]
    values = {"retired_at": text("now()")}
    session.execute(update(Segment).where(Segment.plan_id == plan.id, Segment.code == code).values(values))
    assert code not in {feature["id"] for feature in collection(client, "segments.json")["features"]}


@pytest.mark.parametrize(("rule", "shown"), [("always", True), ("after_vote", False), ("after_phase", False)])
def test_results_are_null_until_the_phase_shows_them(
    client: FlaskClient, session: Session, plan: Plan, rule: str, shown: bool
) -> None:
    session.execute(update(Phase).where(Phase.plan_id == plan.id).values(results=rule))
    features = collection(client, "segments.json")["features"]
    assert {feature["properties"]["n"] is not None for feature in features} == {shown}
    assert {feature["properties"]["contested"] is not None for feature in features} == {shown}
    assert {feature["properties"]["accord"] is not None for feature in features} == {shown}


def test_results_are_kept_by_nobody_else(client: FlaskClient) -> None:
    assert "private" in client.get(f"{FEATURES}/segments.json").headers["Cache-Control"]


@pytest.mark.parametrize("name", CACHED)
def test_features_that_did_not_change_are_not_sent_again(client: FlaskClient, name: str) -> None:
    first = client.get(f"{FEATURES}/{name}")
    again = client.get(f"{FEATURES}/{name}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_fixed_features_may_be_kept_long_only_by_their_revision(client: FlaskClient, plan: Plan) -> None:
    lasting = client.get(f"{FEATURES}/context.json?v={plan.revision}").headers["Cache-Control"]
    assert lasting == "public, max-age=86400"
    for other in (f"?v={plan.revision + 1}", ""):
        assert client.get(f"{FEATURES}/context.json{other}").headers["Cache-Control"] == "public, max-age=0"


def test_a_new_comment_is_in_the_next_answer(client: FlaskClient, say: Say) -> None:
    address = f"{FEATURES}/comments.json?bbox={AROUND}"
    first = client.get(address)
    comment = say(stance="against", text="My secret street name")
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    feature = next(f for f in again.get_json(force=True)["features"] if f["id"] == comment.id)
    assert set(feature["properties"]) == {"stance", "topic", "label"}
    assert feature["properties"]["stance"] == "against"
    assert feature["geometry"] == {"type": "Point", "coordinates": list(CENTRE)}
    assert "secret" not in again.text


@pytest.mark.parametrize("status", ["hidden", "withdrawn"])
def test_only_published_comments_are_shown(client: FlaskClient, say: Say, status: str) -> None:
    reason = "spam" if status == "hidden" else None
    comment = say(status=status, hidden_reason=reason)
    for query in ("", "&status=all", f"&status={status}"):
        found = collection(client, f"comments.json?bbox={AROUND}{query}")
        assert comment.id not in {feature["id"] for feature in found["features"]}


def test_comments_outside_the_box_or_the_filter_are_left_out(client: FlaskClient, say: Say) -> None:
    inside, outside, other = say(), say(13.37, 38.11), say(stance="idea")
    found = collection(client, f"comments.json?bbox={AROUND}&stance=for&topic=walking")
    ids = {feature["id"] for feature in found["features"]}
    assert inside.id in ids
    assert not ids & {outside.id, other.id}


def test_more_than_the_cap_is_said(client: FlaskClient, say: Say, session: Session) -> None:
    first = say()
    columns = "plan_id, phase_id, topic_id, stance, text, geom, place, language"
    session.execute(
        text(f"""INSERT INTO comment ({columns}, receipt, idempotency_key)
        SELECT {columns}, 'CAP' || lpad(number::text, 9, '0'), gen_random_uuid()
        FROM comment, generate_series(1, :count) AS number WHERE id = :id"""),
        {"count": CAP - 1, "id": first.id},
    )
    before = session.scalar(text("SELECT count(*) FROM comment"))
    assert before == CAP
    found = collection(client, f"comments.json?bbox={AROUND}")
    assert (len(found["features"]), found["more"]) == (CAP, False)
    newest = say()
    found = collection(client, f"comments.json?bbox={AROUND}")
    assert (len(found["features"]), found["more"]) == (CAP, True)
    ids = [feature["id"] for feature in found["features"]]
    assert ids[0] == newest.id
    assert first.id not in ids


@pytest.mark.parametrize("shape_name", ["square", "hex"])
def test_cells_count_by_stance(client: FlaskClient, say: Say, shape_name: str) -> None:
    for stance in ("for", "for", "against", "question"):
        say(stance=stance)
    found = collection(client, f"cells.json?bbox={AROUND}&z=16&shape={shape_name}")
    counted = [feature["properties"] for feature in found["features"]]
    sums = {key: sum(cell[key] for cell in counted) for key in ("n", "for", "against", "idea", "question")}
    assert sums == {"n": 4, "for": 2, "against": 1, "idea": 0, "question": 1}
    corners = {len(feature["geometry"]["coordinates"][0]) for feature in found["features"]}
    assert corners == {5 if shape_name == "square" else 7}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "bbox"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=a,b,c,d", "bbox"),
        ("bbox=nan,38.1,13.4,38.2", "bbox"),
        ("bbox=inf,38.1,13.4,38.2", "bbox"),
        ("bbox=13.4,38.1,13.3,38.2", "bbox"),
        ("bbox=38.1,13.3,38.2,113.4", "bbox"),
        ("bbox=13.3,38.1,13.4,38.2,5", "bbox"),
        ("bbox=13.3%3B,38.1,13.4,38.2", "bbox"),
        (f"bbox={AROUND}&stance=maybe", "stance"),
    ],
)
@pytest.mark.parametrize("name", ["comments", "cells"])
def test_a_box_that_cannot_be_meant_is_explained(
    client: FlaskClient, name: str, query: str, field: str
) -> None:
    answer = client.get(f"{FEATURES}/{name}.json?{query}")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json(force=True)
    assert problem["field"] == field
    assert problem["status"] == 422
    assert len(problem["detail"]) > 10


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("z=11", "z"),
        ("z=19", "z"),
        ("z=x", "z"),
        ("z=-1", "z"),
        ("z=²", "z"),
        ("z=1e1", "z"),
        ("shape=round", "shape"),
    ],
)
def test_cells_of_an_impossible_size_or_shape_are_refused(
    client: FlaskClient, query: str, field: str
) -> None:
    answer = client.get(f"{FEATURES}/cells.json?bbox={AROUND}&{query}")
    assert answer.status_code == 422
    assert answer.get_json(force=True)["field"] == field


@pytest.mark.parametrize("name", ["context", "heritage", "segments", "comments", "cells"])
def test_an_unknown_plan_has_no_features(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/plans/nowhere/features/{name}.json?bbox={AROUND}")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_sharp_names_travel_as_json(client: FlaskClient, session: Session, plan: Plan) -> None:
    sharp = '{{7*7}} "quoted" </script> \\ \' \u2028'
    street = session.scalars(
        select(ContextFeature)
        .join(City, City.id == ContextFeature.city_id)
        .where(City.id == plan.city_id, ContextFeature.kind == "street")
    ).first()
    assert street is not None
    street.name = {"it": sharp, "en": sharp}
    session.execute(
        update(Segment).where(Segment.plan_id == plan.id).values(street=sharp, span={"it": sharp})
    )
    names = {f["properties"]["name"] for f in collection(client, "context.json?lang=en")["features"]}
    assert sharp in names
    labels = {f["properties"]["label"] for f in collection(client, "segments.json?lang=it")["features"]}
    assert labels == {f"{sharp}, {sharp}"}


def test_lists_take_the_same_few_queries_however_long(
    client: FlaskClient, say: Say, count_queries: Any
) -> None:
    address = f"{FEATURES}/comments.json?bbox={AROUND}"
    say()
    client.get(address)
    with count_queries:
        client.get(address)
    one = len(count_queries)
    for _number in range(20):
        say()
    count_queries.statements.clear()
    with count_queries:
        client.get(address)
    assert 0 < len(count_queries) == one <= 5
    count_queries.statements.clear()
    with count_queries:
        client.get(f"{FEATURES}/segments.json")
    assert 0 < len(count_queries) <= 8
