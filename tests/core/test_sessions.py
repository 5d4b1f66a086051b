"""The session is written when it says something new, so that answers which come late put nothing back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.consultation.browser import PLAN, Browser
from tests.insight.conftest import visit

__all__ = ["visit"]
CARD = f"{PLAN}/segments/P1-03"
DATA = [
    f"{PLAN}/features/segments.json?lang=en",
    f"{PLAN}/features/cells.json?bbox=13.35,38.1,13.37,38.12&z=15",
    f"{PLAN}/map.svg",
]


def written(answer: object) -> list[str]:
    """The cookies of an answer that hold the session."""
    cookies = answer.headers.getlist("Set-Cookie")  # type: ignore[attr-defined]
    return [cookie for cookie in cookies if cookie.startswith("session=")]


@pytest.mark.parametrize("address", DATA)
def test_what_a_map_asks_for_writes_no_session(client: FlaskClient, session: Session, address: str) -> None:
    assert written(client.get(CARD))
    answer = client.get(address)
    assert answer.status_code == 200
    assert written(answer) == []


def test_a_second_look_writes_nothing(client: FlaskClient, session: Session) -> None:
    client.get(CARD)
    assert written(client.get(CARD)) == []


@pytest.mark.parametrize("address", DATA)
def test_pages_prolong_the_session_of_staff_and_data_do_not(
    visit: Callable[..., Browser], address: str
) -> None:
    planner = visit("planner")
    with planner.client.session_transaction() as kept:
        kept.permanent = True
    assert written(planner.get(f"{PLAN}/desk"))
    assert written(planner.get(address)) == []


def test_what_changed_in_place_is_written(app: Flask) -> None:
    """As a second message is, that joins the list of the first."""
    with app.test_request_context():
        came = app.session_interface.open_session(app, _carrying(app, {"_flashes": ["first"]}))
        assert came is not None
        came["_flashes"].append("second")
        answer = app.make_response("")
        app.session_interface.save_session(app, came, answer)
        assert written(answer)


def _carrying(app: Flask, values: dict[str, object]) -> Request:
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    headers = {"Cookie": f"session={signer.dumps(values)}"}
    with app.test_request_context(headers=headers) as context:
        return context.request


def test_what_is_signed_out_stays_signed_out(visit: Callable[..., Browser]) -> None:
    """An answer to a request of before, that comes afterwards, does not sign anybody in again."""
    planner = visit("planner")
    with planner.client.session_transaction() as kept:
        kept.permanent = True
    planner.get(f"{PLAN}/desk")
    before = planner.client.get_cookie("session")
    assert before is not None
    planner.send(planner.form(f"{PLAN}/desk", "/sign-out"))
    planner.client.set_cookie("session", before.value)
    assert all(written(planner.get(address)) == [] for address in DATA)
