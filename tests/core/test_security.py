"""Headers, redirects, networks, limits: what holds on every answer."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.limits_store import BATCH, PostgresStorage
from mobility.security import content_policy, network_prefix, safe_next

PAGES = ["/", "/plans/palermo-centro", "/help", "/nowhere", "/healthz", "/maps/palermo-centro/plan.it.js"]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_policy(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_only_tiles_the_city_chose_enter_the_policy() -> None:
    assert "https://tiles.example" in content_policy("https://tiles.example")
    assert content_policy().count("'self'") == content_policy("https://tiles.example").count("'self'")


@pytest.mark.parametrize("path", ["/plans/palermo-centro/ogc/collections/comments/items", "/help"])
@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*"])
def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient, path: str, accept: str) -> None:
    refused = client.delete(path, headers={"Accept": accept})
    assert refused.status_code == 405
    assert set(refused.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("path", ["/", "/plans/palermo-centro", "/sign-in"])
def test_pages_are_kept_by_no_shared_cache(client: FlaskClient, path: str) -> None:
    kept = client.get(path).headers["Cache-Control"]
    assert "private" in kept or "no-store" in kept


@pytest.mark.parametrize(
    "path", ["/", "/plans/palermo-centro", "/plans/palermo-centro/segments/P1-03", "/help"]
)
def test_pages_hold_no_inline_script_or_style(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert not re.search(r"src=\"(?:https?:)?//|<link[^>]+href=\"(?:https?:)?//", page)


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("/plans/x?y=1#z", "/plans/x?y=1#z"),
        ("//evil.example", None),
        ("https://evil.example", None),
        ("/\\evil.example", None),
        ("\\\\evil.example", None),
        ("javascript:alert(1)", None),
        ("/a\nSet-Cookie: x", None),
        ("/\tevil", None),
        ("plans", None),
        ("", None),
        (None, None),
    ],
)
def test_redirects_stay_on_this_site(target: str | None, kept: str | None) -> None:
    assert safe_next(target) == kept


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2345::1", "2001:db8:1:2300::/56"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_networks_not_addresses_are_counted(address: str, network: str) -> None:
    assert network_prefix(address) == network


@pytest.mark.parametrize(
    "path",
    [
        "/static/dist/../../app.py",
        "/static/dist/%2e%2e/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/plans/%00",
        "/plans/" + "a" * 5000,
        "/plans/%ff%fe/segments/%ff",
        "/plans/palermo-centro/segments/%00",
        "/plans/palermo-centro/segments/..%2f..",
        "/plans/palermo-centro/comments/99999999999999999999999",
        "/plans/palermo-centro/comments/-1",
        "/receipts/%00%00",
        "/plans/palermo-centro/search?q=%00%ff",
    ],
)
def test_path_tricks_end_in_an_answer(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code < 500
    assert b"create_app" not in answer.data


@pytest.mark.parametrize("path", ["/plans/palermo-centro/segments/P1-03/vote", "/sign-in", "/sign-out"])
def test_a_post_without_token_is_refused_kindly(client: FlaskClient, path: str) -> None:
    answer = client.post(path, data={"position": "2"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 400
    assert "your text is kept" in answer.text


def test_a_huge_body_is_refused(client: FlaskClient) -> None:
    answer = client.post("/plans/palermo-centro/comments", data={"text": "x" * 10_000_000})
    assert answer.status_code == 413


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client: FlaskClient, session: Session) -> None:
    set_cookies = client.get("/plans/palermo-centro/segments/P1-03").headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in set_cookies} == {"session", "participant"}
    for cookie in set_cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_reading_sets_no_cookie(client: FlaskClient) -> None:
    for path in ("/help", "/plans/palermo-centro/results", "/privacy"):
        assert "participant=" not in " ".join(client.get(path).headers.getlist("Set-Cookie"))


class TestCounters:
    @pytest.fixture
    def dsn(self, committed: Flask) -> str:
        url = str(committed.config["SQLALCHEMY_ENGINES"]["default"]["url"])
        return url.replace("postgresql+psycopg://", "postgresql://")

    def test_one_process_counts_exactly(self, dsn: str) -> None:
        store = PostgresStorage(dsn=dsn)
        assert [store.incr("a", 60) for _ in range(17)] == list(range(1, 18))

    def test_two_processes_are_a_batch_apart_at_most(self, dsn: str) -> None:
        one, two = PostgresStorage(dsn=dsn), PostgresStorage(dsn=dsn)
        seen = [store.incr("b", 60) for _ in range(40) for store in (one, two)]
        assert max(seen) > 80 - BATCH
        assert max(seen) <= 80

    def test_a_window_ends(self, dsn: str) -> None:
        store = PostgresStorage(dsn=dsn)
        for _ in range(BATCH * 2):
            store.incr("c", 60)
        store._pool.open()
        with store._pool.connection() as connection:
            connection.execute("UPDATE rate_limit SET expires_at = now() - interval '1 second'")
        store._known.clear()
        assert store.incr("c", 60) == 1

    def test_keys_are_hashes(self, dsn: str) -> None:
        store = PostgresStorage(dsn=dsn)
        store.incr("LIMITER/203.0.113.77/votes", 60)
        with store._pool.connection() as connection:
            rows = connection.execute("SELECT key FROM rate_limit").fetchall()
        assert rows
        assert all(len(bytes(row[0])) == 16 and b"203.0" not in bytes(row[0]) for row in rows)


def test_the_token_itself_is_never_stored(client: FlaskClient, session: Session) -> None:
    page = client.get("/plans/palermo-centro/segments/P1-03")
    token = next(c.value for c in [client.get_cookie("participant")] if c)
    csrf = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert csrf
    form = {"csrf_token": csrf[1], "position": "2"}
    assert client.post("/plans/palermo-centro/segments/P1-03/vote", data=form).status_code == 303
    stored = session.execute(text("SELECT token_hash FROM participant_token")).scalars().all()
    assert stored
    assert all(token.encode() not in bytes(value) for value in stored)
