"""What every command needs: the database's address, the application's context, a progress bar."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from mobility.settings import load_settings

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session


def reachable_database() -> str:
    """The address of the database; starts the embedded cluster when no other is named."""
    settings = load_settings()
    if settings.database_url:
        return settings.database_url
    from mobility import embedded

    where = embedded.home()
    if where.reason:
        click.echo(f"Note: {where.reason}. The database lives in {where.directory}", err=True)
    return embedded.start()


def served_database() -> str:
    """The address for the served application and its jobs, with rights up to date.

    In the embedded cluster that is a role which cannot change the audit log; a server that the settings name
    is used as it is named.
    """
    url = reachable_database()
    if load_settings().database_url:
        return url
    from mobility import embedded

    renew_rights(url)
    return embedded.application_url()


def renew_rights(url: str) -> None:
    """Gives the application's roles their rights anew, as after new tables were made."""
    from mobility import embedded
    from mobility.rights import grant_rights

    grant_rights(url, () if load_settings().database_url else (embedded.APPLICATION,))


@contextmanager
def application(*, quiet: bool = True) -> Iterator[Flask]:
    """The application with its context pushed, connected to the database; `quiet` logs warnings only."""
    from mobility.app import create_app

    app = create_app(database_url=reachable_database())
    if quiet:
        logging.getLogger().setLevel(logging.WARNING)
    with app.app_context():
        yield app


@contextmanager
def transaction() -> Iterator[Session]:
    """A session of the application that commits at the end, or changes nothing."""
    from mobility.db import unit_of_work

    with application(), unit_of_work() as session:
        yield session


@contextmanager
def progress(*, counting: bool = False) -> Iterator[Progress]:
    """A bar for long work on standard error: what, how much of how many, how long to go.

    `counting`: the end is not known, so only what is done is shown.
    """
    ends = (TimeElapsedColumn(),) if counting else (TimeRemainingColumn(),)
    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), *ends)
    with Progress(*columns, console=Console(stderr=True)) as bar:
        yield bar
