"""Invented positions of groups for demonstrations, each labelled as a sample in its first words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from mobility.accounts.models import PlanGroup, StakeholderGroup
from mobility.groups.models import GroupPosition
from mobility.plans.models import Measure, Plan

MARK = {"it": "Esempio, testo inventato.", "en": "Sample, invented text."}
SAID: dict[str, dict[str, str]] = {
    "cycling": {
        "it": "Chiediamo che la misura parta presto e che la sosta irregolare sia controllata ogni giorno. "
        "Dove la strada è stretta, la velocità conta più della larghezza: trenta all'ora ovunque.\n\n"
        "Siamo pronti a contare i passaggi insieme al Comune, prima e dopo.",
        "en": "We ask that the measure starts soon and that irregular parking is checked every day. "
        "Where the street is narrow, speed matters more than width: thirty everywhere.\n\n"
        "We are ready to count the passages together with the city, before and after.",
    },
    "traders": {
        "it": "Chi lavora qui ha bisogno di carico e scarico fino alle undici e di un piano per i cantieri "
        "che lasci aperto un lato della strada. A queste condizioni una prova di sei mesi ci va bene.",
        "en": "Those who work here need loading until eleven and a plan for the works that leaves one side "
        "of the street open. On these conditions we are open to a trial of six months.",
    },
    "disability": {
        "it": "Ogni attraversamento deve essere a raso, con guida tattile, e i posti riservati non devono "
        "diminuire. Una strada senza auto è accessibile solo se il suolo è regolare.",
        "en": "Every crossing must be level, with tactile guidance, and reserved parking must not become "
        "less. A street without cars is an accessible street only if its paving is even.",
    },
}
"""Kind of group → what one of its kind might say."""


def sample_positions(session: Session, *, slug: str, now: datetime) -> int:
    """One position for the first group of each kind, on the first measures; none when there are any."""
    plan = session.scalars(select(Plan).where(Plan.slug == slug)).one()
    measures = list(
        session.scalars(
            select(Measure)
            .where(Measure.plan_id == plan.id, Measure.retired_at.is_(None))
            .order_by(Measure.position)
            .limit(len(SAID))
        )
    )
    spoken = select(exists().where(GroupPosition.measure_id == Measure.id, Measure.plan_id == plan.id))
    if not measures or session.scalar(spoken):
        return 0
    made = 0
    for kind, texts in SAID.items():
        group = session.scalar(
            select(StakeholderGroup)
            .join(PlanGroup, PlanGroup.group_id == StakeholderGroup.id)
            .where(PlanGroup.plan_id == plan.id, StakeholderGroup.kind == kind)
            .order_by(StakeholderGroup.id)
            .limit(1)
        )
        if group is None:
            continue
        for measure in measures[: 2 if kind == "cycling" else 1]:
            session.add(
                GroupPosition(
                    group_id=group.id,
                    measure_id=measure.id,
                    text={code: f"{MARK[code]} {words}" for code, words in texts.items()},
                    state="published",
                    version=1,
                    measure_version=measure.version,
                    published_at=now,
                    created_at=now,
                    updated_at=now,
                )
            )
            made += 1
    session.flush()
    return made
