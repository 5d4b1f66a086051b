"""``mobility user``: accounts of the city's staff and of delegates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from mobility.accounts.permissions import ADMINISTRATOR, STAFF_ROLES
from mobility.cli.context import transaction
from mobility.settings import load_settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from mobility.accounts.models import Account


@click.group()
def user() -> None:
    """Accounts of the people who work with the platform."""


@contextmanager
def _account(email: str) -> Iterator[tuple[Session, Account]]:
    """The account with this address, in a transaction that commits at the end."""
    from mobility.accounts.staff import find_account

    with transaction() as session:
        account = find_account(session, email=email)
        if account is None:
            raise click.ClickException(f"There is no account with the address {email}.")
        yield session, account


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

    from mobility.accounts import audit, staff
    from mobility.accounts.models import StakeholderGroup
    from mobility.accounts.passwords import check_password
    from mobility.accounts.services import delegate, save_account

    check_password(password, name=name, email=email)
    with transaction() as session:
        known = staff.find_account(session, email=email)
        if known and role != ADMINISTRATOR:
            now = datetime.now(UTC)
            staff.end_role(session, account=known, role=ADMINISTRATOR, plan_id=None, by=None, now=now)
        account = save_account(
            session, email=email, name=name, password=password, role=role, language=language
        )
        account.session_version += 1
        for slug in groups:
            found = session.scalars(select(StakeholderGroup).where(StakeholderGroup.slug == slug)).all()
            if len(found) != 1:
                raise click.ClickException(f"There are {len(found)} groups called '{slug}'.")
            delegate(session, account=account, group=found[0])
        audit.record(
            session,
            action="account.save",
            subject="account",
            subject_id=account.id,
            details={"role": role, "through": "command"},
        )
    click.echo(
        f"The account {email} is ready ({role}{', votes for ' + ', '.join(groups) if groups else ''})."
    )


@user.command("list")
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1, 10_000))
def list_accounts(limit: int) -> None:
    """List the accounts with their roles, by address."""
    from sqlalchemy import func, select

    from mobility.accounts.models import Account
    from mobility.staff.queries import roles_held

    with transaction() as session:
        query = select(Account).order_by(func.lower(Account.email)).limit(limit)
        accounts = list(session.scalars(query))
        held = roles_held(session, account_ids=[each.id for each in accounts], now=datetime.now(UTC))
        for each in accounts:
            roles = [ADMINISTRATOR] if each.role == ADMINISTRATOR else []
            roles += [f"{role} ({plan.slug})" if plan else role for role, plan in held.get(each.id, [])]
            marks = [
                "closed" if not each.active else "",
                "invited" if each.invited else "",
                "second factor" if each.has_second_factor else "",
            ]
            click.echo("\t".join([each.email, ", ".join(roles) or "member", ", ".join(filter(None, marks))]))


@user.command()
@click.argument("email")
@click.option("--give", "given", multiple=True, type=click.Choice(STAFF_ROLES), help="Give this role.")
@click.option("--end", "ended", multiple=True, type=click.Choice(STAFF_ROLES), help="End this role.")
@click.option("--plan", metavar="SLUG", help="In this plan only; in every plan when not given.")
def roles(email: str, given: tuple[str, ...], ended: tuple[str, ...], plan: str | None) -> None:
    """Give roles to the account with address EMAIL, or end them."""
    from sqlalchemy import select

    from mobility.accounts import staff
    from mobility.plans.models import Plan

    with _account(email) as (session, account):
        plan_id = session.scalar(select(Plan.id).where(Plan.slug == plan)) if plan else None
        if plan and plan_id is None:
            raise click.ClickException(f"There is no plan '{plan}'.")
        for role in given:
            staff.give_role(session, account=account, role=role, plan_id=plan_id, by=None)
        for role in ended:
            now = datetime.now(UTC)
            if not staff.end_role(session, account=account, role=role, plan_id=plan_id, by=None, now=now):
                raise click.ClickException(f"{email} does not hold the role {role} there.")
    click.echo(f"The roles of {email} are changed.")


@user.command()
@click.argument("email")
def deactivate(email: str) -> None:
    """Close the account with address EMAIL: its sessions and delegations end at once."""
    from mobility.accounts import staff

    with _account(email) as (session, account):
        staff.close_account(session, account=account, by=None, now=datetime.now(UTC))
    click.echo(f"The account {email} is closed.")


@user.command()
@click.argument("email")
def reactivate(email: str) -> None:
    """Open a closed account again, with the roles it had."""
    from mobility.accounts import staff

    with _account(email) as (session, account):
        staff.open_account(session, account=account, by=None)
    click.echo(f"The account {email} is open again.")


@user.command("reset-password")
@click.argument("email")
@click.option("--show", is_flag=True, help="Print the link here instead of sending it by mail.")
def reset_password(email: str, show: bool) -> None:
    """Send a link, valid once and for 24 hours, that sets a new password for EMAIL."""
    from mobility.accounts import audit, staff
    from mobility.accounts.links import issue_link

    base_url, now = load_settings().base_url, datetime.now(UTC)
    with _account(email) as (session, account):
        if show:
            token, _purpose = issue_link(session, account=account, now=now)
            audit.record(
                session,
                action="account.send_link",
                subject="account",
                subject_id=account.id,
                details={"through": "command", "shown": True},
            )
        else:
            staff.send_reset(session, account=account, by=None, now=now, base_url=base_url)
    click.echo(f"{base_url}/password/{token}" if show else f"The link is on its way to {email}.")


@user.command("reset-second-factor")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset_second_factor(email: str, yes: bool) -> None:
    """Remove the second factor of EMAIL. The person is told by mail and sets up a new one."""
    from mobility.accounts import staff

    if not yes:
        click.confirm("Are you sure that it is really this person who asks?", abort=True)
    with _account(email) as (session, account):
        staff.reset_second_factor(session, account=account, by=None, base_url=load_settings().base_url)
    click.echo(f"The second factor of {email} is removed.")
