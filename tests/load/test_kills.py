"""Fifty people write while server and database are killed: what was acknowledged is there once.

The short round is part of every test run; `make load` runs ten rounds and prints its figures.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from mobility.accounts.services import token_hash
from mobility.consultation.counting import recount
from tests.load.house import House
from tests.load.writers import Writer

WRITERS = 50
SUBJECTS = ["P1-01", "P1-02", "P1-03", "P1-04"]
TRAFFIC = 1.5
"""Seconds of undisturbed writing between two kills."""
LAST_PATIENCE = 120.0

COMMENTS = "SELECT idempotency_key::text AS key, count(*) AS n FROM comment GROUP BY 1"
VOTES = """
SELECT k.token_hash, s.code, v.position
FROM vote v JOIN segment s ON s.id = v.segment_id
JOIN participant_token k ON k.participant_id = v.participant_id
"""
RECEIPTS = "SELECT receipt FROM comment"


@pytest.fixture
def house() -> Iterator[House]:
    """An installation in a directory of its own, gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="mobility-load-"))
    directory.chmod(0o711)
    found = House(directory)
    try:
        found.load()
        found.start_server()
        found.wait()
        yield found
    finally:
        found.close()
        shutil.rmtree(directory, ignore_errors=True)


def break_things(house: House, rounds: int) -> int:
    """Each round kills the server, then the database; returns the number of kills."""
    for _round in range(rounds):
        time.sleep(TRAFFIC)
        house.kill_server()
        house.start_server()
        house.wait()
        time.sleep(TRAFFIC)
        house.kill_database()
        time.sleep(0.3)
        house.start_database()
        house.wait()
    time.sleep(TRAFFIC)
    return 2 * rounds


def write_through(house: House, rounds: int) -> tuple[list[Writer], int]:
    """The writers after everything they sent was acknowledged, and how often something was killed."""
    stop = threading.Event()
    writers = [Writer(number, house.port, SUBJECTS, stop, pace=1.0) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    kills = break_things(house, rounds)
    stop.set()
    for writer in writers:
        writer.join(LAST_PATIENCE)
    assert [writer.number for writer in writers if writer.is_alive()] == []
    assert [fault for writer in writers for fault in writer.ledger.faults] == [], house.said()
    return writers, kills


def check(house: House, writers: list[Writer]) -> None:
    """The database holds what every ledger says, once, and its counts are those of a full recount."""
    engine = create_engine(house.url)
    with Session(engine) as session:
        kept = {row.key: row.n for row in session.execute(text(COMMENTS))}
        assert kept == {key: 1 for writer in writers for key in writer.ledger.receipts}
        codes = {row.receipt for row in session.execute(text(RECEIPTS))}
        told = [address for writer in writers for address in writer.ledger.receipts.values()]
        assert {address.split("/receipts/")[1][:14].replace("-", "") for address in told} == codes
        live = {(bytes(row.token_hash), row.code): row.position for row in session.execute(text(VOTES))}
        said = {
            (token_hash(writer.cookies["participant"]), code): position
            for writer in writers
            for code, position in writer.ledger.votes.items()
            if position is not None
        }
        assert live == said
        assert [str(difference) for difference in recount(session)] == []
        speakers = session.scalar(text("SELECT count(*) FROM participant"))
        assert speakers == len(writers)
    engine.dispose()


def tell(writers: list[Writer], kills: int, seconds: float) -> str:
    acknowledged: Counter[str] = sum((writer.ledger.acknowledged for writer in writers), Counter())
    retries: Counter[str] = sum((writer.ledger.retries for writer in writers), Counter())
    return (
        f"{len(writers)} writers, {kills} kills, {seconds:.0f} s: "
        f"{acknowledged.total()} acknowledged {dict(acknowledged)}, {retries.total()} retries {dict(retries)}"
    )


@pytest.mark.parametrize(
    "rounds", [pytest.param(1, id="short"), pytest.param(10, id="long", marks=pytest.mark.load)]
)
def test_nothing_is_lost_and_nothing_twice(
    rounds: int, house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = time.monotonic()
    writers, kills = write_through(house, rounds)
    check(house, writers)
    with capsys.disabled():
        sys.stderr.write(f"\n{tell(writers, kills, time.monotonic() - begun)}\n")
    assert sum(writer.ledger.acknowledged.total() for writer in writers) > WRITERS
