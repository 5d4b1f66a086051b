"""``mobility db``, ``mobility migrate`` and ``mobility recount``."""

from __future__ import annotations

import os
import shutil

import click

from mobility import embedded
from mobility.cli.context import application, reachable_database, renew_rights, transaction
from mobility.settings import load_settings


@click.group()
def db() -> None:
    """The database: the private cluster in var/pg, or the one in MOBILITY_DATABASE_URL."""


def _embedded_only() -> None:
    if load_settings().database_url:
        raise click.ClickException(
            "MOBILITY_DATABASE_URL names a server that this command does not manage. "
            "Unset it to use the private cluster."
        )


@db.command()
def start() -> None:
    """Start the private cluster; make it first when there is none."""
    _embedded_only()
    reachable_database()
    _tell(embedded.status())


@db.command()
def stop() -> None:
    """Stop the private cluster. Nothing that was saved is lost."""
    _embedded_only()
    click.echo("The database is stopped." if embedded.stop() else "The database was not running.")


@db.command()
def status() -> None:
    """Say whether the private cluster runs, where it lives and how to reach it. Exit 3: it does not run."""
    _embedded_only()
    now = embedded.status()
    _tell(now)
    if not now.running:
        raise SystemExit(3)


@db.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(yes: bool) -> None:
    """Throw the private cluster away, with everything in it."""
    _embedded_only()
    if not yes:
        click.confirm("All plans, comments, votes and accounts in it will be lost. Continue?", abort=True)
    where = embedded.remove()
    click.echo(f"The database in {where} is gone.")


def _tell(now: embedded.Status) -> None:
    state = f"running (pid {now.pid})" if now.running else "not running"
    click.echo(f"State:    {state}")
    click.echo(f"Place:    {now.home.directory}")
    if now.home.reason:
        click.echo(f"          {now.home.reason}")
    click.echo(f"Version:  PostgreSQL {now.version}" if now.version else "Version:  not made yet")
    click.echo(f"Log:      {now.home.log}")
    click.echo(f"Address:  {now.url}")


@db.command()
def shell() -> None:
    """Open psql on the database."""
    url = reachable_database().replace("postgresql+psycopg://", "postgresql://")
    psql = shutil.which("psql") or embedded.program("psql")
    os.execv(psql, [psql, url])  # noqa: S606 (this process becomes psql)


@db.command()
@click.argument("role")
def grant(role: str) -> None:
    """Let the application connect as ROLE: it may read and write rows, but not change the audit log.

    Run it as the owner of the tables. `mobility migrate` renews these rights afterwards.
    """
    import psycopg

    from mobility.rights import grant_rights

    try:
        grant_rights(reachable_database(), [role])
    except psycopg.errors.UndefinedObject as error:
        raise click.ClickException(
            f"There is no role '{role}'. Make it first: CREATE ROLE {role} LOGIN PASSWORD '…';"
        ) from error
    click.echo(
        f"The role {role} may read and write rows. It may add lines to the audit log, not change them."
    )


@db.command("check-rights")
def check_rights() -> None:
    """Say whether the role that serves the application could change the audit log. Exit 1: it could."""
    import psycopg

    from mobility.cli.context import served_database
    from mobility.rights import can_change_log, plain

    with psycopg.connect(plain(served_database())) as connection:
        role = connection.info.user
        if can_change_log(connection):
            raise click.ClickException(
                f"The role {role} could change the audit log. Serve with another role: "
                "mobility db grant ROLE, as docs/operations.md says."
            )
    click.echo(f"The role {role} can add lines to the audit log and cannot change them.")


@click.command()
def migrate() -> None:
    """Bring the database's tables to the newest version. Safe to repeat."""
    from psycopg.errors import InsufficientPrivilege
    from sqlalchemy.exc import ProgrammingError

    from mobility.extensions import alembic

    with application():
        before = alembic.migration_contexts["default"].get_current_heads()
        try:
            alembic.upgrade()
        except ProgrammingError as error:
            if not isinstance(error.orig, InsufficientPrivilege):
                raise
            raise click.ClickException(
                "This role may not change the tables. Run the command as their owner."
            ) from error
        after = alembic.migration_contexts["default"].get_current_heads()
    renew_rights(reachable_database())
    click.echo(f"The tables are at revision {', '.join(after)}" + (" already." if before == after else "."))


@click.command()
@click.argument("plan", required=False)
@click.option("--all", "everything", is_flag=True, help="Every plan.")
@click.option("--repair", is_flag=True, help="Replace the kept counts by the true ones where they differ.")
def recount(plan: str | None, everything: bool, repair: bool) -> None:
    """Prove that the kept counts of PLAN equal its votes and comments, counted one by one.

    Exit status 1 when a count differs.
    """
    if bool(plan) == everything:
        raise click.UsageError("Name one PLAN, or give --all.")
    from mobility.consultation.counting import recount as count_again

    with transaction() as session:
        differences = count_again(session, plan=plan, repair=repair)
    for line in differences:
        click.echo(line)
    if differences and not repair:
        raise click.ClickException(f"{len(differences)} counts differ. Give --repair to mend them.")
    click.echo("All counts are exact." if not differences else f"{len(differences)} counts mended.")
