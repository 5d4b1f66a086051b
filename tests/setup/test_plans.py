"""Plans are made from templates and copies, opened when they are ready, and archived read-only."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.consultation.models import Comment, Phase, Topic
from mobility.errors import Conflict, Invalid
from mobility.plans.bundles import PlanEdited, load_bundle, read_bundle
from mobility.plans.models import Measure, Plan, Segment
from mobility.setup.creating import PlanDraft, area_choices, copy_plan, create_plan
from mobility.setup.publishing import archive_plan, open_plan, reopen_plan, withdraw_plan
from mobility.setup.templates import find_template
from tests.conftest import PALERMO
from tests.consultation.browser import PLAN, Browser
from tests.insight.conftest import make_account

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ROME = ZoneInfo("Europe/Rome")


def draft(session: Session, city: City, **changes: object) -> PlanDraft:
    quarters = [area.code for area in area_choices(session, city_id=city.id) if area.kind == "quarter"]
    values = {
        "slug": "via-roma-2027",
        "title": {"it": "Via Roma", "en": "Via Roma"},
        "summary": {"it": "Una strada", "en": "A street"},
        "languages": ["it", "en"],
        "areas": quarters[:2],
        "starts": date(2027, 3, 22),
    }
    return PlanDraft(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture
def city(session: Session) -> City:
    return session.scalars(select(City)).one()


@pytest.fixture
def made(session: Session, city: City) -> Plan:
    return create_plan(
        session,
        city=city,
        template=find_template("pedestrian-area"),
        draft=draft(session, city),
        account=make_account(session, "planner"),
        now=NOW,
    )


def test_a_plan_begins_with_its_template(session: Session, made: Plan) -> None:
    template = find_template("pedestrian-area")
    steps = list(session.scalars(select(Phase).where(Phase.plan_id == made.id).order_by(Phase.opens_at)))
    assert [step.slug for step in steps] == [step.slug for step in template.steps]
    assert steps[0].opens_at.astimezone(ROME) == datetime(2027, 3, 22, 9, tzinfo=ROME)
    assert {step.opens_at.astimezone(ROME).hour for step in steps} == {9}, "clocks go forward in between"
    topics = select(func.count()).select_from(Topic).where(Topic.plan_id == made.id)
    assert session.scalar(topics) == len(template.topics)
    assert made.status == "draft"
    west, south, east, north = made.view
    assert west < 13.36 < east
    assert south < 38.12 < north


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "Via Roma"}, "slug"),
        ({"slug": "palermo-centro"}, "slug"),
        ({"slug": "a" * 61}, "slug"),
        ({"areas": []}, "areas"),
        ({"areas": ["nowhere"]}, "areas"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    session: Session, city: City, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        create_plan(
            session,
            city=city,
            template=find_template("cycle-network"),
            draft=draft(session, city, **changes),
            account=make_account(session, "planner"),
            now=NOW,
        )
    assert wrong.value.field == field


@pytest.mark.parametrize("starts", ["0001-01-01", "0026-12-01", "9999-12-30"])
def test_a_first_day_with_a_slip_in_its_year_is_refused(
    planner: Browser, session: Session, starts: str
) -> None:
    before = session.scalar(select(func.count()).select_from(Plan))
    for path, typed in (
        ("/desk/plans/new/palermo", {"template": "cycle-network"}),
        (f"{PLAN}/desk/copy", {}),
    ):
        form = planner.form(path, path)
        texts = {"title_it": "Bici", "summary_it": "Una rete", "slug": "bici"}
        said = planner.send(form, **texts, **typed, areas="kalsa", starts=starts)
        assert said.status_code == 422
        assert "Check the year." in said.text
    assert session.scalar(select(func.count()).select_from(Plan)) == before


def test_a_copy_has_everything_but_what_people_said(
    session: Session, city: City, plan: Plan, say: object
) -> None:
    say()  # type: ignore[operator]
    copied = copy_plan(
        session,
        source=plan,
        city=city,
        draft=draft(session, city, slug="again"),
        account=make_account(session, "planner"),
        now=NOW,
    )
    for table in (Measure, Segment, Topic, Phase):
        count = select(func.count()).select_from(table)
        live = (table.retired_at.is_(None),) if table in (Measure, Segment) else ()
        assert session.scalar(count.where(table.plan_id == copied.id)) == session.scalar(
            count.where(table.plan_id == plan.id, *live)
        )
    assert session.scalar(select(func.count()).where(Comment.plan_id == copied.id)) == 0
    strays = select(func.count()).select_from(Segment).join(Measure, Measure.id == Segment.measure_id)
    assert session.scalar(strays.where(Segment.plan_id == copied.id, Measure.plan_id != copied.id)) == 0
    first = session.scalar(select(func.min(Phase.opens_at)).where(Phase.plan_id == copied.id))
    assert first is not None
    assert first.astimezone(ROME).date() == date(2027, 3, 22)


def test_a_plan_opens_only_when_it_is_ready(session: Session, city: City, made: Plan) -> None:
    with pytest.raises(Conflict):
        open_plan(session, plan=made, city=city, account_id=1, now=NOW)
    assert made.status == "draft"


def test_what_people_spoke_about_stays_public(session: Session, plan: Plan, say: object) -> None:
    say()  # type: ignore[operator]
    with pytest.raises(Conflict):
        withdraw_plan(session, plan=plan, account_id=make_account(session, "planner").id, now=NOW)


def test_the_archive_is_read_only(session: Session, plan: Plan, planner: Browser, say: object) -> None:
    comment = say()  # type: ignore[operator]
    staff = make_account(session, "planner").id
    with pytest.raises(Conflict):
        archive_plan(session, plan=plan, account_id=staff, now=NOW)
    for phase in session.scalars(select(Phase).where(Phase.plan_id == plan.id).order_by(Phase.opens_at)):
        phase.opens_at, phase.closes_at = (
            each - timedelta(days=900) for each in (phase.opens_at, phase.closes_at)
        )
        session.flush()
    archive_plan(session, plan=plan, account_id=staff, now=NOW)
    session.commit()
    assert planner.get(f"{PLAN}/comments/{comment.id}").status_code == 200
    assert "kept in the archive" in planner.get(PLAN).text
    refused = planner.send(planner.form(f"{PLAN}/desk/details", "/contact"), email="new@city.example")
    assert refused.status_code == 409
    reopen_plan(session, plan=plan, account_id=staff, now=NOW)
    assert plan.status == "open"


def test_a_planner_sees_the_plan_as_a_resident(planner: Browser, made: Plan, session: Session) -> None:
    session.commit()
    address = "/plans/via-roma-2027"
    assert "Draft: only staff" in planner.get(address).text
    seen = planner.send(planner.form(f"{address}/desk/checklist", "/preview")).text
    assert "as a resident does" in seen
    assert planner.get(f"{address}/desk/today").status_code == 200
    assert "as a resident does" not in planner.get(address).text


def test_a_planner_makes_a_plan_on_the_page(planner: Browser, session: Session, plan: Plan) -> None:
    form = planner.form("/desk/plans/new/palermo", "/desk/plans/new/palermo")
    typed = {"template": "cycle-network", "slug": "bici", "title_it": "Bici", "summary_it": "Una rete"}
    wrong = planner.send(form, **typed)
    assert wrong.status_code == 422
    assert "Choose at least one area" in wrong.text
    assert 'value="bici"' in wrong.text
    areas = area_choices(session, city_id=plan.city_id)
    made = planner.send(form, **typed, areas=areas[0].code)
    assert "Only staff can see it" in made.text
    assert "in every language" in made.text
    assert planner.get("/plans/bici").status_code == 200


def test_a_load_does_not_undo_what_was_edited_at_the_desk(session: Session, plan: Plan) -> None:
    plan.edited_at = NOW
    plan.summary = {"it": "Riscritto", "en": "Written anew"}
    session.flush()
    bundle = read_bundle(PALERMO)
    with pytest.raises(PlanEdited):
        load_bundle(session, bundle, now=NOW)
    assert session.get_one(Plan, plan.id, populate_existing=True).summary["en"] == "Written anew"
    load_bundle(session, bundle, now=NOW, overwrite_edits=True)
    again = session.get_one(Plan, plan.id, populate_existing=True)
    assert again.summary["en"] != "Written anew"
    assert again.edited_at is None
