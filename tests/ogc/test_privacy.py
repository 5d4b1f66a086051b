"""What is not public never leaves in the public profile, whatever is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from shapely.geometry import shape
from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.ogc.collections import COLLECTIONS
from tests.ogc.conftest import ROOT, make_token

Read = Callable[..., dict[str, Any]]
Items = Callable[..., list[dict[str, Any]]]


@pytest.mark.parametrize("form", ["json", "html"])
@pytest.mark.parametrize("name", list(COLLECTIONS))
def test_hidden_words_are_in_no_collection(
    name: str, form: str, client: FlaskClient, voices: Session
) -> None:
    for scopes in ((), ("read",)):
        headers = {"Authorization": f"Bearer {make_token(voices, scopes=scopes)}"} if scopes else {}
        answer = client.get(f"{ROOT}/collections/{name}/items?limit=1000&f={form}", headers=headers)
        assert answer.status_code == 200
        assert "SECRET" not in answer.text


@pytest.mark.parametrize(
    "cql",
    ["status = 'hidden'", "status <> 'published'", "text LIKE 'SECRET%'", "NOT (stance = 'x')",
     "office = 'x'", "identity_level = 0", "case_state = 'received'", "hidden_reason = 'spam'",
     "receipt LIKE '%'", "participant_id = 1", "email LIKE '%@%'", "comment.status = 'hidden'",
     "origin IS NULL"],
)  # fmt: skip
def test_no_filter_reaches_what_is_not_public(cql: str, client: FlaskClient, voices: Session) -> None:
    answer = client.get(f"{ROOT}/collections/comments/items", query_string={"filter": cql, "f": "json"})
    assert answer.status_code in (200, 400)
    assert '"text":"SECRET' not in answer.text
    named = cql.split()[0] not in ("text", "NOT")
    assert answer.status_code == (400 if named else 200)


@pytest.mark.parametrize("name", ["status", "office", "receipt", "participant_id"])
def test_no_parameter_reaches_what_is_not_public(name: str, client: FlaskClient, voices: Session) -> None:
    answer = client.get(f"{ROOT}/collections/comments/items?{name}=hidden&f=json")
    assert answer.status_code == 400


def test_a_hidden_comment_has_no_address(client: FlaskClient, voices: Session) -> None:
    for status in ("hidden", "pending", "withdrawn"):
        key = voices.scalar(text(f"SELECT min(id) FROM comment WHERE status = '{status}'"))
        assert client.get(f"{ROOT}/collections/comments/items/{key}?f=json").status_code == 404


def test_sensitive_comments_are_told_coarsely_and_found_coarsely(items: Items, voices: Session) -> None:
    """A box around the true place does not find them, one around the published place does."""
    query = text(
        "SELECT c.id, ST_X(c.exact_geom) AS lon, ST_Y(c.exact_geom) AS lat, g.code AS segment FROM comment c"
        " JOIN topic t ON t.id = c.topic_id LEFT JOIN segment g ON g.id = c.exact_segment_id"
        " WHERE t.sensitive AND c.status = 'published' AND c.geom IS NOT NULL"
    )
    told = {each["id"]: each for each in items("comments")}
    rows = voices.execute(query).all()
    assert len(rows) > 5
    for row in rows[:12]:
        properties = told[row.id]["properties"]
        assert [properties[name] for name in ("segment", "place", "area", "snap_distance_m")] == [None] * 4
        here = shape(told[row.id]["geometry"])
        assert here.geom_type == "Point"
        assert here.distance(shape({"type": "Point", "coordinates": (row.lon, row.lat)})) > 1e-6
        size = 1e-5
        true = f"{row.lon - size},{row.lat - size},{row.lon + size},{row.lat + size}"
        assert row.id not in [each["id"] for each in items("comments", bbox=true)]
        near = f"S_INTERSECTS(geometry, BBOX({true}))"
        assert row.id not in [each["id"] for each in items("comments", filter=near)]
        public = f"{here.x - size},{here.y - size},{here.x + size},{here.y + size}"
        assert row.id in [each["id"] for each in items("comments", bbox=public)]
        if row.segment:
            assert row.id not in [each["id"] for each in items("comments", segment=row.segment)]
            assert row.id not in [
                each["id"] for each in items("comments", filter=f"segment = '{row.segment}'")
            ]


def test_results_wait_for_the_phase(items: Items, voices: Session) -> None:
    voices.execute(text("UPDATE phase SET results = 'after_vote'"))
    voices.commit()
    for name in ("segments", "measures"):
        for feature in items(name):
            assert feature["properties"]["results_shown"] is False
            assert feature["properties"]["anonymous_n"] is None


def test_the_full_profile_is_for_planners_with_a_token(
    read: Read, client: FlaskClient, voices: Session
) -> None:
    token = make_token(voices)
    features = read("collections/comments/items", limit=1000, token=token)["features"]
    status = {feature["properties"]["status"] for feature in features}
    assert status == {"published", "hidden", "pending"}
    assert {"office", "case_state", "identity_level", "channel"} <= set(features[0]["properties"])
    hidden = [each["id"] for each in features if each["properties"]["status"] == "hidden"]
    asked = read("collections/comments/items", limit=1000, token=token, filter="status = 'hidden'")
    assert [each["id"] for each in asked["features"]] == hidden
    public = read("collections/comments/items", limit=1000, token=token, profile="public")
    assert "SECRET" not in json.dumps(public)
    answer = client.get(
        f"{ROOT}/collections/comments/items?f=json", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers
    for word in ("Rosa Messina", "example.org/rosa", "@example.org", "receipt"):
        assert word not in answer.text


def test_programs_may_give_the_token_as_a_password(client: FlaskClient, voices: Session) -> None:
    token = make_token(voices)
    answer = client.get(f"{ROOT}/collections/comments/items?limit=1000&f=json", auth=("qgis", token))
    assert "SECRET" in answer.text
    assert client.get(f"{ROOT}/?f=json", auth=("somebody", "of-a-proxy")).status_code == 200
    assert client.get(f"{ROOT}/?f=json", auth=("qgis", token[:-2])).status_code == 401


@pytest.mark.parametrize(
    ("role", "scopes", "profile", "status"),
    [
        ("planner", ("read_full",), "", 200),
        ("moderator", ("read_full",), "", 403),
        ("clerk", ("read_full",), "", 403),
        ("", ("read_full",), "", 403),
        ("planner", ("read",), "full", 403),
        ("planner", ("read",), "", 200),
        ("", ("read_full",), "public", 200),
    ],
)
def test_who_may_not_is_told_and_not_silently_given_less(
    role: str, scopes: tuple[str, ...], profile: str, status: int, client: FlaskClient, voices: Session
) -> None:
    secret = make_token(voices, role=role, scopes=scopes)
    arguments = {"f": "json", **({"profile": profile} if profile else {})}
    answer = client.get(
        f"{ROOT}/collections/comments/items",
        query_string=arguments,
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == status


def test_a_token_that_does_not_hold_is_refused(client: FlaskClient, voices: Session) -> None:
    answer = client.get(f"{ROOT}/?f=json", headers={"Authorization": "Bearer mob_nothing"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.content_type == "application/problem+json"
    assert client.get(f"{ROOT}/collections/comments/items?profile=full&f=json").status_code == 401
    secret = make_token(voices)
    voices.execute(text("UPDATE api_token SET revoked_at = now()"))
    voices.commit()
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get(f"{ROOT}/?f=json", headers=headers).status_code == 401
    said = client.get(f"{ROOT}/?f=json", headers=headers | {"Accept-Language": "en"}).get_json()
    assert said["title"] == "No valid token"
    assert "Unauthorized" not in said.values()


def test_each_use_is_logged_once_an_hour_for_each_collection(read: Read, voices: Session) -> None:
    before = voices.scalar(text("SELECT coalesce(max(id), 0) FROM audit_log"))
    token = make_token(voices)
    for _again in range(3):
        read("collections/comments/items", token=token)
        read("collections/segments/items", token=token)
        read("collections/comments/items", token=token, profile="public")
    query = text(
        "SELECT details->>'collection' FROM audit_log "
        "WHERE action = 'features.read_full' AND id > :before ORDER BY 1"
    )
    assert list(voices.scalars(query, {"before": before})) == ["comments", "segments"]
