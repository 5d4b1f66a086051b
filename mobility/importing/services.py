"""The steps of an import as a planner takes them. Long work is a task; each step can be left and resumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.errors import Conflict, Invalid
from mobility.importing.kinds import ALL, Field, Kind, parts
from mobility.importing.mapping import columns_hash, fitting, suggest_id
from mobility.importing.mapping import suggest as suggest_by_name
from mobility.importing.models import FileImport, ImportFeature, ImportMemory
from mobility.importing.queries import BUSY as BUSY_TEXT
from mobility.importing.queries import column_names, layer_of
from mobility.importing.wording import field_label
from mobility.media.models import FileRemoval
from mobility.plans.models import Plan
from mobility.tasks.models import OVER, Task
from mobility.tasks.services import begin_task

READ, PREPARE, LOAD = "importing.read", "importing.prepare", "importing.load"
BUSY = ("reading", "preparing", "loading")


@dataclass(frozen=True)
class Upload:
    """A file that lies in the store already."""

    key: str
    name: str
    size: int


def begin_import(
    session: Session, *, plan: Plan, upload: Upload, account_id: int | None, language: str, now: datetime
) -> FileImport:
    """A new import whose file is read as soon as the caller commits."""
    job = FileImport(
        plan_id=plan.id, account_id=account_id, key=upload.key, name=upload.name[:200], size=upload.size,
        state="reading", created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(job)
    session.flush()
    session.execute(delete(FileRemoval).where(FileRemoval.name == upload.key))
    _start(session, job, READ, account_id, language)
    details = {"bytes": upload.size}
    record(
        session, action="import.begin", account_id=account_id, plan_id=plan.id,
        subject="file_import", subject_id=job.id, details=details,
    )  # fmt: skip
    return job


def copy_import(
    session: Session, *, job: FileImport, upload: Upload, account_id: int | None, now: datetime
) -> FileImport:
    """Another import of a file that was read already, at the choice of its layer."""
    made = FileImport(
        plan_id=job.plan_id, account_id=account_id, key=upload.key, name=job.name, size=upload.size,
        state="layer", inspection=dict(job.inspection), created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(made)
    session.execute(delete(FileRemoval).where(FileRemoval.name == upload.key))
    session.flush()
    return made


def back_to_fields(session: Session, *, job: FileImport, now: datetime) -> None:
    """From a comparison that was stopped or failed to the fields."""
    task = session.get(Task, job.task_id) if job.task_id else None
    if job.state != "preparing" or (task is not None and task.state not in OVER):
        raise Conflict(BUSY_TEXT)
    job.state, job.updated_at = "fields", now
    session.flush()


def begin_again(
    session: Session, *, job: FileImport, account_id: int | None, language: str, now: datetime
) -> None:
    """Does the long step of this state once more, after it was stopped or failed."""
    task = session.get(Task, job.task_id) if job.task_id else None
    if job.state not in BUSY or (task is not None and task.state not in OVER):
        raise Conflict(BUSY_TEXT)
    if job.state == "loading":
        job.state = "preview"
        return
    job.updated_at = now
    _start(session, job, {"reading": READ, "preparing": PREPARE}[job.state], account_id, language)


def choose_layer(
    session: Session,
    *,
    job: FileImport,
    layer: str,
    crs: str | None,
    columns: Mapping[str, str],
    now: datetime,
) -> None:
    """Which layer, and how its coordinates are meant. Raises Invalid for what the file does not hold."""
    _free(job)
    found = layer_of(job, layer)
    if found is None:
        raise Invalid("layer", _l("The file has no such layer. Choose one of the list."))
    if crs and crs not in known_systems(found):
        raise Invalid("crs", _l("Choose one of the coordinate systems."))
    names = [field["name"] for field in found["fields"]]
    if any(column not in names for column in columns.values() if column):
        raise Invalid("columns", _l("The layer has no such column."))
    job.layer, job.crs = layer, crs or None
    job.columns = {name: column for name, column in columns.items() if column}
    job.state, job.updated_at = "fields", now
    session.flush()


def systems_of(layer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The coordinate systems that may be chosen for a layer, the one of the file first."""
    crs = layer.get("crs") or {}
    guesses = {guess["code"]: dict(guess, own=False) for guess in crs.get("candidates", ())}
    own = crs.get("code")
    if own:
        found = guesses.pop(own, {"plausible": crs["plausible"], "distance_km": None})
        first = {**found, "code": own, "name": crs["name"], "own": crs["source"] == "file"}
        return [first, *guesses.values()]
    return list(guesses.values())


def known_systems(layer: Mapping[str, Any]) -> set[str]:
    """Their codes."""
    return {system["code"] for system in systems_of(layer)}


def likely_kind(job: FileImport) -> str:
    """What a layer probably holds, by its shapes and the names of its columns."""
    layer = layer_of(job, job.layer) or {}
    types = " ".join(layer.get("geometry_types", ()))
    if not types:
        return "measures" if not (layer.get("columns") or {}).get("x") else "segments"
    if "Polygon" in types:
        columns = column_names(job)
        counted = suggest_by_name(ALL["census"], columns, ())
        return "census" if "population" in counted and layer.get("count", 0) > 1 else "zones"
    return "segments"


@dataclass(frozen=True)
class Mapped:
    """What a planner said about the fields: `options` are id, cut and missing."""

    kind: str
    mapping: dict[str, str]
    defaults: dict[str, str]
    options: dict[str, Any]


def first_mapping(
    session: Session, *, job: FileImport, city_id: int, kind: Kind, languages: Sequence[str]
) -> Mapped:
    """How the fields are mapped until the planner says otherwise: as last time, else by name."""
    columns = column_names(job)
    kept = session.get(ImportMemory, (city_id, kind.name, columns_hash(columns)))
    allowed = [part for field in kind.fields for part in parts(field, languages)]
    if kept is not None:
        mapping = fitting(kept.mapping, columns, [*allowed, "id"])
        stable = mapping.pop("id", "")
        return Mapped(kind.name, mapping, dict(kept.defaults), {"id": stable})
    layer = layer_of(job, job.layer) or {}
    samples = {field["name"]: field["samples"] for field in layer.get("fields", ())}
    mapping = suggest_by_name(kind, columns, languages, samples)
    return Mapped(kind.name, mapping, {}, {"id": suggest_id(columns, mapping)})


def map_fields(
    session: Session, *, job: FileImport, plan: Plan, mapped: Mapped, account_id: int | None, language: str,
    now: datetime,
) -> None:  # fmt: skip
    """Keeps the mapping, remembers it for files like this one, and begins the comparison."""
    _free(job)
    settle_mapping(session, job=job, plan=plan, mapped=mapped, now=now)
    session.execute(delete(ImportFeature).where(ImportFeature.import_id == job.id))
    _start(session, job, PREPARE, account_id, language)


def settle_mapping(
    session: Session, *, job: FileImport, plan: Plan, mapped: Mapped, now: datetime, suggest: bool = False
) -> None:
    """Keeps the mapping and remembers it; with `suggest` what is not mapped is recognised by name.

    Raises Invalid for a required field that nothing says.
    """
    if job.layer is None:
        raise Conflict(_l("Choose the layer first."))
    kind = ALL.get(mapped.kind)
    if kind is None:
        raise Invalid("kind", _l("Say what the file holds."))
    columns = column_names(job)
    allowed = {part for field in kind.fields for part in parts(field, plan.languages)}
    for name, column in mapped.mapping.items():
        if name not in allowed or column not in columns:
            raise Invalid(name, _l("There is no such field, or the layer has no such column."))
    guessed = first_mapping(session, job=job, city_id=plan.city_id, kind=kind, languages=plan.languages)
    mapping = {**(guessed.mapping if suggest else {}), **mapped.mapping}
    defaults = {name: value for name, value in mapped.defaults.items() if name in allowed and value}
    for field in kind.fields:
        _check_field(field, parts(field, plan.languages), mapping, defaults)
    stable = str(mapped.options.get("id") or (guessed.options.get("id", "") if suggest else ""))
    job.kind, job.mapping, job.defaults = kind.name, mapping, defaults
    job.options = {**mapped.options, "id": stable if stable in columns else ""}
    job.state, job.updated_at = "preparing", now
    _remember(session, job, plan.city_id, columns, now)


def _check_field(
    field: Field, names: Sequence[str], mapping: Mapping[str, str], defaults: Mapping[str, str]
) -> None:
    if field.required and not any(name in mapping or name in defaults for name in names):
        what = field_label(names[0])
        raise Invalid(names[0], _l("%(what)s: say which column holds it, or what holds for all.", what=what))
    value = defaults.get(field.name)
    if field.choices and value and value not in field.choices:
        raise Invalid(field.name, _l("Choose one."))


def compare_again(
    session: Session, *, job: FileImport, account_id: int | None, language: str, now: datetime
) -> None:
    """Compares with the plan as it is now."""
    if job.state != "preview":
        raise Conflict(BUSY_TEXT)
    job.state, job.updated_at = "preparing", now
    _start(session, job, PREPARE, account_id, language)


def leave_out(
    session: Session, *, job: FileImport, positions: Sequence[int], out: bool, now: datetime
) -> None:
    """Leaves lines out of the load, or takes them in again."""
    _in_preview(job)
    mine = (ImportFeature.import_id == job.id, ImportFeature.position.in_(positions))
    session.execute(update(ImportFeature).where(*mine).values(excluded=out))
    job.updated_at = now


def leave_errors_out(session: Session, *, job: FileImport, now: datetime) -> int:
    """Leaves out every feature with an error; returns how many."""
    _in_preview(job)
    mine = (ImportFeature.import_id == job.id, ImportFeature.errors > 0, ImportFeature.excluded.is_(False))
    found = session.execute(
        update(ImportFeature).where(*mine).values(excluded=True).returning(ImportFeature.position)
    )
    job.updated_at = now
    return len(found.all())


def begin_load(
    session: Session, *, job: FileImport, note: Mapping[str, str], account_id: int | None, language: str,
    now: datetime,
) -> None:  # fmt: skip
    """Loads as soon as the caller commits. Raises Conflict when errors are left or nothing would change."""
    _in_preview(job)
    mine = ImportFeature.import_id == job.id
    wrong = select(func.count()).where(mine, ImportFeature.errors > 0, ImportFeature.excluded.is_(False))
    if session.scalar(wrong):
        raise Conflict(_l("Some features have errors. Mend the file, or leave these features out."))
    job.note = {tag: " ".join(words.split())[:400] for tag, words in note.items() if words.strip()}
    job.state, job.updated_at = "loading", now
    _start(session, job, LOAD, account_id, language)


def drop_import(session: Session, *, job: FileImport, account_id: int | None, now: datetime) -> None:
    """Throws away the file and its preview; what was loaded stays and can still be undone."""
    task = session.get(Task, job.task_id) if job.task_id else None
    if job.state in ("loaded", "undone", "dropped") or (task is not None and task.state not in OVER):
        raise Conflict(BUSY_TEXT)
    forget_file(session, job=job, now=now)
    session.execute(delete(ImportFeature).where(ImportFeature.import_id == job.id))
    job.state, job.updated_at = "dropped", now
    record(
        session, action="import.drop", account_id=account_id, plan_id=job.plan_id,
        subject="file_import", subject_id=job.id,
    )  # fmt: skip


def forget_file(session: Session, *, job: FileImport, now: datetime) -> None:
    """Notes the file for removal."""
    if job.key:
        row = insert(FileRemoval).values(name=job.key, asked_at=now)
        session.execute(row.on_conflict_do_nothing())
        job.key = None


def _start(session: Session, job: FileImport, kind: str, account_id: int | None, language: str) -> None:
    task = begin_task(
        session, kind=kind, plan_id=job.plan_id, account_id=account_id, params={"import_id": job.id},
        language=language,
    )  # fmt: skip
    job.task_id = task.id
    session.flush()


def _free(job: FileImport) -> None:
    if job.state not in ("layer", "fields", "preview"):
        raise Conflict(BUSY_TEXT)


def _in_preview(job: FileImport) -> None:
    if job.state != "preview":
        raise Conflict(BUSY_TEXT)


def _remember(session: Session, job: FileImport, city_id: int, columns: Sequence[str], now: datetime) -> None:
    kept = {**job.mapping, **({"id": job.options["id"]} if job.options.get("id") else {})}
    row = {"mapping": kept, "defaults": dict(job.defaults), "updated_at": now}
    keys = {"city_id": city_id, "kind": job.kind, "columns_hash": columns_hash(columns)}
    statement = insert(ImportMemory).values(**keys, **row)
    session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=row))
