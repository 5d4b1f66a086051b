"""A large file, from the page of open data to the file itself: on a phone, and without JavaScript."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from mobility.settings import ROOT
from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town, as_application
from tests.e2e.test_pages import findings

PREPARE = f"{PLAN}/exports/prepare?what=everything&form=gpkg"
LAYERS = {"comments", "segments", "measures", "cells", "zones", "about", "layer_styles"}
MADE = 150_000


@pytest.fixture(scope="module")
def worker(town: Town, e2e_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A worker beside the server, with the same files."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MOBILITY_")},
        "MOBILITY_DATABASE_URL": as_application(e2e_database),
        "MOBILITY_SECRET_KEY": "browser-tests-browser-tests-browser-tests",
        "MOBILITY_VAR_DIR": str(tmp_path_factory.getbasetemp() / "e2e0"),
        "MOBILITY_BASE_URL": town.origin,
        "MOBILITY_LOG_LEVEL": "warning",
    }
    process = subprocess.Popen([sys.executable, "-m", "mobility.cli", "work"], cwd=ROOT, env=environment)
    yield
    process.terminate()
    process.wait(timeout=30)


def take(page: Page) -> set[str]:
    """Downloads the file and returns its layers."""
    with page.expect_download() as waited:
        page.get_by_role("link", name="Download the file").click()
    assert waited.value.suggested_filename.startswith("palermo-centro-everything-")
    with sqlite3.connect(waited.value.path()) as file:
        return {name for (name,) in file.execute("SELECT table_name FROM gpkg_contents")}


def test_a_large_file_is_waited_for_on_a_phone(visit: Visit, town: Town, worker: None) -> None:
    page = visit("phone")
    page.goto(f"{PLAN}/exports/")
    expect(page.get_by_role("link", name="GeoPackage about").first).to_be_visible()
    page.goto(PREPARE)
    assert findings(page) == ""
    page.get_by_role("button", name="Make the file").click()
    expect(page.get_by_role("heading", name="Your file")).to_be_visible()
    expect(page.get_by_text("The file is ready.")).to_be_visible(timeout=MADE)
    assert findings(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert take(page) >= LAYERS


def test_without_javascript_one_looks_again(visit: Visit, town: Town, worker: None) -> None:
    page = visit("desktop", javascript=False)
    page.goto(PREPARE)
    page.get_by_role("button", name="Make the file").click()
    for _ in range(150):
        again = page.get_by_role("link", name="Look again")
        if not again.count():
            break
        page.wait_for_timeout(1000)
        again.click()
    assert take(page) >= LAYERS
