"""``mobility demo``: the whole platform with Palermo's plan, sample feedback and people to sign in as."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mobility import embedded
from mobility.accounts.demo import CLERK, CLERK_OFFICE, DOMAIN, PASSWORD, STAFF
from mobility.cli.context import application, reachable_database, served_database
from mobility.cli.serving import answers, gunicorn, require_free
from mobility.settings import ROOT, load_settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

COMMENTS, VOTES = 900, 12_000
DELEGATES = 2


@contextmanager
def _step(title: str) -> Iterator[Callable[[str], None]]:
    """Prints the step, then its outcome and the seconds it took."""
    click.echo(f"  {title} … ", nl=False)
    begun, outcome = time.perf_counter(), ""

    def done(words: str) -> None:
        nonlocal outcome
        outcome = f" ({words})"

    try:
        yield done
    except BaseException:
        click.echo("failed")
        raise
    click.echo(f"{time.perf_counter() - begun:.1f} s{outcome}")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), envvar="PORT")
@click.option("--bundle", default=ROOT / "data" / "palermo", type=click.Path(path_type=Path, file_okay=False))
@click.option("--prepare-only", is_flag=True, help="Do everything except serving.")
def demo(host: str, port: int, bundle: Path, prepare_only: bool) -> None:
    """Prepare and serve a demonstration: database, tables, plan, sample feedback, people. Safe to repeat."""
    if not prepare_only:
        require_free(host, port)
    started_here = not load_settings().database_url and not embedded.status().running
    try:
        with _step("Database") as done:
            reachable_database()
            done("private cluster" if not load_settings().database_url else "MOBILITY_DATABASE_URL")
        sign_ins = _fill(bundle)
        if not prepare_only:
            _serve(host, port, served_database(), sign_ins)
    finally:
        if started_here and not prepare_only:
            embedded.stop()


def _fill(bundle: Path) -> list[tuple[str, str]]:
    """Tables, plan, feedback and accounts; returns who may sign in: (address, who that is)."""
    from mobility.answers.sampling import sample_offices
    from mobility.db import unit_of_work
    from mobility.extensions import alembic
    from mobility.groups.sampling import sample_positions
    from mobility.insight.sampling import has_feedback, make_samples
    from mobility.plans.bundles import PlanEdited, load_bundle, read_bundle
    from mobility.screening.sampling import sample_screenings

    now = datetime.now(UTC)
    with application():
        with _step("Tables"):
            alembic.upgrade()
        with _step("Plan") as done, unit_of_work() as session:
            content = read_bundle(bundle)
            try:
                report = load_bundle(session, content, open_now=True, now=now)
                done(str(report).partition("\n")[0])
            except PlanEdited:
                done("kept as it was edited at the desk")
        slug = content.plan.slug
        with _step("Sample feedback") as done, unit_of_work() as session:
            if has_feedback(session, slug=slug):
                done("kept what is there")
            else:
                made = make_samples(session, slug=slug, comments=COMMENTS, votes=VOTES, seed=1, now=now)
                done(f"{made.comments} comments, {made.votes} votes")
        with _step("Positions of groups") as done, unit_of_work() as session:
            positions = sample_positions(session, slug=slug, now=now)
            done(f"{positions} samples" if positions else "kept what is there")
        with _step("Offices and answers") as done, unit_of_work() as session:
            sampled = sample_offices(session, slug=slug, now=now)
            done(f"{sampled.cases} cases, {sampled.answers} sample answers")
        with _step("Heritage screening") as done, unit_of_work() as session:
            grades = sample_screenings(session, slug=slug, now=now)
            done(f"{len(grades)} sample grades" if grades else "kept what is there")
        with _step("People to sign in as"), unit_of_work() as session:
            return _people(session, slug)


def _people(session: Session, slug: str) -> list[tuple[str, str]]:
    """Makes the staff, and delegates of the first groups of the plan; in the first one two must agree."""
    from sqlalchemy import select

    from mobility.accounts.models import PlanGroup, StakeholderGroup
    from mobility.accounts.services import delegate, save_account
    from mobility.answers.sampling import give_office
    from mobility.plans.models import Plan

    sign_ins: list[tuple[str, str]] = []
    for address, role in STAFF.items():
        save_account(session, email=address, name=f"Demo {role}", password=PASSWORD, role=role)
        sign_ins.append((address, role))
    give_office(session, slug=slug, address=CLERK, office=CLERK_OFFICE)
    groups = session.scalars(
        select(StakeholderGroup)
        .join(PlanGroup, PlanGroup.group_id == StakeholderGroup.id)
        .join(Plan, Plan.id == PlanGroup.plan_id)
        .where(Plan.slug == slug)
        .order_by(StakeholderGroup.id)
        .limit(DELEGATES)
    )
    for number, group in enumerate(groups):
        name = group.name.get("en") or next(iter(group.name.values()))
        people = {f"{group.slug}@{DOMAIN}": f"Delegate of {name}"}
        if number == 0:
            group.rule = "two"
            people = {
                f"{group.slug}@{DOMAIN}": f"First of two delegates of {name}",
                f"{group.slug}-2@{DOMAIN}": f"Second of two delegates of {name}",
            }
        for address, who in people.items():
            account = save_account(session, email=address, name=who, password=PASSWORD)
            delegate(session, account=account, group=group)
            sign_ins.append((address, who))
    return sign_ins


def _serve(host: str, port: int, url: str, sign_ins: list[tuple[str, str]]) -> None:
    """Runs gunicorn until it is interrupted; says where and who when it answers."""
    address = f"http://{host}:{port}"
    environment = {
        "MOBILITY_BASE_URL": address,
        "MOBILITY_DEMO": "true",
        "MOBILITY_SECOND_FACTOR": "optional",
        "MOBILITY_LOG_LEVEL": "warning",
        **os.environ,
        "MOBILITY_DATABASE_URL": url,
    }
    from mobility.cli.working import start_beside

    with _step("Server"):
        server = subprocess.Popen(gunicorn(host, port, 2, 8, reload=False), env=environment)  # noqa: S603
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        try:
            _await(server, host, port)
        except BaseException:
            server.terminate()
            raise
    worker = start_beside(environment)
    _welcome(address, sign_ins)
    while server.poll() is None:
        try:
            server.wait()
        except KeyboardInterrupt:
            server.terminate()
    worker.terminate()
    worker.wait()
    click.echo("\nThe server is stopped. Everything is kept; `make demo` continues where you left.")


def _await(server: subprocess.Popen[bytes], host: str, port: int) -> None:
    deadline = time.monotonic() + 60
    while not answers(host, port):
        if server.poll() is not None or time.monotonic() > deadline:
            raise click.ClickException("The server did not start; its own words are above.")
        time.sleep(0.1)


def _welcome(address: str, sign_ins: list[tuple[str, str]]) -> None:
    width = max(len(who) for who, _ in sign_ins)
    click.echo(f"\n  {click.style(address, bold=True)}\n\n  Sign in at {address}/sign-in")
    for who, role in sign_ins:
        click.echo(f"    {who:<{width}}   {PASSWORD}   {role}")
    click.echo("\n  All feedback in it is invented and labelled as a sample. Ctrl-C stops the server.\n")
