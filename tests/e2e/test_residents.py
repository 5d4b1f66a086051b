"""Residents without an account: they vote on a street and comment at a place."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import (
    choose_position,
    count_votes,
    describe_comment,
    find_spot,
    open_map,
    preview_comment,
    read_receipt,
    send_comment_from_list,
)


def test_vote_with_three_taps_on_a_phone(visit: Visit) -> None:
    page = visit("phone")
    open_map(page)
    spot = find_spot(page)
    page.touchscreen.tap(spot["x"], spot["y"])
    page.wait_for_url(re.compile(r"/segments/[\w-]+$"))
    send = page.get_by_role("button", name="Send my vote")
    expect(send).to_be_attached()
    before = count_votes(page)

    choose_position(page, "Support").tap()
    send.tap()
    expect(page.get_by_role("button", name="Change my vote")).to_be_attached()
    assert count_votes(page) == before + 1

    choose_position(page, "Strongly oppose").tap()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name="Change my vote").tap()
    page.reload()
    expect(page.get_by_label("Strongly oppose", exact=True)).to_be_checked()
    assert count_votes(page) == before + 1

    page.get_by_role("button", name="Withdraw my vote").tap()
    expect(page.get_by_role("button", name="Send my vote")).to_be_attached()
    assert count_votes(page) == before


def vote_from_the_list(page: Page, town: Town) -> None:
    """From the list of streets to a counted vote and back."""
    page.goto(PLAN)
    page.get_by_role("link", name="Choose a street from a list").click()
    page.locator("main").get_by_role("searchbox").fill(town.street)
    page.locator("main").get_by_role("button", name="Search").click()
    page.locator(f"a.row[href$='/segments/{town.quiet_segment}']").click()
    expect(page.get_by_role("heading", name=re.compile(town.street)).first).to_be_visible()
    before = count_votes(page)
    choose_position(page, "Strongly support").click()
    page.get_by_role("button", name="Send my vote").click()
    expect(page.get_by_role("button", name="Change my vote")).to_be_visible()
    assert count_votes(page) == before + 1
    page.get_by_role("button", name="Withdraw my vote").click()
    expect(page.get_by_role("button", name="Send my vote")).to_be_visible()
    assert count_votes(page) == before


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_vote_from_the_list_of_streets(javascript: bool, visit: Visit, town: Town) -> None:
    vote_from_the_list(visit("desktop", javascript=javascript), town)


def test_comment_at_the_pin(visit: Visit) -> None:
    page, words = visit("desktop"), "A bench in the shade would help those who walk slowly."
    open_map(page)
    page.get_by_role("link", name="Add a comment").click()
    place = page.locator("[data-pick-words]")
    expect(place).not_to_have_text(re.compile(r"^Move the map"))
    longitude = page.locator("form[data-pick] [name=lon]")
    before = float(longitude.input_value())
    page.locator("#map").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowUp")
    expect(longitude).not_to_have_value(f"{before:.6f}")
    assert float(longitude.input_value()) > before
    latitude = page.locator("form[data-pick] [name=lat]").input_value()
    address = f"{PLAN}/place?lon={longitude.input_value()}&lat={latitude}"
    here = page.request.get(address, headers={"Accept-Language": "en"}).json()
    expect(place).to_have_text(here["words"])

    describe_comment(page, words)
    preview_comment(page, words)
    expect(page.locator(".comment__place")).to_have_text(here["words"])
    page.get_by_role("button", name="Send").click()
    read_receipt(page)
    page.get_by_role("link", name="See it on the map").click()
    expect(page.locator(".comment__text")).to_have_text(words)
    expect(page.locator(".map-pin.is-chosen")).to_be_visible()
    page.get_by_role("link", name="Comments", exact=True).click()
    expect(page.locator("#panel .comment").first).to_contain_text(words)


def test_comment_without_scripts(visit: Visit, town: Town) -> None:
    page, words = visit("phone", javascript=False), "The kerb is too high for a wheelchair here."
    code = send_comment_from_list(page, words, place=f"segment:{town.quiet_segment}")
    page.goto(f"{PLAN}/comments?segment={town.quiet_segment}")
    expect(page.locator("#panel .comment").first).to_contain_text(words)

    page.goto(f"/receipts/{code}")
    page.get_by_role("button", name="Withdraw the comment").click()
    expect(page.locator("main")).to_contain_text("withdrawn")
    page.goto(f"{PLAN}/comments?segment={town.quiet_segment}")
    expect(page.get_by_text(words)).to_have_count(0)


def test_map_is_a_picture_without_scripts(visit: Visit) -> None:
    page = visit("desktop", javascript=False)
    page.goto(PLAN)
    picture = page.get_by_role("img", name=re.compile("^Map of"))
    expect(picture).to_be_visible()
    answer = page.request.get(str(picture.get_attribute("src")))
    assert answer.ok
    assert "<svg" in answer.text()[:200]


def test_keyboard_alone_opens_a_street(visit: Visit) -> None:
    page = visit("desktop")
    open_map(page)
    page.locator("#map").focus()
    focused = page.locator(":focus")
    for _step in range(40):
        page.keyboard.press("Tab")
        if focused.evaluate("(element) => element.matches('path.segment-hit')"):
            break
    name = str(focused.get_attribute("aria-label"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/segments/[\w-]+$"))
    expect(page.locator("#panel h2")).to_be_focused()
    assert page.locator("#panel h2").inner_text().split(",")[0] in name


def test_double_click_sends_one_comment(visit: Visit, town: Town) -> None:
    page, words = visit("desktop"), "Two clicks, one comment about the crossing."
    page.goto(f"{PLAN}/comments/new?segment={town.quiet_segment}")
    describe_comment(page, words)
    preview_comment(page, words)
    page.get_by_role("button", name="Send").dblclick()
    read_receipt(page)
    page.goto(f"{PLAN}/comments?segment={town.quiet_segment}")
    expect(page.locator("#panel .comment").filter(has_text=words)).to_have_count(1)


def test_draft_survives_a_reload(visit: Visit) -> None:
    page, words = visit("phone"), "Half a sentence that was never"
    page.goto(f"{PLAN}/comments/new")
    field = page.locator("textarea[name=text]")
    field.press_sequentially(words)
    page.reload()
    expect(field).to_have_value(words)
    page.get_by_role("button", name="Discard it").click()
    expect(field).to_have_value("")
    page.reload()
    expect(field).to_have_value("")
