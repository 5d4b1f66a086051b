"""Of comments on sensitive topics public files tell no place finer than a kilometre, and no small count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import shapely
from sqlalchemy.orm import Session

from mobility.consultation.models import Topic
from mobility.exports.orders import Order
from mobility.exports.privacy import COARSE, LEAST, LEFT_OUT
from mobility.exports.services import count_features, database_dsn
from mobility.spatial.grid import cell_centre, cell_of
from tests.exports.town import SLUG, Town, add_comment

Read = Callable[..., dict[str, Any]]
HOME = (13.361424, 38.115672)
AT = f"SRID=4326;POINT({HOME[0]} {HOME[1]})"


@pytest.fixture
def sensitive(people: Session, town: Town) -> None:
    people.get_one(Topic, town.topics["safety"]).sensitive = True
    people.commit()


def speak(people: Session, town: Town, times: int = 1, **changes: Any) -> None:
    for _ in range(times):
        add_comment(people, town, geom=AT, segment="M1-01", measure="M1", snap_distance_m=3.0, **changes)
    people.commit()


def test_the_place_is_the_middle_of_a_coarse_cell(
    people: Session, town: Town, read: Read, sensitive: None
) -> None:
    line = f"SRID=4326;LINESTRING({HOME[0]} {HOME[1]}, 13.3615 38.1157)"
    speak(people, town, scope="drawing", drawing=line)
    found = read("comments")
    (feature,) = found["features"]
    given = feature["properties"]
    assert shapely.geometry.shape(feature["geometry"]).equals_exact(
        shapely.Point(cell_centre(cell_of(*HOME, COARSE), COARSE)), 1e-6
    )
    assert [given[name] for name in LEFT_OUT] == [None] * len(LEFT_OUT)
    assert given["coarse_place"] is True
    assert given["measure"] == "M1"
    assert found["sensitive_topics"] == {"topics": ["safety"], "place_zoom": COARSE, "least_counted": LEAST}


def test_other_topics_keep_their_place(people: Session, town: Town, read: Read, sensitive: None) -> None:
    speak(people, town, topic="noise")
    (feature,) = read("comments")["features"]
    assert feature["geometry"]["coordinates"] == list(HOME)
    assert feature["properties"]["segment"] == "M1-01"
    assert feature["properties"]["coarse_place"] is False


def test_planners_are_told_the_exact_place(
    people: Session, town: Town, raw: Callable[..., bytes], sensitive: None
) -> None:
    from mobility.exports.services import stream_geojson

    speak(people, town)
    exact = b"".join(stream_geojson(database_dsn(), Order("comments", SLUG, full=True)))
    assert b"[13.361424,38.115672]" in exact
    assert b'"segment":"M1-01","snap_distance_m":3' in exact
    assert b"[13.361424,38.115672]" not in raw("comments")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"bbox": (13.3613, 38.1156, 13.3615, 38.1158)}, 0),
        ({"bbox": (13.3, 38.0, 13.4, 38.2)}, 1),
        ({"segment": "M1-01"}, 0),
        ({"measure": "M1"}, 1),
    ],
    ids=str,
)
def test_no_filter_finds_out_the_place(
    wanted: dict[str, Any], found: int, people: Session, town: Town, read: Read, sensitive: None
) -> None:
    speak(people, town)
    assert read("comments", **wanted)["count"] == found


@pytest.mark.parametrize("wanted", [{}, {"measure": "M1"}], ids=["kept counts", "live counts"])
def test_few_comments_are_not_counted(
    wanted: dict[str, Any], people: Session, town: Town, read: Read, sensitive: None
) -> None:
    def counts() -> list[int]:
        return [
            sum(each["properties"]["comments"] for each in read(what, **wanted)["features"])
            for what in ("cells", "segments", "measures")
        ]

    speak(people, town, LEAST - 1)
    assert counts() == [0, 0, 0]
    assert count_features(database_dsn(), Order("comments", SLUG))["cells"] == 0
    speak(people, town)
    assert counts() == [LEAST, 0, LEAST]
    speak(people, town, 2, topic="noise")
    assert counts() == [LEAST + 2, 2, LEAST + 2]


def test_few_comments_on_other_topics_are_counted(
    people: Session, town: Town, read: Read, sensitive: None
) -> None:
    speak(people, town, LEAST - 1)
    speak(people, town, topic="noise")
    (cell,) = read("cells")["features"]
    assert cell["properties"]["comments"] == 1
    assert cell["properties"]["topics"] == {"noise": 1}
