"""The reference of the API and the pages of webhooks, as people open them."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.server import Town
from tests.e2e.steps import sign_in
from tests.e2e.test_pages import findings
from tests.e2e.traps import Traps

PHONE = {"width": 360, "height": 740}


def fits(page: Page) -> bool:
    """Nothing is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_reference_reads_on_a_phone(visit: Visit, town: Town, traps: object) -> None:
    page = visit("phone", viewport=PHONE)
    page.goto("/api/v1/docs")
    expect(page.get_by_role("heading", level=1)).to_have_text("API reference")
    fold = page.locator("details#comments")
    fold.locator("summary").click()
    expect(fold).to_contain_text("Published comments that the filter means")
    fold.get_by_role("link", name="CommentPage").click()
    expect(page.locator("details#type-CommentPage")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert fits(page)
    assert findings(page) == ""


def test_administrator_adds_a_webhook(visit: Visit, town: Town, traps: Traps) -> None:
    traps.allow("status of 422")
    page = visit("phone", viewport=PHONE)
    sign_in(page, town, town.administrator, then="/staff/integrations")
    page.get_by_role("link", name="Add a webhook").click()
    page.get_by_label("Name").fill("Case system of the city")
    page.get_by_label("Address").fill("https://10.0.0.1/hook")
    page.get_by_label("A comment became public").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_contain_text("inside our own network")
    assert (fits(page), findings(page)) == (True, "")
    expect(page.get_by_label("A comment became public")).to_be_checked()
    page.get_by_label("Address").fill("https://8.8.8.8/hook")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_label("Secret")).to_have_value(re.compile("^whsec_"))
    assert (fits(page), findings(page)) == (True, "")
    page.get_by_role("link", name="I have copied it").click()
    page.get_by_role("button", name="Send a test message").click()
    expect(page.locator("main")).to_contain_text("Test message")
    assert (fits(page), findings(page)) == (True, "")
    page.goto("/staff/integrations")
    expect(page.get_by_role("row").filter(has_text="Case system of the city")).to_contain_text("on")
    assert (fits(page), findings(page)) == (True, "")
