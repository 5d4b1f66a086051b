"""Moderators at work: the queue by keyboard and without script, many at once, an appeal by two people."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from mobility.accounts.demo import ADMINISTRATOR, MODERATOR
from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import send_comment_from_list, sign_in

QUEUE = f"{PLAN}/desk/comments"


def say(visit: Visit, town: Town, text: str) -> str:
    """Somebody new writes a comment; its receipt number."""
    return send_comment_from_list(visit("phone"), text, place=f"segment:{town.segment}")


def test_the_queue_by_keyboard(visit: Visit, town: Town) -> None:
    for number in range(3):
        say(visit, town, f"Marmalade for sale, jar {number}: http://marmalade.example")
    page = visit("desktop")
    sign_in(page, town, MODERATOR, then=QUEUE)
    page.goto(f"{QUEUE}?q=marmalade")
    items = page.locator("[data-queue-item]")
    expect(items).to_have_count(3)
    page.keyboard.press("j")
    expect(items.nth(0)).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-ticked]")).to_have_text("(2)")
    page.keyboard.press("?")
    expect(page.get_by_text("next and previous comment")).to_be_visible()
    page.keyboard.press("h")
    expect(page.locator("[data-queue-reason]")).to_be_focused()
    page.locator("[data-queue-reason]").select_option("spam")
    page.get_by_role("button", name="Hide", exact=True).click()
    expect(page.locator("main")).to_contain_text("2 comments are hidden.")
    expect(items).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("main")).to_contain_text("1 comment is approved.")
    page.goto(f"{QUEUE}?state=hidden&q=marmalade")
    expect(items).to_have_count(2)


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_everything_that_matches_without_script(visit: Visit, town: Town, size: str) -> None:
    words = f"Cassata from the {size}"
    for number in range(2):
        say(visit, town, f"{words}, number {number}")
    page = visit(size, javascript=False)
    sign_in(page, town, MODERATOR, then=QUEUE)
    page.goto(f"{QUEUE}?state=all&q=cassata+{size}")
    page.get_by_label(re.compile("^All 2 that match")).check()
    page.get_by_label("Reason for hiding").select_option("off_topic")
    page.get_by_role("button", name="Hide", exact=True).click()
    expect(page.locator("main")).to_contain_text("2 comments will be hidden.")
    page.get_by_role("button", name="Yes, decide").click()
    expect(page.locator("main")).to_contain_text("2 comments are hidden.")
    reader = visit("phone", javascript=False)
    reader.goto(f"{PLAN}/comments?q=cassata+{size}")
    expect(reader.get_by_text(words)).to_have_count(0)


def test_an_appeal_needs_two_people(visit: Visit, town: Town) -> None:
    words = "The mayor has never walked here in August."
    author = visit("phone")
    code = send_comment_from_list(author, words, place=f"segment:{town.segment}")
    moderator = visit("desktop")
    sign_in(moderator, town, MODERATOR, then=QUEUE)
    moderator.goto(f"{QUEUE}?state=all&q=mayor+August")
    moderator.get_by_role("link", name=re.compile("^Hide")).first.click()
    moderator.locator("label.choice--abuse").click()
    moderator.get_by_role("button", name="Hide the comment").click()

    author.goto(f"/receipts/{code}")
    author.get_by_role("link", name="Why, and how to appeal").click()
    expect(author.locator("main")).to_contain_text("It insults or threatens somebody")
    author.get_by_label("Why should the decision be changed?").fill("It is an opinion about an office.")
    author.get_by_role("button", name="Send the appeal").click()
    expect(author.locator("main")).to_contain_text("Your appeal has arrived.")

    moderator.goto(f"{PLAN}/desk/appeals")
    moderator.get_by_role("link", name=re.compile("an opinion about an office")).click()
    expect(moderator.locator("main")).to_contain_text("You took the decision yourself.")
    expect(moderator.get_by_role("button", name="Decide")).to_have_count(0)

    second = visit("desktop")
    sign_in(second, town, ADMINISTRATOR, then=f"{PLAN}/desk/appeals")
    second.get_by_role("link", name=re.compile("an opinion about an office")).click()
    second.get_by_label("The decision is changed").check()
    second.get_by_label("Reason for the author").fill("Sharp, but no insult.")
    second.get_by_role("button", name="Decide").click()
    expect(second.locator("main")).to_contain_text("The appeal is decided.")

    author.goto(f"/receipts/{code}")
    expect(author.locator("main")).to_contain_text("Everybody can read it.")
    author.goto(f"{PLAN}/moderation")
    expect(author.get_by_role("heading", name="How the city moderates")).to_be_visible()
    expect(author.get_by_role("row").filter(has_text="The decision was changed")).to_contain_text(
        re.compile(r"[1-9]")
    )
