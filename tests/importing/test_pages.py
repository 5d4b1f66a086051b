"""The steps as pages: each can be left and resumed, works without scripts, and is for planners only."""

# ruff: noqa: F811 (a fixture is named as its parameter)

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shapely.geometry import LineString, Point
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mobility.extensions import files
from mobility.importing import jobs, preparing, sketching
from mobility.importing.models import FileImport, ImportFeature, ImportMemory
from mobility.importing.reading import CrsFinding, CrsGuess, FieldInfo, Inspection, LayerInfo, Reading
from mobility.tasks import services as tasks
from mobility.tasks.models import Task
from mobility.tasks.running import Progress
from tests.consultation.browser import PLAN, Browser, forget_request
from tests.consultation.test_planning import planner, staff  # noqa: F401 (fixtures)
from tests.importing.town import NOW, compared, features

IMPORTS = f"{PLAN}/desk/imports"
NORTH = LineString([(13.3600, 38.1200), (13.3600, 38.1230)])
GUESSES = [
    CrsGuess("EPSG:32633", "WGS 84 / UTM zone 33N", (13.3, 38.1, 13.4, 38.2), True, 0.0),
    CrsGuess("EPSG:32632", "WGS 84 / UTM zone 32N", (7.3, 38.1, 7.4, 38.2), False, 518.4),
]
LAYER = LayerInfo(
    name="strade",
    geometry_types=("LineString",),
    count=1,
    crs=CrsFinding(None, "", "guess", False, GUESSES),
    fields=(FieldInfo("misura", "text", ("P1",)), FieldInfo("via", "text", ("Via Nuova",))),
    bounds=None,
    encoding="UTF-8",
    has_z=False,
)


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Reading:
    """The file that every reading gives: one street. Tasks are done by `work` alone."""
    monkeypatch.setattr(tasks, "enqueue", lambda *_a: None)
    found = features([({"misura": "P1", "via": "Via Nuova"}, NORTH)])
    monkeypatch.setattr(jobs, "inspect_file", lambda *_a, **_k: Inspection("GPKG", (LAYER,)))
    monkeypatch.setattr(preparing, "read_layer", lambda *_a, **_k: found)
    monkeypatch.setattr(sketching, "sketch", lambda *_a, **_k: [NORTH])
    return found


class Quiet(Progress):
    """Tells nobody."""

    def __init__(self) -> None:
        pass

    def tell(self, fraction: float, note: str = "") -> None:
        pass


def work(session: Session) -> None:
    """Does what waits, as the worker would."""
    steps = {
        "importing.read": jobs.read_file,
        "importing.prepare": jobs.prepare_import,
    }
    for task in session.scalars(select(Task).where(Task.state == "waiting").order_by(Task.id)).all():
        steps[task.kind](Quiet(), task)
        task.state = "done"
        session.commit()


def newest(session: Session) -> FileImport:
    session.expire_all()
    return session.scalars(select(FileImport).order_by(FileImport.id.desc())).first()  # type: ignore[return-value]


def fill(browser: Browser, page: str, ending: str, *, follow: bool = True, **typed: str) -> TestResponse:
    """Sends the form of a page with some fields typed differently."""
    return browser.send(browser.form(page, ending), follow=follow, **typed)


def bring(browser: Browser, name: str = "strade.gpkg", data: bytes = b"a file") -> None:
    form = browser.form(IMPORTS, "/imports")
    sent = {**form.fields, "file": (io.BytesIO(data), name)}
    forget_request()
    browser.client.post(form.action, data=sent, content_type="multipart/form-data")


def test_from_the_file_to_the_comparison_without_scripts(
    planner: Browser, session: Session, reading: Reading
) -> None:
    bring(planner)
    job = newest(session)
    here = f"{IMPORTS}/{job.id}"
    assert "Stop" in planner.get(here).text
    work(session)
    page = planner.get(f"{here}/layer").text
    assert "519 km from the city" in page
    assert "lies at the city" in page
    for guess in GUESSES:
        picture = planner.get(f"{here}/sketch.svg?layer=strade&crs={guess.code}")
        assert f"/sketch.svg?layer=strade&amp;crs={guess.code}" in page
        assert picture.mimetype == "image/svg+xml"
        assert guess.code in picture.text
    assert planner.get(f"{here}/sketch.svg?layer=strade&crs=EPSG:3857").status_code == 422
    fill(planner, f"{here}/layer", "/layer", crs="EPSG:32633")
    page = planner.get(f"{here}/fields").text
    assert 'value="via" selected' in page
    fill(planner, f"{here}/fields", "/fields")
    job = newest(session)
    assert (job.state, job.crs, job.mapping["street"]) == ("preparing", "EPSG:32633", "via")
    assert "Stop" in planner.get(here).text


def test_the_mapping_is_remembered_for_files_of_its_like(
    planner: Browser, session: Session, reading: Reading
) -> None:
    bring(planner)
    work(session)
    first = f"{IMPORTS}/{newest(session).id}"
    fill(planner, f"{first}/layer", "/layer", crs="EPSG:32633")
    fill(planner, f"{first}/fields", "/fields",
        **{"column:street": "misura", "column:measure": "", "default:measure": "P2"},
    )  # fmt: skip
    assert session.scalars(select(ImportMemory.mapping)).one() == {"street": "misura"}
    bring(planner, "altre.gpkg")
    work(session)
    second = f"{IMPORTS}/{newest(session).id}"
    fill(planner, f"{second}/layer", "/layer", crs="EPSG:32633")
    page = planner.get(f"{second}/fields").text
    assert 'value="misura" selected' in page
    assert 'value="P2" selected' in page


def test_a_required_field_without_a_column_is_asked_for(
    planner: Browser, session: Session, reading: Reading
) -> None:
    bring(planner)
    work(session)
    here = f"{IMPORTS}/{newest(session).id}"
    fill(planner, f"{here}/layer", "/layer", crs="EPSG:32633")
    answer = fill(planner, f"{here}/fields", "/fields", follow=False, **{"column:street": ""})
    assert answer.status_code == 422
    assert 'href="#street"' in answer.text


def test_errors_keep_a_load_back_until_they_are_left_out(planner: Browser, session: Session) -> None:
    rows = [({"m": "P1", "v": "Via Nuova"}, NORTH), ({"m": "P1", "v": "Via Lontana"}, Point(2, 48))]
    job = compared(session, features(rows), "segments", {"measure": "m", "street": "v"})
    job.key = "a-kept-file.bin"
    session.commit()
    here = f"{IMPORTS}/{job.id}"
    page = planner.get(f"{here}/check").text
    assert "1 feature has errors" in page
    assert f'action="{here}/load"' not in page
    fill(planner, f"{here}/check", "/leave-out?show=", act="errors")
    page = planner.get(f"{here}/check").text
    assert f'action="{here}/load"' in page
    drawn = planner.get(f"{here}/lines.json").json
    assert [each["properties"]["change"] for each in drawn["features"]] == ["excluded", "added"]


def test_the_parts_of_a_shapefile_become_one_file(planner: Browser, session: Session) -> None:
    form = planner.form(IMPORTS, "/imports")
    parts = [(io.BytesIO(b"shape"), "a/strade.shp"), (io.BytesIO(b"table"), "strade.dbf")]
    forget_request()
    planner.client.post(form.action, data={**form.fields, "file": parts}, content_type="multipart/form-data")
    job = newest(session)
    assert job.name == "strade.zip"
    assert (files.get(str(job.key)) or b"").startswith(b"PK")


def test_a_file_larger_than_allowed_is_refused_in_words(
    app: Flask, planner: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "IMPORT_MAX", 1_000_000)
    form = planner.form(IMPORTS, "/imports")
    sent = {**form.fields, "file": (io.BytesIO(b"x" * 1_100_000), "gross.gpkg")}
    forget_request()
    answer = planner.client.post(
        form.action, data=sent, content_type="multipart/form-data", headers={"Accept-Language": "en"}
    )
    assert answer.status_code == 422
    assert "too large: at most 1 megabytes" in answer.text
    assert not session.scalars(select(FileImport)).all()


def test_strangers_may_not_even_send_much(client: FlaskClient) -> None:
    answer = client.post(IMPORTS, data={"file": (io.BytesIO(b"x" * 1_200_000), "a.gpkg")})
    assert answer.status_code in (400, 413)


def test_moderators_are_refused(staff: Callable[[str], Browser]) -> None:
    assert staff("moderator").get(IMPORTS).status_code == 403


def test_an_import_of_another_plan_is_not_found(planner: Browser) -> None:
    assert planner.get(f"{IMPORTS}/999999").status_code == 404


def test_a_file_that_was_not_touched_for_a_month_goes(session: Session) -> None:
    job = compared(
        session,
        features([({"m": "P1", "v": "Via Nuova"}, NORTH)]),
        "segments",
        {"measure": "m", "street": "v"},
    )
    job.key, job.updated_at = "a-kept-file.bin", NOW
    session.flush()
    jobs.tidy(session, now=NOW + jobs.KEPT_FOR * 2, site=jobs.Site("http://city.example", "secret"))
    session.flush()
    assert (job.state, job.key) == ("dropped", None)
    assert not session.scalars(select(ImportFeature)).all()
