"""A demonstration has its measures screened, by grades that say that they are made up."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.plans.models import Plan
from mobility.screening.models import HeritageGrade
from mobility.screening.queries import unscreened_measures
from mobility.screening.sampling import sample_screenings
from tests.screening.conftest import NOW


def test_samples_complete_every_measure_once_and_say_so(session: Session, plan: Plan) -> None:
    assert unscreened_measures(session, plan_id=plan.id)
    assert sample_screenings(session, slug=plan.slug, now=NOW)
    assert not unscreened_measures(session, plan_id=plan.id)
    assert not sample_screenings(session, slug=plan.slug, now=NOW)
    said = set(session.scalars(select(HeritageGrade.body)))
    assert said == {"Ufficio di esempio (dati inventati)"}
