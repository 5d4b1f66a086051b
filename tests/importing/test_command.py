"""The command does what the pages do: it says what would change, loads, and undoes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from shapely.geometry import LineString
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility import cli
from mobility.cli import importing as command
from mobility.importing import preparing, reading
from mobility.importing.reading import CrsFinding, CrsGuess, FieldInfo, Inspection, LayerInfo
from mobility.plans.models import Segment
from tests.importing.town import features

NORTH = LineString([(13.3600, 38.1200), (13.3600, 38.1230)])
PLAN = ("--plan", "palermo-centro")


def layer(name: str, crs: CrsFinding) -> LayerInfo:
    columns = (FieldInfo("misura", "text", ("P1",)), FieldInfo("via", "text", ("Via Nuova",)))
    return LayerInfo(name, ("LineString",), 1, crs, columns, None, "UTF-8", False)


SOUND = CrsFinding("EPSG:32633", "WGS 84 / UTM zone 33N", "file", True)
SILENT = CrsFinding(
    None, "", "guess", False, [CrsGuess("EPSG:3004", "Monte Mario", (13, 38, 14, 39), True, 0.0)]
)


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):  # type: ignore[no-untyped-def]
    """`run(layers, *words)`: the command over a file with these layers, inside the test's transaction."""
    file = tmp_path / "strade.gpkg"
    file.write_bytes(b"a file")

    @contextmanager
    def inside() -> Iterator[Session]:
        with session.begin_nested():
            yield session

    monkeypatch.setattr(command, "transaction", inside)
    street = features([({"misura": "P1", "via": "Via Nuova"}, NORTH)])
    monkeypatch.setattr(preparing, "read_layer", lambda *_a, **_k: street)

    def call(layers: tuple[LayerInfo, ...], *words: str) -> Result:
        monkeypatch.setattr(reading, "inspect_file", lambda *_a, **_k: Inspection("GPKG", layers))
        given = [str(file) if word == "FILE" else word for word in words]
        return CliRunner().invoke(cli.main, ["import", *given])

    return call


def there(session: Session) -> int:
    session.expire_all()
    found = select(func.count()).where(Segment.street == "Via Nuova", Segment.retired_at.is_(None))
    return session.scalar(found) or 0


def test_a_dry_run_tells_and_changes_nothing(run, session: Session) -> None:  # type: ignore[no-untyped-def]
    answer = run((layer("strade", SOUND),), "FILE", *PLAN, "--kind", "segments", "--dry-run")
    assert answer.exit_code == 0, answer.output
    assert "1 added" in answer.output
    assert "longitude and latitude already" in answer.output
    assert there(session) == 0


def test_a_load_and_its_undoing(run, session: Session) -> None:  # type: ignore[no-untyped-def]
    answer = run((layer("strade", SOUND),), "FILE", *PLAN, "--kind", "segments")
    assert answer.exit_code == 0, answer.output
    assert there(session) == 1
    assert run((), "undo", *PLAN).exit_code == 0
    assert there(session) == 0


def test_it_asks_for_the_layer_and_the_coordinate_system(run) -> None:  # type: ignore[no-untyped-def]
    two = (layer("strade", SOUND), layer("piazze", SOUND))
    answer = run(two, "FILE", *PLAN, "--kind", "segments")
    assert answer.exit_code == 1
    assert "--layer" in answer.output
    answer = run((layer("strade", SILENT),), "FILE", *PLAN, "--kind", "segments")
    assert answer.exit_code == 1
    assert "EPSG:3004" in answer.output


def test_a_column_that_is_not_there_is_named(run) -> None:  # type: ignore[no-untyped-def]
    answer = run((layer("strade", SOUND),), "FILE", *PLAN, "--kind", "segments", "--map", "street=strasse")
    assert answer.exit_code == 1
    assert "street" in answer.output
