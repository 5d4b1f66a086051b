"""The process in which files are opened: bounded, watched, alone, and gone afterwards."""

import os
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
import shapely

from mobility.importing.reading import Limits, Unreadable, inspect_file, read_layer, sandbox, sketch
from tests.importing.reading.makers import PLACE, SQUARE, STREETS, feature, geojson, metres, projected, write


class Stopped(Exception):
    """What a task raises when somebody cancels it."""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Every process that was started."""
    made: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def noted(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
        made.append(real(*args, **options))
        return made[-1]

    monkeypatch.setattr(sandbox.subprocess, "Popen", noted)
    return made


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that holds nothing but what the sandbox leaves behind."""
    place = tmp_path / "room"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def test_inspected_read_and_sketched_from_outside(tmp_path: Path, room: Path) -> None:
    moved = [projected(shape, 3004) for shape in (*STREETS, SQUARE)]
    path = write(tmp_path / "up.gpkg", "GPKG", moved, crs="EPSG:3004", layer="piano")
    told: list[str] = []
    found = inspect_file(path, "Piano.gpkg", place=PLACE, tell=lambda _f, code: told.append(code))
    (layer,) = found.layers
    assert layer.crs is not None
    assert (found.driver, layer.name, layer.crs.code, layer.crs.plausible) == (
        "GPKG",
        "piano",
        "EPSG:3004",
        True,
    )
    assert told[0] == "starting"
    done = read_layer(path, "Piano.gpkg", "piano", place=PLACE)
    assert [one.number for one in done.features] == [1, 2, 3]
    assert metres(done.features[0].geometry, STREETS[0]) < 1
    assert done.operation is not None
    assert done.operation.accuracy_m == 4.0
    drawn = sketch(path, "Piano.gpkg", "piano", crs="EPSG:3004", place=PLACE)
    assert shapely.box(*PLACE).contains(shapely.union_all(drawn))
    assert list(room.iterdir()) == [], "nothing is left behind"


def test_cancelling_ends_the_process(
    tmp_path: Path, room: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    path = geojson(tmp_path / "a.geojson", [feature(STREETS[0])])

    def tell(_fraction: float, _code: str) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        inspect_file(path, "a.geojson", place=PLACE, tell=tell)
    assert [process.returncode for process in started] == [-signal.SIGKILL]
    assert list(room.iterdir()) == []


def test_time_on_the_wall_and_of_the_processor(
    tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("wkt,n\n" + "".join(f'"{STREETS[0].wkt}",{n}\n' for n in range(150_000)))
    for limits in (Limits(wall_seconds=0.2), Limits(cpu_seconds=1)):
        with pytest.raises(Unreadable) as caught:
            inspect_file(path, "a.csv", place=PLACE, limits=limits)
        assert caught.value.fault.code == "time"
        assert "too long" in str(caught.value.message)
    assert all(process.poll() is not None for process in started)


def test_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("wkt,n\n" + "".join(f'"{STREETS[0].wkt}",{n}\n' for n in range(150_000)))
    with pytest.raises(Unreadable) as caught:
        inspect_file(path, "a.csv", place=PLACE, limits=Limits(memory_bytes=200_000_000))
    assert caught.value.fault.code in ("memory", "crashed")


def test_a_reader_that_breaks_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = geojson(tmp_path / "a.geojson", [feature(STREETS[0])])
    monkeypatch.setattr(sandbox, "WORKER", "mobility.importing.reading.nothing")
    with pytest.raises(Unreadable) as caught:
        inspect_file(path, "a.geojson", place=PLACE)
    assert caught.value.fault.code == "crashed"


def test_nothing_secret_is_in_its_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOBILITY_SECRET_KEY", "secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
    given = sandbox._environment(tmp_path)
    assert "secret" not in given.values()
    assert not {name for name in given if name.startswith(("MOBILITY", "HTTP", "http", "AWS", "PG"))}


def test_it_holds_neither_framework_nor_database_and_no_network() -> None:
    script = (
        "import sys, socket\n"
        "from mobility.importing.reading import worker, working, gdal\n"
        "worker.confine({'memory_bytes': 1_500_000_000, 'cpu_seconds': 20, 'zip_unpacked_bytes': 1000})\n"
        "print(sorted({'flask', 'sqlalchemy', 'psycopg'} & set(sys.modules)))\n"
        "print(gdal.only('GPKG'), 'VRT' in str(__import__('pyogrio').list_drivers()))\n"
    )
    env = sandbox._environment(Path(tempfile.gettempdir()))
    command = [sandbox.sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=True, cwd=os.sep)
    assert done.stdout.split("\n")[:2] == ["[]", "[] False"]
