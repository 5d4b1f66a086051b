"""A stretch that shares its street with another measure says so: in the table and on the map."""

# ruff: noqa: F811 (a fixture is named as its parameter)

from __future__ import annotations

from flask_babel import force_locale
from geoalchemy2.shape import to_shape
from shapely.geometry import box
from shapely.ops import substring
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.importing.models import ImportFeature
from mobility.importing.wording import fault_text
from mobility.plans.models import Measure
from tests.consultation.browser import PLAN, Browser
from tests.consultation.test_planning import planner, staff  # noqa: F401 (fixtures)
from tests.importing.test_loading import FIELDS, NORTH, a_line, measure_code
from tests.importing.town import compared, features, lines


def another_measure(session: Session, code: str) -> Measure:
    query = select(Measure).where(Measure.code != code, Measure.retired_at.is_(None))
    return session.scalars(query.order_by(Measure.id)).first()  # type: ignore[return-value]


def test_the_other_measure_is_named_with_the_length_in_common(planner: Browser, session: Session) -> None:
    about = a_line(session)
    owner = session.get_one(Measure, about.measure_id)
    mine = another_measure(session, owner.code)
    half = substring(to_shape(about.geom), 0, 0.5, normalized=True)
    street = features([({"misura": mine.code, "via": about.street}, half)])
    job = compared(session, street, "segments", FIELDS)
    (line,) = lines(session, job).values()
    fault = next(each for each in line.faults if about.code in each["values"]["codes"])
    assert fault["values"]["measure"] == owner.code
    assert abs(fault["values"]["m"] - float(about.length_m) / 2) < 12
    page = planner.get(f"{PLAN}/desk/imports/{job.id}/check").text
    assert f"{owner.code} “{owner.title['en']}”" in page
    drawn = planner.get(f"{PLAN}/desk/imports/{job.id}/lines.json").json["features"]  # type: ignore[index]
    (fresh,) = [each for each in drawn if each["properties"]["change"] == "added"]
    assert any(f"{fault['values']['m']} m" in words for words in fresh["properties"]["flags"])
    beside = [each["properties"]["label"] for each in drawn if each["properties"]["change"] == "beside"]
    assert any(label.startswith(about.code) and owner.code in label for label in beside)


def test_lines_of_one_measure_on_one_street_ask_whether_it_was_drawn_twice(session: Session) -> None:
    code = measure_code(session, a_line(session))
    twice = features([({"misura": code, "via": "Via Doppia"}, NORTH)] * 2)
    job = compared(session, twice, "segments", FIELDS)
    for line in lines(session, job).values():
        (fault,) = line.faults
        assert fault["values"]["same"]
        with force_locale("en"):
            assert "drawn twice" in fault_text(fault)


def test_areas_share_square_metres(session: Session) -> None:
    code = measure_code(session, a_line(session))
    other = another_measure(session, code).code
    squares = [
        ({"misura": code, "via": "Piazza Uno"}, box(13.3600, 38.1240, 13.3610, 38.1250)),
        ({"misura": other, "via": "Piazza Due"}, box(13.3605, 38.1240, 13.3615, 38.1250)),
    ]
    job = compared(session, features(squares), "segments", FIELDS)
    found = session.scalars(select(ImportFeature).where(ImportFeature.import_id == job.id)).all()
    assert all(fault["values"]["area"] for line in found for fault in line.faults)
    assert {fault["values"]["measure"] for line in found for fault in line.faults} >= {code, other}
    with force_locale("en"):
        assert "m²" in fault_text(found[0].faults[0])
