"""What programs read: pages that do not shift, what is public and nothing else, the forms of answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mobility.api.paging import read_cursor, write_cursor
from mobility.app import create_app
from mobility.consultation.models import Comment, Phase, Topic
from mobility.db import unit_of_work
from mobility.errors import Invalid
from mobility.extensions import db, limiter
from mobility.plans.models import Plan
from mobility.settings import Settings
from tests.api.conftest import API, GROUP, Token, give_token
from tests.conftest import QueryCount

ENOUGH = 242
"""More than two windows of 120: refused even when a minute ends between."""
PAGES = (
    "phases", "topics", "offices", "groups", f"groups/{GROUP}/positions", f"groups/{GROUP}/statements",
    "measures", "measures/P1/versions", "segments", "outcomes", "comments", "answers", "cells?z=18",
    "heritage/places", "heritage/zones",
)  # fmt: skip


def walk(client: FlaskClient, path: str, limit: int) -> list[Any]:
    """All items of a list, page by page, as its `next` leads."""
    mark = "&" if "?" in path else "?"
    found, onward = [], f"{API}/{path}{mark}limit={limit}"
    while onward:
        answer = client.get(onward)
        assert answer.status_code == 200, answer.text
        assert len(answer.json["items"]) <= limit
        found += answer.json["items"]
        onward = answer.json["next"]
        assert (answer.headers.get("Link") or "") == (f'<{onward}>; rel="next"' if onward else "")
    return found


@pytest.mark.parametrize("path", PAGES)
def test_pages_together_are_the_whole_list(client: FlaskClient, answered: Comment, path: str) -> None:
    whole = walk(client, path, 200)
    assert whole
    assert walk(client, path, 7) == whole


def test_what_is_new_shifts_no_page(client: FlaskClient, session: Session, answered: Comment) -> None:
    first = client.get(f"{API}/comments?limit=5").json
    session.execute(update(Comment).where(Comment.id == first["items"][0]["id"]).values(status="pending"))
    session.execute(update(Comment).where(Comment.id == first["items"][4]["id"]).values(status="pending"))
    second = client.get(first["next"]).json
    assert second["items"][0]["id"] == first["items"][4]["id"] - 1


NUMBERS = st.integers(1 - 2**63, 2**63 - 1)
WORDS = st.text(st.characters(exclude_characters="\x00"), max_size=20)
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(st.lists(st.one_of(NUMBERS, WORDS), max_size=3))
def test_a_cursor_says_what_it_was_made_of(values: list[Any]) -> None:
    assert read_cursor(write_cursor(values), [type(value) for value in values]) == values


@UNHURRIED
@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_anything_else_is_no_cursor(word: str) -> None:
    try:
        found = read_cursor(word, (int, int))
    except Invalid:
        return
    assert all(type(value) is int for value in found)


@pytest.mark.parametrize("status", ["hidden", "pending", "withdrawn"])
def test_only_public_comments_are_told(
    client: FlaskClient, session: Session, answered: Comment, status: str
) -> None:
    number = answered.id
    reason = "abuse" if status == "hidden" else None
    session.execute(update(Comment).where(Comment.id == number).values(status=status, hidden_reason=reason))
    session.expire_all()
    for path in ("", "/replies", "/answers"):
        assert client.get(f"{API}/comments/{number}{path}").status_code == 404
    assert number not in [each["id"] for each in walk(client, "comments", 200)]
    assert client.get(f"{API}/answers").json["items"] == []


def test_drafts_are_not_there(client: FlaskClient, session: Session) -> None:
    session.execute(update(Plan).values(status="draft"))
    assert client.get("/api/v1/plans").json["items"] == []
    assert client.get(API).status_code == 404
    assert client.get(f"{API}/comments").status_code == 404


def test_an_answered_comment_comes_with_its_answer(client: FlaskClient, answered: Comment) -> None:
    said = client.get(f"{API}/comments/{answered.id}").json
    assert (said["case"], said["answer"]["text"]) == ("answered", "Provvediamo in primavera.")
    assert said["answer"]["comments"] == [answered.id]
    assert said["geometry"]["type"] == "LineString"
    assert client.get(f"{API}/comments/{answered.id}/replies").json["items"][0]["text"] == "So do I."


def test_results_are_withheld_while_the_phase_does(
    client: FlaskClient, session: Session, answered: Comment
) -> None:
    voted = [each for each in walk(client, "segments", 200) if each["results"]["groups"]]
    assert voted
    assert voted[0]["results"]["results_shown"] is True
    session.execute(update(Phase).values(results="after_phase"))
    session.expire_all()
    kept = {each["code"]: each["results"] for each in walk(client, "segments", 200)}
    assert {value for value in kept[voted[0]["code"]].values() if value is not None} == {False} or not any(
        kept[voted[0]["code"]].values()
    )


def test_places_on_sensitive_topics_are_told_coarsely(
    client: FlaskClient, session: Session, answered: Comment
) -> None:
    placed = select(Comment).where(Comment.segment_id.is_not(None), Comment.status == "published")
    comment = session.scalars(placed.order_by(Comment.id)).first()
    assert comment
    before = client.get(f"{API}/comments/{comment.id}").json
    cells = sum(cell["comments"] for cell in walk(client, "cells?z=18", 200))
    session.execute(
        update(Comment).where(Comment.id != comment.id).values(topic_id=other_topic(session, comment))
    )
    session.execute(update(Topic).where(Topic.id == comment.topic_id).values(sensitive=True))
    session.expire_all()
    after = client.get(f"{API}/comments/{comment.id}").json
    assert (before["coarse_place"], after["coarse_place"]) == (False, True)
    assert (after["segment"], after["place"]) == (None, {})
    assert after["geometry"]["type"] == "Point"
    assert after["geometry"] != before["geometry"]
    found = client.get(f"{API}/comments?segment={before['segment']}&limit=200").json["items"]
    assert comment.id not in [each["id"] for each in found]
    assert sum(cell["comments"] for cell in walk(client, "cells?z=18", 200)) == cells - 1


def other_topic(session: Session, comment: Comment) -> int:
    wanted = select(Topic.id).where(Topic.plan_id == comment.plan_id, Topic.id != comment.topic_id)
    return int(session.scalars(wanted.order_by(Topic.id)).first() or 0)


def test_the_filter_is_that_of_the_screens(client: FlaskClient, session: Session, answered: Comment) -> None:
    wanted = f"{API}/comments?stance={answered.stance}&limit=200"
    numbers = {each["id"] for each in client.get(wanted).json["items"]}
    query = select(Comment.id).where(Comment.stance == answered.stance, Comment.status == "published")
    assert numbers == set(session.scalars(query))
    cells = walk(client, f"cells?z=12&stance={answered.stance}", 200)
    assert sum(cell["comments"] for cell in cells) == len(numbers)


@pytest.mark.parametrize(
    "path", ["comments?order=oldest&", "segments?", "measures?", "answers?", f"groups/{GROUP}/positions?"]
)
def test_the_number_of_queries_does_not_grow_with_the_page(
    client: FlaskClient, count_queries: QueryCount, answered: Comment, path: str
) -> None:
    client.get(f"{API}/{path}limit=1")
    with count_queries as few:
        client.get(f"{API}/{path}limit=1")
    size = len(few)
    few.statements.clear()
    with count_queries as many:
        client.get(f"{API}/{path}limit=50")
    assert len(many) <= size + 1


def test_answers_can_be_kept_and_read_from_any_site(client: FlaskClient) -> None:
    answer = client.get("/api/v1/plans?lang=en", headers={"Origin": "https://other.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in answer.headers
    again = client.get("/api/v1/plans?lang=en", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    asked = client.options("/api/v1/plans")
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Authorization" not in asked.headers["Access-Control-Allow-Headers"]
    packed = client.get("/api/v1/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"


def test_with_a_token_answers_are_nobody_elses(client: FlaskClient, token: Token) -> None:
    answer = client.get("/api/v1/plans", headers=token("read"))
    assert answer.headers["Cache-Control"] == "private, max-age=60"


@pytest.mark.parametrize(
    ("path", "headers", "status", "name"),
    [
        ("/plans?limit=zero", {}, 422, "invalid"),
        ("/plans?limt=3", {}, 422, "invalid"),
        ("/plans?limit=1&limit=2", {}, 422, "invalid"),
        ("/plans?after=%20%20", {}, 422, "invalid"),
        ("/nothing", {}, 404, "not-found"),
        ("/plans/nothing", {"Accept-Language": "it"}, 404, "not-found"),
        ("/plans/palermo-centro/comments/99999999999999999999", {}, 404, "not-found"),
        ("/plans", {"Accept": "application/xml"}, 406, "not-acceptable"),
        ("/plans", {"Authorization": "Bearer mob_unknown"}, 401, "token"),
    ],
)
def test_refusals_are_problems(
    client: FlaskClient, path: str, headers: dict[str, str], status: int, name: str
) -> None:
    answer = client.get("/api/v1" + path, headers=headers)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    said = answer.json
    assert said["status"] == status
    assert said["type"].endswith(f"/api/v1/docs#{name}")
    assert said["title"]
    assert said["detail"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert f'id="{name}"' in client.get("/api/v1/docs").text


def test_a_refusal_does_not_repeat_what_was_sent(client: FlaskClient) -> None:
    answer = client.get("/api/v1/plans/palermo-centro/comments?stance=zebra&since=zebra&limit=zebra")
    assert answer.status_code == 422
    assert "zebra" not in answer.text
    assert {each["field"] for each in answer.json["errors"]} == {"stance", "since", "limit"}


def test_a_method_that_is_not_there_is_named(client: FlaskClient) -> None:
    answer = client.delete("/api/v1/plans")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_token_without_the_scope_or_for_another_plan_is_refused(
    client: FlaskClient, session: Session, token: Token
) -> None:
    plan = session.scalars(select(Plan)).first()
    assert plan
    columns = {column.key: getattr(plan, column.key) for column in Plan.__mapper__.column_attrs}
    other = Plan(**columns | {"id": None, "slug": "another-plan"})
    session.add(other)
    session.flush()
    assert client.get(API, headers=token("notify")).status_code == 403
    assert client.get(API, headers=token("read", plan_id=other.id)).status_code == 403
    assert (
        client.get("/api/v1/plans/another-plan", headers=token("read_full", plan_id=other.id)).status_code
        == 200
    )


@pytest.fixture
def limited(committed: Flask, settings: Settings, database_url: str) -> Iterator[Flask]:
    """The application with its limits on."""
    was = limiter.enabled
    application = create_app(settings.model_copy(update={"rate_limits": True}), database_url=database_url)
    application.config.update(TESTING=True)
    yield application
    limiter.enabled = was
    with application.app_context():
        db.engine.dispose()


def test_who_asks_too_often_is_told_how_long_to_wait(limited: Flask) -> None:
    client = limited.test_client()
    with limited.app_context(), unit_of_work() as session:
        headers = give_token(session, "read")
    answers = [client.get("/api/v1/plans?limit=zero") for _each in range(ENOUGH)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert refused[0].json["type"].endswith("#too-many")
    assert 1 <= int(refused[0].headers["Retry-After"]) <= 61
    assert answers[0].headers["RateLimit-Limit"] == "120"
    assert int(answers[1].headers["RateLimit-Remaining"]) < 120
    with_token = client.get("/api/v1/plans", headers=headers)
    assert (with_token.status_code, with_token.headers["RateLimit-Limit"]) == (200, "600")
