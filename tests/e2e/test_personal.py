"""My contributions: found again, taken away as a file, erased; on phone and desktop, without scripts too."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import choose_position, send_comment_from_list
from tests.e2e.traps import Traps


def speak(page: Page, town: Town, words: str) -> str:
    """One vote and one comment of somebody new; the receipt number."""
    page.goto(f"{PLAN}/segments/{town.quiet_segment}")
    choose_position(page, "Support").click()
    page.get_by_role("button", name="Send my vote").click()
    expect(page.get_by_role("button", name="Change my vote")).to_be_attached()
    return send_comment_from_list(page, words, place=f"segment:{town.quiet_segment}")


@pytest.mark.parametrize(("screen", "javascript"), [("phone", True), ("desktop", False)])
def test_see_take_away_and_erase(
    visit: Visit, town: Town, traps: Traps, screen: str, javascript: bool
) -> None:
    traps.allow(r"status of (404|422)")
    page = visit(screen, javascript=javascript)
    words = f"The crossing is too long for children, seen from a {screen}."
    receipt = speak(page, town, words)

    page.goto("/mine")
    expect(page.get_by_role("heading", name="My comments")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile(re.escape(words)))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile(town.quiet_segment)).first).to_be_visible()

    with page.expect_download() as file:
        page.get_by_role("link", name="Download it as a file").click()
    kept = json.loads(Path(file.value.path()).read_text("utf-8"))
    assert [each["text"] for each in kept["comments"]] == [words]
    assert [each["position"] for each in kept["votes"]] == [1]

    page.get_by_role("link", name="Have my texts and photos erased").click()
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("Tick the box").first).to_be_visible()
    page.locator("label").filter(has_text="I want my texts and photos erased").click()
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_role("heading", name="Erased")).to_be_visible()

    page.goto("/mine")
    expect(page.get_by_text("This browser has not said anything yet")).to_be_visible()
    page.goto(f"{PLAN}/comments?q=crossing")
    expect(page.get_by_text(words)).to_have_count(0)
    page.goto(f"/receipts?code={receipt}")
    expect(page.get_by_text("There is no contribution with this receipt number").first).to_be_visible()
