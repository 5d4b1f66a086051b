"""``mobility sample`` and ``mobility export``: what people said, made up or for real."""

from __future__ import annotations

from pathlib import Path

import click

from mobility.cli.context import application, progress, transaction

WHAT = ("comments", "segments", "measures", "cells")


@click.command()
@click.argument("plan")
@click.option("--comments", default=500, show_default=True, type=click.IntRange(0, 10_000_000))
@click.option("--votes", default=3000, show_default=True, type=click.IntRange(0, 50_000_000))
@click.option(
    "--seed", default=1, show_default=True, type=click.IntRange(0), help="Same seed, same feedback."
)
@click.option("--if-empty", is_flag=True, help="Do nothing when the plan has feedback already.")
def sample(plan: str, comments: int, votes: int, seed: int, if_empty: bool) -> None:
    """Add invented feedback to PLAN, labelled as a sample (channel "sample"), round its real segments."""
    from mobility.insight.sampling import has_feedback, make_samples

    with transaction() as session, progress() as bar:
        if if_empty and has_feedback(session, slug=plan):
            click.echo("The plan has feedback already; nothing was added.")
            return
        bars = {
            "comments": bar.add_task("Comments", total=comments),
            "votes": bar.add_task("Votes", total=votes),
        }
        made = make_samples(
            session,
            slug=plan,
            comments=comments,
            votes=votes,
            seed=seed,
            tell=lambda what, n: bar.advance(bars[what], n),
        )
    click.echo(
        f"{made.comments} comments and {made.votes} votes of {made.participants} invented people added."
    )


@click.command()
@click.argument("what", type=click.Choice(WHAT))
@click.argument("plan")
@click.option("--format", "form", type=click.Choice(["geojson"]), default="geojson", show_default=True)
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
def export(what: str, plan: str, form: str, output: Path) -> None:
    """Write WHAT of PLAN to a file, without personal data."""
    from mobility.exports.services import write_export

    with application():
        size = write_export(what=what, slug=plan, form=form, path=output)
    click.echo(f"{output}: {size} features")
