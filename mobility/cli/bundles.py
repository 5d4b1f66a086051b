"""``mobility validate`` and ``mobility load``: city bundles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mobility.cli.context import transaction

if TYPE_CHECKING:
    from mobility.plans.bundles import Bundle

DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)


def _inspected(directory: Path) -> Bundle:
    """The bundle, after every fault was printed. Refuses a bundle with an error."""
    from mobility.plans.bundles import inspect_bundle

    bundle, faults = inspect_bundle(directory)
    for fault in faults:
        click.echo(str(fault))
    if faults.unlisted:
        click.echo(f"… and {faults.unlisted} more.")
    if bundle is None:
        raise click.ClickException(f"{faults.errors} faults to mend in {directory}. Nothing was written.")
    return bundle


@click.command()
@click.argument("directory", type=DIRECTORY)
def validate(directory: Path) -> None:
    """Check the city bundle in DIRECTORY and report every fault at once."""
    bundle = _inspected(directory)
    click.echo(f"{directory} is a valid bundle of the plan {bundle.plan.slug}.")


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
@click.option("--bundle-phases", is_flag=True, help="Take the phases of the bundle, not those of the desk.")
@click.option("--overwrite-edits", is_flag=True, help="Load also a plan that was edited at the desk.")
def load(directory: Path, move: dict[str, str], **options: bool) -> None:
    """Write the city bundle in DIRECTORY to the database, in one transaction. Safe to repeat."""
    from datetime import UTC, datetime

    from mobility.plans.bundles import load_bundle

    bundle = _inspected(directory)
    with transaction() as session:
        summary = load_bundle(
            session,
            bundle,
            moves=move,
            now=datetime.now(UTC),
            **options,
        )
    click.echo(str(summary))
