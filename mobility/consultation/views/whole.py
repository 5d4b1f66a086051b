"""What was voted on the whole stretch before it was divided: shown beside a part, never added to it."""

from __future__ import annotations

from typing import Any

from flask import url_for

from mobility.consultation import tallies
from mobility.consultation.cards import day_label, level_rows
from mobility.consultation.views.frame import Frame
from mobility.extensions import db
from mobility.plans.lineage import ancestors_of
from mobility.text import pick


def wholes(frame: Frame, segment_id: int, *, shows: bool) -> list[dict[str, Any]]:
    """Each stretch that this one was a part of, with its own tally; nothing while results are hidden."""
    found = ancestors_of(db.session, segment_id) if shows else []
    counted = tallies.segment_tallies(db.session, segment_ids=[each.id for each in found])
    return [
        {
            "code": each.code,
            "street": each.street,
            "span": pick(each.span, frame.language),
            "day": day_label(each.divided_at),
            "votes": counted[each.id].n + counted[each.id].n_groups,
            "level_rows": level_rows(counted[each.id]),
            "url": url_for("consultation.segment", slug=frame.plan.slug, code=each.code),
        }
        for each in found
        if counted[each.id].n or counted[each.id].n_groups
    ]
