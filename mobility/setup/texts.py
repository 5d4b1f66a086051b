"""The texts of a plan in all its languages: which are there, which are missing, and how one is changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from mobility.accounts.audit import record
from mobility.consultation.models import Phase, Topic
from mobility.db import I18n
from mobility.errors import Conflict, Invalid, NotFound
from mobility.plans.bundles.load_versions import amend_versions, keep_versions, publish_versions
from mobility.plans.bundles.writing import Changes
from mobility.plans.models import Measure, MeasurePackage, Plan, Segment

KINDS: dict[str, tuple[Any, str, tuple[str, ...], tuple[str, ...]]] = {
    "plan": (Plan, "slug", ("title", "summary", "privacy"), ("title", "summary", "privacy")),
    "phase": (Phase, "slug", ("title", "summary"), ("title", "summary")),
    "topic": (Topic, "slug", ("label",), ("label",)),
    "package": (MeasurePackage, "code", ("title", "summary"), ("title",)),
    "measure": (Measure, "code", ("title", "summary", "before", "after", "hours"), ("title", "summary")),
    "segment": (Segment, "code", ("span",), ()),
}
"""Kind → its table, the column of its code, its texts, and those that every language must have."""
NAMES = ("title", "label")
"""Texts that nothing can be without, not even a draft."""
LIMITS = {"title": 160, "label": 60, "span": 200, "hours": 300, "privacy": 6000}
LIMIT = 4000


@dataclass(frozen=True)
class Entry:
    """One thing that has texts: `values` is field → language → text."""

    kind: str
    code: str
    values: dict[str, I18n]
    missing: list[tuple[str, str]] = field(default_factory=list)
    """Fields and languages that have no text but should."""
    sensitive: bool | None = None
    """Of a topic: whether public files tell its places only coarsely."""

    @property
    def mark(self) -> str:
        """Changes with every text, so that nobody overwrites what somebody else wrote meanwhile."""
        said = repr((sorted(self.values.items()), self.sensitive))
        return hashlib.blake2s(said.encode(), digest_size=8).hexdigest()


def entries(session: Session, *, plan: Plan, kind: str) -> list[Entry]:
    """Everything of a kind in the plan, in its order. Raises NotFound for an unknown kind."""
    return [_entry(plan, kind, thing) for thing in _things(session, plan, kind)]


def find_entry(session: Session, *, plan: Plan, kind: str, code: str) -> Entry:
    """One of them. Raises NotFound."""
    return _entry(plan, kind, _thing(session, plan, kind, code))


def missing_by_kind(session: Session, *, plan: Plan) -> dict[str, int]:
    """How many texts are missing, by kind; kinds that are complete are left out."""
    counts = {
        kind: sum(len(entry.missing) for entry in entries(session, plan=plan, kind=kind)) for kind in KINDS
    }
    return {kind: n for kind, n in counts.items() if n}


def save_entry(
    session: Session,
    *,
    plan: Plan,
    kind: str,
    code: str,
    values: Mapping[str, Mapping[str, str]],
    mark: str,
    account_id: int,
    now: datetime,
    sensitive: bool = False,
) -> bool:
    """Writes the texts; True when something changed. A measure that says something else gets a new version.

    A language that was empty is filled without a new version: the measure says the same, to more people.
    Raises Conflict when somebody else changed the texts meanwhile, Invalid for one too long or empty.
    """
    thing = _thing(session, plan, kind, code)
    before = _entry(plan, kind, thing)
    if before.mark != mark:
        raise Conflict(_l("Somebody changed these texts meanwhile. Compare them and save again."))
    wanted = {name: _clean(name, values.get(name, {}), plan.languages) for name in before.values}
    changed = {name: texts for name, texts in wanted.items() if texts != before.values[name]}
    turned = before.sensitive is not None and before.sensitive != sensitive
    if not changed and not turned:
        return False
    if turned:
        thing.sensitive = sensitive
    if kind in ("measure", "segment"):
        keep_versions(session, plan.id, now)
    for name, texts in changed.items():
        others = {tag: words for tag, words in (getattr(thing, name) or {}).items() if tag not in texts}
        setattr(thing, name, others | {tag: words for tag, words in texts.items() if words})
    if kind == "phase":
        plan.phases_planned_at = now
    plan.edited_at, plan.updated_at = now, now
    plan.revision += 1
    session.flush()
    if kind in ("measure", "segment"):
        _version(session, plan, before, changed, now)
    record(
        session, action="text.change", account_id=account_id, plan_id=plan.id, subject=kind,
        subject_id=thing.id, details={"code": code, "fields": sorted(changed) + ["sensitive"] * turned},
    )  # fmt: skip
    return True


def _version(session: Session, plan: Plan, before: Entry, changed: Mapping[str, I18n], now: datetime) -> None:
    only_added = all(
        words == before.values[name][tag] or not before.values[name][tag]
        for name, texts in changed.items()
        for tag, words in texts.items()
    )
    if only_added:
        amend_versions(session, plan.id)
    else:
        publish_versions(session, plan.id, {}, now, Changes())


def _clean(name: str, texts: Mapping[str, str], languages: Sequence[str]) -> I18n:
    found: I18n = {}
    for tag in languages:
        words = texts.get(tag, "").replace("\r\n", "\n").replace("\x00", "").strip()
        at = f"{name}__{tag}"
        if len(words) > (limit := LIMITS.get(name, LIMIT)):
            raise Invalid(at, _l("At most %(max)d characters.", max=limit))
        found[tag] = words
    if name in NAMES and not any(found.values()):
        raise Invalid(f"{name}__{languages[0]}", _l("Write this text in at least one language."))
    return found


def _things(session: Session, plan: Plan, kind: str, code: str | None = None) -> list[Any]:
    """The things of a kind, their texts only; with a code, that one. Raises NotFound for an unknown kind."""
    if kind not in KINDS:
        raise NotFound
    table, key, names, _required = KINDS[kind]
    if table is Plan:
        return [plan] if code in (None, plan.slug) else []
    kept = [getattr(table, name) for name in (key, *names, "sensitive") if hasattr(table, name)]
    query = select(table).where(table.plan_id == plan.id).options(load_only(*kept))
    if hasattr(table, "retired_at"):
        query = query.where(table.retired_at.is_(None))
    if code is not None:
        query = query.where(getattr(table, key) == code)
    order = table.opens_at if table is Phase else table.position
    return list(session.scalars(query.order_by(order, table.id)))


def _thing(session: Session, plan: Plan, kind: str, code: str) -> Any:
    for thing in _things(session, plan, kind, code):
        return thing
    raise NotFound


def _entry(plan: Plan, kind: str, thing: Any) -> Entry:
    _table, key, names, required = KINDS[kind]
    values = {
        name: {tag: (getattr(thing, name) or {}).get(tag, "") for tag in plan.languages} for name in names
    }
    missing = [
        (name, tag)
        for name, texts in values.items()
        for tag, words in texts.items()
        if not words and (name in required or any(texts.values()))
    ]
    return Entry(kind, getattr(thing, key), values, missing, getattr(thing, "sensitive", None))
