"""A planner makes a plan, is told what it lacks, writes its texts side by side, sees it as a resident."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import sign_in
from tests.e2e.traps import Traps


@pytest.mark.parametrize(("screen", "slug"), [("desktop", "via-roma-desktop"), ("phone", "via-roma-phone")])
def test_from_a_template_to_the_checklist(
    visit: Visit, town: Town, traps: Traps, screen: str, slug: str
) -> None:
    traps.allow(r"status of 422")
    page = visit(screen)
    sign_in(page, town, town.planner, then="/desk/plans")
    page.goto("/desk/plans")
    page.get_by_role("link", name="New plan for Palermo").click()
    page.get_by_text("Pedestrian street or square").click()
    page.get_by_label("Title in Italian").fill("Via Roma a piedi")
    page.get_by_label("In one or two sentences, in Italian").fill("Una via per chi cammina.")
    page.get_by_label("Address of the plan").fill("Via Roma")
    page.get_by_label("Kalsa").check()
    page.get_by_role("button", name="Make the draft").click()
    expect(page.locator(".error-summary a").first).to_have_attribute("href", "#slug")
    expect(page.get_by_label("Title in Italian")).to_have_value("Via Roma a piedi")
    page.get_by_label("Address of the plan").fill(slug)
    page.get_by_role("button", name="Make the draft").click()
    expect(page.get_by_text("Only staff can see it. The list says")).to_be_visible()
    missing = page.locator(".checks__line--missing")
    expect(missing.filter(has_text="Every text is there in every language")).to_be_visible()
    expect(page.get_by_role("button", name="Open the plan")).to_have_count(0)

    page.get_by_role("link", name="Every text is there in every language").click()
    page.locator("a.row").filter(has_text="Via Roma a piedi").click()
    page.locator("[name=title__en]").fill("Via Roma on foot")
    page.locator("[name=summary__en]").fill("A street for walking.")
    page.get_by_role("button", name="Save the texts").click()
    expect(page.get_by_text("The texts are saved.")).to_be_visible()

    page.goto(f"/plans/{slug}/desk/checklist")
    page.get_by_role("button", name="See it as a resident").click()
    expect(page.get_by_role("heading", name="Via Roma on foot").first).to_be_visible()
    expect(page.get_by_text("as a resident does")).to_be_visible()
    stranger = visit(screen)
    traps.allow(r"status of 404")
    assert stranger.goto(f"/plans/{slug}").status == 404  # type: ignore[union-attr]


def test_the_first_page_of_the_desk(visit: Visit, town: Town) -> None:
    page = visit("phone")
    sign_in(page, town, town.planner, then=f"{PLAN}/desk")
    page.goto(f"{PLAN}/desk/today")
    expect(page.get_by_role("heading", name="What needs somebody")).to_be_visible()
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("columnheader", name="Day")).to_be_visible()
