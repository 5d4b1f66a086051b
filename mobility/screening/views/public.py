"""What experts say about a measure, for its public card."""

from __future__ import annotations

from typing import Any

from mobility.consultation.views.frame import Frame
from mobility.extensions import db
from mobility.plans import queries as plans
from mobility.screening import queries
from mobility.screening.cards import cells, statement_card, summary_card
from mobility.screening.views.blueprint import bp


@bp.app_template_global("heritage_screening")
def screening_of_measure(frame: Frame, code: str) -> dict[str, Any] | None:
    """The screening of a measure; None where none is needed."""
    zones = queries.touched_by_measure(db.session, plan_id=frame.plan.id).get(code)
    if not zones:
        return None
    screening = queries.screening_of(db.session, plan=frame.plan, code=code, zones=zones)
    if screening.verdict.state == "not_needed":
        return None
    found, _office = plans.find_measure(db.session, plan_id=frame.plan.id, code=code)
    attributes = queries.attributes_of(db.session, city_id=frame.city.id)
    rows = cells(
        attributes,
        screening,
        slug=frame.plan.slug,
        code=code,
        version=found.version,
        language=frame.language,
    )
    statement = screening.statement
    return {
        **summary_card(screening),
        "rows": [one for one in rows if one["grade"]],
        "required": len(screening.verdict.required),
        "statement": statement_card(statement, version=found.version) if statement else None,
    }
