"""Publishing a draft: what it would change, what stands against it, and doing it in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from shapely.geometry import shape
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.accounts import audit
from mobility.cities.models import City
from mobility.editing.checking import check_document
from mobility.editing.document import Descent, Document, descents
from mobility.editing.drafts import Overtaken
from mobility.editing.models import MeasureDraft
from mobility.editing.reading import document_of, offices_of
from mobility.editing.writing import LOCK, carry_over, measure_values, write_measure, write_segments
from mobility.errors import Conflict, Invalid
from mobility.plans.bundles.load_heritage import renew_intersections
from mobility.plans.bundles.load_versions import keep_versions, publish_versions
from mobility.plans.bundles.writing import Changes
from mobility.plans.lineage import Carried
from mobility.plans.models import Measure, MeasurePackage, Plan
from mobility.screening.queries import screening_of, zones_under
from mobility.spatial.crs import metric


@dataclass(frozen=True)
class Blocker:
    """Something that must be done before a draft can be published: a code, and its words."""

    code: str
    message: Any


@dataclass(frozen=True)
class Published:
    """What publishing did."""

    measure: Measure
    version: int
    descents: list[Descent] = field(default_factory=list)
    carried: Carried = field(default_factory=Carried)


def published_document(session: Session, draft: MeasureDraft) -> Document | None:
    """What is published now; None for a new measure."""
    if draft.measure_id is None:
        return None
    return document_of(session, session.get_one(Measure, draft.measure_id))


def publishing_blockers(session: Session, *, plan: Plan, city: City, draft: MeasureDraft) -> list[Blocker]:
    """Why this draft cannot be published yet. Empty when it can."""
    found = []
    known = {
        "offices": [office.slug for office in offices_of(session, city.id)],
        "packages": list(
            session.scalars(select(MeasurePackage.code).where(MeasurePackage.plan_id == plan.id))
        ),
    }
    findings = check_document(draft.content, plan=plan, city=city, **known)
    if findings.errors:
        found.append(Blocker("faults", _l("%(count)s things are missing or wrong.", count=findings.errors)))
    if plan.status == "archived":
        found.append(Blocker("archived", _l("The plan is archived: it is not changed any more.")))
    today = published_document(session, draft)
    if today is not None and _version_of(session, draft) != draft.base_version:
        found.append(Blocker("overtaken", _l("The measure was published anew since this draft was begun.")))
    if today is not None and without_origins(today) == without_origins(draft.content):
        found.append(Blocker("same", _l("The draft says the same as what is published.")))
    if not findings.errors and not _screened(session, plan=plan, city=city, draft=draft):
        words = _l(
            "It touches a heritage property or its buffer zone, and experts have not screened it whole."
        )
        found.append(Blocker("screening", words))
    return found


def _screened(session: Session, *, plan: Plan, city: City, draft: MeasureDraft) -> bool:
    """Whether nothing is missing from the heritage screening of the measure as it is drawn in the draft."""
    shapes = [shape(part["geometry"]) for part in draft.content["segments"]]
    zones = zones_under(session, city=city, shapes=shapes)
    return screening_of(session, plan=plan, code=draft.code, zones=zones).verdict.clear


def without_origins(document: Document) -> Document:
    """The document without where its segments come from, for asking whether two say the same."""
    parts = [{k: v for k, v in part.items() if k != "origins"} for part in document["segments"]]
    return {"measure": document["measure"], "segments": parts}


def _version_of(session: Session, draft: MeasureDraft) -> int:
    return session.execute(select(Measure.version).where(Measure.id == draft.measure_id)).scalar_one()


def follow_up(session: Session, draft: MeasureDraft, *, now: datetime) -> None:
    """The draft stands on the version of today: whoever edits it has seen what others published meanwhile.

    Segments that are gone are no longer the origin of any.
    """
    if draft.measure_id is None:
        return
    measure = session.get_one(Measure, draft.measure_id)
    there = {part["code"] for part in document_of(session, measure)["segments"]}
    parts = [
        {**part, "origins": [code for code in part["origins"] if code in there]}
        for part in draft.content["segments"]
    ]
    draft.content = {**draft.content, "segments": parts}
    draft.base_version, draft.changed_at = measure.version, now
    session.flush()


def fates(session: Session, draft: MeasureDraft) -> list[Descent]:
    """What becomes of each published segment, those that stay as they are left out."""
    today = published_document(session, draft)
    codes = [part["code"] for part in today["segments"]] if today else []
    return [each for each in descents(codes, draft.content["segments"]) if each.fate != "kept"]


def publish_draft(
    session: Session,
    *,
    plan: Plan,
    city: City,
    draft: MeasureDraft,
    seen: int,
    note: Mapping[str, str],
    account_id: int,
    now: datetime,
) -> Published:
    """Makes the draft public as the measure's next version; `seen` is the step that was previewed.

    Raises Overtaken when the draft changed since, Invalid without a note in every language, Conflict while
    something stands against it. One transaction: versions, segments, votes and comments, heritage, followers.
    """
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    if draft.step != seen:
        raise Overtaken
    if draft.measure_id is not None:
        _check_note(plan, note)
    blockers = publishing_blockers(session, plan=plan, city=city, draft=draft)
    if blockers:
        raise Conflict(blockers[0].message)
    document, today = draft.content, published_document(session, draft)
    published = {part["code"]: part for part in today["segments"]} if today else {}
    keep_versions(session, plan.id, now)
    values = measure_values(session, plan, city, document["measure"])
    measure = write_measure(session, plan, draft.measure_id, values, now)
    write_segments(session, plan, measure, document["segments"], metric(city.srid))
    line = descents(list(published), document["segments"])
    carried = carry_over(session, plan, line, published, document, metric(city.srid), now)
    notes = {measure.code: dict(note)} if any(note.values()) else {}
    publish_versions(session, plan.id, notes, now, Changes(), redrawn=[measure.id])
    renew_intersections(session, plan_id=plan.id, changes=Changes())
    plan.revision, plan.updated_at, plan.edited_at = plan.revision + 1, now, now
    session.refresh(measure)
    audit.record(
        session,
        action="measure.publish",
        account_id=account_id,
        plan_id=plan.id,
        subject="measure",
        subject_id=measure.id,
        details={"code": measure.code, "version": measure.version}
        | {each.code: each.fate for each in line if each.fate != "kept"},
    )
    session.delete(draft)
    session.flush()
    return Published(measure, measure.version, line, carried)


def _check_note(plan: Plan, note: Mapping[str, str]) -> None:
    for tag in plan.languages:
        said = note.get(tag, "").strip()
        if not said:
            raise Invalid(f"note_{tag}", _l("Say in every language what changes, so that people can follow."))
        if len(said) > 400:
            raise Invalid(f"note_{tag}", _l("At most %(count)s characters.", count=400))
