"""The menu of the desk: beside the page on wide screens, in a line that opens on narrow ones."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import sign_in
from tests.e2e.test_pages import findings

FITS = "document.documentElement.scrollWidth <= window.innerWidth"


def menu(page: Page) -> None:
    """Every group is there, and the page that is shown is marked."""
    pages = page.get_by_role("navigation", name="Pages of the desk")
    for group, link in {
        "Answers": "Inbox",
        "The plan": "Import",
        "People": "Groups",
        "Data": "Live in GIS",
    }.items():
        expect(pages.get_by_role("list", name=group).get_by_role("link", name=link)).to_be_visible()
    expect(pages.get_by_role("link", name="Phases")).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_phone_opens_the_menu_in_one_line(visit: Visit, town: Town, javascript: bool) -> None:
    page = visit("phone", javascript=javascript, viewport={"width": 360, "height": 740})
    sign_in(page, town, town.planner, f"{PLAN}/desk/today")
    line = page.locator("summary", has_text="What people say")
    expect(line).to_contain_text("Today")
    expect(page.get_by_role("navigation", name="Pages of the desk")).to_be_hidden()
    line.click()
    page.get_by_role("link", name="Phases", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Phases")).to_be_visible()
    page.locator("summary", has_text="The plan").click()
    menu(page)
    if javascript:
        assert findings(page) == ""
        assert page.evaluate(FITS)


def test_a_wide_screen_shows_the_menu_beside_the_page(visit: Visit, town: Town) -> None:
    page = visit("desktop")
    sign_in(page, town, town.planner, f"{PLAN}/desk/phases")
    menu(page)
    assert findings(page) == ""
    page.get_by_role("navigation", name="Pages of the desk").get_by_role(
        "link", name="Reply templates"
    ).click()
    expect(page.get_by_role("heading", level=1, name="Reply templates")).to_be_visible()


def test_pages_of_the_desk_fit_a_phone(visit: Visit, town: Town) -> None:
    page = visit("phone", viewport={"width": 360, "height": 740})
    sign_in(page, town, town.planner, f"{PLAN}/desk/measures")
    for path in ("measures", "groups", "feedback", "phases/new", "offices/new", "conclusion", "details"):
        page.goto(f"{PLAN}/desk/{path}")
        assert page.evaluate(FITS), path
        assert findings(page) == "", path
