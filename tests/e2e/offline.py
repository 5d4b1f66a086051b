"""Browsers with a service worker, servers that break, and what the database holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page

from tests.e2e.breaking import Mortal, Wire, breaking
from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import open_map
from tests.e2e.traps import Traps

KEPT = """async (wanted) => {
  for (const name of await caches.keys()) {
    if (!name.startsWith("pages-")) continue;
    const kept = (await (await caches.open(name)).keys()).length;
    if (kept >= wanted) return kept;
  }
  return 0;
}"""
BROKEN = r"ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_FAILED|ERR_SOCKET"


@pytest.fixture
def reader(visit: Visit, traps: Traps) -> Callable[..., Page]:
    """Somebody whose browser has a service worker, and has opened the plan once."""
    traps.allow(BROKEN)

    def come(device: str = "desktop", origin: str = "", **options: object) -> Page:
        page = visit(device, service_workers="allow", **options)
        open_map(page, f"{origin}{PLAN}")
        until_kept(page, listed(page, f"{origin}{PLAN}/offline.json?lang=en"))
        return page

    return come


@pytest.fixture
def count(e2e_database: str) -> Callable[[str], int]:
    """How many rows a query of the committed database counts."""

    def ask(query: str, *values: object) -> int:
        with psycopg.connect(e2e_database.replace("+psycopg", "")) as connection:
            return int(connection.execute(query, values).fetchone()[0])  # type: ignore[arg-type, index]

    return ask


@pytest.fixture
def broken(e2e_database: str, town: Town, tmp_path: Path, traps: Traps) -> Iterator[tuple[Mortal, Wire]]:
    """A server that can be killed, behind a wire that can lose an answer."""
    with breaking(e2e_database, tmp_path) as (server, wire):
        traps.origins.add(wire.origin)
        yield server, wire


def listed(page: Page, address: str) -> int:
    """How many addresses a list names."""
    found = page.request.get(address).json()
    return sum(len(found[part]) for part in ("panels", "data", "whole"))


def until_kept(page: Page, wanted: int) -> None:
    """Waits until the service worker has kept so many addresses."""
    for _time in range(240):
        if page.evaluate(KEPT, wanted):
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"fewer than {wanted} addresses were kept")
