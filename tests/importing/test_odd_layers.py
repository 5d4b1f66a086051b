"""Layers that are not as asked for: mixed shapes are refused one by one, an empty layer loads nothing."""

from __future__ import annotations

import pytest
from shapely.geometry import LineString, Point, box
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.errors import Conflict
from mobility.importing.models import ImportFeature
from mobility.importing.services import leave_errors_out
from tests.importing.test_loading import load
from tests.importing.town import NOW, compared, faults, features, lines

ZONE = {"nome": "Zona di prova", "tipo": "buffer"}
FIELDS = {"name:it": "nome", "kind": "tipo"}


def test_only_the_shapes_that_fit_are_taken(session: Session) -> None:
    mixed = [
        (ZONE, box(13.36, 38.12, 13.361, 38.121)),
        (ZONE, LineString([(13.36, 38.12), (13.37, 38.12)])),
        (ZONE, Point(13.36, 38.12)),
    ]
    job = compared(session, features(mixed), "zones", FIELDS)
    found = {line.number: faults(line) for line in lines_by_number(session, job)}
    assert found == {1: [], 2: ["wrong_shape"], 3: ["wrong_shape"]}
    with pytest.raises(Conflict):
        load(session, job)
    assert leave_errors_out(session, job=job, now=NOW) == 2
    assert load(session, job)["rows"] == 1


def test_an_empty_layer_loads_nothing_and_takes_nothing_away_unasked(session: Session) -> None:
    job = compared(session, features([]), "zones", FIELDS)
    assert lines(session, job) == {}
    with pytest.raises(Conflict):
        load(session, job)


def lines_by_number(session: Session, job):  # type: ignore[no-untyped-def]
    return session.scalars(select(ImportFeature).where(ImportFeature.import_id == job.id)).all()
