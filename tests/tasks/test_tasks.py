"""Long work runs once, says how far it is, stops when asked, and is taken up again when its worker died."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from mobility import jobs
from mobility.db import unit_of_work
from mobility.errors import Conflict
from mobility.extensions import db
from mobility.jobs import Site
from mobility.tasks.models import Task
from mobility.tasks.running import Progress, revive, run_task
from mobility.tasks.services import begin_task, cancel_task

SITE = Site("http://city.example", "secret")


def count_up(progress: Progress, task: Task) -> dict[str, int]:
    progress.tell(0.5, "counting")
    return {"counted": task.params["to"]}


def break_down(_progress: Progress, task: Task) -> None:
    if task.params.get("refused"):
        raise Conflict("not like this")
    raise RuntimeError("a secret detail")


@pytest.fixture
def work(committed: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setitem(jobs.LONG, "count", f"{__name__}:count_up")
    monkeypatch.setitem(jobs.LONG, "break", f"{__name__}:break_down")
    with committed.app_context():
        yield committed
        db.session.close()


def begin(kind: str, **params: object) -> int:
    with unit_of_work() as session:
        return begin_task(session, kind=kind, params=params).id


def look(task_id: int) -> Task:
    db.session.rollback()
    return db.session.get_one(Task, task_id, populate_existing=True)


def queued() -> int:
    return int(db.session.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one())


def test_runs_once_and_keeps_its_result(work: Flask) -> None:
    before = queued()
    task_id = begin("count", to=7)
    assert queued() == before + 1
    assert run_task(db.engine, task_id) == "done"
    assert look(task_id).result == {"counted": 7}
    assert look(task_id).progress == 1
    assert run_task(db.engine, task_id) == ""


def test_is_not_queued_when_the_transaction_fails(work: Flask) -> None:
    before = queued()
    begin_task(db.session, kind="count")
    db.session.rollback()
    assert queued() == before


def test_stops_when_asked(work: Flask) -> None:
    waiting, running = begin("count", to=1), begin("count", to=1)
    with unit_of_work() as session:
        assert cancel_task(session, task=session.get_one(Task, waiting), now=datetime.now(UTC))
        session.get_one(Task, running).cancel_asked_at = datetime.now(UTC)
    assert run_task(db.engine, waiting) == ""
    assert look(waiting).state == "cancelled"
    assert run_task(db.engine, running) == "cancelled"
    assert not cancel_task(db.session, task=look(running), now=datetime.now(UTC))


def test_says_why_it_failed_and_no_secrets(work: Flask) -> None:
    refused, broken = begin("break", refused=True), begin("break")
    assert run_task(db.engine, refused) == run_task(db.engine, broken) == "failed"
    assert look(refused).fault == "not like this"
    assert look(broken).fault == ""


def test_is_taken_up_again_when_its_worker_died(work: Flask) -> None:
    task_id, now = begin("count", to=1), datetime.now(UTC)
    for attempts, state in ((1, "waiting"), (2, "failed")):
        with unit_of_work() as session:
            task = session.get_one(Task, task_id)
            task.state, task.attempts, task.beat_at = "running", attempts, now - timedelta(minutes=5)
        before = queued()
        with unit_of_work() as session:
            revive(session, now=now, site=SITE)
        assert look(task_id).state == state
        assert queued() - before == (1 if state == "waiting" else 0)
