"""Loading a bundle into the database: one transaction, repeatable, losing nothing people said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mobility.errors import Conflict
from mobility.plans.bundles.load_city import load_city
from mobility.plans.bundles.load_heritage import load_intersections
from mobility.plans.bundles.load_measures import load_measures
from mobility.plans.bundles.load_missing import check_moves, drop_missing, refuse_losses
from mobility.plans.bundles.load_moves import move_feedback
from mobility.plans.bundles.load_phases import load_phases
from mobility.plans.bundles.load_plan import load_plan, load_topics
from mobility.plans.bundles.load_versions import keep_versions, publish_versions
from mobility.plans.bundles.model import Bundle
from mobility.plans.bundles.writing import Changes, table

log = structlog.get_logger()

LOCK = 0x62756E64
"""Advisory lock: the measures of a plan are changed by one load or publication at a time."""


@dataclass
class LoadReport:
    """What a load did. `str` gives it as a short text."""

    plan: str
    revision: int = 0
    changes: Changes = field(default_factory=Changes)
    retired: list[str] = field(default_factory=list)
    moved_votes: int = 0
    moved_comments: int = 0
    shift_days: int = 0
    versions: list[str] = field(default_factory=list)
    """Codes of the measures that say something else than before."""
    phases_kept: bool = False
    """Whether the phases were left as a planner planned them at the desk."""

    @property
    def changed(self) -> bool:
        """Whether the database differs from before."""
        return bool(self.changes) or bool(self.moved_votes or self.moved_comments)

    def __str__(self) -> str:
        outcome = "loaded" if self.changed else "nothing changed"
        lines = [f"{self.plan}: {outcome}, revision {self.revision}"]
        lines += [f"  {name}: {change}" for name, change in self.changes.by_table.items() if change]
        if self.retired:
            lines.append(f"  retired: {', '.join(self.retired)}")
        if self.moved_votes or self.moved_comments:
            lines.append(f"  moved: {self.moved_votes} votes, {self.moved_comments} comments")
        if self.versions:
            lines.append(f"  new versions: {', '.join(self.versions)}")
        if self.phases_kept:
            lines.append("  phases kept as they are planned at the desk")
        if self.shift_days:
            lines.append(f"  phases shifted by {self.shift_days} days")
        return "\n".join(lines)


def load_bundle(
    session: Session,
    bundle: Bundle,
    *,
    now: datetime,
    retire_missing: bool = False,
    moves: Mapping[str, str] | None = None,
    open_now: bool = False,
    bundle_phases: bool = False,
    overwrite_edits: bool = False,
) -> LoadReport:
    """Writes a bundle, inserting and updating by slug and code; the caller commits.

    Segments and measures that left the bundle are deleted if nobody voted or commented on them. Else
    `moves` ({old segment: new segment}) takes their votes and comments along, `retire_missing` keeps them
    marked as retired, and without either LoadRefused is raised. `open_now` shifts the phases by whole days
    so that the first one with voting contains `now`. The plan's revision grows only when something changed.
    Raises PlanEdited for a plan that was edited at the desk, unless `overwrite_edits`.
    """
    moves = moves or {}
    check_moves(moves, bundle)
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    _keep_edits(session, bundle.plan.slug, overwrite=overwrite_edits)
    report = LoadReport(bundle.plan.slug)
    changes = report.changes
    city_id = load_city(session, bundle, changes)
    plan_id = load_plan(session, bundle, city_id, changes)
    report.phases_kept = _planned_at_desk(session, plan_id, forget=bundle_phases)
    refuse_losses(session, bundle, plan_id, moves, retire=retire_missing, phases=not report.phases_kept)
    keep_versions(session, plan_id, now)
    if not report.phases_kept:
        zone, open_at = ZoneInfo(bundle.city.timezone), now if open_now else None
        report.shift_days = load_phases(session, bundle.phases, plan_id, zone, changes, open_at=open_at)
    load_topics(session, bundle, plan_id, changes)
    load_measures(session, bundle, city_id, plan_id, now, changes)
    report.moved_votes, report.moved_comments = move_feedback(session, moves, plan_id)
    report.retired = drop_missing(session, bundle, plan_id, now, changes)
    notes = {measure.code: measure.change_note for measure in bundle.measures if measure.change_note}
    report.versions = publish_versions(session, plan_id, notes, now, changes)
    load_intersections(session, bundle, city_id, plan_id, changes)
    report.revision = _revise(session, plan_id, now, report)
    session.expire_all()
    log.info("bundle loaded", plan=bundle.plan.slug, revision=report.revision, changed=report.changed)
    return report


class PlanEdited(Conflict):
    """Somebody changed the plan at the desk after it was loaded: the bundle is no longer its source."""


def _keep_edits(session: Session, slug: str, *, overwrite: bool) -> None:
    plans = table("plan")
    mine = plans.c.slug == slug
    if overwrite:
        session.execute(update(plans).where(mine).values(edited_at=None))
    elif session.execute(select(plans.c.edited_at).where(mine)).scalar() is not None:
        raise PlanEdited(
            _l(
                "The plan “%(slug)s” was edited at the desk. Loading the bundle would undo that; the option "
                "--overwrite-edits does it all the same.",
                slug=slug,
            )
        )


def _planned_at_desk(session: Session, plan_id: int, *, forget: bool) -> bool:
    """Whether a planner has planned the phases at the desk; no longer once this is to be forgotten."""
    plans = table("plan")
    if forget:
        session.execute(update(plans).where(plans.c.id == plan_id).values(phases_planned_at=None))
    query = select(plans.c.phases_planned_at.is_not(None)).where(plans.c.id == plan_id)
    return bool(session.execute(query).scalar_one())


def _revise(session: Session, plan_id: int, now: datetime, report: LoadReport) -> int:
    """The plan's revision, one higher when an existing plan changed."""
    plans = table("plan")
    if report.changed and not report.changes.of("plan").created:
        values = {"revision": plans.c.revision + 1, "updated_at": now}
        session.execute(update(plans).where(plans.c.id == plan_id).values(values))
    return int(session.execute(select(plans.c.revision).where(plans.c.id == plan_id)).scalar_one())
