"""A version of a measure beside the one of today."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from mobility.consultation.cards import day_label
from mobility.consultation.views.blueprint import bp
from mobility.consultation.views.frame import open_frame, render_panel
from mobility.extensions import db
from mobility.plans import queries as plans
from mobility.plans import versions
from mobility.text import pick


@bp.get("/plans/<slug>/measures/<code>/versions/<int:version>")
def measure_version(slug: str, code: str, version: int) -> ResponseReturnValue:
    """What the version says differently from today's; today's is compared with the one before it."""
    frame = open_frame(slug)
    measure, _office = plans.find_measure(db.session, plan_id=frame.plan.id, code=code)
    kept = versions.versions_of(db.session, measure_id=measure.id)
    chosen = versions.find_version(kept, version)
    other = next((each for each in kept if each.version == measure.version), chosen)
    if other is chosen:
        other = next((each for each in kept if each.version < version), chosen)
    old, new = sorted((chosen, other), key=lambda each: each.version)
    return render_panel(
        frame,
        "plans/version.html",
        tab="measures",
        view="card",
        shown={"measure": measure.code},
        code=measure.code,
        title=pick(measure.title, frame.language),
        old=version_card(old, frame.language, slug, code),
        new=version_card(new, frame.language, slug, code),
        current=measure.version,
        differences=versions.differences(old.snapshot, new.snapshot, frame.language),
        contents=versions.contents(chosen.snapshot, frame.language) if old is new else [],
        versions=[version_card(each, frame.language, slug, code) for each in kept],
    )


def version_card(each: Any, language: str, slug: str, code: str) -> dict[str, Any]:
    """A version for the template."""
    return {
        "version": each.version,
        "date_iso": each.published_at.isoformat(),
        "date_label": day_label(each.published_at),
        "note": pick(each.note, language),
        "url": url_for("consultation.measure_version", slug=slug, code=code, version=each.version),
    }
