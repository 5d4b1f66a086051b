"""Large files: asked for on a page, made in the background, told by mail, gone after two days."""

from __future__ import annotations

import gc
import io
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.models import AuditEntry
from mobility.accounts.services import save_account
from mobility.db import unit_of_work
from mobility.exports import preparing
from mobility.exports.views import downloads
from mobility.extensions import db
from mobility.mail.models import MailMessage
from mobility.tasks.running import run_task
from tests.exports.town import SLUG, Town, add_comment

PAGE = f"/plans/{SLUG}/exports/"
PLANNER, PASSWORD = "planner.of@town.example", "a long enough password"
ASKED = f"{PAGE}prepare?what=comments&form=gpkg&lang=en&stance=for"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Already two features are many."""
    monkeypatch.setattr(preparing, "DIRECT", 1)
    monkeypatch.setattr(downloads, "DIRECT", 1)


@pytest.fixture(autouse=True)
def tidy(town: Town) -> Iterator[None]:
    yield
    gc.collect()  # sessions of requests inside the test's own context end when they are collected
    db.session.close()


@pytest.fixture
def spoken(people: Session, town: Town) -> None:
    add_comment(people, town, "First")
    add_comment(people, town, "Second")
    add_comment(people, town, "Third", stance="against")
    people.commit()


@pytest.fixture
def planner(committed: Flask, town: Town) -> FlaskClient:
    with unit_of_work() as session:
        save_account(session, email=PLANNER, name="Planner", password=PASSWORD, role="planner")
    client = committed.test_client()
    post(client, "/sign-in", {"email": PLANNER, "password": PASSWORD})
    return client


def post(client: FlaskClient, path: str, form: dict[str, str] | None = None, page: str = "") -> str:
    """Sends the form that is on a page and returns where it leads."""
    html = client.get(page or path).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert token
    answer = client.post(path, data={"csrf_token": token[1], **(form or {})})
    assert answer.status_code in (302, 303), answer.status_code
    return str(answer.headers["Location"])


def number_of(address: str) -> int:
    return int(address.split("/")[-2])


def run(address: str) -> str:
    db.session.rollback()
    return run_task(db.engine, number_of(address))


def test_a_large_file_leads_to_a_page_that_asks(visitor: FlaskClient, spoken: None) -> None:
    answer = visitor.get(f"{PAGE}comments.gpkg?lang=en&stance=for")
    assert answer.status_code == 302
    page = visitor.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Make the file" in page
    assert visitor.get(f"{PAGE}comments.csv").status_code == 200
    assert visitor.get(f"{PAGE}comments.geojson").status_code == 200


def test_it_is_made_shown_and_sent(visitor: FlaskClient, spoken: None, tmp_path: Path) -> None:
    address = post(visitor, ASKED)
    waiting = visitor.get(f"{address}?lang=en").get_data(as_text=True)
    assert "The file waits for its turn." in waiting
    assert visitor.get(f"{address}/file").status_code == 404
    assert run(address) == "done"
    page = visitor.get(f"{address}?lang=en").get_data(as_text=True)
    assert "The file is ready." in page
    answer = visitor.get(f"{address}/file")
    assert answer.mimetype == "application/geopackage+sqlite3"
    assert answer.content_length == len(answer.data)
    assert re.search(rf'filename="{SLUG}-comments-[\d-]+\.gpkg"', answer.headers["Content-Disposition"])
    kept = tmp_path / "file.gpkg"
    kept.write_bytes(answer.data)
    words = sqlite3.connect(kept).execute("SELECT text FROM comments ORDER BY fid").fetchall()
    assert words == [("First",), ("Second",)]
    assert db.session.scalars(select(MailMessage)).all() == []


def test_nobody_guesses_its_address(visitor: FlaskClient, spoken: None) -> None:
    address = post(visitor, ASKED)
    run(address)
    stem, _, _key = address.rpartition("/")
    for wrong in (f"{stem}/{'x' * 27}", f"{stem}/{'x' * 27}/file", f"{PAGE}prepared/999999/{_key}"):
        assert visitor.get(wrong).status_code == 404


def test_it_can_be_stopped(visitor: FlaskClient, spoken: None) -> None:
    address = post(visitor, ASKED)
    post(visitor, f"{address}/cancel", page=address)
    assert run(address) == ""
    page = visitor.get(f"{address}?lang=en").get_data(as_text=True)
    assert "The making of this file was stopped." in page


def test_whoever_has_an_account_is_told_by_mail(planner: FlaskClient, spoken: None) -> None:
    address = post(planner, ASKED)
    assert run(address) == "done"
    (message,) = db.session.scalars(select(MailMessage)).all()
    assert message.recipient == PLANNER
    assert address in message.body


def test_it_goes_away_after_two_days(visitor: FlaskClient, spoken: None) -> None:
    address = post(visitor, ASKED)
    run(address)
    later = datetime.now(UTC) + preparing.KEPT - timedelta(minutes=1)
    for now, gone in ((later, 0), (later + timedelta(minutes=2), 1)):
        with unit_of_work() as session:
            assert preparing.forget_expired(session, now=now) == gone
    assert visitor.get(address).status_code == 404
    assert visitor.get(f"{address}/file").status_code == 404


def test_only_a_few_are_made_at_once(visitor: FlaskClient, spoken: None) -> None:
    for _ in range(preparing.AT_ONCE):
        post(visitor, ASKED)
    html = visitor.get(ASKED).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert token
    assert visitor.post(ASKED, data={"csrf_token": token[1]}).status_code == 429


@pytest.mark.parametrize("form", ["gpkg", "xlsx"])
def test_everything_is_one_file(form: str, visitor: FlaskClient, spoken: None) -> None:
    address = post(visitor, f"{PAGE}prepare?what=everything&form={form}")
    assert run(address) == "done"
    assert visitor.get(f"{address}/file").status_code == 200


@pytest.mark.parametrize(
    "asked", ["what=everything&form=csv", "what=votes&form=gpkg", "what=comments&form=exe"]
)
def test_what_there_is_not_cannot_be_asked_for(asked: str, visitor: FlaskClient, town: Town) -> None:
    assert visitor.get(f"{PAGE}prepare?{asked}").status_code == 404


def test_files_for_planners_are_for_planners(
    visitor: FlaskClient, planner: FlaskClient, people: Session, town: Town
) -> None:
    add_comment(people, town, "Public words")
    add_comment(people, town, "Hidden words", status="hidden", hidden_reason="spam")
    add_comment(people, town, "Withdrawn words", status="withdrawn")
    people.commit()
    full = f"{PAGE}comments.geojson?profile=full"
    assert visitor.get(full).status_code == 403
    found = planner.get(full).json
    assert {each["properties"]["text"]: each["properties"]["status"] for each in found["features"]} == {
        "Public words": "published",
        "Hidden words": "hidden",
    }
    assert found["profile"] == "full"
    assert PLANNER not in str(found)
    lines = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "export.full")).all()
    assert [line.details for line in lines] == [{"what": "comments", "form": "geojson"}]
    address = post(planner, f"{PAGE}prepare?what=comments&form=gpkg&profile=full")
    run(address)
    assert visitor.get(f"{address}/file").status_code == 403
    assert io.BytesIO(planner.get(f"{address}/file").data).read(15) == b"SQLite format 3"
