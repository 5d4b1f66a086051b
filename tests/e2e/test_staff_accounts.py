"""Staff accounts in the browser: second factor from set-up to recovery code, colleagues, the audit log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pyotp
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import make_url

from mobility.rights import plain
from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.test_pages import findings
from tests.e2e.traps import Traps

CODE = re.compile(r"^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$")
FORGET = """
UPDATE account SET totp_secret = NULL, totp_since = NULL, totp_step = NULL, wrong_codes = 0,
  codes_wait_until = NULL, session_version = session_version + 1
WHERE email = %s
"""


@pytest.fixture
def moderator(town: Town, e2e_database: str) -> Iterator[str]:
    """Somebody whose second factor is gone again after the test."""
    yield town.moderator
    with psycopg.connect(plain(make_url(e2e_database).render_as_string(hide_password=False))) as connection:
        connection.execute(FORGET, [town.moderator])


def enter(page: Page, town: Town, who: str, then: str = "/account") -> None:
    """Address and password."""
    page.goto(f"/sign-in?next={then}")
    page.get_by_label("E-mail").fill(who)
    page.get_by_label("Password", exact=True).fill(town.password)
    page.locator("main").get_by_role("button", name="Sign in").click()


def set_up(page: Page) -> tuple[str, list[str]]:
    """Sets the second factor up; its key and the recovery codes."""
    page.goto("/account/second-factor")
    page.get_by_role("button", name="Set it up now").click()
    expect(page.locator(".qr-frame svg path").first).to_be_visible()
    key = page.locator(".secret").inner_text().replace(" ", "")
    page.locator("#code").fill(pyotp.TOTP(key).at(datetime.now(UTC)))
    page.get_by_role("button", name="Switch it on").click()
    codes = page.locator(".recovery-codes code")
    expect(codes).to_have_count(10)
    found = codes.all_inner_texts()
    assert all(CODE.match(code) for code in found)
    return key, found


def next_code(key: str) -> str:
    """The code of the coming half minute: that of this one may have been used already."""
    return pyotp.TOTP(key).at(int(datetime.now(UTC).timestamp()) + 30)


@pytest.mark.parametrize(("screen", "javascript"), [("phone", True), ("desktop", False)])
def test_from_set_up_to_recovery_code(
    visit: Visit, town: Town, moderator: str, traps: Traps, screen: str, javascript: bool
) -> None:
    traps.allow(r"status of 422")
    page = visit(screen, javascript=javascript)
    enter(page, town, moderator)
    page.wait_for_url("**/account")
    key, codes = set_up(page)
    page.get_by_role("link", name="I have kept them, continue").click()
    page.wait_for_url("**/account")

    again = visit(screen, javascript=javascript)
    enter(again, town, moderator, f"{PLAN}/desk")
    again.wait_for_url(re.compile("/sign-in/code"))
    assert again.request.get(f"{PLAN}/desk", max_redirects=0).status == 302
    again.locator("#code").fill("000000")
    again.get_by_role("button", name="Sign in", exact=True).click()
    expect(again.locator(".error-summary")).to_contain_text("This code is not right")
    again.locator("#code").fill(next_code(key))
    again.get_by_role("button", name="Sign in", exact=True).click()
    again.wait_for_url(f"**{PLAN}/desk")

    lost = visit(screen, javascript=javascript)
    enter(lost, town, moderator)
    lost.wait_for_url(re.compile("/sign-in/code"))
    lost.get_by_text("The phone is not at hand").click()
    lost.get_by_label("Recovery code").fill(codes[0].lower())
    lost.get_by_role("button", name="Sign in with this code").click()
    lost.wait_for_url("**/account")
    lost.goto("/account/security")
    expect(lost.locator("main")).to_contain_text("9 recovery codes are left")
    expect(lost.locator(".sign-ins li").first).to_contain_text("with a recovery code")
    expect(lost.locator(".sign-ins")).to_contain_text("wrong code")


def test_the_demonstration_says_who_is_who(visit: Visit) -> None:
    page = visit("desktop")
    page.goto("/sign-in")
    people = page.locator(".sign-in__people")
    for words in ("Administrator", "Planner", "Moderator"):
        expect(people).to_contain_text(words)
    expect(page.locator("main")).to_contain_text("In a real installation they need one.")


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_an_administrator_gives_a_role_and_finds_it_in_the_log(
    visit: Visit, town: Town, screen: str, traps: object
) -> None:
    page = visit(screen)
    enter(page, town, town.administrator, "/staff")
    page.wait_for_url("**/staff")
    page.get_by_role("link", name="Nino Sala").click()
    page.get_by_text("Give a role", exact=True).click()
    page.locator("label.choice--clerk").click()
    page.get_by_role("button", name="Give this role").click()
    expect(page.locator("main")).to_contain_text("The role is given.")
    held = page.locator(".role-list li").filter(has_text="Office clerk")
    held.get_by_role("button", name="End").click()
    expect(page.locator("main")).to_contain_text("The role has ended.")
    expect(page.locator(".role-list li").filter(has_text="Office clerk")).to_have_count(0)
    page.get_by_role("navigation", name="Pages of administration").get_by_role(
        "link", name="Audit log"
    ).click()
    row = page.locator("tbody tr").filter(has_text="Ended a role").first
    expect(row).to_contain_text("Agata Riso")
    expect(row).to_contain_text("Nino Sala")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    assert waiting.value.suggested_filename == "audit-log.csv"


def test_pages_of_accounts_fit_a_phone_and_pass_axe(visit: Visit, town: Town) -> None:
    page = visit("phone", viewport={"width": 360, "height": 740})
    enter(page, town, town.administrator)
    page.wait_for_url("**/account")
    own = ("/account", "/account/security", "/account/password", "/account/second-factor")
    for path in (*own, "/staff", "/staff/invite", "/staff/audit", "/forgot"):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (path, wide) == (path, 0)
        assert (path, findings(page)) == (path, "")
