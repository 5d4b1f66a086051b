"""Files leave in blocks, from one state of the database, and nothing works on for a client that has gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import ReadOnlySqlTransaction
from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.errors import NotFound
from mobility.exports.services import Order, database_dsn, file_name, stream_geojson, write_export
from mobility.exports.streaming import BLOCK, Counter, blocks, copied, snapshot
from tests.exports.town import SLUG, Town, add_comment

FEATURES = [f',{{"n":{number}}}\n'.encode() for number in range(1000)]
BUSY = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE application_name = 'mobility export' AND datname = current_database()"
)


def test_blocks_make_one_document_whatever_their_size() -> None:
    for size in (1, 100, 10**6):
        parts = list(blocks(b'{"features":[', FEATURES, Counter(), size))
        document = json.loads(b"".join(parts))
        assert document == {"features": [{"n": number} for number in range(1000)], "count": 1000}
        assert (len(parts) > 1) is (size < 10**6)


def test_blocks_are_not_collected_beyond_their_size() -> None:
    taken = 0

    def rows() -> Iterator[bytes]:
        nonlocal taken
        for row in FEATURES:
            taken += 1
            yield row

    first = next(blocks(b"", rows(), Counter(), 500))
    assert 500 <= len(first) < 600
    assert taken < 100


def test_nothing_is_still_a_document() -> None:
    assert json.loads(b"".join(blocks(b'{"features":[', [], Counter()))) == {"features": [], "count": 0}


@pytest.fixture
def many(people: Session, town: Town) -> None:
    """Two thousand comments of 500 characters: about 1.5 MB of features."""
    comment = add_comment(people, town, "x" * 500)
    people.execute(
        text(
            "INSERT INTO comment (plan_id, phase_id, topic_id, stance, text, geom, place, language, receipt,"
            " idempotency_key) SELECT plan_id, phase_id, topic_id, stance, text, geom, place, language,"
            " 'R' || i, gen_random_uuid() FROM comment, generate_series(2, 2000) AS i WHERE id = :id"
        ),
        {"id": comment.id},
    )
    people.commit()


def test_a_large_file_comes_in_blocks(many: None) -> None:
    counter = Counter()
    parts = list(stream_geojson(database_dsn(), Order("comments", SLUG), counter))
    assert len(parts) > 10
    assert max(len(part) for part in parts) < BLOCK + 2000
    assert counter.n == json.loads(b"".join(parts))["count"] == 2000


def test_leaving_early_ends_the_query_and_the_connection(many: None, people: Session) -> None:
    parts = stream_geojson(database_dsn(), Order("comments", SLUG))
    next(parts)
    assert people.scalar(text(BUSY)) == 1
    parts.close()
    people.rollback()
    for _ in range(50):
        if not people.scalar(text(BUSY)):
            return
        people.execute(text("SELECT pg_sleep(0.1)"))
        people.rollback()
    pytest.fail("the export's connection is still there")


def test_a_file_shows_one_state_of_the_database(many: None, people: Session, town: Town) -> None:
    parts = stream_geojson(database_dsn(), Order("comments", SLUG))
    first = next(parts)
    add_comment(people, town, "too late")
    people.commit()
    assert json.loads(first + b"".join(parts))["count"] == 2000


def test_the_connection_cannot_write(town: Town) -> None:
    with snapshot(database_dsn()) as connection, pytest.raises(ReadOnlySqlTransaction):
        connection.execute("DELETE FROM comment")


def test_values_stay_values(town: Town) -> None:
    hostile = "'); DROP TABLE comment; --\\"
    with snapshot(database_dsn()) as connection:
        rows = b"".join(
            bytes(row) for row in copied(connection, "SELECT %(typed)s::text", {"typed": hostile})
        )
    assert rows.decode() == hostile + "\n"


def test_unknown_plans_and_drafts_are_refused_before_the_first_byte(people: Session, town: Town) -> None:
    with pytest.raises(NotFound):
        next(stream_geojson(database_dsn(), Order("comments", "nowhere")))
    people.execute(text("UPDATE plan SET status = 'draft' WHERE id = :plan"), {"plan": town.plan})
    people.commit()
    with pytest.raises(NotFound):
        next(stream_geojson(database_dsn(), Order("segments", SLUG)))
    assert next(stream_geojson(database_dsn(), Order("segments", SLUG, staff=True)))


def test_the_name_of_a_file_carries_the_day_in_the_city(town: Town) -> None:
    from datetime import UTC, datetime

    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert (
        file_name(database_dsn(), Order("comments", SLUG, now=late)) == f"{SLUG}-comments-2026-11-24.geojson"
    )


def test_writing_to_a_path_tells_the_progress(many: None, tmp_path: Path) -> None:
    told: list[int] = []
    path = tmp_path / "comments.geojson"
    size = write_export(
        database_dsn(), Order("comments", SLUG), form="geojson", path=path, progress=told.append
    )
    assert size == json.loads(path.read_bytes())["count"] == told[-1] == 2000
    assert told == sorted(told)
    assert [entry.name for entry in tmp_path.iterdir()] == ["comments.geojson"]


def test_a_failed_export_leaves_the_old_file_alone(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "comments.geojson"
    path.write_text("old")
    with pytest.raises(NotFound):
        write_export(database_dsn(), Order("comments", "nowhere"), form="geojson", path=path)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["comments.geojson"]


def test_two_files_of_the_same_state_are_the_same(many: None, raw: Callable[..., bytes]) -> None:
    first, second = (raw("comments").partition(b'"features"')[2] for _ in range(2))
    assert first == second


def test_a_lost_database_is_an_error_not_a_short_file() -> None:
    with pytest.raises(psycopg.OperationalError):
        next(stream_geojson("postgresql:///nothing?host=/nonexistent", Order("comments", SLUG)))
