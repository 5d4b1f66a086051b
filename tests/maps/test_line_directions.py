"""Lines reach the map in the direction in which they are stored: side and direction are seen along them."""

from __future__ import annotations

import json

from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

STORED = """
SELECT code, ST_X(ST_StartPoint(geom)), ST_Y(ST_StartPoint(geom)) FROM segment
WHERE GeometryType(geom) = 'LINESTRING'
"""


def test_lines_begin_where_they_are_stored_to_begin(client: FlaskClient, session: Session) -> None:
    answer = client.get("/plans/palermo-centro/features/segments.json")
    drawn = {each["id"]: each["geometry"]["coordinates"] for each in json.loads(answer.text)["features"]}
    lines = session.execute(text(STORED)).all()
    assert len(lines) > 10
    for code, lon, lat in lines:
        assert abs(drawn[code][0][0] - lon) < 1e-5
        assert abs(drawn[code][0][1] - lat) < 1e-5
