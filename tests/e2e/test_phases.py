"""Phases: a planner plans one; everybody sees where the consultation stands; agreement between groups."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import SEGMENT, open_map, sign_in
from tests.e2e.traps import Traps

DESK = f"{PLAN}/desk/phases"
HATCHED = "path.segment-line.segment--accord-contested, path.segment-area.segment--accord-contested"


def describe(page: Page, title: str, opens: str) -> None:
    """Texts and times of a step."""
    page.get_by_label("Title in Italian").fill(f"{title} (it)")
    page.get_by_label("Title in English").fill(title)
    page.get_by_label("In one or two sentences, in Italian").fill("Si rilegge il piano.")
    page.get_by_label("In one or two sentences, in English").fill("The plan is read again.")
    page.get_by_label("Opens").fill(opens)
    page.get_by_label("Closes").fill("2031-06-01T23:59")


@pytest.mark.parametrize(("screen", "title"), [("desktop", "Second reading"), ("phone", "Third reading")])
def test_planner_plans_and_removes_a_step(
    visit: Visit, town: Town, traps: Traps, screen: str, title: str
) -> None:
    traps.allow(r"status of 422")
    page = visit(screen)
    sign_in(page, town, town.planner, then=f"{PLAN}/desk")
    page.goto(DESK)
    page.get_by_role("link", name="Add a step").click()
    describe(page, title, "2027-01-15T09:00")
    page.get_by_role("button", name="Look at it before saving").click()
    wrong = page.locator(".error-summary a")
    expect(wrong).to_contain_text("is still open")
    expect(wrong).to_have_attribute("href", "#opens_at")
    expect(page.get_by_label("Title in English")).to_have_value(title)

    page.get_by_label("Opens").fill("2031-05-01T09:00")
    page.locator("label.choice").filter(has_text="Comments").first.click()
    page.get_by_label("Who may comment").select_option("1")
    page.get_by_role("button", name="Look at it before saving").click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("Comments: people with a confirmed e-mail address")
    expect(preview.locator(".phases__step")).to_have_count(5)
    page.get_by_role("button", name="Save the step").click()
    step = page.locator(".planned__step").filter(has_text=title)
    expect(step).to_contain_text("to come")

    reader = visit(screen)
    reader.goto(f"{PLAN}/exports/")
    reader.locator("[data-timeline] summary").click()
    expect(reader.locator(".timeline__step").filter(has_text=title)).to_be_visible()

    step.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove the step").click()
    expect(page.locator(".planned__step").filter(has_text=title)).to_have_count(0)


def test_a_step_with_votes_cannot_be_removed(visit: Visit, town: Town) -> None:
    page = visit("desktop")
    sign_in(page, town, town.planner, then=f"{PLAN}/desk")
    page.goto(DESK)
    page.locator(".planned__step--current").get_by_role("link", name="Remove").click()
    expect(page.locator("main")).to_contain_text("This step cannot be removed")
    expect(page.get_by_role("button", name="Remove the step")).to_have_count(0)


def test_the_timeline_is_one_line_on_a_phone(visit: Visit, town: Town) -> None:
    page = visit("phone")
    open_map(page)
    timeline = page.locator("[data-timeline]")
    expect(timeline.locator(".phases")).to_be_hidden()
    line = timeline.locator("summary")
    expect(line).to_contain_text(re.compile(r"Comment and vote · (\d+ days? left|last day)"))
    box = line.bounding_box()
    assert box
    assert 44 <= box["height"] <= 60
    line.click()
    expect(timeline).to_contain_text("Votes: everybody, without signing in")
    page.goto(f"{PLAN}/segments/{town.segment}")
    expect(page.locator("[data-timeline] summary")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_the_timeline_stands_side_by_side_on_a_desktop(visit: Visit, town: Town, javascript: bool) -> None:
    page = visit("desktop", javascript=javascript)
    page.goto(PLAN)
    steps = page.locator("[data-timeline] .phases__step")
    expect(steps).to_have_count(4)
    expect(steps.nth(1)).to_have_attribute("aria-current", "step")
    page.get_by_text("What is open, and for whom").click()
    expect(page.locator(".timeline__step--current")).to_contain_text("Results are shown at any time.")


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_agreement_between_groups_is_its_own_view(visit: Visit, town: Town, screen: str) -> None:
    page = visit(screen)
    open_map(page, f"{PLAN}/results")
    expect(page.locator(HATCHED)).to_have_count(0)
    page.get_by_role("link", name="Agreement between groups").click()
    expect(page.get_by_role("heading", name="Agreement between groups")).to_be_visible()
    assert page.locator(HATCHED).count() > 0
    expect(page.locator(".map-legend")).to_contain_text(
        "Agreement between groups" if screen == "desktop" else "Legend"
    )
    expect(page.locator(f"{SEGMENT}[aria-label*='contested']").first).to_be_attached()

    first = page.locator(".sides").first
    expect(first.locator(".accord")).to_have_text("contested")
    first.locator("summary").click()
    expect(first).to_contain_text("Against:")
    expect(first).to_contain_text("In favour:")
    first.locator("a.row").click()
    card = page.locator("[data-accord]")
    expect(card).to_have_attribute("data-accord", "contested")
    expect(card).to_contain_text("Against:")


def test_agreement_without_scripts(visit: Visit, town: Town) -> None:
    page = visit("desktop", javascript=False)
    page.goto(f"{PLAN}/results?view=agreement")
    picture = page.locator(".map-panel__picture")
    expect(picture).to_have_attribute("src", re.compile("results=agreement"))
    drawn = page.request.get(f"{town.origin}{picture.get_attribute('src')}").text()
    assert "url(#contested)" in drawn
    assert "agreed in favour" in drawn
