"""``mobility thin``: leave only the counts of votes when their retention is over."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from mobility.cli.context import transaction
from mobility.settings import load_settings


@click.command()
@click.argument("plan")
@click.option("--yes", is_flag=True, help="Do it. Without it the command only says what it would destroy.")
def thin(plan: str, yes: bool) -> None:
    """Destroy the single votes of people in PLAN and keep their counts, as the privacy notice promises.

    PLAN is concluded or archived, and the days of MOBILITY_VOTE_RETENTION_DAYS have passed since. Results do
    not change; votes of groups and comments stay. It cannot be undone.
    """
    from mobility.personal.thinning import look_at, thin_votes

    days, now = load_settings().vote_retention_days, datetime.now(UTC)
    with transaction() as session:
        if not yes:
            _plan, found = look_at(session, slug=plan, days=days, now=now)
            click.echo(f"{found.votes} single votes and {found.earlier} earlier ones would be destroyed.")
            click.echo("Nothing was changed. Give --yes to do it. It cannot be undone.")
            return
        done = thin_votes(session, slug=plan, days=days, now=now)
    click.echo(f"{done.votes} single votes and {done.earlier} earlier ones are destroyed.")
    click.echo(f"{done.counts} counts remain.")
    click.echo(f"{done.identities} fingerprints of verified identities are emptied.")
