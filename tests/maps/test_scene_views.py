"""The address of a scene: right kind, right language, kept by browsers, never anything else."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from mobility.plans.models import Plan

SCENE = "/maps/palermo-centro/plan.en.js"


def test_a_scene_is_a_script_with_an_etag(client: FlaskClient) -> None:
    answer = client.get(SCENE)
    assert answer.status_code == 200
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert answer.headers["ETag"]
    assert "public" in answer.headers["Cache-Control"]
    assert answer.text.startswith("import { ")
    assert '"plan":"/plans/palermo-centro"' in answer.text


def test_the_same_scene_is_not_sent_twice(client: FlaskClient) -> None:
    first = client.get(SCENE)
    again = client.get(SCENE, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert client.get(SCENE).data == first.data


def test_another_revision_is_another_scene(client: FlaskClient, plan: Plan, session: Session) -> None:
    first = client.get(SCENE)
    plan.revision += 1
    session.flush()
    again = client.get(SCENE, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert f"&v={plan.revision}" in again.text.replace("\\u0026", "&")


def test_the_language_is_that_of_the_address(client: FlaskClient) -> None:
    english = client.get(SCENE, headers={"Accept-Language": "it"}).text
    italian = client.get(SCENE.replace(".en.", ".it."), headers={"Accept-Language": "en"}).text
    assert "lang=en" in english
    assert "lang=it" not in english
    assert "lang=it" in italian
    assert "Zoom in" in english


@pytest.mark.parametrize(
    "path",
    [
        "/maps/palermo-centro/nothing.en.js",
        "/maps/palermo-centro/plan.xx.js",
        "/maps/nowhere/plan.en.js",
        "/maps/palermo-centro/{{7*7}}.en.js",
        "/maps/..%2f..%2fetc/plan.en.js",
    ],
)
def test_other_addresses_are_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_drafted_plan_has_no_public_scene(client: FlaskClient, plan: Plan, session: Session) -> None:
    plan.status = "draft"
    session.flush()
    assert client.get(SCENE).status_code == 404


def test_words_of_the_plan_do_not_enter_the_scene(client: FlaskClient, plan: Plan, session: Session) -> None:
    plan.title = {"it": "{{7*7}} </script>", "en": "{{7*7}} </script>"}
    session.flush()
    text = client.get(SCENE).text
    assert "7*7" not in text
    assert "</script" not in text
