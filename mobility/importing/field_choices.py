"""The fields of a kind as the form offers them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.importing.kinds import Field, Kind, parts
from mobility.importing.wording import choice_label, field_label
from mobility.offices.models import Office
from mobility.plans.models import Measure, MeasurePackage, Plan
from mobility.text import pick


def field_rows(session: Session, plan: Plan, kind: Kind, language: str) -> list[dict[str, Any]]:
    """name, label, required and, where a value can be chosen, choices: [(value, label)]."""
    return [
        {
            "name": name,
            "label": field_label(name),
            "required": field.required and not index,
            "choices": _choices(session, plan, field, language),
        }
        for field in kind.fields
        for index, name in enumerate(parts(field, plan.languages))
    ]


def _choices(session: Session, plan: Plan, field: Field, language: str) -> list[tuple[str, str]]:
    if field.choices:
        return [(choice, choice_label(choice)) for choice in field.choices]
    if field.name == "measure":
        query = select(Measure.code, Measure.title).where(
            Measure.plan_id == plan.id, Measure.retired_at.is_(None)
        )
        found = session.execute(query.order_by(Measure.position))
    elif field.name == "package":
        packages = select(MeasurePackage.code, MeasurePackage.title)
        found = session.execute(
            packages.where(MeasurePackage.plan_id == plan.id).order_by(MeasurePackage.position)
        )
    elif field.name == "office":
        offices = select(Office.slug, Office.name).where(Office.city_id == plan.city_id)
        found = session.execute(offices.order_by(Office.slug))
    else:
        return []
    return [(code, f"{code} · {pick(name, language)}") for code, name in found]
