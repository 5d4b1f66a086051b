"""Browsers before the real server. Every context is watched for what no page may do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from mobility import embedded
from mobility.settings import Settings
from tests.e2e.server import Town, as_application, fill, serving
from tests.e2e.traps import Traps

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
DEVICES: dict[str, dict[str, Any]] = {"phone": PHONE, "desktop": DESKTOP}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

Visit = Callable[..., Page]
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium where there is one; else the one that Playwright installed."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    own = {"executable_path": found} if found else {}
    return {**browser_type_launch_args, **own, "args": ["--no-sandbox", "--disable-gpu"]}


@pytest.fixture(scope="session")
def e2e_database() -> Iterator[str]:
    """An empty database that this run owns, dropped at the end."""
    given = os.environ.get("MOBILITY_E2E_DATABASE_URL")
    if given:
        yield given
        return
    name = f"mobility_e2e_{os.getpid()}"
    embedded.start()
    yield embedded.create_database(name)
    embedded.drop_database(name)


@pytest.fixture(scope="session")
def town(e2e_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Palermo with its voting step open today, served with limits off."""
    var_dir = tmp_path_factory.mktemp("e2e")
    settings = Settings(
        secret_key="browser-tests-browser-tests-browser-tests",  # type: ignore[arg-type]
        rate_limits=False,
        var_dir=var_dir,
        log_level="error",
    )
    names = fill(e2e_database, settings)
    with serving(as_application(e2e_database), var_dir) as origin:
        yield Town(origin=origin, **names)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def strict_origin(town: Town, e2e_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A second server over the same database with the limits of every day."""
    with serving(as_application(e2e_database), tmp_path_factory.mktemp("strict"), limits=True) as origin:
        yield origin


@pytest.fixture(scope="session")
def base_url(town: Town) -> str:
    return town.origin


@pytest.fixture
def traps(town: Town) -> Iterator[Traps]:
    """At the end of the test nothing may have been caught."""
    set_up = Traps({town.origin})
    yield set_up
    assert set_up.faults() == []


@pytest.fixture
def new_context(traps: Traps, new_context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """As the plug-in's own, with the traps set in every context."""
    return lambda **options: traps.watch(new_context(**options))


@pytest.fixture
def visit(new_context: Callable[..., BrowserContext]) -> Visit:
    """Somebody new with a browser of their own: `visit("phone", javascript=False)` is their page."""

    def come(
        device: str = "desktop", *, javascript: bool = True, language: str = "en", **options: Any
    ) -> Page:
        context = new_context(
            **{
                **DEVICES[device],
                "java_script_enabled": javascript,
                "locale": {"en": "en-GB", "it": "it-IT"}[language],
                "reduced_motion": "reduce",
                "timezone_id": "Europe/Rome",
                "service_workers": "block",
                **options,
            }
        )
        context.set_default_timeout(15_000)
        return context.new_page()

    return come
