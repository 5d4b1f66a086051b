"""``mobility sample`` and ``mobility export``: what people said, made up or for real."""

from __future__ import annotations

from pathlib import Path

import click

from mobility.cli.context import progress, reachable_database, transaction
from mobility.settings import load_settings

WHAT = ("comments", "segments", "measures", "cells", "zones", "everything")
FORMATS = ("geojson", "gpkg", "fgb", "csv", "kml", "xlsx")


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


def _pairs(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = dict(pair.split("=", 1) for pair in given if "=" in pair)
    if len(pairs) != len(given):
        raise click.BadParameter("write it as NAME=VALUE, such as topic=safety")
    return pairs


@click.command()
@click.argument("what", type=click.Choice(WHAT))
@click.argument("plan")
@click.option("--format", "form", type=click.Choice(FORMATS), default="geojson", show_default=True)
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--language", default="en", show_default=True, help="Language of names and descriptions.")
@click.option("--zoom", default=18, show_default=True, type=click.IntRange(12, 18), help="Size of the cells.")
@click.option(
    "--place", type=click.Choice(["lonlat", "wkt"]), help="Only one way of giving places in tables."
)
@click.option("--bom", is_flag=True, help="A byte order mark before CSV, for spreadsheets.")
@click.option(
    "--filter", "filters", multiple=True, callback=_pairs, metavar="NAME=VALUE", help="As in the URL."
)
def export(
    what: str,
    plan: str,
    form: str,
    output: Path,
    language: str,
    zoom: int,
    place: str | None,
    bom: bool,
    filters: dict[str, str],
) -> None:
    """Write WHAT of PLAN to a file, without personal data. "everything" is one GeoPackage or XLSX."""
    from mobility.consultation.filters import read_filter
    from mobility.exports.orders import EVERYTHING, Order
    from mobility.exports.orders import FORMATS as KNOWN
    from mobility.exports.services import write_export

    if what == EVERYTHING and not KNOWN[form].everything:
        raise click.UsageError("everything fits into one file of the formats gpkg and xlsx")

    order = Order(
        what=what,
        slug=plan,
        wanted=read_filter(filters),
        language=language,
        zoom=zoom,
        base_url=load_settings().base_url,
        place=place or "",
        bom=bom,
    )
    dsn = reachable_database().replace("postgresql+psycopg://", "postgresql://")
    with progress(counting=True) as bar:
        task = bar.add_task(what.capitalize(), total=None)
        size = write_export(
            dsn, order, form=form, path=output, progress=lambda n: bar.update(task, completed=n)
        )
    click.echo(f"{output}: {size} features")
