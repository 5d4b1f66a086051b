"""Without a connection: reading what was opened, and writing that is kept and sent once, whatever breaks."""

from __future__ import annotations

import re
from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.breaking import Mortal, Wire
from tests.e2e.offline import broken, count, listed, reader, until_kept
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import SEGMENT, choose_position, describe_comment, preview_comment, sign_in
from tests.e2e.traps import Traps

__all__ = ["broken", "count", "reader"]

NAMES = """async () => {
  const names = [];
  for (const name of await caches.keys())
    for (const { url } of await (await caches.open(name)).keys()) names.push(new URL(url).pathname);
  return names;
}"""
TUNNEL = {
    "phone": "Written in the tunnel under the hill.",
    "desktop": "More shade, please: no wind comes here.",
}
SAYINGS = {"phone": "Nobody heard the answer to this.", "desktop": "Kerbs of one height would help prams."}
SHUT = {"phone": "Sent from a tab that was shut.", "desktop": "A window closed too early yesterday."}
devices = pytest.mark.parametrize("screen", ["phone", "desktop"])


def said(count: Callable[..., int], words: str) -> int:
    return count("SELECT count(*) FROM comment WHERE text = %s", words)


@devices
def test_plan_stays_readable(screen: str, reader: Callable[..., Page], town: Town) -> None:
    page = reader(screen)
    page.context.set_offline(True)
    note = page.locator("[data-kept-note]")
    for address, words in {
        PLAN: "Choose a measure here",
        f"{PLAN}/measures/{town.measure}": "The measure as a whole",
        f"{PLAN}/segments/{town.quiet_segment}": "Comments here",
        f"{PLAN}/comments": "Filter the comments",
        "/help": "Vote on a stretch of street",
    }.items():
        page.goto(address)
        expect(page.locator("main")).to_contain_text(words)
        expect(note).to_contain_text("You are offline: this is how it was on")
    page.goto(f"{PLAN}/measures/{town.measure}")
    expect(page.locator(SEGMENT).first).to_be_attached()
    page.locator(f"#panel a[href$='/segments/{town.measure}-01']").first.click()
    expect(page.locator("#panel")).to_contain_text("Comments here")
    expect(note).to_be_visible()

    page.goto("/accessibility")
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    page.context.set_offline(False)
    page.goto(PLAN)
    expect(note).to_have_count(0)


@devices
def test_comments_stay_readable_in_list_and_on_the_map(
    screen: str, reader: Callable[..., Page], town: Town
) -> None:
    page, bubbles, pins = reader(screen), "[role=button].map-bubble", "[role=link].map-pin"
    expect(page.locator(bubbles).first).to_be_attached()
    counted = sorted(page.locator(bubbles).evaluate_all("(all) => all.map((each) => each.ariaLabel)"))
    page.context.set_offline(True)
    page.goto(PLAN)
    expect(page.locator(bubbles)).to_have_count(len(counted))
    assert sorted(page.locator(bubbles).evaluate_all("(all) => all.map((each) => each.ariaLabel)")) == counted
    page.goto(f"{PLAN}/comments")
    words = page.locator(".comment__text").first.inner_text()
    page.locator("a.comment__link").first.click()
    expect(page.locator("#panel .comment__text").first).to_have_text(words)
    expect(page.locator("#panel")).to_contain_text("Write a reply")
    expect(page.locator("[data-kept-note]")).to_contain_text("You are offline: this is how it was on")
    expect(page.locator(pins).first).to_be_attached()


def test_copies_are_gone_after_signing_out(reader: Callable[..., Page], town: Town) -> None:
    page = reader("desktop")
    sign_in(page, town, town.planner, then=PLAN)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    page.context.set_offline(True)
    page.goto(f"{PLAN}/comments/{town.comment}")
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()


def test_language_is_the_readers(reader: Callable[..., Page]) -> None:
    page = reader("desktop")
    page.goto(f"{PLAN}?lang=it")
    until_kept(page, 2 * listed(page, f"{PLAN}/offline.json?lang=it"))
    page.context.set_offline(True)
    page.goto(f"{PLAN}/measures/P1")
    expect(page.locator("html")).to_have_attribute("lang", "it")
    page.goto(f"{PLAN}/measures/P1?lang=en")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_only_what_everybody_sees_is_kept(reader: Callable[..., Page], town: Town) -> None:
    page = reader("desktop")
    sign_in(page, town, town.planner, then="/account")
    for address in (f"{PLAN}/desk", "/receipts", f"{PLAN}/segments/{town.quiet_segment}"):
        page.goto(address)
    page.wait_for_timeout(1500)
    private = re.compile(r"/(account|desk|receipts|sign-in|outbox|exports)")
    assert [name for name in page.evaluate(NAMES) if private.search(name)] == []
    page.context.set_offline(True)
    page.goto(f"{PLAN}/segments/{town.quiet_segment}")
    expect(page.locator("[data-kept-note]")).to_be_visible()
    expect(page.get_by_text("Rosa Messina")).to_have_count(0)
    page.goto("/account")
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()


@devices
def test_vote_without_connection_is_counted_once(
    screen: str, reader: Callable[..., Page], town: Town, count: Callable[..., int]
) -> None:
    votes = "SELECT count(*) FROM vote v JOIN segment s ON s.id = v.segment_id WHERE s.code = %s"
    page, before = reader(screen), count(votes, town.quiet_segment)
    page.context.set_offline(True)
    page.goto(f"{PLAN}/segments/{town.quiet_segment}")
    for words in ("Oppose", "Strongly support"):
        choose_position(page, words).click()
        page.get_by_role("button", name="Send my vote").click()
        expect(page.locator("[data-vote-kept]")).to_contain_text(words)
    expect(page.locator("[data-vote-kept]")).to_contain_text("It will be sent when you are connected again.")
    expect(page.locator("[data-outbox-line]")).to_contain_text("1 contribution waits")

    page.context.set_offline(False)
    expect(page.get_by_role("button", name="Change my vote")).to_be_visible()
    expect(page.get_by_label("Strongly support", exact=True)).to_be_checked()
    expect(page.locator("[data-outbox-line]")).to_have_count(0)
    assert count(votes, town.quiet_segment) == before + 1
    page.get_by_role("button", name="Withdraw my vote").click()
    expect(page.get_by_role("button", name="Send my vote")).to_be_visible()


def write_offline(page: Page, town: Town, words: str) -> None:
    """Fills in the form without a connection and leaves it with the device."""
    page.context.set_offline(True)
    page.goto(f"{PLAN}/comments/new?segment={town.quiet_segment}")
    expect(page.get_by_label("Or choose from the list")).to_have_value(f"segment:{town.quiet_segment}")
    describe_comment(page, words)
    page.get_by_role("button", name="Look at it before sending").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(words)
    dialog.get_by_role("button", name="Send when I am back").click()
    expect(page.get_by_role("heading", name="Kept on this device")).to_be_visible()


@devices
def test_comment_without_connection_is_sent_once(
    screen: str, reader: Callable[..., Page], town: Town, count: Callable[..., int]
) -> None:
    page, words = reader(screen), TUNNEL[screen]
    write_offline(page, town, words)
    assert said(count, words) == 0
    page.context.set_offline(False)
    expect(page.locator(".outbox-kept")).to_contain_text("Sent. It has arrived.")
    page.locator(".outbox-kept").get_by_role("link", name="Open the receipt").click()
    expect(page.locator(".receipt__code")).to_be_visible()
    expect(page.locator("main")).to_contain_text(words)
    assert said(count, words) == 1


def test_two_comments_from_one_kept_form_are_two(
    reader: Callable[..., Page], town: Town, count: Callable[..., int]
) -> None:
    page = reader("phone")
    write_offline(page, town, "The first from a kept form.")
    write_offline(page, town, "The second from a kept form.")
    expect(page.locator("[data-outbox-line]")).to_contain_text("2 contributions wait")
    page.context.set_offline(False)
    expect(page.locator("[data-outbox-line]")).to_contain_text("Sent. It has arrived.")
    assert said(count, "The first from a kept form.") == said(count, "The second from a kept form.") == 1


def test_what_waits_can_be_changed_and_discarded(
    reader: Callable[..., Page], town: Town, count: Callable[..., int]
) -> None:
    page = reader("phone")
    write_offline(page, town, "To be changed.")
    write_offline(page, town, "To be thrown away.")
    page.locator("[data-outbox-line]").get_by_role("button", name="Look at it").click()
    dialog = page.get_by_role("dialog")
    gone = dialog.locator(".outbox__item").filter(has_text="To be thrown away.")
    gone.get_by_role("button", name="Discard it").click()
    expect(gone).to_have_count(0)
    dialog.get_by_role("button", name="Change the words").click()
    dialog.locator("textarea").fill("Changed before sending.")
    dialog.get_by_role("button", name="Save and send").click()
    expect(dialog.locator(".outbox__words")).to_have_text("Changed before sending.")
    dialog.get_by_role("button", name="Close").click()
    page.context.set_offline(False)
    expect(page.locator("[data-outbox-line]")).to_contain_text("Sent. It has arrived.")
    assert said(count, "Changed before sending.") == 1
    assert said(count, "To be changed.") == said(count, "To be thrown away.") == 0


@devices
def test_closed_tab_sends_when_opened_again(
    screen: str, reader: Callable[..., Page], town: Town, count: Callable[..., int]
) -> None:
    page, words = reader(screen), SHUT[screen]
    write_offline(page, town, words)
    context = page.context
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(PLAN)
    expect(again.locator("[data-outbox-line]")).to_contain_text("Sent. It has arrived.")
    assert said(count, words) == 1


@devices
def test_answer_that_got_lost_makes_one_comment(
    screen: str,
    reader: Callable[..., Page],
    town: Town,
    count: Callable[..., int],
    broken: tuple[Mortal, Wire],
) -> None:
    _server, wire = broken
    page, words = reader(screen, wire.origin), SAYINGS[screen]
    page.goto(f"{wire.origin}{PLAN}/comments/new?segment={town.quiet_segment}")
    describe_comment(page, words)
    preview_comment(page, words)
    wire.lose = f"POST {PLAN}/comments "
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".outbox-kept")).to_contain_text("It will be sent when you are connected again.")
    wire.lose = None
    expect(page.locator(".outbox-kept")).to_contain_text("Sent. It has arrived.", timeout=60_000)
    page.locator(".outbox-kept").get_by_role("link", name="Open the receipt").click()
    expect(page.locator(".receipt__code")).to_be_visible()
    assert said(count, words) == 1


def test_killed_server_makes_one_comment(
    reader: Callable[..., Page], town: Town, count: Callable[..., int], broken: tuple[Mortal, Wire]
) -> None:
    server, wire = broken
    page, words = reader("phone", wire.origin), "The server died under this comment."
    page.goto(f"{wire.origin}{PLAN}/comments/new?segment={town.quiet_segment}")
    describe_comment(page, words)
    preview_comment(page, words)
    wire.meanwhile, wire.lose = server.kill, f"POST {PLAN}/comments "
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".outbox-kept")).to_contain_text("It will be sent when you are connected again.")
    wire.lose = None
    server.start()
    expect(page.locator(".outbox-kept")).to_contain_text("Sent. It has arrived.", timeout=60_000)
    assert said(count, words) == 1


def test_refused_later_is_shown_with_reason(
    reader: Callable[..., Page],
    town: Town,
    count: Callable[..., int],
    e2e_database: str,
    traps: Traps,
) -> None:
    traps.allow(r"status of 409")
    page, words = reader("phone"), "The phase closed while I was away."
    write_offline(page, town, words)
    move = "UPDATE phase SET actions = %s WHERE now() BETWEEN opens_at AND closes_at RETURNING actions"
    with psycopg.connect(e2e_database.replace("+psycopg", ""), autocommit=True) as connection:
        before = connection.execute(
            "SELECT actions FROM phase WHERE now() BETWEEN opens_at AND closes_at"
        ).fetchone()
        connection.execute(move, [["vote"]])
        try:
            page.context.set_offline(False)
            expect(page.locator("[data-outbox-line]")).to_contain_text("was not accepted")
            page.locator("[data-outbox-line]").get_by_role("button").click()
            item = page.get_by_role("dialog").locator(".outbox__item--refused")
            expect(item).to_contain_text(words)
            expect(item.locator(".field__error").first).not_to_be_empty()
        finally:
            connection.execute(move, [before[0]])  # type: ignore[index]
    assert said(count, words) == 0
