"""Steps on a calendar: days of the city, also where clocks change; and a file for people's own calendars."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from icalendar import Calendar

from mobility.consultation.phase_calendar import months
from mobility.consultation.phases import Step

ROME = ZoneInfo("Europe/Rome")


def step(opens: str, closes: str) -> Step:
    begin, end = (datetime.fromisoformat(each).replace(tzinfo=ROME) for each in (opens, closes))
    return Step(1, "step", frozenset({"comment"}), begin, end)


def numbers(steps: list[Step]) -> dict[date, int]:
    drawn = months(steps, ROME, datetime(2027, 3, 1, tzinfo=UTC))
    return {day.day: day.step for month in drawn for week in month.weeks for day in week if day}


def test_each_day_has_the_step_that_opens_on_it() -> None:
    first = step("2027-03-22T09:00", "2027-03-28T09:00")
    second = step("2027-03-28T09:00", "2027-04-02T00:00")
    found = numbers([second, first])
    assert found[date(2027, 3, 21)] == 0
    assert found[date(2027, 3, 22)] == 1
    assert found[date(2027, 3, 28)] == 2, "the night in which clocks go forward"
    assert found[date(2027, 4, 1)] == 2
    assert found[date(2027, 4, 2)] == 0, "a step that closes at midnight ended the day before"
    assert len([day for day in found if day.month == 3]) == 31


def test_a_step_that_opens_at_the_end_of_a_day_begins_with_the_next() -> None:
    found = numbers(
        [step("2027-03-01T09:00", "2027-03-15T23:59"), step("2027-03-15T23:59", "2027-03-20T09:00")]
    )
    assert found[date(2027, 3, 15)] == 1
    assert found[date(2027, 3, 16)] == 2


def test_months_begin_on_monday_and_mark_today() -> None:
    (march,) = months(
        [step("2027-03-01T00:00", "2027-03-05T00:00")], ROME, datetime(2027, 3, 2, 23, 30, tzinfo=UTC)
    )
    assert [day.day.day if day else None for day in march.weeks[0]] == [1, 2, 3, 4, 5, 6, 7]
    assert [day.day.day for week in march.weeks for day in week if day and day.today] == [3]
    assert months([], ROME, datetime(2027, 3, 1, tzinfo=UTC)) == []


def test_the_file_can_be_read_by_calendars(client: FlaskClient) -> None:
    answer = client.get("/plans/palermo-centro/phases.ics?lang=en")
    assert answer.mimetype == "text/calendar"
    events = list(Calendar.from_ical(answer.data).walk("VEVENT"))
    assert len(events) == 4
    assert all(event.decoded("dtstart") < event.decoded("dtend") for event in events)
    assert len({str(event["uid"]) for event in events}) == 4
    assert "Comment and vote" in answer.text
