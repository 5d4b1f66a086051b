"""What people say to each other without a connection waits too, and gives way to what they did later."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.breaking import Mortal, Wire
from tests.e2e.offline import broken, count, reader
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import choose_position, send_comment_from_list
from tests.e2e.traps import Traps

__all__ = ["broken", "count", "reader"]
devices = pytest.mark.parametrize("screen", ["phone", "desktop"])
LIVE = """SELECT coalesce(min(v.position), -9) FROM vote v JOIN segment s ON s.id = v.segment_id
JOIN participant_token k ON k.participant_id = v.participant_id
WHERE s.code = %s AND k.token_hash = sha256(convert_to(%s, 'UTF8'))"""


def token(page: Page) -> str:
    return next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "participant")


def other_device(page: Page, new_context: Callable[..., BrowserContext]) -> Page:
    """The same person at another browser."""
    context = new_context(
        locale="en-GB",
        service_workers="block",
        storage_state={"cookies": page.context.cookies(), "origins": []},
    )
    context.set_default_timeout(15_000)
    return context.new_page()


def vote(page: Page, town: Town, words: str) -> None:
    page.goto(f"{PLAN}/segments/{town.quiet_segment}")
    choose_position(page, words).click()
    page.get_by_role("button", name="my vote").first.click()


@devices
def test_vote_that_waited_gives_way_to_a_newer_one(
    screen: str,
    reader: Callable[..., Page],
    town: Town,
    count: Callable[..., int],
    new_context: Callable[..., BrowserContext],
    traps: Traps,
) -> None:
    traps.allow("status of 409")
    page = reader(screen)
    page.goto(f"{PLAN}/segments/{town.quiet_segment}")
    page.context.set_offline(True)
    vote(page, town, "Strongly oppose")
    expect(page.locator("[data-vote-kept]")).to_contain_text("It will be sent when you are connected again.")

    elsewhere = other_device(page, new_context)
    vote(elsewhere, town, "Support")
    expect(elsewhere.get_by_role("button", name="Change my vote")).to_be_visible()

    page.context.set_offline(False)
    expect(page.locator("[data-vote-kept]")).to_contain_text("What you did last counts")
    assert count(LIVE, town.quiet_segment, token(page)) == 1
    page.locator("[data-outbox-line]").get_by_role("button", name="Look at it").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("What you did last counts")
    dialog.get_by_role("button", name="Discard it").click()
    expect(page.locator("[data-outbox-line]")).to_have_count(0)
    page.goto(f"{PLAN}/segments/{town.quiet_segment}")
    expect(page.get_by_label("Support", exact=True)).to_be_checked()
    page.get_by_role("button", name="Withdraw my vote").click()
    expect(page.get_by_role("button", name="Send my vote")).to_be_visible()


@pytest.fixture
def comment(visit: Callable[..., Page], town: Town, count: Callable[..., int]) -> str:
    """The address of a comment that nobody has answered yet."""
    words = "The awning of the corner shop hides the crossing."
    send_comment_from_list(visit("desktop"), words, place=f"segment:{town.quiet_segment}")
    return f"{PLAN}/comments/{count('SELECT max(id) FROM comment WHERE text = %s', words)}"


@devices
def test_reply_and_agreement_wait_and_are_sent_once(
    screen: str, reader: Callable[..., Page], comment: str, count: Callable[..., int]
) -> None:
    page, words = reader(screen), f"I cross there every day, by {screen}."
    page.goto(comment)
    page.context.set_offline(True)
    button = page.get_by_role("button", name="I agree")
    for pressed in ("true", "false", "true"):
        button.click()
        expect(button).to_have_attribute("aria-pressed", pressed)
    expect(page.locator("[data-agree-kept]")).to_contain_text("It will be sent when you are connected again.")
    page.get_by_text("Write a reply").click()
    page.locator("textarea[name=text]").fill(words)
    page.get_by_role("button", name="Send the reply").click()
    expect(page.locator(".notice").get_by_text("Something is missing.")).to_be_visible()
    page.locator("label.choice").filter(has_text="For what is said").click()
    page.get_by_role("button", name="Send the reply").click()
    expect(page.locator(".outbox-kept")).to_contain_text(words)
    expect(page.locator("[data-outbox-line]")).to_contain_text("2 contributions wait")

    page.context.set_offline(False)
    expect(page.locator(".reply--mine")).to_contain_text(words)
    expect(page.get_by_role("button", name="I agree")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-outbox-line]")).to_have_count(0)
    number = comment.rpartition("/")[2]
    assert count("SELECT count(*) FROM comment_reply WHERE text = %s", words) == 1
    assert count("SELECT count(*) FROM comment_endorsement WHERE comment_id = %s", number) == 1


def test_reply_whose_answer_got_lost_is_one_reply(
    reader: Callable[..., Page],
    comment: str,
    count: Callable[..., int],
    broken: tuple[Mortal, Wire],
) -> None:
    _server, wire = broken
    page, words = reader("desktop", wire.origin), "The answer to this reply never came."
    page.goto(f"{wire.origin}{comment}")
    page.get_by_text("Write a reply").click()
    page.locator("label.choice").filter(has_text="Against it").click()
    page.locator("textarea[name=text]").fill(words)
    wire.lose = f"POST {comment}/replies "
    page.get_by_role("button", name="Send the reply").click()
    expect(page.locator(".outbox-kept")).to_contain_text("It will be sent when you are connected again.")
    wire.lose = None
    expect(page.locator(".reply--mine")).to_contain_text(words, timeout=60_000)
    assert count("SELECT count(*) FROM comment_reply WHERE text = %s", words) == 1


def test_report_waits_and_is_sent_once(
    reader: Callable[..., Page], comment: str, count: Callable[..., int]
) -> None:
    page, note = reader("phone"), "It names the shop."
    page.goto(f"{comment}/report")
    page.context.set_offline(True)
    page.locator("label.choice").filter(has_text="advertising").click()
    page.locator("textarea[name=note]").fill(note)
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator(".outbox-kept")).to_contain_text(f"It is advertising\n\n{note}", use_inner_text=True)
    page.context.set_offline(False)
    expect(page.locator(".outbox-kept")).to_contain_text("Sent. It has arrived.")
    assert count("SELECT count(*) FROM abuse_report WHERE note = %s AND reason = 'spam'", note) == 1
