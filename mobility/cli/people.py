"""``mobility user``: accounts of planners, administrators and delegates."""

from __future__ import annotations

import click

from mobility.accounts.permissions import STAFF_ROLES
from mobility.cli.context import transaction


@click.group()
def user() -> None:
    """Accounts of the people who work with the platform."""


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="Shown on the desk and in the record of decisions.")
@click.option("--role", type=click.Choice([*STAFF_ROLES, "member"]), default="member")
@click.option("--group", "groups", multiple=True, metavar="SLUG", help="Let the account vote for this group.")
@click.option("--language", help="Language of the pages, such as it or en.")
@click.password_option(help="Asked for when not given; at least 12 characters.")
def add(
    email: str, name: str, role: str, groups: tuple[str, ...], language: str | None, password: str
) -> None:
    """Make the account with address EMAIL, or change it when it is there."""
    from sqlalchemy import select

    from mobility.accounts.models import StakeholderGroup
    from mobility.accounts.services import delegate, save_account

    with transaction() as session:
        account = save_account(
            session, email=email, name=name, password=password, role=role, language=language
        )
        for slug in groups:
            found = session.scalars(select(StakeholderGroup).where(StakeholderGroup.slug == slug)).all()
            if len(found) != 1:
                raise click.ClickException(f"There are {len(found)} groups called '{slug}'.")
            delegate(session, account=account, group=found[0])
    click.echo(
        f"The account {email} is ready ({role}{', votes for ' + ', '.join(groups) if groups else ''})."
    )
