"""From an anonymous vote to a counted one: confirm an address, use a code, prove who one is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import create_engine, text

from mobility.settings import Settings
from tests.e2e.conftest import DESKTOP, Visit
from tests.e2e.server import PLAN, Town, free_port, serving
from tests.e2e.steps import choose_position, sign_in
from tests.e2e.test_pages import findings
from tests.e2e.traps import Traps
from tests.identity.issuing import CLIENT, SECRET, issuing

Run = Callable[..., list[Any]]
LINK = re.compile(r"https?://\S+(/identity/link/\S+)")
OPEN = "opens_at <= now() AND closes_at > now()"


@pytest.fixture(scope="module")
def run(e2e_database: str) -> Iterator[Run]:
    """Statements on the database behind the server, committed one by one."""
    engine = create_engine(Settings(database_url=e2e_database).database_url)  # type: ignore[call-arg]

    def statement(words: str, **values: Any) -> list[Any]:
        with engine.begin() as connection:
            done = connection.execute(text(words), values)
            return list(done.all()) if done.returns_rows else []

    yield statement
    engine.dispose()


@pytest.fixture
def email_needed(run: Run) -> Iterator[None]:
    """The open step asks for a confirmed address before one votes."""
    run(f"UPDATE phase SET vote_level = 1 WHERE {OPEN}")
    yield
    run(f"UPDATE phase SET vote_level = 0 WHERE {OPEN}")


def read_link(run: Run, address: str) -> str:
    """The path of the newest link to an address, out of the messages that wait."""
    words = "SELECT body FROM mail_message WHERE recipient = :a ORDER BY id DESC LIMIT 1"
    found = LINK.search(run(words, a=address)[0][0])
    assert found
    return found[1]


def ask_for_link(page: Page, address: str) -> None:
    page.get_by_label("E-mail address").fill(address)
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()


def level(page: Page, words: str) -> None:
    """The chip in the header says how one takes part."""
    expect(page.locator("header .chip--level")).to_contain_text(words)


def votes_of(run: Run, address: str) -> list[tuple[int, int]]:
    """Position and identity level of a person's live votes."""
    words = (
        "SELECT v.position, v.identity_level FROM vote v JOIN participant p ON p.id = v.participant_id "
        "WHERE p.email = :a ORDER BY v.id"
    )
    return [tuple(row) for row in run(words, a=address)]  # type: ignore[misc]


def vote_and_confirm(page: Page, town: Town, run: Run, address: str) -> None:
    """The whole way of somebody who only came to vote."""
    page.goto(f"{PLAN}/segments/{town.quiet_segment}")
    expect(page.get_by_text("To vote, confirm your e-mail address")).to_be_visible()
    choose_position(page, "Strongly support").click()
    page.get_by_role("button", name="Send my vote").click()
    expect(page.get_by_text("Your vote is not counted yet; your choice is kept")).to_be_visible()
    page.locator("#vote").get_by_role("link", name="Confirm your e-mail").click()
    ask_for_link(page, address)
    page.goto(read_link(run, address))
    page.get_by_role("button", name="Yes, it is me").click()
    page.wait_for_url(re.compile(rf"/segments/{town.quiet_segment}"))
    expect(page.get_by_text("Press the button to send it")).to_be_visible()
    expect(page.get_by_label("Strongly support", exact=True)).to_be_checked()
    page.get_by_role("button", name="Send my vote").click()
    expect(page.get_by_role("button", name="Change my vote")).to_be_visible()
    assert votes_of(run, address) == [(2, 1)]


@pytest.mark.parametrize("screen", ["phone", "desktop"])
@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_a_vote_that_needs_an_address(
    screen: str, javascript: bool, visit: Visit, town: Town, run: Run, email_needed: None, traps: Traps
) -> None:
    traps.allow(r"status of 409")
    page = visit(screen, javascript=javascript)
    vote_and_confirm(page, town, run, f"{screen}-{javascript}@example.org".lower())
    page.goto("/identity")
    level(page, "E-mail confirmed")
    page.get_by_role("button", name="Leave this device").click()
    level(page, "Without sign-in")


def test_an_earlier_vote_on_another_device_becomes_one(visit: Visit, town: Town, run: Run) -> None:
    address = "two-devices@example.org"
    for position, screen in (("Oppose", "desktop"), ("Support", "phone")):
        page = visit(screen, javascript=False)
        page.goto(f"{PLAN}/segments/{town.quiet_segment}")
        choose_position(page, position).click()
        page.get_by_role("button", name="Send my vote").click()
        page.goto("/identity")
        page.get_by_role("link", name="Confirm your e-mail").click()
        ask_for_link(page, address)
        page.goto(read_link(run, address))
        expect(page.get_by_label("Add what I said on this device before (1 vote)")).to_be_checked()
        page.get_by_role("button", name="Yes, it is me").click()
        level(page, "E-mail confirmed")
    assert votes_of(run, address) == [(1, 1)]
    page.goto(f"{PLAN}/segments/{town.quiet_segment}")
    expect(page.get_by_label("Support", exact=True)).to_be_checked()


def test_codes_from_the_desk_to_a_resident(visit: Visit, town: Town, traps: Traps) -> None:
    traps.allow(r"status of 422")
    desk = visit("desktop")
    sign_in(desk, town, town.planner, then=f"{PLAN}/desk")
    menu = desk.get_by_role("navigation", name="Pages of the desk")
    menu.get_by_role("link", name="Invitation codes").click()
    desk.get_by_label("Whom are they for?").fill("Letters to Kalsa")
    desk.get_by_label("How many?").fill("3")
    desk.get_by_role("button", name="Make codes").click()
    expect(desk.locator(".codes__card svg")).to_have_count(3)
    assert findings(desk) == ""
    code = desk.locator(".codes__code").first.inner_text()

    resident = visit("phone", javascript=False)
    resident.goto(f"/invitation/{code}")
    resident.get_by_role("button", name="Use the code").click()
    level(resident, "Invited")
    other = visit("phone")
    other.goto("/invitation")
    other.get_by_label("Invitation code").fill(code.lower())
    other.get_by_role("button", name="Use the code").click()
    expect(other.locator("#code-error")).to_contain_text("used already")
    desk.get_by_role("link", name="I have them").click()
    expect(desk.get_by_text("1 of 3 used")).to_be_visible()
    desk.set_viewport_size({"width": 360, "height": 740})
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.get_by_role("button", name="Withdraw Letters to Kalsa").click()
    expect(desk.get_by_text("withdrawn", exact=True)).to_be_visible()


def test_a_verified_identity(
    e2e_database: str, tmp_path: Path, new_context: Callable[..., BrowserContext], traps: Traps
) -> None:
    """Through a real issuer and back, before a server that trusts it."""
    port = free_port()
    with (
        issuing(f"http://127.0.0.1:{port}/identity/verify/return") as issuer,
        serving(
            e2e_database,
            tmp_path,
            port=port,
            MOBILITY_OIDC_ISSUER=issuer,
            MOBILITY_OIDC_CLIENT_ID=CLIENT,
            MOBILITY_OIDC_CLIENT_SECRET=SECRET,
        ) as origin,
    ):
        traps.origins |= {origin, issuer}
        page = new_context(**DESKTOP, locale="en-GB").new_page()
        page.goto(f"{origin}/identity")
        page.get_by_role("link", name="Prove who you are with SPID, CIE").click()
        page.get_by_label("Person").fill("rosalia")
        page.get_by_role("button", name="Go on").click()
        page.wait_for_url(f"{origin}/identity")
        level(page, "Identity verified")
        expect(page.get_by_text("We keep no name and no number of yours.")).to_be_visible()


PAGES = {
    "steps": "/identity",
    "e-mail": f"/identity/email?next={PLAN}",
    "sent": "/identity/email/sent",
    "code": "/invitation",
    "no link": "/identity/link/unknown",
}


@pytest.mark.parametrize("screen", ["phone", "desktop"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_of_identity_are_accessible(name: str, screen: str, visit: Visit, traps: Traps) -> None:
    if name == "no link":
        traps.allow(r"status of 404")
    page = visit(screen)
    page.goto(PAGES[name])
    expect(page.locator("h1")).to_have_count(1)
    assert findings(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
