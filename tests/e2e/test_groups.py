"""A group's way to a voice: registered, recognised, delegates invited, a vote agreed by two, the result."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text

from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import choose_position, sign_in
from tests.e2e.test_pages import findings

NAME, SLUG = "Friends of the Cala", "amici-cala"
PASSWORD = "four quiet garden tables"


@pytest.fixture
def link(e2e_database: str) -> Iterator[object]:
    """`link(address)`: the path of the link in the newest message to this address."""
    engine = create_engine(e2e_database)

    def newest(recipient: str) -> str:
        with engine.connect() as connection:
            query = text("SELECT body FROM mail_message WHERE recipient = :who ORDER BY id DESC LIMIT 1")
            body = connection.scalar(query, {"who": recipient}) or ""
        found = re.search(r"https?://[^/\s]+(/\S+)", body)
        assert found, f"no link for {recipient}"
        return found.group(1)

    yield newest
    engine.dispose()


def enter(page: Page, address: str, then: str) -> None:
    page.goto(f"/sign-in?next={then}")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{then}")


def register(page: Page) -> None:
    page.goto(f"{PLAN}/results")
    page.get_by_role("link", name="Groups and their positions").click()
    page.get_by_role("link", name="Speak for a group").click()
    page.get_by_label("Name of the group (Italiano)").fill("Amici della Cala")
    page.get_by_label("Name of the group (English)").fill(NAME)
    page.get_by_label("Kind of group").select_option("residents")
    page.get_by_label("Area it stands for").fill("The old harbour")
    page.get_by_label("About the group").fill("We look after the old harbour.")
    page.get_by_label("E-mail address of the contact").fill("rita@cala.example")
    page.get_by_role("button", name="Send the registration").click()
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()


def accept(page: Page, path: str, name: str) -> None:
    page.goto(path)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Accept and make my account").click()
    expect(page.locator("body")).to_contain_text("You speak for the group now.")


def test_from_registration_to_result(visit: Visit, town: Town, link: object) -> None:
    contact = visit("phone")
    register(contact)
    contact.goto(link("rita@cala.example"))  # type: ignore[operator]
    contact.get_by_role("button", name="Yes, this is my address").click()
    expect(contact.get_by_role("heading", name="The city has your registration")).to_be_visible()

    planner = visit("desktop")
    sign_in(planner, town, town.planner, then=f"{PLAN}/desk/groups")
    planner.get_by_role("link", name=re.compile(NAME)).click()
    planner.locator("label.choice--two").click()
    planner.get_by_role("button", name="Recognise", exact=True).click()
    expect(planner.locator("main")).to_contain_text("The group is recognised.")

    accept(contact, link("rita@cala.example"), "Rita")  # type: ignore[operator]
    enter(contact, "rita@cala.example", f"{PLAN}/groups/{SLUG}/manage")
    expect(contact.locator("main")).to_contain_text("A second delegate is needed")
    contact.get_by_label("E-mail address").fill("salvo@cala.example")
    contact.get_by_role("button", name="Invite a delegate").click()
    expect(contact.locator("main")).to_contain_text("The invitation is on its way.")

    card = f"{PLAN}/segments/{town.quiet_segment}"
    contact.goto(card)
    contact.locator("label.choice").filter(has_text=NAME).click()
    choose_position(contact, "Strongly support").click()
    contact.locator("form.vote button[type=submit]").click()
    expect(contact.locator("#vote")).to_contain_text("proposed by you")

    second = visit("desktop", javascript=False)
    accept(second, link("salvo@cala.example"), "Salvo")  # type: ignore[operator]
    enter(second, "salvo@cala.example", "/account")
    expect(second.locator(".proposal")).to_contain_text("proposed by Rita")
    second.goto(card)
    expect(second.locator("#result")).not_to_contain_text(NAME)
    second.locator(".proposal").get_by_role("button", name="Confirm").click()
    expect(second.locator("#result")).to_contain_text(f"{NAME}: Strongly support")

    reader = visit("phone")
    reader.goto(f"{PLAN}/groups/{SLUG}")
    expect(reader.locator("#votes")).to_contain_text("Strongly support")
    expect(reader.locator("path.segment--support2").first).to_be_attached()
    expect(reader.locator("path.segment--few")).to_have_count(0)
    for page in (contact, reader, second):
        wide = (
            page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
            if page is not second
            else 0
        )
        assert wide <= 0


@pytest.mark.parametrize("kind", ["phone", "desktop"])
def test_a_position_stands_on_the_measure(visit: Visit, town: Town, kind: str) -> None:
    page, words = visit(kind), f"Our members walk here, written on a {kind}."
    place = f"{PLAN}/groups/palermo-in-bici"
    sign_in(page, town, town.delegate, then=f"{place}/positions/{town.measure}")
    page.get_by_label("Text (English)").fill(words)
    assert findings(page) == ""
    page.locator("input[type=file]").set_input_files(
        {
            "name": "Study.pdf",
            "mimeType": "application/pdf",
            "buffer": b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n",
        }
    )
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#positions")).to_contain_text(words)
    with page.expect_download() as waiting:
        page.locator(".papers__link").first.click()
    assert waiting.value.suggested_filename == "Study.pdf"

    reader = visit(kind, javascript=False)
    reader.goto(f"{PLAN}/measures/{town.measure}")
    row = reader.locator("#groups .row").filter(has_text=town.group)
    expect(row).to_contain_text(words)
    row.click()
    expect(reader.locator("#positions")).to_contain_text(words)
    expect(reader.locator("img.map-panel__picture")).to_have_attribute(
        "src", re.compile("group=palermo-in-bici")
    )


def test_from_the_groups_page_back_to_everybodys_map(visit: Visit, town: Town) -> None:
    page = visit("desktop")
    page.goto(f"{PLAN}/groups/palermo-in-bici")
    expect(page.locator("[data-map].is-ready")).to_be_visible()
    expect(page.locator(".map-legend__title")).to_contain_text("Votes of the group")
    page.get_by_role("navigation", name="Parts of the plan").get_by_role("link", name="Results").click()
    expect(page.locator(".map-legend__title")).to_contain_text("Support for the measures")
