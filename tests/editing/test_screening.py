"""A version of a measure near heritage is not published before experts have looked at it."""

from __future__ import annotations

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.editing.models import MeasureDraft
from mobility.editing.publishing import publishing_blockers
from mobility.plans.models import Plan
from mobility.screening.models import HeritageStatement
from mobility.screening.queries import touched_by_measure


@pytest.mark.parametrize("signed", [True, False])
def test_without_screening_a_draft_near_heritage_waits(
    session: Session, plan: Plan, city: City, draft: MeasureDraft, signed: bool
) -> None:
    assert draft.code in touched_by_measure(session, plan_id=plan.id)
    if not signed:
        session.execute(delete(HeritageStatement))
    found = {each.code for each in publishing_blockers(session, plan=plan, city=city, draft=draft)}
    assert ("screening" in found) != signed
