"""No event is lost and none is made up, while the workers that send are killed at any moment."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from mobility.db import unit_of_work
from mobility.extensions import db
from mobility.plans.models import Plan
from mobility.settings import ROOT
from tests.webhooks.conftest import say, watch
from tests.webhooks.receiver import Receiver

EVENTS, KILLS = 60, 3
PATIENCE = timedelta(seconds=60)


def start(app: Flask, var_dir: Path) -> subprocess.Popen[str]:
    url = app.config["SQLALCHEMY_ENGINES"]["default"]["url"]
    command = [sys.executable, "-m", "tests.webhooks.worker", url, str(var_dir)]
    worker = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert worker.stdout
    assert worker.stdout.readline() == "begun\n"
    return worker


@pytest.mark.concurrency
def test_killed_workers_lose_nothing(committed: Flask, receiver: Receiver, tmp_path: Path) -> None:
    dice = random.Random(5)
    with committed.app_context():
        with unit_of_work() as session:
            watch(session, receiver.url)
        plan = db.session.scalars(select(Plan).where(Plan.slug == "palermo-centro")).one()
        workers = [start(committed, tmp_path), start(committed, tmp_path)]
        comments = []
        try:
            for number in range(EVENTS):
                with unit_of_work() as session:
                    comments.append(say(session, plan, now=datetime.now(UTC)).id)
                if number % (EVENTS // KILLS) == EVENTS // KILLS // 2:
                    victim = workers.pop(0)
                    time.sleep(dice.random() * 0.05)
                    victim.send_signal(signal.SIGKILL)
                    victim.wait()
                    workers.append(start(committed, tmp_path))
            until = datetime.now(UTC) + PATIENCE
            while len(set(receiver.ids)) < EVENTS and datetime.now(UTC) < until:
                time.sleep(0.05)
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()
        db.session.rollback()
    told = [each["said"]["data"]["comment"] for each in receiver.got]
    assert list(dict.fromkeys(told)) == comments
    assert len(told) <= EVENTS + KILLS
    assert len(set(receiver.ids)) == EVENTS
