"""Pages of the editor without JavaScript: drafts, conflicts, acts, publishing, the comparison of versions."""

from __future__ import annotations

import json
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.editing.document import find_part, mark_of
from mobility.editing.models import MeasureDraft
from mobility.plans.models import Measure, Segment
from tests.consultation.browser import PLAN, Browser, form_in

DESK = f"{PLAN}/desk"


@pytest.fixture
def home(planner: Browser, draft: MeasureDraft) -> str:
    """The address of the draft of P1."""
    return f"{DESK}/drafts/{draft.id}"


@pytest.fixture
def visitor(app: Flask, session: Session) -> Browser:
    """Somebody from the public."""
    return Browser(app.test_client())


def token(planner: Browser, home: str) -> str:
    return planner.form(home, "/walk").fields["csrf_token"]


def fresh(session: Session, draft: MeasureDraft) -> MeasureDraft:
    session.expire_all()
    return session.get_one(MeasureDraft, draft.id)


def test_the_list_leads_into_a_draft_that_all_planners_share(planner, session, measure) -> None:
    listed = planner.get(f"{DESK}/measures")
    assert "New measure" in listed.text
    form = form_in(listed.text, "/measures/P1/draft")
    first, again = (planner.send(form, follow=False) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    assert session.scalars(select(MeasureDraft.code)).all() == ["P1"]
    assert "Go on with the draft" in planner.get(f"{DESK}/measures").text


def test_texts_are_kept_complete_or_not(planner, home, session, draft) -> None:
    form = planner.form(f"{home}/texts", "/texts")
    form.fields |= {"title_en": "", "hours_osm": "sometimes", "stay": "1"}
    answer = planner.send(form, follow=False)
    assert answer.status_code == 303
    shown = unescape(planner.get(f"{home}/texts").text)
    assert "2 things are missing" in shown
    assert "Title, English: this is still empty." in shown
    assert "“sometimes” cannot be read as opening hours." in shown
    kept = fresh(session, draft).content["measure"]
    assert (kept["title"]["en"], kept["hours_osm"]) == ("", "sometimes")


def test_a_colleagues_words_are_not_overwritten_unseen(planner, home, session, draft, change) -> None:
    form = planner.form(f"{home}/texts", "/texts")
    theirs = {
        **draft.content,
        "measure": {**draft.content["measure"], "title": {"it": "Altro", "en": "Theirs"}},
    }
    change(theirs)
    session.commit()
    form.fields["title_en"] = "Mine"
    answer = planner.send(form, follow=False)
    assert answer.status_code == 409
    assert "A colleague has changed this meanwhile" in answer.text
    assert "Theirs" in answer.text
    assert 'value="Mine"' in answer.text
    assert fresh(session, draft).content["measure"]["title"]["en"] == "Theirs"
    second = form_in(answer.text, "/texts")
    assert planner.send(second, follow=False).status_code == 303
    assert fresh(session, draft).content["measure"]["title"]["en"] == "Mine"


def test_changing_texts_does_not_disturb_who_changes_lines(planner, home, session, draft, change) -> None:
    form = planner.form(f"{home}/texts", "/texts")
    change({**draft.content, "segments": draft.content["segments"][1:]})
    session.commit()
    form.fields["title_en"] = "Mine"
    assert planner.send(form, follow=False).status_code == 303
    kept = fresh(session, draft).content
    assert (kept["measure"]["title"]["en"], kept["segments"][0]["code"]) == ("Mine", "P1-02")


def test_acts_work_as_forms_and_can_be_taken_back(planner, home, session, draft) -> None:
    form = planner.form(f"{home}/stretches/P1-04", "/split")
    planner.send(form, follow=False)
    codes = [part["code"] for part in fresh(session, draft).content["segments"]]
    assert "P1-04" not in codes
    assert {"P1-13", "P1-14"} <= set(codes)
    back = planner.form(home, "/walk")
    assert back.fields["by"] == "-1"
    planner.send(back, follow=False)
    assert "P1-04" in [part["code"] for part in fresh(session, draft).content["segments"]]
    assert planner.send(back, follow=False).status_code == 409


def test_an_act_names_what_it_saw(planner, home, session, draft) -> None:
    values = {"mark": "something else", "csrf_token": token(planner, home)}
    answer = planner.client.post(f"{home}/stretches/P1-04/turn", data=values)
    assert answer.status_code == 409
    values["mark"] = mark_of(find_part(draft.content, "P1-04"))
    answer = planner.client.post(
        f"{home}/stretches/P1-04/turn", data=values, headers={"Accept": "application/json"}
    )
    assert answer.json["code"] == "P1-04"
    assert find_part(fresh(session, draft).content, "P1-04")["direction"] == "forward"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("13.36, 38.11\n13.360001, 38.11", "too short"),
        ("nonsense", "could not be read"),
        ("13.36, 38.11\nNaN, 38.12", "could not be read"),
        ("LINESTRING(13.36 38.11, 13.361 38.11, 13.3605 38.109, 13.3605 38.111)", "crosses itself"),
        ("300000, 4220000\n300100, 4220000", "not degrees"),
        ("\n".join(f"13.3{i:04}, 38.11" for i in range(2500)), "positions fit"),
        ("", "one a line"),
    ],
)
def test_outlines_that_cannot_be_are_refused_and_shown_again(planner, home, typed, words) -> None:
    values = {"geometry": typed, "csrf_token": token(planner, home)}
    answer = planner.client.post(f"{home}/draw", data=values, headers=planner.headers)
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert typed[:20] in answer.text


def test_a_new_stretch_is_named_after_its_street(planner, home, session, draft) -> None:
    line = "13.357839, 38.121137\n13.358261, 38.120498"
    values = {"geometry": line, "csrf_token": token(planner, home)}
    assert planner.client.post(f"{home}/draw", data=values).status_code == 303
    part = fresh(session, draft).content["segments"][-1]
    assert (part["code"], part["street"], part["origins"]) == ("P1-13", "Via Maqueda", [])


def test_publishing_without_javascript_from_change_to_comparison(
    planner, home, session, draft, measure, visitor
) -> None:
    form = planner.form(f"{home}/texts", "/texts")
    form.fields["hours_en"], form.fields["hours_it"] = "Every night", "Ogni notte"
    planner.send(form, follow=False)
    shown = planner.get(f"{home}/publish")
    assert "Every" in shown.text
    send = form_in(shown.text, "/publish")
    assert planner.send(send, follow=False).status_code == 422
    send.fields |= {"note_en": "At night only.", "note_it": "Solo di notte."}
    assert planner.send(send, follow=False).status_code == 303
    session.refresh(measure)
    assert measure.version == 2
    compared = unescape(visitor.get(f"{PLAN}/measures/P1/compare?from=1&to=2").text)
    assert "At night only." in compared
    assert "Every" in compared
    assert "Compare both on the map" in visitor.get(f"{PLAN}/measures/P1/versions/1").text
    history = planner.get(f"{DESK}/measures/P1/history").text
    assert "Restore as a draft" in history


def test_the_comparison_counts_what_was_said_of_each_version(
    visitor, session, measure, draft, cast, say
) -> None:
    cast("P1-03", 2, measure_version=1)
    cast("P1", 1, measure_version=1)
    say(measure_id=measure.id, measure_version=1)
    text = visitor.get(f"{PLAN}/measures/P1/compare").text
    assert "2 votes · 1 comment" in " ".join(text.split())


def test_outlines_of_a_version_are_public_and_those_of_a_draft_are_not(visitor, planner, home, draft) -> None:
    found = json.loads(visitor.get(f"{PLAN}/measures/P1/versions/1/shapes.json").text)
    assert [each["id"] for each in found["features"]][:2] == ["P1-01", "P1-02"]
    assert visitor.get(f"{PLAN}/measures/P1/versions/1/map.svg").status_code == 200
    assert planner.get(f"{home}/shapes.json").status_code == 200
    for address in ("shapes.json", "map.svg", "published.json", "publish", "texts"):
        assert visitor.get(f"{home}/{address}").status_code in (302, 303, 401)


@pytest.mark.parametrize("role", ["moderator", "clerk", "facilitator"])
def test_other_staff_do_not_edit(visit, home, role) -> None:
    assert visit(role).get(home).status_code == 403
    assert visit(role).get(f"{DESK}/measures").status_code == 403


def test_a_retired_measure_says_why_and_comes_back(planner, visitor, session, measure, cast) -> None:
    cast("P1-03", 2)
    ask = planner.get(f"{DESK}/measures/P1/retire")
    form = form_in(ask.text, "/retire")
    assert planner.send(form, follow=False).status_code == 422
    form.fields |= {"reason_en": "The tram takes its place.", "reason_it": "Al suo posto il tram."}
    assert planner.send(form, follow=False).status_code == 303
    session.expire_all()
    assert "The tram takes its place." in visitor.get(f"{PLAN}/measures/P1").text
    assert session.scalars(select(Segment).where(Segment.code == "P1-03")).one().retired_at is not None
    back = planner.get(f"{DESK}/measures/P1/retire")
    planner.send(form_in(back.text, "/bring-back"))
    session.expire_all()
    assert session.scalars(select(Measure).where(Measure.code == "P1")).one().retired_at is None
    assert session.scalars(select(Segment).where(Segment.code == "P1-03")).one().retired_at is None


def test_a_part_shows_what_was_said_on_the_whole(planner, visitor, home, session, draft, cast) -> None:
    cast("P1-04", 2)
    cast("P1-04", -1)
    form = planner.form(f"{home}/stretches/P1-04", "/split")
    planner.send(form, follow=False)
    for code in ("P1-13", "P1-14"):
        named = planner.form(f"{home}/stretches/{code}", f"/stretches/{code}")
        named.fields |= {"span_en": f"part {code}", "span_it": f"parte {code}"}
        planner.send(named, follow=False)
    send = planner.form(f"{home}/publish", "/publish")
    send.fields |= {"note_en": "In two parts.", "note_it": "In due parti."}
    assert planner.send(send, follow=False).status_code == 303
    text = unescape(visitor.get(f"{PLAN}/segments/P1-13").text)
    assert "2 votes were given on the whole stretch P1-04 before it was divided" in text
    assert "They are not added to this part." in text
