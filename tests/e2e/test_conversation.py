"""Somebody agrees with a comment, replies, reports it, and follows a stretch of street by e-mail."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town

devices = pytest.mark.parametrize(
    ("width", "javascript"),
    [("phone", True), ("desktop", True), ("phone", False)],
    ids=["phone", "desktop", "plain"],
)


def confirm_address(page: Page, address: str) -> None:
    """From the page that asks for an address, by the letter box of the demonstration, to the link in it."""
    page.locator("main").get_by_label(re.compile("e-mail", re.I)).fill(address)
    page.locator("main").locator("button[type=submit]").first.click()
    expect(page.get_by_text(address).first).to_be_visible()
    page.goto("/demo/mail")
    letter = page.locator(".letter").filter(has_text=address).first
    letter.locator(".letter__text a").first.click()
    page.locator("main").locator("form button[type=submit]").first.click()


@devices
def test_agree_reply_and_report(town: Town, visit: Visit, width: str, javascript: bool) -> None:
    page = visit(width, javascript=javascript)
    page.goto(f"{PLAN}/comments/{town.comment}")
    card = page.locator(f"#comment-{town.comment}")
    card.get_by_role("button", name="I agree").click()
    pressed = card.get_by_role("button", name="I agree")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    expect(card.locator(".agree__count")).to_have_text(re.compile(r"agrees?$"))
    pressed.click()
    expect(card.get_by_role("button", name="I agree")).to_have_attribute("aria-pressed", "false")

    words = f"On {width} {javascript}: the trees would help the elderly most."
    page.locator(".replies__write > summary").click()
    page.locator("label.choice--for").filter(has_text="For what is said").click()
    page.get_by_label("Your reply").fill(words)
    page.get_by_role("button", name="Send the reply").click()
    mine = page.locator(".reply--mine")
    expect(mine).to_contain_text(words)
    mine.get_by_role("link", name="Change").click()
    expect(page.get_by_role("heading", name="Change your reply")).to_be_visible()
    page.get_by_label("Your reply").fill(f"{words} And the children.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".reply--mine")).to_contain_text("And the children.")
    page.get_by_role("button", name="Withdraw my reply").click()
    expect(page.locator(".reply--mine")).to_have_count(0)

    page.get_by_role("link", name="Report this comment").click()
    page.get_by_text("It is advertising").click()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", name="Thank you for telling us")).to_be_visible()
    page.locator("main").get_by_role("link", name="Back to the comment").last.click()
    expect(page.locator(f"#comment-{town.comment} .comment__text").first).to_be_visible()


@devices
def test_follow_a_stretch_and_stop_with_one_click(
    town: Town, visit: Visit, width: str, javascript: bool
) -> None:
    page = visit(width, javascript=javascript)
    page.goto(f"{PLAN}/segments/{town.quiet_segment}")
    page.get_by_role("link", name="Follow this stretch by e-mail").click()
    page.get_by_role("link", name="Confirm an e-mail address").click()
    confirm_address(page, f"{width}-{javascript}@people.example".lower())
    page.goto(f"{PLAN}/follow?segment={town.quiet_segment}")
    page.get_by_text("Once a day, at seven in the morning").click()
    page.locator("main").get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("heading", name="What you follow")).to_be_visible()
    followed = page.locator("section.follow").filter(has_text=town.quiet_segment)
    expect(followed).to_contain_text("Once a day")
    followed.get_by_role("button", name=re.compile("^Tell me at once")).click()
    followed = page.locator("section.follow").filter(has_text=town.quiet_segment)
    expect(followed).to_contain_text("At once")
    followed.get_by_role("button", name=re.compile("^Stop")).click()
    expect(page.locator("section.follow").filter(has_text=town.quiet_segment)).to_have_count(0)
