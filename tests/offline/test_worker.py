"""The service worker and what it is told to keep."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from mobility.accounts import services as accounts
from mobility.assets import DIST
from mobility.plans.models import Plan

PLAN = "/plans/palermo-centro"
PRIVATE = re.compile(r"/(receipts|account|desk|sign-in|sign-out|outbox|exports)\b")


def test_worker_is_served_for_the_whole_site(client: FlaskClient) -> None:
    answer = client.get("/sw.js")
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]
    again = client.get("/sw.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_worker_names_files_that_are_there(client: FlaskClient) -> None:
    facts = json.loads(client.get("/sw.js").text.split("\n", 1)[0].removeprefix("self.OFFLINE=").rstrip(";"))
    names = [name.removeprefix("/static/dist/") for name in facts["files"]]
    assert {name.split("-")[0] for name in names} >= {"site", "map", "atkinson", "favicon"}
    assert [name for name in names if not (DIST / name).is_file()] == []
    assert facts["version"]


def test_everything_on_the_list_is_public_and_answers_strangers(client: FlaskClient, app: Flask) -> None:
    found = client.get(f"{PLAN}/offline.json?lang=it").get_json()
    listed = [*found["whole"], *found["panels"], *found["data"]]
    assert {f"{PLAN}/comments", f"{PLAN}/measures/P1", f"{PLAN}/segments/P1-01"} <= set(found["panels"])
    assert [address for address in listed if PRIVATE.search(address)] == []
    stranger = app.test_client(use_cookies=False)
    for address in [*found["whole"], *found["data"], *found["panels"][:8]]:
        answer = stranger.get(address, headers={"X-Fragment": "panel"})
        assert answer.status_code == 200, address
        assert "no-store" not in answer.headers.get("Cache-Control", ""), address


def test_list_costs_the_same_for_any_plan(client: FlaskClient, count_queries) -> None:  # type: ignore[no-untyped-def]
    with count_queries as seen:
        client.get(f"{PLAN}/offline.json")
    assert len(seen) <= 4


def test_draft_keeps_nothing(client: FlaskClient, session: Session) -> None:
    session.execute(update(Plan).where(Plan.slug == "palermo-centro").values(status="draft"))
    session.commit()
    assert client.get(f"{PLAN}/offline.json").status_code == 404


def test_panel_can_be_put_into_the_page_of_the_plan(client: FlaskClient) -> None:
    """The worker cuts at these marks; each stands once, around the panel."""
    page = client.get(PLAN).text
    assert page.count("<!--panel-->") == page.count("<!--/panel-->") == 1
    assert page.index('id="panel"') < page.index("<!--panel-->") < page.index("<!--/panel-->")
    panel = client.get(f"{PLAN}/measures/P1", headers={"X-Fragment": "panel"}).text
    assert re.match(r'\s*<div data-fragment data-title="[^"]+" data-view="card"', panel)


def test_token_is_fresh_and_never_kept(client: FlaskClient) -> None:
    answer = client.get("/outbox/token")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json()["speaker"] == ""
    form = {"csrf_token": answer.get_json()["token"], "position": "1"}
    voted = client.post(f"{PLAN}/segments/P1-01/vote", data=form)
    assert voted.status_code == 303


def test_speaker_differs_by_account_and_tells_nothing(client: FlaskClient, session: Session) -> None:
    seen = set()
    for name in ("first", "second"):
        account = accounts.save_account(
            session, email=f"{name}@example.org", name=name, password="long enough!"
        )
        session.commit()
        with client.session_transaction() as kept:
            kept["_user_id"], kept["_fresh"] = str(account.id), True
        seen.add(client.get("/outbox/token").get_json()["speaker"])
    assert len(seen) == 2
    assert all(re.fullmatch(r"[0-9a-f]{16}", each) for each in seen)


def test_script_is_told_where_a_form_leads(client: FlaskClient) -> None:
    token = client.get("/outbox/token").get_json()["token"]
    form = {"csrf_token": token, "position": "2"}
    told = client.post(f"{PLAN}/segments/P1-02/vote", data=form, headers={"X-Answer": "location"})
    assert told.status_code == 200
    assert told.get_json()["location"].endswith("/segments/P1-02")
    refused = client.post(
        f"{PLAN}/segments/P1-02/vote", data=form | {"position": "9"}, headers={"X-Answer": "location"}
    )
    assert refused.status_code == 422
    assert refused.mimetype == "text/html"


@pytest.mark.parametrize("fragment", [False, True])
def test_page_for_what_was_never_opened(client: FlaskClient, fragment: bool) -> None:
    headers = {"Accept-Language": "en", **({"X-Fragment": "panel"} if fragment else {})}
    page = client.get("/offline", headers=headers).text
    assert "not kept on this device" in page
    assert ("<html" in page) is not fragment


def test_strangers_get_pages_in_few_bytes(app: Flask, session: Session) -> None:
    stranger = app.test_client(use_cookies=False)
    answer = stranger.get(f"{PLAN}/measures/P1", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    page = gzip.decompress(answer.data).decode()
    assert "</html>" in page
    assert len(answer.data) * 3 < len(page)
    assert {"Accept-Encoding", "Cookie"} <= set(answer.vary.to_header().split(", "))


def test_pages_with_somebodys_token_are_not_compressed(client: FlaskClient) -> None:
    client.get(f"{PLAN}/measures/P1")
    answer = client.get(f"{PLAN}/measures/P1", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers
    assert "csrf_token" in answer.text
