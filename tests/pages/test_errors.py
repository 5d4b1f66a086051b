"""What people and programs are told when something goes wrong; also when the database is away."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import Unauthorized

from mobility.app import create_app
from mobility.errors import Closed, Invalid, TooMany
from mobility.settings import Settings

HTML = {"Accept": "text/html", "Accept-Language": "en"}
JSON = {"Accept": "application/json", "Accept-Language": "en"}
NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/nothing?connect_timeout=1"


@pytest.fixture(scope="module")
def broken(settings: Settings) -> Flask:
    """An application whose database cannot be reached, with pages that fail in every way."""
    application = create_app(settings, database_url=NOWHERE)
    faults = {
        "crash": RuntimeError("a secret detail"),
        "closed": Closed(),
        "invalid": Invalid("text", "Write less."),
        "many": TooMany(),
        "unknown": Unauthorized(),
    }
    for name, fault in faults.items():
        application.add_url_rule(f"/test/{name}", name, _raiser(fault))
    return application


def _raiser(fault: Exception):  # type: ignore[no-untyped-def]
    def view() -> str:
        raise fault

    return view


@pytest.fixture
def visitor(broken: Flask) -> FlaskClient:
    return broken.test_client()


@pytest.fixture
def staff(broken: Flask) -> FlaskClient:
    """Somebody whose cookie says she is signed in; who she is stands in the database."""
    client = broken.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = "1", True
    return client


CASES = [
    ("crash", 500, "Something broke on our side"),
    ("closed", 409, "Not open now"),
    ("invalid", 422, "Write less."),
    ("many", 429, "One moment, please"),
    ("unknown", 401, "Please sign in"),
]


@pytest.mark.parametrize(("name", "status", "words"), CASES)
def test_a_page_for_people(visitor: FlaskClient, name: str, status: int, words: str) -> None:
    answer = visitor.get(f"/test/{name}", headers=HTML)
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert words in answer.text
    assert answer.text.count("<h1") == 1
    assert 'href="/"' in answer.text
    assert "a secret detail" not in answer.text
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize(("name", "status", "words"), CASES)
def test_a_document_for_programs(visitor: FlaskClient, name: str, status: int, words: str) -> None:
    answer = visitor.get(f"/test/{name}", headers=JSON)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    body = answer.get_json()
    assert body["status"] == status
    assert words in (body["title"], body["detail"])
    assert "a secret detail" not in answer.text
    assert body.get("field") == ("text" if name == "invalid" else None)


def test_errors_speak_italian(visitor: FlaskClient) -> None:
    page = visitor.get("/nothing-here", headers={"Accept": "text/html", "Accept-Language": "it"})
    assert page.status_code == 404
    assert '<html lang="it"' in page.text


@pytest.mark.parametrize("url", ["/", "/help", "/plans/palermo-centro"])
def test_without_a_database_people_are_asked_to_wait(visitor: FlaskClient, url: str) -> None:
    answer = visitor.get(url, headers=HTML)
    assert answer.status_code == 503
    assert "Back in a moment" in answer.text
    assert answer.headers["Retry-After"] == "30"


@pytest.mark.parametrize(("url", "status"), [("/nothing-here", 500), ("/test/crash", 500), ("/", 503)])
def test_without_a_database_also_those_signed_in_get_a_page(
    staff: FlaskClient, url: str, status: int
) -> None:
    answer = staff.get(url, headers=HTML)
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert answer.text.count("<h1") == 1


def test_a_fault_offers_the_same_page_again_but_a_wrong_address_does_not(visitor: FlaskClient) -> None:
    assert "Try again</a>" in visitor.get("/test/crash?lang=en").text
    assert "Try again</a>" not in visitor.post("/test/crash?lang=en").text
    assert "Try again</a>" not in visitor.get("/nothing-here?lang=en").text


def test_the_wrong_method_is_said(visitor: FlaskClient) -> None:
    answer = visitor.delete("/sign-in", headers=HTML)
    assert answer.status_code == 405
    assert "Not possible here" in answer.text


def test_a_body_that_is_too_large_is_said(visitor: FlaskClient) -> None:
    answer = visitor.post("/sign-in", data={"email": "x" * 2_000_000}, headers=HTML)
    assert answer.status_code == 413
    assert "Too large" in answer.text
