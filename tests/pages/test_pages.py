"""The pages round the plans: they answer, in both languages, well formed, and lead nowhere wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from mobility.accounts.demo import PASSWORD, PLANNER
from mobility.accounts.services import save_account
from mobility.consultation.models import Phase
from mobility.plans.models import Plan
from tests.consultation.browser import forget_request

PAGES = ["/", "/help", "/privacy", "/accessibility", "/imprint", "/sign-in", "/receipts", "/nothing-here"]
LANGUAGES = ["en", "it"]


class Reader(HTMLParser):
    """What a page holds: headings, addresses, ids, and what the security policy forbids."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.headings: list[int] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.forbidden: list[str] = []
        self.language = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))
        if tag == "html":
            self.language = given.get("lang", "")
        if tag == "a":
            self.links.append(given["href"])
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "style" or (tag == "script" and "src" not in given):
            self.forbidden.append(tag)
        self.forbidden += [name for name in given if name == "style" or name.startswith("on")]


def read(client: FlaskClient, url: str, language: str = "en") -> Reader:
    forget_request()
    return Reader(client.get(url, headers={"Accept-Language": language}).text)


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_answers_in_its_language(client: FlaskClient, url: str, language: str) -> None:
    answer = client.get(url, headers={"Accept-Language": language})
    assert answer.status_code == (404 if url == "/nothing-here" else 200)
    assert Reader(answer.text).language == language
    assert "%(" not in answer.text


@pytest.mark.parametrize("url", PAGES)
def test_headings_have_one_order(client: FlaskClient, url: str) -> None:
    headings = read(client, url).headings
    assert headings.count(1) == 1
    assert headings[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(headings)), headings


@pytest.mark.parametrize("url", PAGES)
def test_nothing_stands_inline_and_no_id_twice(client: FlaskClient, url: str) -> None:
    page = read(client, url)
    assert page.forbidden == []
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("url", PAGES)
def test_links_lead_somewhere(client: FlaskClient, url: str) -> None:
    page = read(client, url)
    assert [link for link in page.links if link.startswith("#") and link[1:] not in page.ids] == []
    inside = {link for link in page.links if link.startswith("/") and not link.startswith(f"{url}?")}
    assert inside
    answers = {link: client.get(link).status_code for link in inside}
    assert {link for link, status in answers.items() if status >= 400} == set()


def test_the_switch_of_language_is_remembered(client: FlaskClient) -> None:
    assert read(client, "/?lang=it").language == "it"
    assert read(client, "/help").language == "it"
    assert read(client, "/help?lang=en", "it").language == "en"
    assert read(client, "/help", "it").language == "en"


def test_the_switch_keeps_the_other_arguments(client: FlaskClient) -> None:
    assert "/receipts?code=ABC&lang=it" in read(client, "/receipts?code=ABC").links


def test_home_shows_the_open_plan(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept-Language": "en"}).text
    assert "Mobility in the historic centre" in page
    assert 'href="/plans/palermo-centro"' in page
    assert 'src="/plans/palermo-centro/map.svg"' in page
    assert "0 comments" in page
    assert 'aria-current="step"' in page
    assert page.count("Open the map") == 1


def test_home_says_open_only_while_a_step_runs(client: FlaskClient, session: Session) -> None:
    page = client.get("/", headers={"Accept-Language": "en"}).text
    assert "Open now" in page
    now = datetime.now(UTC)
    running = (Phase.opens_at <= now) & (Phase.closes_at > now)
    session.execute(update(Phase).where(running).values(closes_at=now))
    session.commit()
    page = client.get("/", headers={"Accept-Language": "en"}).text
    assert "Mobility in the historic centre" in page
    assert "Open now" not in page


def test_home_lists_closed_plans_apart(client: FlaskClient, session: Session) -> None:
    session.execute(update(Plan).values(status="archived"))
    session.commit()
    page = client.get("/", headers={"Accept-Language": "en"}).text
    assert "No consultation is open yet" in page
    assert "Finished consultations" in page
    assert 'href="/plans/palermo-centro/results"' in page


def test_home_hides_drafts(client: FlaskClient, session: Session) -> None:
    session.execute(update(Plan).values(status="draft"))
    session.commit()
    page = client.get("/", headers={"Accept-Language": "en"}).text
    assert "Mobility in the historic centre" not in page
    assert "No consultation is open yet" in page


def test_notices_name_whom_to_write_to(client: FlaskClient) -> None:
    assert "privacy@palermo.example" in client.get("/privacy").text
    for url in ("/imprint", "/accessibility", "/help"):
        assert 'href="mailto:consultazione@palermo.example"' in client.get(url).text


def test_privacy_notice_names_every_cookie(client: FlaskClient) -> None:
    page = client.get("/privacy").text
    for name in ("session", "participant", "language"):
        assert f"<code>{name}</code>" in page


def test_reading_needs_no_cookie_but_the_chosen_language(client: FlaskClient) -> None:
    for url in ("/", "/help", "/privacy", "/accessibility", "/imprint"):
        assert client.get(url).headers.getlist("Set-Cookie") == []


def test_robots_leave_personal_addresses_alone(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    assert "Disallow: /receipts\n" in answer.text
    assert "Disallow: /\n" not in answer.text


def test_manifest_names_icons_that_exist(client: FlaskClient) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    content: Any = answer.get_json(force=True)
    assert content["start_url"] == "/"
    assert {icon["type"] for icon in content["icons"]} == {"image/svg+xml", "image/png"}


def test_the_old_address_of_the_icon_leads_to_it(client: FlaskClient) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert answer.location.startswith("/static/dist/")


def test_people_of_the_demonstration_are_named_only_there(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    save_account(session, email=PLANNER, name="Demo planner", password=PASSWORD, role="planner")
    save_account(session, email="mayor@city.example", name="Mayor", password=PASSWORD, role="planner")
    session.commit()
    assert PASSWORD not in client.get("/sign-in").text
    app.config["DEMO"] = True
    try:
        page = client.get("/sign-in").text
    finally:
        app.config["DEMO"] = False
    assert PLANNER in page
    assert PASSWORD in page
    assert "mayor@city.example" not in page
