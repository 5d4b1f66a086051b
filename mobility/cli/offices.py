"""``mobility route`` and ``mobility mail``: what offices need from an operator."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from mobility.cli.context import application, progress, transaction

TRY_AGAIN = 75
"""Exit status with which a mail server keeps a message and tries again later."""


@click.command()
@click.argument("plan")
def route(plan: str) -> None:
    """Give every comment of PLAN that has no office yet to the one that is competent. Safe to repeat."""
    from sqlalchemy import select

    from mobility.answers.routes import route_all
    from mobility.errors import NotFound
    from mobility.plans.models import Plan

    with transaction() as session, progress(counting=True) as bar:
        found = session.scalar(select(Plan).where(Plan.slug == plan))
        if found is None:
            raise NotFound(f"There is no plan '{plan}'.")
        task = bar.add_task("Cases", total=None)
        made = route_all(session, plan=found, now=datetime.now(UTC), tell=lambda n: bar.advance(task, n))
    click.echo(f"{made} cases made.")


@click.group()
def mail() -> None:
    """Mail that comes in."""


@mail.command()
def receive() -> None:
    """Read one message from standard input: an answer of an office. For the pipe of a mail server."""
    from mobility.answers.receiving import receive_message
    from mobility.errors import UNREACHABLE

    raw = sys.stdin.buffer.read()
    try:
        with application() as app:
            from mobility.cli.working import site_of

            with app.test_request_context(base_url=app.config["BASE_URL"]):
                click.echo(receive_message(raw, site=site_of(app), now=datetime.now(UTC)))
    except UNREACHABLE:
        sys.exit(TRY_AGAIN)
