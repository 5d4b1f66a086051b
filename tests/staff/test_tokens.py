"""Tokens for programs: made by people, shown once, revoked by them and by administrators."""

from __future__ import annotations

import re

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.accounts.conftest import Make, Person, form_to

PAGE = "/account/tokens"
SECRET = re.compile(r"mob_[\w-]{40}")


def make_one(person: Person, **typed: str) -> str:
    """Sends the form and opens the page; its text."""
    page = person.browser.get(PAGE).text
    form = form_to(page, PAGE, "name")
    answer = person.browser.send(form, follow=True, **{"name": "QGIS", "days": "90", **typed})
    return answer.text


def test_a_token_is_shown_once_and_works_until_it_is_revoked(make: Make, session: Session) -> None:
    before = session.scalar(text("SELECT coalesce(max(id), 0) FROM audit_log"))
    planner = make("planner")
    planner.sign_in()
    shown = SECRET.search(make_one(planner, scopes="read_full"))
    assert shown
    secret = shown[0]
    again = planner.browser.get(PAGE).text
    assert secret not in again
    assert secret[:10] in again
    headers = {"Authorization": f"Bearer {secret}"}
    address = "/plans/palermo-centro/ogc/collections/comments/items?profile=full&f=json"
    assert planner.browser.client.get(address, headers=headers).status_code == 200
    planner.send(PAGE, "/revoke")
    assert planner.browser.client.get(address, headers=headers).status_code == 401
    logged = list(
        session.scalars(
            text("SELECT action FROM audit_log WHERE action LIKE 'api_token%' AND id > :before ORDER BY id"),
            {"before": before},
        )
    )
    assert logged == ["api_token.issue", "api_token.revoke"]
    kept = session.scalar(text("SELECT token_hash FROM api_token ORDER BY id DESC LIMIT 1"))
    assert secret.encode() not in bytes(kept)


def test_nobody_gives_away_more_than_they_have(make: Make, session: Session) -> None:
    member = make()
    member.sign_in()
    page = member.browser.get(PAGE).text
    assert 'value="read_full"' not in page
    assert 'value="notify"' not in page
    assert not SECRET.search(make_one(member, scopes="read_full"))
    assert session.scalar(text("SELECT count(*) FROM api_token")) == 0


def test_what_is_missing_is_said_and_nothing_is_made(make: Make, session: Session) -> None:
    member = make()
    member.sign_in()
    form = form_to(member.browser.get(PAGE).text, PAGE, "name")
    for typed in (
        {"name": "", "scopes": "read"},
        {"name": "QGIS"},
        {"name": "Q", "scopes": "read", "days": "9999"},
    ):
        answer = member.browser.send(form, **{"days": "90", **typed})
        assert answer.status_code == 422
    assert session.scalar(text("SELECT count(*) FROM api_token")) == 0


def test_only_its_owner_and_administrators_revoke_a_token(make: Make, boss: Person, session: Session) -> None:
    owner, other = make("planner"), make("planner", name="Other Person")
    owner.sign_in()
    make_one(owner, scopes="read")
    key = session.scalar(text("SELECT id FROM api_token"))
    other.sign_in()
    form = form_to(owner.browser.get(PAGE).text, "/revoke")
    theirs = form_to(other.browser.get(PAGE).text, PAGE, "name")
    answer = other.browser.client.post(
        f"{PAGE}/{key}/revoke", data={"csrf_token": theirs.fields["csrf_token"]}
    )
    assert answer.status_code == 404
    assert form.action.endswith(f"/{key}/revoke")
    assert "QGIS" in boss.browser.get("/staff/tokens").text
    boss.send("/staff/tokens", "/revoke")
    assert session.scalar(text("SELECT revoked_at IS NOT NULL FROM api_token"))
