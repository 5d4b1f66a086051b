"""``mobility import``: a planner's file into a plan, and undoing the last one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile

import click

from mobility.cli.context import transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from mobility.importing.models import FileImport
    from mobility.importing.reading import LayerInfo

KINDS = ("segments", "measures", "zones", "boundary", "context", "census")
MOST_FAULTS = 50


class _Default(click.Group):
    """A group whose first word may also be what its command `file` begins with."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "-h", "--help"):
            args = ["file", *args]
        return super().parse_args(ctx, args)


SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")


class DryRun(Exception):
    """Nothing shall be kept."""


@click.group("import", cls=_Default)
def import_() -> None:
    """Load a file of a GIS into a plan: `mobility import FILE --plan … --kind …`, and undo it."""


def _pairs(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = dict(pair.split("=", 1) for pair in given if "=" in pair)
    if len(pairs) != len(given):
        raise click.BadParameter("write it as FIELD=VALUE, such as street=nome_via or title:it=titolo")
    return pairs


@import_.command("file")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--plan", required=True, metavar="SLUG", help="The plan to load into.")
@click.option("--kind", required=True, type=click.Choice(KINDS), help="What the file holds.")
@click.option("--layer", help="Its layer; needed when the file has several.")
@click.option("--crs", help="Its coordinate system, such as EPSG:3004; overrules what the file says.")
@click.option("--map", "mapping", multiple=True, callback=_pairs, metavar="FIELD=COLUMN")
@click.option("--default", "defaults", multiple=True, callback=_pairs, metavar="FIELD=VALUE", help="For all.")
@click.option("--id", "stable", default="", metavar="COLUMN", help="The column with a stable id.")
@click.option("--cut", is_flag=True, help="Cut long lines at crossings.")
@click.option("--missing", type=click.Choice(["keep", "measures", "all"]), default="keep", show_default=True)
@click.option("--skip-errors", is_flag=True, help="Leave out features with errors.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def import_file(file: Path, plan: str, **wish: Any) -> None:
    """Load FILE into a plan, in one transaction. Fields that are not mapped are recognised by name."""
    try:
        with _whole(file) as whole, transaction() as session:
            job = _compared(session, whole, plan, wish)
            _tell(session, job)
            if wish["dry_run"]:
                raise DryRun
            _load(session, job, skip=wish["skip_errors"])
    except DryRun:
        click.echo("Dry run: nothing was changed.")
    else:
        click.echo("Loaded.")


@contextmanager
def _whole(file: Path) -> Iterator[Path]:
    """The file; for a shapefile one ZIP with the parts that lie beside it, as the page packs them."""
    beside = [each for each in sorted(file.parent.glob("*")) if each.stem == file.stem]
    parts = [each for each in beside if each.suffix.lower() in SHAPEFILE]
    if file.suffix.lower() != ".shp" or len(parts) < 2:
        yield file
        return
    with TemporaryDirectory() as folder:
        whole = Path(folder) / f"{file.stem}.zip"
        with ZipFile(whole, "w", ZIP_DEFLATED) as packed:
            for part in parts:
                packed.write(part, part.name)
        yield whole


@import_.command("undo")
@click.option("--plan", required=True, metavar="SLUG", help="The plan whose last load is undone.")
def undo(plan: str) -> None:
    """Undo the last load of a plan; what people said meanwhile is kept."""
    from sqlalchemy import select

    from mobility.importing.models import FileImport
    from mobility.importing.undoing import undo_import
    from mobility.plans.queries import find_plan

    with transaction() as session:
        found, _city = find_plan(session, slug=plan, drafts=lambda _plan_id: True)
        query = select(FileImport).where(FileImport.plan_id == found.id, FileImport.state == "loaded")
        job = session.scalars(query.order_by(FileImport.loaded_at.desc())).first()
        if job is None:
            raise click.ClickException("There is no load to undo.")
        name = job.name
        done = undo_import(session, job, account_id=None, now=datetime.now(UTC))
    click.echo(f"{name}: undone. " + ", ".join(f"{count} {what}" for what, count in done.items()))


def _compared(session: Session, file: Path, slug: str, wish: dict[str, Any]) -> FileImport:
    """The import, compared with the plan. Raises Refusals for a file that needs a choice."""
    from sqlalchemy import select

    from mobility.importing.jobs import as_json
    from mobility.importing.models import FileImport
    from mobility.importing.preparing import box_of, prepare
    from mobility.importing.reading import inspect_file
    from mobility.importing.services import Mapped, settle_mapping
    from mobility.plans.models import Plan
    from mobility.plans.queries import find_plan

    plan, _city = find_plan(session, slug=slug, drafts=lambda _plan_id: True)
    found = inspect_file(file, file.name, place=box_of(session, plan.id))
    layer = _layer(found.layers, wish["layer"])
    _check_crs(layer, wish["crs"])
    now = datetime.now(UTC)
    job = FileImport(
        plan_id=plan.id, name=file.name, size=file.stat().st_size, state="preview", layer=layer.name,
        crs=wish["crs"], inspection=as_json(found), created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(job)
    session.flush()
    options = {"id": wish["stable"], "cut": wish["cut"], "missing": wish["missing"]}
    mapped = Mapped(wish["kind"], wish["mapping"], wish["defaults"], options)
    settle_mapping(session, job=job, plan=plan, mapped=mapped, now=now, suggest=True)
    prepare(session, job, file, lambda _part, _code: None)
    revision = session.scalar(select(Plan.revision).where(Plan.id == plan.id))
    job.summary = {**job.summary, "revision": revision}
    job.state = "preview"
    session.flush()
    return job


def _layer(layers: tuple[LayerInfo, ...], wanted: str | None) -> LayerInfo:
    named = [layer for layer in layers if wanted in (None, layer.name)]
    if len(named) != 1:
        names = ", ".join(layer.name for layer in layers)
        raise click.ClickException(f"Say which layer with --layer. The file has: {names}")
    return named[0]


def _check_crs(layer: LayerInfo, given: str | None) -> None:
    if given or layer.crs is None or not layer.geometry_types:
        return
    if layer.crs.code is None or not layer.crs.plausible:
        guesses = "; ".join(
            f"{guess.code} ({guess.name}): {guess.distance_km:.0f} km from the plan"
            for guess in layer.crs.candidates
        )
        raise click.ClickException(f"Say its coordinate system with --crs. The data would lie at: {guesses}")


def _tell(session: Session, job: FileImport) -> None:
    """The summary and every fault."""
    from sqlalchemy import select

    from mobility.importing.kinds import ALL
    from mobility.importing.models import ImportFeature
    from mobility.importing.wording import fault_text, operation_text

    if ALL[str(job.kind)].dimensions:
        click.echo(operation_text(job.operation))
    counts = ", ".join(f"{n} {change}" for change, n in sorted(job.summary["changes"].items()))
    click.echo(f"{job.name}: {counts or 'nothing'}")
    wrong = select(ImportFeature).where(ImportFeature.import_id == job.id, ImportFeature.faults != [])
    found = session.scalars(wrong.order_by(ImportFeature.position).limit(MOST_FAULTS + 1)).all()
    for line in found[:MOST_FAULTS]:
        for fault in line.faults:
            click.echo(f"  {line.number or line.code}: {fault['level']}: {fault_text(fault)}")
    if len(found) > MOST_FAULTS:
        click.echo("  … and more.")


def _load(session: Session, job: FileImport, *, skip: bool) -> None:
    from mobility.importing.loading import load_import
    from mobility.importing.services import leave_errors_out

    now = datetime.now(UTC)
    if skip:
        click.echo(f"{leave_errors_out(session, job=job, now=now)} features with errors are left out.")
    load_import(session, job, account_id=None, now=now, tell=lambda _part, _code: None)
