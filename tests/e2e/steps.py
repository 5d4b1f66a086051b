"""What people do, in steps that several journeys share."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.server import PLAN, Town

SEGMENT = "path.segment-hit[role=link]"
VISIBLE_SPOT = """(paths) => {
  for (const path of paths) {
    const matrix = path.getScreenCTM();
    for (const part of [0.5, 0.3, 0.7, 0.4, 0.6]) {
      const { x, y } = path.getPointAtLength(path.getTotalLength() * part).matrixTransform(matrix);
      if (document.elementFromPoint(x, y) === path) return { x, y, name: path.getAttribute("aria-label") };
    }
  }
  return null;
}"""


def open_map(page: Page, address: str = PLAN) -> None:
    """Opens a page with the map and waits until its segments can be chosen."""
    page.goto(address)
    expect(page.locator(SEGMENT).first).to_be_attached()
    page.wait_for_load_state("networkidle")


def find_spot(page: Page) -> dict[str, Any]:
    """A point of a segment that nothing covers: x, y in pixels of the window, and the segment's name."""
    spot = page.locator(SEGMENT).evaluate_all(VISIBLE_SPOT)
    assert spot, "no segment can be reached with a finger"
    return dict(spot)


def count_votes(page: Page) -> int:
    """All votes that the card counts, over the ways in which people took part."""
    labels = page.locator("#result .results__rows .result__n").all_inner_texts()
    return sum(int(re.sub(r"\D", "", label)) for label in labels)


def choose_position(page: Page, words: str) -> Locator:
    """The face of a position, as it is pressed."""
    return page.locator("label.position").filter(has=page.get_by_text(words, exact=True))


def describe_comment(page: Page, text: str, *, stance: str = "Idea", topic: str = "cycling") -> None:
    """Stance, topic and words of the form."""
    page.locator("label.choice").filter(has_text=stance).click()
    page.get_by_label("Topic").select_option(topic)
    page.locator("textarea[name=text]").fill(text)


def preview_comment(page: Page, text: str) -> None:
    page.get_by_role("button", name="Look at it before sending").click()
    expect(page.get_by_role("heading", name="This is what others will see")).to_be_visible()
    expect(page.locator(".comment__text").first).to_have_text(text)


def read_receipt(page: Page) -> str:
    """The receipt number on the page that says thank you."""
    code = page.locator(".receipt__code")
    expect(code).to_have_text(re.compile(r"^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$"))
    return code.inner_text()


def send_comment_from_list(page: Page, text: str, *, place: str) -> str:
    """The whole way without the map; returns the receipt number."""
    page.goto(f"{PLAN}/comments/new")
    page.get_by_label("Or choose from the list").select_option(place)
    describe_comment(page, text)
    preview_comment(page, text)
    page.get_by_role("button", name="Send").click()
    return read_receipt(page)


def sign_in(page: Page, town: Town, who: str, then: str = PLAN) -> None:
    page.goto(f"/sign-in?next={then}")
    page.get_by_label("E-mail").fill(who)
    page.get_by_label("Password").fill(town.password)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{then}")
