"""A planner brings a file from a GIS to the plan: on a phone, and without JavaScript."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import sign_in
from tests.e2e.test_downloads import worker
from tests.e2e.test_pages import findings

__all__ = ["worker"]

IMPORTS = f"{PLAN}/desk/imports"


@pytest.fixture
def streets(tmp_path: Path) -> Path:
    """A file as a GIS writes it: one street in degrees."""
    line = {"type": "LineString", "coordinates": [[13.3600, 38.1240], [13.3630, 38.1240]]}
    street = {"type": "Feature", "properties": {"gid": 1, "via": "Via del Collaudo"}, "geometry": line}
    path = tmp_path / "strade.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [street]}), "utf-8")
    return path


def to_the_check(page: Page, streets: Path, town: Town) -> None:
    page.get_by_label("File from your GIS").set_input_files(streets)
    page.get_by_role("button", name="Read the file").click()
    over(page, "Layer and place")
    page.get_by_role("button", name="Go on to the fields").click()
    expect(page.get_by_role("heading", level=1, name="Fields")).to_be_visible()
    page.get_by_label("Measure for all").select_option(town.measure)
    page.get_by_role("button", name="Compare with the plan").click()
    over(page, "Check before loading")


def over(page: Page, title: str) -> None:
    """Waits for the worker; where no script does, by looking again."""
    heading = page.get_by_role("heading", level=1, name=title)
    again = page.get_by_role("link", name="Look again")
    for _ in range(60):
        expect(heading.or_(again).or_(page.locator(".import-wait")).first).to_be_visible()
        if heading.count():
            return
        if again.count():
            again.click()
        page.wait_for_timeout(500)
    expect(heading).to_be_visible()


def test_a_file_reaches_the_map_of_the_plan_from_a_phone(
    visit: Visit, town: Town, worker: None, streets: Path
) -> None:
    page = visit("phone")
    sign_in(page, town, town.planner, IMPORTS)
    to_the_check(page, streets, town)
    expect(page.locator("path.imported--added")).to_have_count(1)
    assert findings(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Load", exact=True).click()
    over(page, "Loaded")
    page.get_by_role("link", name="Undo …").click()
    page.get_by_role("button", name="Undo the load").click()
    expect(page.get_by_role("heading", level=1, name="Undone")).to_be_visible()


def test_every_step_works_without_scripts(visit: Visit, town: Town, worker: None, streets: Path) -> None:
    page = visit("desktop", javascript=False)
    sign_in(page, town, town.planner, IMPORTS)
    page.get_by_label("File from your GIS").set_input_files(streets)
    page.get_by_role("button", name="Read the file").click()
    over(page, "Layer and place")
    picture = page.get_by_role("img", name="Where the data lies under WGS 84")
    page.wait_for_load_state("load")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    page.goto(IMPORTS)
    to_the_check(page, streets, town)
    expect(page.get_by_text("Via del Collaudo")).to_be_visible()
    page.get_by_role("button", name="Throw the file away").click()
    expect(page.get_by_text("The plan was not changed")).to_be_visible()
