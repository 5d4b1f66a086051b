"""``mobility work``: send messages and run the periodic jobs until interrupted."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from mobility.cli.context import served_database
from mobility.settings import load_settings
from mobility.tasks.services import NAME as LONG_NAME
from mobility.tasks.services import QUEUE as LONG_QUEUE

if TYPE_CHECKING:
    from flask import Flask
    from procrastinate import App

    from mobility.jobs import Job, Site

EVERY = 5.0
"""Seconds after which messages are looked for even when nobody has called."""
MAILBOX_EVERY = 60.0
"""Seconds between two looks into the mailbox."""
REST = 2.0
"""Seconds of rest when the database does not answer."""


@click.command()
@click.option("--beside", type=int, metavar="PID", help="End when this process has ended.")
def work(beside: int | None) -> None:
    """Send e-mail, digests and notices, and clean up, until interrupted. Several may run at once."""
    from mobility.app import create_app

    app = create_app(database_url=served_database())
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    parts = [
        threading.Thread(target=keep_on, args=(app, ended, send_mail), daemon=True),
        threading.Thread(target=keep_on, args=(app, ended, run_jobs), daemon=True),
        threading.Thread(target=keep_on, args=(app, ended, tell_others), daemon=True),
    ]
    if load_settings().imap_url.get_secret_value():
        parts.append(threading.Thread(target=keep_on, args=(app, ended, read_mail), daemon=True))
    for part in parts:
        part.start()
    while not ended.wait(0.5):
        if beside and os.getppid() != beside:
            ended.set()
    for part in parts:
        part.join(timeout=10)


def start_beside(environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """A worker as a child of this process; it ends with it."""
    command = [sys.executable, "-m", "mobility.cli", "work", "--beside", str(os.getpid())]
    return subprocess.Popen(command, env=environment)  # noqa: S603 (our own program)


def keep_on(app: Flask, ended: threading.Event, part: Callable[[Flask, threading.Event], None]) -> None:
    """Runs a part of the worker; when it fails, as while the database restarts, begins again after a rest."""
    while not ended.is_set():
        try:
            part(app, ended)
        except Exception:
            app.logger.exception("the worker begins again")
            ended.wait(REST)


def send_mail(app: Flask, ended: threading.Event) -> None:
    """Sends what is due, at once when somebody queues a message, and every few seconds in any case."""
    import psycopg

    from mobility.mail.post import open_post
    from mobility.mail.sending import send_due
    from mobility.mail.services import CHANNEL

    settings = load_settings()
    post = open_post(settings.smtp_url.get_secret_value(), app.config["MAIL_DIR"])
    with psycopg.connect(dsn(app), autocommit=True) as ear:
        ear.execute(f"LISTEN {CHANNEL}")
        while not ended.is_set():
            with app.app_context():
                send_due(post, sender=settings.mail_from, now=datetime.now(UTC))
            until = time.monotonic() + EVERY
            while not ended.is_set() and time.monotonic() < until:
                if list(ear.notifies(timeout=0.5, stop_after=1)):
                    break


def tell_others(app: Flask, ended: threading.Event) -> None:
    """Sends what waits for webhooks, every few seconds."""
    from mobility.webhooks.delivering import send_due

    while not ended.is_set():
        with app.test_request_context(base_url=app.config["BASE_URL"]):
            send_due(site_of(app), clock=lambda: datetime.now(UTC))
        ended.wait(REST)


def read_mail(app: Flask, ended: threading.Event) -> None:
    """Reads answers of offices from their mailbox, every minute."""
    from mobility.answers.mailbox import read_mailbox
    from mobility.answers.receiving import receive_message

    def take(raw: bytes) -> None:
        with app.test_request_context(base_url=app.config["BASE_URL"]):
            receive_message(raw, site=site_of(app), now=datetime.now(UTC))

    while not ended.is_set():
        read_mailbox(load_settings().imap_url.get_secret_value(), take)
        ended.wait(MAILBOX_EVERY)


def run_jobs(app: Flask, ended: threading.Event) -> None:
    """The periodic jobs, each at its hours, once for all workers together."""
    asyncio.run(_run_queue(queue(app), ended))


async def _run_queue(jobs: App, ended: threading.Event) -> None:
    async with jobs.open_async():
        workers = [
            asyncio.create_task(
                jobs.run_worker_async(
                    queues=[name],
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=8,
                )
            )
            for name in ("periodic", LONG_QUEUE)
        ]
        while not ended.is_set() and not any(worker.done() for worker in workers):
            await asyncio.sleep(0.5)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=ended.is_set())


def queue(app: Flask) -> App:
    """The queue of the periodic jobs, kept in the platform's own database."""
    from procrastinate import App, PsycopgConnector

    from mobility.jobs import PERIODIC

    jobs = App(connector=PsycopgConnector(conninfo=dsn(app), min_size=1, max_size=3))
    for job in PERIODIC:
        task = jobs.task(name=job.name, queue="periodic", queueing_lock=job.name)(_runner(app, job))
        jobs.periodic(cron=job.hours)(task)
    jobs.task(name=LONG_NAME, queue=LONG_QUEUE)(_long_runner(app))
    return jobs


def _long_runner(app: Flask) -> Callable[[int], None]:
    def run(task_id: int) -> None:
        from mobility.extensions import db
        from mobility.tasks.running import run_task

        with app.test_request_context(base_url=app.config["BASE_URL"]):
            run_task(db.engine, task_id)

    return run


def _runner(app: Flask, job: Job) -> Callable[[int], None]:
    def run(timestamp: int) -> None:  # noqa: ARG001 (the queue says for which moment; jobs look at the clock)
        run_job(app, job, now=datetime.now(UTC))

    return run


def run_job(app: Flask, job: Job, *, now: datetime) -> None:
    """One job in one unit of work, with addresses made as for a visitor of the public address."""
    from mobility.db import unit_of_work

    site = site_of(app)
    with app.test_request_context(base_url=site.base_url), unit_of_work() as session:
        job.function()(session, now=now, site=site)


def site_of(app: Flask) -> Site:
    """What jobs know of the installation."""
    from mobility.jobs import Site

    return Site(
        app.config["BASE_URL"],
        str(app.secret_key),
        app.config["OUTGOING_HOSTS"],
        app.config["MAIL_ANSWERS"],
    )


def dsn(app: Flask) -> str:
    """The database's address as psycopg wants it."""
    url = str(app.config["SQLALCHEMY_ENGINES"]["default"]["url"])
    return url.replace("postgresql+psycopg://", "postgresql://")
