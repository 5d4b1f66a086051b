"""Screenings as pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from mobility.consultation.cards import day_label
from mobility.consultation.opinions import FEWEST
from mobility.screening.models import HeritageAttribute, HeritageGrade, HeritageStatement
from mobility.screening.queries import Screening
from mobility.screening.rule import worst
from mobility.screening.wording import effect_label, effect_mark, perceived_label, state_label
from mobility.text import pick

Card = dict[str, Any]


def grade_card(grade: HeritageGrade, *, version: int = 0) -> Card:
    """A grade; `version` is that of the measure today, to say when the grade was made for an older one."""
    return {
        "label": effect_label(grade.extent, grade.direction),
        "mark": effect_mark(grade.extent, grade.direction),
        "kind": grade.direction or "neutral",
        "reason": grade.reason,
        "mitigation": grade.mitigation or "",
        "body": grade.body,
        "language": grade.language,
        "date": day_label(grade.graded_at),
        "version": grade.measure_version,
        "stale": bool(grade.measure_version and version > grade.measure_version),
        "counts": grade.superseded_at is None,
    }


def statement_card(statement: HeritageStatement, *, version: int = 0) -> Card:
    """A signed statement that there is no interaction."""
    return {
        "why": statement.why,
        "body": statement.body,
        "language": statement.language,
        "date": day_label(statement.signed_at),
        "version": statement.measure_version,
        "stale": bool(statement.measure_version and version > statement.measure_version),
        "withdrawn": day_label(statement.withdrawn_at) if statement.withdrawn_at else "",
    }


def attribute_card(one: HeritageAttribute, *, language: str, places: Mapping[int, Any]) -> Card:
    """An attribute with the component part it belongs to."""
    return {
        "code": one.code,
        "name": pick(one.name, language),
        "about": pick(one.about, language),
        "place": pick(places.get(one.place_id or 0), language),
        "retired": one.retired_at is not None,
    }


def cells(
    attributes: Sequence[HeritageAttribute],
    screening: Screening,
    *,
    slug: str,
    code: str,
    version: int,
    language: str,
) -> list[Card]:
    """One cell an attribute, in their order: the grade, or whether one is wanted."""
    made = []
    for one in attributes:
        grade = screening.grades.get(one.code)
        made.append(
            {
                "attribute": pick(one.name, language),
                "about": pick(one.about, language),
                "grade": grade_card(grade, version=version) if grade else None,
                "wanted": one.code in screening.verdict.required,
                "url": url_for("screening.cell", slug=slug, code=code, attribute=one.code),
            }
        )
    return made


def summary_card(screening: Screening) -> Card:
    """Where a measure stands, and the gravest of its grades."""
    verdict = screening.verdict
    gravest = worst([(one.extent, one.direction) for one in screening.grades.values()])
    begun = bool(screening.grades) or not verdict.required
    return {
        "state": verdict.state,
        "label": state_label(verdict.state, len(verdict.missing) if begun else 0),
        "missing": len(verdict.missing),
        "worst": effect_label(*gravest) if gravest else "",
        "worst_kind": (gravest[1] or "neutral") if gravest else "",
    }


def perceived_card(counts: Mapping[str, int] | None) -> Card:
    """What residents say, as numbers; fewer than five voices are not shown."""
    total = sum((counts or {}).values())
    shown = total >= FEWEST
    rows = [(perceived_label(key), n) for key, n in (counts or {}).items()] if shown else []
    return {"n": total if shown else 0, "few": 0 < total < FEWEST, "rows": rows}
