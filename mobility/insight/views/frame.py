"""What the pages of the desk share: the filter of comments, the files; who may enter and the menu."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from mobility.consultation import queries
from mobility.consultation.filters import CommentFilter, read_filter
from mobility.consultation.models import STANCES
from mobility.consultation.views.desk import render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.consultation.wording import stance_label
from mobility.errors import Invalid
from mobility.extensions import db
from mobility.insight.results import read_groups
from mobility.plans import queries as plans
from mobility.plans.words import _
from mobility.text import pick

__all__ = [
    "download_links",
    "filter_choices",
    "page_number",
    "read_wanted",
    "render_desk",
    "staff_only",
]


def read_wanted(frame: Frame) -> tuple[CommentFilter, Invalid | None]:
    """The filter of this address; when a value cannot be meant, no filter and what is wrong."""
    try:
        return read_filter(request.args, staff=True, timezone=frame.city.timezone), None
    except Invalid as error:
        return CommentFilter(timezone=frame.city.timezone), error


def filter_choices(frame: Frame) -> dict[str, Any]:
    """What the filters of comments offer."""
    plan_id, language = frame.plan.id, frame.language
    topics = queries.topics_of(db.session, plan_id=plan_id)
    measures = plans.measures_of(db.session, plan_id=plan_id)
    groups = read_groups(db.session, plan_id=plan_id)
    return {
        "phase": [
            (each.slug, pick(each.title, language)) for each in frame.phases if "comment" in each.actions
        ],
        "topic": [(each.slug, pick(each.label, language)) for each in topics],
        "stance": [(each, stance_label(each)) for each in STANCES],
        "measure": [(each.code, f"{each.code} · {pick(each.title, language)}") for each in measures],
        "group": [(each.slug, pick(each.name, language)) for each in groups],
        "status": [
            ("published", _("Public")),
            ("hidden", _("Hidden")),
            ("withdrawn", _("Withdrawn")),
            ("all", _("All")),
        ],
    }


def download_links(frame: Frame, *names: str, **arguments: Any) -> list[dict[str, str]]:
    """The files that hold what the page shows, with the same filter."""
    labels = {
        "comments": _("Comments"),
        "cells": _("Counts per square"),
        "segments": _("Stretches with results"),
        "measures": _("Measures with results"),
    }
    return [
        {
            "label": labels[name],
            "url": url_for(
                "exports.download", slug=frame.plan.slug, what=name, lang=frame.language, **arguments
            ),
        }
        for name in names
    ]


def page_number() -> int:
    """The page asked for, at least 1."""
    return min(max(request.args.get("page", 1, type=int), 1), 100_000)
