"""An expert grades a cell of the matrix; residents read the grade beside the measure."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import sign_in

REASON = "The parked coaches leave the view of the portal free."


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_a_grade_from_the_matrix_to_the_measure(visit: Visit, town: Town, screen: str) -> None:
    page = visit(screen)
    sign_in(page, town, town.planner, then=f"{PLAN}/desk/screening")
    page.goto(f"{PLAN}/desk/screening")
    row = page.locator("tr", has_text="K2 ·")
    expect(row.get_by_text("Complete")).to_be_visible()
    row.get_by_role("link", name="K2, Setting and views").click()
    page.get_by_text("Major, positive").first.check()
    page.get_by_label("Why").fill(f"{REASON} {screen}")
    page.get_by_label("You sign for").fill("Monuments office")
    page.get_by_role("button", name="Keep the grade").click()
    expect(page.get_by_text("The grade is kept and public.")).to_be_visible()
    expect(page.get_by_role("heading", name="What residents think")).to_be_visible()

    resident = visit(screen)
    resident.goto(f"{PLAN}/measures/K2")
    line = resident.locator(".screening-card summary", has_text="Setting and views")
    line.click()
    expect(resident.get_by_text(f"{REASON} {screen}")).to_be_visible()
    expect(resident.locator(".screening-card").get_by_text("Rosa")).to_have_count(0)
