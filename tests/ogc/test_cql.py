"""CQL2: what is read, and hostile filters."""

from __future__ import annotations

import json
from typing import Any

import pygeofilter.parsers.cql2_json
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from mobility.ogc.cql import Unreadable, read_text
from mobility.ogc.filtering import Condition, read_json
from tests.ogc.conftest import ROOT

P = {"property": "a"}
STANCE, PLACE, TIME = ({"property": name} for name in ("stance", "geometry", "created_at"))


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("a = 'it''s'", {"op": "=", "args": [P, "it's"]}),
        ("a<>-3.5", {"op": "<>", "args": [P, -3.5]}),
        ('"a" >= 1e3', {"op": ">=", "args": [P, 1000.0]}),
        ("a is not null", {"op": "not", "args": [{"op": "isNull", "args": [P]}]}),
        ("a NOT LIKE 'x%'", {"op": "not", "args": [{"op": "like", "args": [P, "x%"]}]}),
        ("a NOT BETWEEN 1 AND 2", {"op": "not", "args": [{"op": "between", "args": [P, 1, 2]}]}),
        ("a IN (1, 2)", {"op": "in", "args": [P, [1, 2]]}),
        ("a = TRUE", {"op": "=", "args": [P, True]}),
        (
            "a=1 OR a=2 AND a=3",
            {"op": "or", "args": [{"op": "=", "args": [P, 1]},
             {"op": "and", "args": [{"op": "=", "args": [P, 2]}, {"op": "=", "args": [P, 3]}]}]},
        ),
        ("T_DURING(a, INTERVAL('2026-01-01', '..'))",
         {"op": "t_during", "args": [P, {"interval": ["2026-01-01", ".."]}]}),
        ("T_BEFORE(a, DATE('2026-01-01'))", {"op": "t_before", "args": [P, {"date": "2026-01-01"}]}),
        ("s_within(a, POINT Z (1 2 3))",
         {"op": "s_within", "args": [P, {"type": "Point", "coordinates": [1, 2, 3]}]}),
    ],
)  # fmt: skip
def test_text_is_read(typed: str, wanted: dict[str, Any]) -> None:
    assert read_text(typed) == wanted


@pytest.mark.parametrize(
    "typed",
    [
        "stance = 'for' AND NOT language <> 'it'", "text LIKE '%bench%'",
        "stance IN ('for', 'idea') OR measure IS NULL", "S_INTERSECTS(geometry, POINT(13.36 38.11))",
        "S_WITHIN(geometry, POLYGON((13 38, 14 38, 14 39, 13 38)))",
    ],
)  # fmt: skip
def test_what_is_read_is_cql2_json_for_others_too(typed: str) -> None:
    assert pygeofilter.parsers.cql2_json.parse(json.dumps(read_text(typed))) is not None


HOSTILE = [
    "", "(", "a", "a =", "= 1", "a = 1 AND", "a = 'x", "a = 1; DROP TABLE comment", "a = 1 -- x", "a = b = c",
    "stance = 'for' OR 1=1", "1 = 1", "stance = stance", "pg_sleep(10) = 1", "stance = (SELECT 1)",
    "stance IN (SELECT slug FROM topic)", "text LIKE 'x\\'", "text LIKE '" + "%a" * 150 + "'",
    "(" * 3000 + "stance = 'for'" + ")" * 3000, "NOT " * 200 + "stance = 'for'",
    "CASEI(" * 900 + "stance" + ")" * 900 + " = 'x'", " OR ".join(["stance = 'for'"] * 300),
    "stance = '" + "x" * 20_000 + "'", "measure_version = 99999999999999999999", "measure_version = 1e999",
    "measure_version = 'two'", "stance = 3", "stance = '\x00'", "created_at > 'yesterday'",
    "created_at = TIMESTAMP('2026-99-01T00:00:00Z')", "T_DURING(created_at, DATE('2026-01-01'))",
    "T_AFTER(stance, DATE('2026-01-01'))", "S_INTERSECTS(geometry, geometry)",
    "S_INTERSECTS(stance, POINT(1 2))",
    "S_INTERSECTS(geometry, POINT(nan nan))", "S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))",
    "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))", "S_INTERSECTS(geometry, POINT(999 999))",
    "S_INTERSECTS(geometry, BBOX(1,2,3))", "S_INTERSECTS(geometry, BBOX(3,3,1,1))",
    "S_NEAR(geometry, POINT(1 2))", "S_INTERSECTS(POINT(1 2), geometry)", "\u202estance = 'for'",
]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_text_is_refused(typed: str, client: FlaskClient, voices: Session) -> None:
    answer = client.get(f"{ROOT}/collections/comments/items", query_string={"filter": typed, "f": "json"})
    assert answer.status_code == (200 if not typed else 400), typed[:60]
    if typed:
        assert answer.content_type == "application/problem+json"
        assert "syntax error" not in answer.text.lower()


@pytest.mark.parametrize(
    "node",
    [
        3, "x", [], {}, {"op": "and"}, {"op": "and", "args": []}, {"op": "and", "args": [True]},
        {"op": "not", "args": [True, True]}, {"op": ["="], "args": [1, 2]}, {"op": "=", "args": [P, P]},
        {"op": "=", "args": [{"property": ["stance"]}, "for"]}, {"op": "=", "args": [STANCE, None]},
        {"op": "=", "args": [STANCE, {"op": "casei", "args": [{"op": "casei", "args": ["x"]}]}]},
        {"op": "in", "args": [STANCE, []]}, {"op": "in", "args": [STANCE, ["x"] * 5000]},
        {"op": "in", "args": [STANCE, [["x"]]]}, {"op": "like", "args": [STANCE, 3]},
        {"op": "s_intersects", "args": [PLACE, {"type": "GeometryCollection", "geometries": []}]},
        {"op": "s_intersects", "args": [PLACE, {"type": "Point", "coordinates": []}]},
        {"op": "s_intersects", "args": [PLACE, {"type": "Point"}]},
        {"op": "s_intersects", "args": [PLACE, {"bbox": ["a", 1, 2, 3]}]},
        {"op": "t_after", "args": [TIME, {"interval": ["2026-01-01"]}]},
        {"op": "t_after", "args": [TIME, {"interval": [{"x": 1}, 3]}]},
        {"op": "t_after", "args": [TIME, {"timestamp": 3}]},
        {"op": "s_intersects", "args": [PLACE,
         {"type": "LineString", "coordinates": [[0, 0]] * 20_000}]},
    ],
)  # fmt: skip
def test_hostile_json_is_refused(node: Any, client: FlaskClient, voices: Session) -> None:
    arguments = {"filter": json.dumps(node), "filter-lang": "cql2-json", "f": "json"}
    answer = client.get(f"{ROOT}/collections/comments/items", query_string=arguments)
    assert answer.status_code == 400, node


def test_json_that_is_none_is_refused() -> None:
    for typed in ("{", "[" * 7000, "nope", '{"a":' * 1500):
        with pytest.raises(Unreadable):
            Condition({}, "geom").add_filter(read_json(typed))


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        node = read_text(typed)
    except Unreadable:
        return
    assert isinstance(node, dict | bool)


def test_the_values_of_a_filter_never_stand_in_the_statement() -> None:
    from mobility.ogc.collections import COMMENTS

    made = Condition(COMMENTS.known(full=False), COMMENTS.shape, near=COMMENTS.near)
    made.add_filter(
        read_text("stance = 'EVIL' OR text LIKE 'EVIL%' OR topic IN ('EVIL') OR language = 'EVIL'")
    )
    assert "EVIL" not in made.sql
    assert sorted(made.values.values()) == ["EVIL", "EVIL", "EVIL", "EVIL%"]
