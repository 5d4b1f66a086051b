"""The city view and the desk's feedback with ten thousand, a hundred thousand and a million comments."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator

from flask import Flask
from flask.testing import FlaskClient

from bench import exporting
from bench.reports import Report
from bench.scratch import PLAN, application, fill, scratch
from mobility.accounts.services import save_account
from mobility.db import unit_of_work
from mobility.extensions import db
from mobility.plans.queries import find_plan

SIZES = (10_000, 100_000, 1_000_000)
REPEATS = 25
LIMIT = 1.5
EMAIL, PASSWORD = "planner@example.org", "a planner of the benchmark"


def pages(view: list[float]) -> dict[str, str]:
    """What is looked at; `view` is west, south, east, north of the plan."""
    bbox = ",".join(str(edge) for edge in view)
    cells = f"/plans/{PLAN}/features/cells.json?bbox={bbox}"
    return {
        "city view, squares z15": f"{cells}&z=15",
        "city view, hexagons": f"{cells}&z=15&shape=hex",
        "close cells, z18": f"{cells}&z=18",
        "desk, feedback page": f"/plans/{PLAN}/desk/feedback",
    }


def signed_in(app: Flask) -> FlaskClient:
    """A planner's browser."""
    with unit_of_work() as session:
        save_account(session, email=EMAIL, name="Planner", password=PASSWORD, role="planner")
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").get_data(as_text=True))
    assert token
    form = {"email": EMAIL, "password": PASSWORD, "csrf_token": token[1]}
    assert client.post("/sign-in", data=form).status_code in (302, 303)
    return client


def measure(url: str) -> dict[str, float]:
    """Median milliseconds of each page, without the network."""
    with application(url) as app:
        assert isinstance(app, Flask)
        client = signed_in(app)
        plan, _city = find_plan(db.session, slug=PLAN)
        found = {}
        for name, path in pages(plan.view).items():
            found[name] = statistics.median(_times(client, path)) * 1000
        return found


def _times(client: FlaskClient, path: str) -> Iterator[float]:
    for number in range(REPEATS + 3):
        start = time.perf_counter()
        answer = client.get(path)
        took = time.perf_counter() - start
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        if number >= 3:
            yield took


def run() -> list[Report]:
    """The layers, then the export of the million."""
    times: list[dict[str, float]] = []
    with scratch("layers") as url:
        before = 0
        for number, size in enumerate(SIZES, 1):
            fill(url, comments=size - before, votes=2 * (size - before), seed=number)
            before = size
            times.append(measure(url))
        export = exporting.run(url, SIZES[-1])
    return [_report(times), export]


def _report(times: list[dict[str, float]]) -> Report:
    rows = []
    growth = {}
    for name in times[0]:
        growth[name] = times[-1][name] / times[0][name]
        rows.append((name, *(f"{found[name]:.1f} ms" for found in times), f"{growth[name]:.2f}"))
    judged = [name for name in growth if name.startswith("city view")]
    worst = max(growth[name] for name in judged)
    return Report(
        "layers",
        "Feedback on the map",
        f"The city view with a million comments takes at most {LIMIT} times what it takes with ten thousand.",
        ("page", *(f"{size:,}" for size in SIZES), "growth"),
        rows,
        f"the city view grows by a factor of {worst:.2f}, wanted at most {LIMIT}",
        worst <= LIMIT,
        ["Whole answers of the application, median of 25, without the network."],
    )
