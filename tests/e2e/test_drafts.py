"""What was typed survives a reload, a session that ended, a step that closed; signing out takes it along."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import choose_position, describe_comment, preview_comment, read_receipt, sign_in
from tests.e2e.traps import Traps

DRAFTS = "() => Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length"
WORDS = "the benches stay where they are"


def type_condition(page: Page, words: str) -> None:
    page.get_by_text("add a condition").click()
    page.locator("textarea[name=condition]").fill(words)


@pytest.fixture
def closing(e2e_database: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection; afterwards the open step allows again what it allowed before."""
    with psycopg.connect(e2e_database.replace("+psycopg", ""), autocommit=True) as connection:
        found = connection.execute("SELECT id, actions FROM phase WHERE now() BETWEEN opens_at AND closes_at")
        phase, actions = found.fetchone() or (0, [])
        yield connection
        connection.execute("UPDATE phase SET actions = %s WHERE id = %s", [actions, phase])


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_condition_of_a_vote_survives_a_reload(screen: str, visit: Visit, town: Town) -> None:
    page = visit(screen)
    page.goto(f"{PLAN}/segments/{town.quiet_segment}")
    choose_position(page, "Support").click()
    type_condition(page, WORDS)
    page.reload()
    field = page.locator("textarea[name=condition]")
    expect(field).to_have_value(WORDS)
    expect(field).to_be_visible()
    expect(page.get_by_label("Support", exact=True)).to_be_checked()
    page.get_by_role("button", name="Discard it").click()
    expect(field).to_have_value("")
    page.reload()
    expect(field).to_have_value("")


def test_vote_survives_a_session_that_ended(visit: Visit, town: Town, traps: Traps) -> None:
    traps.allow(r"status of 400")
    page = visit("phone")
    page.goto(f"{PLAN}/segments/{town.quiet_segment}")
    choose_position(page, "Support").click()
    type_condition(page, WORDS)
    page.context.clear_cookies()
    page.get_by_role("button", name="Send my vote").click()
    expect(page.get_by_role("button", name="Change my vote")).to_be_visible()
    expect(page.locator("textarea[name=condition]")).to_have_value(WORDS)
    assert page.evaluate(DRAFTS) == 0
    page.get_by_role("button", name="Withdraw my vote").click()
    expect(page.get_by_role("button", name="Send my vote")).to_be_visible()


def test_comment_survives_a_session_that_ended(visit: Visit, town: Town, traps: Traps) -> None:
    traps.allow(r"status of 400")
    page, words = visit("desktop"), "Whoever fetches a coffee first comes back to this."
    page.goto(f"{PLAN}/comments/new?segment={town.quiet_segment}")
    describe_comment(page, words)
    page.context.clear_cookies()
    preview_comment(page, words)
    page.context.clear_cookies()
    page.get_by_role("button", name="Send").click()
    read_receipt(page)
    assert page.evaluate(DRAFTS) == 0


def test_draft_is_shown_where_its_form_has_closed(
    visit: Visit, town: Town, closing: psycopg.Connection[tuple[object, ...]]
) -> None:
    page, words = visit("phone"), "Nobody told me that it ends today."
    page.goto(f"{PLAN}/segments/{town.quiet_segment}")
    type_condition(page, WORDS)
    page.goto(f"{PLAN}/comments/new")
    page.locator("textarea[name=text]").fill(words)
    closing.execute("UPDATE phase SET actions = '{inform}' WHERE now() BETWEEN opens_at AND closes_at")
    page.reload()
    kept = page.locator("[data-draft-kept]")
    expect(kept).to_contain_text(words)
    expect(page.locator("#panel")).to_contain_text("Comments are not open now")
    page.goto(f"{PLAN}/segments/{town.quiet_segment}")
    expect(kept).to_contain_text(WORDS)
    kept.get_by_role("button", name="Discard it").click()
    expect(kept).to_be_empty()


def test_signing_out_leaves_no_draft(visit: Visit, town: Town) -> None:
    page = visit("desktop")
    sign_in(page, town, town.planner, then=f"{PLAN}/comments/new")
    page.locator("textarea[name=text]").fill("Not for the next person at this computer.")
    assert page.evaluate(DRAFTS) == 1
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    assert page.evaluate(DRAFTS) == 0


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_reply_and_report_survive_a_reload(screen: str, visit: Visit, town: Town) -> None:
    page, comment = visit(screen), f"{PLAN}/comments/{town.comment}"
    page.goto(comment)
    page.get_by_text("Write a reply").click()
    page.locator("textarea[name=text]").fill("The school bus stops there.")
    page.goto(f"{comment}/report")
    page.locator("textarea[name=note]").fill("A telephone number is in it.")
    page.reload()
    expect(page.locator("textarea[name=note]")).to_have_value("A telephone number is in it.")
    page.goto(comment)
    expect(page.locator("textarea[name=text]")).to_have_value("The school bus stops there.")
    expect(page.locator("textarea[name=text]")).to_be_visible()


def test_reply_is_shown_where_its_form_has_closed(
    visit: Visit, town: Town, closing: psycopg.Connection[tuple[object, ...]]
) -> None:
    page = visit("desktop")
    page.goto(f"{PLAN}/comments/{town.comment}")
    page.get_by_text("Write a reply").click()
    page.locator("textarea[name=text]").fill("Too late for this.")
    closing.execute("UPDATE phase SET actions = '{inform}' WHERE now() BETWEEN opens_at AND closes_at")
    page.reload()
    expect(page.locator("[data-draft-kept]")).to_contain_text("Too late for this.")


def test_registration_survives_a_form_that_expired(visit: Visit, traps: Traps) -> None:
    """What the group does is kept; names and addresses are not left on the device."""
    traps.allow(r"status of 400")
    page, words = visit("phone"), "We look after the plants of our courtyard."
    page.goto(f"{PLAN}/groups/new")
    page.locator("textarea[name=about]").fill(words)
    page.locator("input[type=email]").first.fill("courtyard@example.org")
    page.context.clear_cookies()
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("heading", name="This form has expired")).to_be_visible()
    page.goto(f"{PLAN}/groups/new")
    expect(page.locator("textarea[name=about]")).to_have_value(words)
    assert "courtyard@example.org" not in page.evaluate("JSON.stringify({...localStorage})")


def test_position_of_a_group_survives_a_reload_and_goes_once_saved(visit: Visit, town: Town) -> None:
    page, words = visit("desktop"), "We ask for racks beside each crossing."
    address = f"{PLAN}/groups/palermo-in-bici/positions/{town.measure}"
    sign_in(page, town, town.delegate, then=PLAN)
    page.goto(address)
    field = page.locator("textarea[data-draft]").first
    field.fill(words)
    page.reload()
    expect(field).to_have_value(words)
    assert page.evaluate(DRAFTS) == 1
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.locator(".notice--success").first).to_be_visible()
    assert page.evaluate(DRAFTS) == 0
