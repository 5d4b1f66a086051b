"""The editor of measures: lines on the map, texts on a phone, with and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import sign_in
from tests.e2e.traps import Traps

DESK = f"{PLAN}/desk/measures"


def open_draft(page: Page, town: Town, code: str) -> str:
    """The address of the draft of a measure, begun now."""
    sign_in(page, town, town.planner, then=f"{PLAN}/desk")
    page.goto(DESK)
    page.locator(f"form[action$='/measures/{code}/draft'] button").click()
    page.wait_for_url(re.compile(r"/desk/drafts/\d+"))
    return page.url.partition("#")[0]


def middle_of(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_line_is_divided_gets_a_side_and_is_joined_again(visit: Visit, town: Town) -> None:
    page = visit("desktop")
    open_draft(page, town, "P1")
    said = page.locator("[data-edit-say]")
    expect(page.locator("[data-editor][data-ready]")).to_be_attached()
    page.locator("[data-edit-choose=P1-04]").click()
    expect(said).to_contain_text("P1-04:")
    page.locator("[data-edit=split]").click()
    page.mouse.click(*middle_of(page, "path.edit-shape.is-chosen"))
    expect(said).to_contain_text("P1-04 is divided")
    expect(page.locator("[data-stretch=P1-14]")).to_be_visible()

    page.locator("[data-edit=side]").click()
    x, y = middle_of(page, "path.edit-shape.is-chosen")
    page.mouse.click(x + 40, y)
    expect(said).to_contain_text("The side of P1-13 is changed")
    expect(page.locator("[data-stretch=P1-13]")).to_contain_text("east side")
    page.locator("[data-steps] form").first.get_by_role("button").click()
    expect(page.locator("[data-stretch=P1-13]")).to_contain_text("both sides")

    page.locator("[data-edit-choose=P1-13]").click()
    page.locator("[data-edit=merge]").click()
    page.mouse.click(*middle_of(page, "path.edit-shape[data-code=P1-14]"))
    expect(said).to_contain_text("Joined: P1-04")
    expect(page.locator("[data-stretch=P1-04]")).to_be_visible()


def test_a_line_is_drawn_with_the_keyboard(visit: Visit, town: Town) -> None:
    page = visit("desktop")
    open_draft(page, town, "P2")
    expect(page.locator("[data-editor][data-ready]")).to_be_attached()
    page.locator("[data-edit=line]").click()
    page.locator("#map").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    page.locator("[data-edit=finish]").click()
    expect(page.locator("[data-edit-say]")).to_contain_text("is drawn")
    expect(page.locator(".stretches__item").last).to_contain_text("missing")


@pytest.mark.parametrize("where", ["desktop", "phone"])
def test_a_line_holds_to_a_street_and_follows_it_unless_told_not_to(
    visit: Visit, town: Town, where: str
) -> None:
    page = visit(where)
    open_draft(page, town, "P3" if where == "desktop" else "P4")
    expect(page.locator("[data-editor][data-ready]")).to_be_attached()
    hold = page.get_by_role("button", name="Hold on to streets")
    corners = []
    for pressed in ("true", "false"):
        expect(hold).to_have_attribute("aria-pressed", pressed)
        page.locator("[data-edit=line]").click()
        if pressed == "true":
            page.locator("#map").scroll_into_view_if_needed()
            ends = page.evaluate(BENT)
        else:
            expect(page.locator("path.edit-axis")).to_have_count(0)
        for x, y in ends:
            page.mouse.move(x + 3, y + 2)
            page.mouse.click(x + 3, y + 2)
        page.locator("[data-edit=finish]").click()
        expect(page.locator("[data-edit-say]")).to_contain_text("is drawn")
        address = page.locator("[data-editor]").get_attribute("data-shapes")
        shapes = page.request.get(f"{town.origin}{address}").json()
        corners.append(len(shapes["features"][-1]["geometry"]["coordinates"]))
        hold.click()
    assert corners[0] > 2
    assert corners[1] == 2


BENT = """() => {
  const area = document.querySelector("#map").getBoundingClientRect();
  const inside = ({x, y}) => x > area.left + 70 && x < area.right - 70 && y > area.top + 70
    && y < Math.min(area.bottom, innerHeight) - 70;
  const ways = [...document.querySelectorAll("path.edit-axis")].map((path) => {
    const corners = path.getAttribute("d").match(/-?[0-9.]+[ ,]-?[0-9.]+/g).map((pair) => {
      const [x, y] = pair.split(/[ ,]/).map(Number);
      return new DOMPoint(x, y).matrixTransform(path.getScreenCTM());
    });
    return corners.filter(inside);
  });
  const longest = ways.sort((one, other) => other.length - one.length)[0];
  return [longest[0], longest[longest.length - 1]].map(({x, y}) => [x, y]);
}"""


@pytest.mark.parametrize("scripts", [True, False])
def test_texts_are_changed_on_a_phone_and_seen_in_the_preview(
    visit: Visit, town: Town, traps: Traps, scripts: bool
) -> None:
    traps.allow(r"status of 422")
    code, words = ("P1", "From ten to seven") if scripts else ("P2", "From nine to six")
    page = visit("phone", javascript=scripts)
    sign_in(page, town, town.planner, then=f"{PLAN}/desk")
    page.goto(DESK)
    item = page.locator(".edited__item").filter(has_text=f"{code} ·")
    item.get_by_role("link", name="Go on with the draft").or_(item.get_by_role("button", name="Edit")).click()
    page.get_by_role("link", name="Texts and attributes").click()
    page.get_by_label("When, English").fill(words)
    page.get_by_role("button", name="Save in the draft").click()
    page.get_by_role("link", name="Look at it and publish").click()
    expect(page.locator("ins").filter(has_text=words.split()[-1]).first).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth") if scripts else 0
    assert wide <= 0
