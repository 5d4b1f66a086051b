"""``mobility validate`` and ``mobility load``: city bundles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mobility.cli.context import transaction

if TYPE_CHECKING:
    from mobility.plans.bundles import Fault

DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)


def _tell(faults: list[Fault]) -> int:
    """Prints every fault; returns how many of them stop a load."""
    for fault in faults:
        click.echo(str(fault))
    return sum(fault.severity == "error" for fault in faults)


@click.command()
@click.argument("directory", type=DIRECTORY)
def validate(directory: Path) -> None:
    """Check the city bundle in DIRECTORY and report every fault at once."""
    from mobility.plans.bundles import validate_bundle

    errors = _tell(validate_bundle(directory))
    if errors:
        raise click.ClickException(f"{errors} faults to mend in {directory}. Nothing was written.")
    click.echo(f"{directory} is a valid bundle.")


def _pairs(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    moves = dict(pair.split("=", 1) for pair in given if "=" in pair)
    if len(moves) != len(given):
        raise click.BadParameter("write it as OLD=NEW, such as P1-03=P1-04")
    return moves


@click.command()
@click.argument("directory", type=DIRECTORY)
@click.option("--retire-missing", is_flag=True, help="Keep segments that left the bundle, with their votes.")
@click.option(
    "--move", multiple=True, metavar="OLD=NEW", callback=_pairs, help="Move votes to another segment."
)
@click.option("--open-now", is_flag=True, help="Shift the phases so that one for comments and votes is open.")
def load(directory: Path, retire_missing: bool, move: dict[str, str], open_now: bool) -> None:
    """Write the city bundle in DIRECTORY to the database, in one transaction. Safe to repeat."""
    from datetime import UTC, datetime

    from mobility.plans.bundles import load_bundle, read_bundle, validate_bundle

    errors = _tell(validate_bundle(directory))
    if errors:
        raise click.ClickException(f"{errors} faults to mend in {directory}. Nothing was written.")
    with transaction() as session:
        summary = load_bundle(
            session,
            read_bundle(directory),
            retire_missing=retire_missing,
            moves=move,
            open_now=open_now,
            now=datetime.now(UTC),
        )
    click.echo(str(summary))
