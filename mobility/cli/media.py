"""``mobility purge-media``: photos that were never sent, and files that wait to be removed."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from mobility.cli.context import transaction


@click.command("purge-media")
def purge_media() -> None:
    """Remove photos whose form was not sent for a day, and files that no comment has any longer."""
    from mobility.media.services import purge

    total = 0
    while True:
        with transaction() as session:
            found = purge(session, now=datetime.now(UTC))
        total += found
        if not found:
            break
    click.echo(f"{total} photos that were never sent are removed.")
