"""No message is lost and none is made twice, while many write and the workers are killed at any moment."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from mobility.extensions import db
from mobility.settings import ROOT
from tests.notices.conftest import People

pytestmark = pytest.mark.concurrency
WRITERS, COMMENTS, FOLLOWERS, KILLS = 4, 5, 3, 4
PATIENCE = 120.0


def start(app: Flask, sink: Any, var_dir: Path) -> subprocess.Popen[str]:
    url = app.config["SQLALCHEMY_ENGINES"]["default"]["url"]
    command = [sys.executable, "-m", "tests.notices.worker", url, sink.url, str(var_dir)]
    worker = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert worker.stdout
    assert worker.stdout.readline() == "begun\n"
    return worker


def waiting(app: Flask) -> int:
    """Pairs that are still to be told, and messages still to be sent."""
    with app.app_context():
        statement = text("""
            SELECT (SELECT count(*) FROM happening) * :followers
                 - (SELECT count(*) FROM notice WHERE told_at IS NOT NULL)
                 + (SELECT count(*) FROM mail_message WHERE state <> 'sent')
        """)
        return int(db.session.execute(statement, {"followers": FOLLOWERS}).scalar_one())


def hurry(app: Flask) -> None:
    """What a mail server put off is tried again at once, not in minutes."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(
            text("UPDATE mail_message SET due_at = now() WHERE state = 'waiting' AND due_at > now()")
        )


def test_every_pair_arrives_and_each_message_is_one(
    committed: Flask, people: People, sink: Any, tmp_path: Path
) -> None:
    chance = random.Random(7)
    for n in range(FOLLOWERS):
        people.follow(people.person(f"follower{n}"))

    def write() -> None:
        for _ in range(COMMENTS):
            people.comment(None)
            time.sleep(chance.random() * 0.2)

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    sink.answers = ["451 later"] * 3
    for _ in range(KILLS):
        worker = start(committed, sink, tmp_path)
        time.sleep(chance.random() * 0.8)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    for writer in writers:
        writer.join()
    helpers = [start(committed, sink, tmp_path) for _ in range(2)]
    deadline = time.monotonic() + PATIENCE
    while waiting(committed) and time.monotonic() < deadline:
        hurry(committed)
        time.sleep(0.2)
    for worker in helpers:
        worker.kill()
        worker.wait()
    pairs = WRITERS * COMMENTS * FOLLOWERS
    by_id = Counter(sink.ids())
    assert len(by_id) == pairs, "every pair has its own message, and each arrived"
    assert sum(by_id.values()) - pairs <= KILLS, "a second copy only where a worker died, with the same id"
    told = Counter(
        (to, str(message.get_content()).split("comments/")[1].split()[0]) for to, message in sink.taken
    )
    assert len(told) == pairs
