"""The desk's pages of offices and cases, without JavaScript; who sees what; what residents read."""

from __future__ import annotations

import json
import re
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from mobility.accounts.models import AuditEntry
from mobility.answers import services
from mobility.answers.models import Answer, Assignment, Case, Cluster, InternalNote, ReplyTemplate
from mobility.consultation.models import Comment
from mobility.offices.models import Competence, Office, OfficeMember
from mobility.text import show_receipt
from tests.consultation.browser import Browser, form_in

PLAN = "/plans/palermo-centro"
DESK = f"{PLAN}/desk"
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


@pytest.fixture
def clerk(office: Any, compete: Any, person: Any, enter: Any) -> Browser:
    """Bea, who answers for the office of walking."""
    compete(office(), topic="walking")
    browser: Browser = enter(person("bea", office()))
    return browser


def draft(browser: Browser, comment: Comment, words: str, **typed: str) -> Any:
    form = browser.form(f"{DESK}/cases/{comment.id}", f"cases/{comment.id}/answer")
    return browser.send(form, **({"text": words, "step": "look"} | typed))


def test_a_clerk_answers_a_comment_and_everybody_reads_it(
    clerk: Browser, ask: Any, case: Any, visit: Any
) -> None:
    comment = ask("The kerb is too high for my chair")
    inbox = clerk.get(f"{DESK}/inbox").text
    assert "The kerb is too high" in inbox
    assert "due in 30 days" in inbox
    looked = draft(clerk, comment, "We lower it in May.")
    assert "This is what others will see" in looked.text
    done = clerk.send(form_in(looked.text, "/publish"))
    assert "public under 1 comment" in done.text
    assert case(comment).state == "answered"
    stranger = visit(None)
    page = stranger.get(f"{PLAN}/comments/{comment.id}").text
    assert "We lower it in May." in page
    assert "Urban mobility office" in page
    listed = stranger.get(f"{PLAN}/comments").text
    assert "Urban mobility office has answered on" in listed
    receipt = stranger.get(f"/receipts/{show_receipt(comment.receipt)}").text
    assert "We lower it in May." in receipt
    assert "It answers comments on “Walking”." in receipt


def test_a_clerk_sees_the_cases_of_the_own_office_only(
    clerk: Browser, ask: Any, office: Any, compete: Any
) -> None:
    compete(office("verde-pubblico"), topic="safety")
    mine, other = ask("Mine to answer"), ask("Not mine", topic="safety")
    inbox = clerk.get(f"{DESK}/inbox").text
    assert "Mine to answer" in inbox
    assert "Not mine" not in inbox
    assert clerk.get(f"{DESK}/cases/{other.id}").status_code == 404
    assert clerk.get(f"{DESK}/cases/{mine.id}").status_code == 200
    assert clerk.get(f"{DESK}/offices").status_code == 403
    points = clerk.get(f"{DESK}/inbox.json").json
    assert len(points["features"]) == 1
    form = clerk.form(f"{DESK}/cases/{mine.id}", f"cases/{mine.id}/answer")
    clerk.send(form, text="Both", title="Two", comments=str(other.id), step="keep")
    assert clerk.get(f"{DESK}/cases/{other.id}").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=kerb", True),
        ("q=tree", False),
        ("topic=walking", True),
        ("topic=safety", False),
        ("due=overdue", False),
        ("due=week", False),
        ("state=answered", False),
        ("office=mobilita-urbana", True),
        ("office=verde-pubblico", False),
        ("bbox=13.35,38.1,13.38,38.13", True),
        ("bbox=13.0,38.0,13.1,38.1", False),
    ],
)
def test_the_inbox_finds_what_is_asked_for(clerk: Browser, ask: Any, query: str, found: bool) -> None:
    ask("The kerb is too high")
    assert ("The kerb is too high" in clerk.get(f"{DESK}/inbox?{query}").text) is found


def test_a_filter_that_cannot_be_meant_is_refused(clerk: Browser) -> None:
    assert clerk.get(f"{DESK}/inbox?state=nothing").status_code == 422
    assert clerk.get(f"{DESK}/inbox?bbox=1,2").status_code == 422
    assert clerk.get(f"{DESK}/inbox?after=99999999999999.x").status_code == 200


def test_the_inbox_asks_the_database_as_often_for_many_cases_as_for_few(
    clerk: Browser, ask: Any, count_queries: Any
) -> None:
    ask("One")
    clerk.get(f"{DESK}/inbox")
    with count_queries as seen:
        clerk.get(f"{DESK}/inbox")
    few = len(seen)
    seen.statements.clear()
    for number in range(5):
        ask(f"More {number}")
    with count_queries as seen:
        clerk.get(f"{DESK}/inbox")
    assert len(seen) == few


def test_one_answer_for_a_group_of_comments_that_say_the_same(
    clerk: Browser, ask: Any, case: Any, session: Session
) -> None:
    first = ask("The kerb at the crossing is too high for wheelchairs")
    near = ask("Wheelchairs cannot climb the high kerb at the crossing")
    far = ask("The kerb at the crossing is too high for wheelchairs", lon=13.3560, lat=38.1205)
    page = clerk.get(f"{DESK}/cases/{first.id}").text
    assert f'name="comments" value="{near.id}"' in page
    assert f'name="comments" value="{far.id}"' not in page
    refused = draft(clerk, first, "We lower it.", comments=str(near.id))
    assert refused.status_code == 422
    assert "Give the group a name" in refused.text
    assert "We lower it." in refused.text
    looked = draft(clerk, first, "We lower it.", comments=str(near.id), title="Kerb at the crossing")
    assert "It answers 2 comments" in looked.text
    clerk.send(form_in(looked.text, "/publish"))
    assert case(first).answer_id == case(near).answer_id is not None
    assert session.scalars(select(Cluster.title)).all() == ["Kerb at the crossing"]


def test_a_second_person_approves_where_the_office_wants_it(
    clerk: Browser, ask: Any, case: Any, office: Any, person: Any, enter: Any, session: Session
) -> None:
    office(four_eyes=True)
    comment = ask()
    looked = draft(clerk, comment, "Yes.")
    assert "/publish" not in looked.text
    waiting = clerk.send(form_in(looked.text, "/ask"))
    assert "It waits for a colleague" in waiting.text
    number = session.scalars(select(Answer.id)).one()
    token = form_in(waiting.text, "/back").fields["csrf_token"]
    sneaky = clerk.client.post(f"{DESK}/answers/{number}/publish", data={"csrf_token": token})
    assert sneaky.status_code == 409
    second = enter(person("carlo", office()))
    assert "The kerb" in second.get(f"{DESK}/inbox?state=waiting").text
    page = second.get(f"{DESK}/answers/{number}").text
    second.send(form_in(page, "/publish"))
    assert case(comment).state == "answered"


def test_two_people_at_one_draft_do_not_overwrite_each_other(
    clerk: Browser, ask: Any, office: Any, person: Any, enter: Any, session: Session
) -> None:
    comment = ask()
    draft(clerk, comment, "First words.", step="keep")
    form = clerk.form(f"{DESK}/cases/{comment.id}", f"cases/{comment.id}/answer")
    draft(enter(person("carlo", office())), comment, "Second words.", step="keep")
    late = clerk.send(form, text="Third words.", step="keep")
    assert late.status_code == 409
    assert "Third words." in late.text
    assert session.scalars(select(Answer.text)).all() == ["Second words."]


def test_a_template_fills_in_what_is_known_and_reaches_nothing_else(
    clerk: Browser, ask: Any, session: Session, plan: Any
) -> None:
    comment = ask()
    page = clerk.get(f"{DESK}/templates").text
    refused = clerk.send(
        form_in(page, "/templates"), **{"title": "Bad", "text-en": "{comment.receipt} {secret}"}
    )
    assert refused.status_code == 422
    clerk.send(
        form_in(page, "/templates"),
        **{"title": "Thanks", "text-en": "On {place}: {topic}. {0.x} {office}"},
    )
    number = session.scalars(select(ReplyTemplate.id)).one()
    editor = clerk.get(f"{DESK}/cases/{comment.id}?template={number}").text
    assert "On Quattro Canti: Walking. {0.x} Urban mobility office" in editor


def test_a_document_comes_with_the_answer_and_is_private_before(
    clerk: Browser, ask: Any, session: Session, visit: Any
) -> None:
    comment = ask()
    form = clerk.form(f"{DESK}/cases/{comment.id}", f"cases/{comment.id}/answer")
    data: dict[str, Any] = form.fields | {"text": "See the drawing.", "step": "keep"}
    wrong = clerk.client.post(form.action, data=data | {"files": (BytesIO(b"MZ"), "tool.pdf")})
    assert wrong.status_code == 422
    clerk.client.post(form.action, data=data | {"files": (BytesIO(PDF), "The drawing.pdf")})
    answer = session.scalars(select(Answer)).one()
    page = clerk.get(f"{DESK}/answers/{answer.id}").text
    address = re.search(r'href="([^"]*/answers/files/\d+)"', page)
    assert address is not None
    stranger = visit(None)
    assert stranger.get(address[1]).status_code == 404
    clerk.send(form_in(page, "/publish"))
    sent = stranger.get(address[1])
    assert sent.data == PDF
    assert "attachment" in sent.headers["Content-Disposition"]


def test_internal_notes_are_read_at_the_desk_only(
    clerk: Browser, ask: Any, visit: Any, session: Session
) -> None:
    comment = ask()
    form = clerk.form(f"{DESK}/cases/{comment.id}", "/notes")
    assert "Ask the technicians first" in clerk.send(form, note="Ask the technicians first").text
    assert session.scalars(select(InternalNote.text)).all() == ["Ask the technicians first"]
    stranger = visit(None)
    for path in (f"{PLAN}/comments/{comment.id}", f"/receipts/{show_receipt(comment.receipt)}"):
        assert "technicians" not in stranger.get(path).text


def test_handing_on_says_who_decided_and_why(
    clerk: Browser, ask: Any, office: Any, case: Any, visit: Any
) -> None:
    comment, other = ask(), office("centro-storico")
    form = clerk.form(f"{DESK}/cases/{comment.id}", "/assign")
    assert clerk.send(form, office=str(other.id), reason="").status_code == 422
    clerk.send(form, office=str(other.id), reason="It is about paving")
    assert case(comment).office_id == other.id
    receipt = visit(None).get(f"/receipts/{show_receipt(comment.receipt)}").text
    assert "Historic centre office" in receipt
    assert "It is about paving" in receipt
    assert "decided by the city" in receipt
    assert "Urban mobility office" in receipt


def test_its_author_asks_again_with_a_reason(clerk: Browser, ask: Any, case: Any, visit: Any) -> None:
    comment = ask()
    clerk.send(form_in(draft(clerk, comment, "It is done.").text, "/publish"))
    author, code = visit(None), show_receipt(comment.receipt)
    form = author.form(f"/receipts/{code}", "/ask-again")
    author.send(form, reason="Nothing was done")
    assert case(comment).state == "in_progress"
    page = clerk.get(f"{DESK}/cases/{comment.id}").text
    assert "Nothing was done" in page
    page = author.get(f"/receipts/{code}").text
    assert "/ask-again" not in page
    assert "Asked again" in page
    again = author.send(form, reason="Once more")
    assert "within 30 days" in again.text


def test_a_case_that_the_city_opens_again_is_not_called_asked_for(
    clerk: Browser, ask: Any, visit: Any
) -> None:
    comment = ask()
    address = f"{PLAN}/desk/cases/{comment.id}"
    clerk.send(clerk.form(address, "/close"), closing="duplicate")
    clerk.send(clerk.form(address, "/reopen"), reason="It says something else")
    receipt = visit(None).get(f"/receipts/{show_receipt(comment.receipt)}").text
    for page in (receipt, clerk.get(address).text, clerk.get(f"{PLAN}/desk/inbox").text):
        assert "Opened again" in page
        assert "Asked again" not in page


def test_before_sending_one_reads_which_office_answers_and_why(visit: Any, office: Any, compete: Any) -> None:
    compete(office("verde-pubblico"), topic="safety")
    owner = visit(None).write(topic="walking").text
    assert "It is responsible for measure P1" in owner
    said = visit(None).write(topic="safety", place="plan:").text
    assert "Parks and gardens office answers within 30 days." in said
    assert "It answers comments on “Safety”." in said


def test_near_a_border_one_is_asked_which_office_is_meant(
    visit: Any, office: Any, compete: Any, session: Session, case: Any
) -> None:
    west, east = office("centro-storico"), office("verde-pubblico")
    compete(west, topic="safety", area=box(13.3500, 13.3650), name="West", priority=5)
    compete(east, topic="safety", area=box(13.3650, 13.3800), name="East", priority=5)
    resident = visit(None)
    here = {"topic": "safety", "place": "", "lon": "13.36495", "lat": "38.1157", "text": "A dark corner"}
    page = resident.write(**here).text
    assert "Which office do you mean?" in page
    resident.send(form_in(page, "/comments"), office=str(east.id))
    comment = session.scalars(select(Comment).where(Comment.text == "A dark corner")).one()
    assert case(comment).office_id == east.id
    how = session.scalars(select(Assignment.how).where(Assignment.comment_id == comment.id)).all()
    assert how == ["resident"]
    undecided = resident.write(**(here | {"text": "Another corner"}))
    resident.send(form_in(undecided.text, "/comments"))
    other = session.scalars(select(Comment).where(Comment.text == "Another corner")).one()
    assert case(other).office_id == west.id
    far = resident.write(**(here | {"lon": "13.3600"})).text
    assert "Which office do you mean?" not in far


def box(west: float, east: float) -> str:
    return f"MULTIPOLYGON((({west} 38.00, {east} 38.00, {east} 38.30, {west} 38.30, {west} 38.00)))"


@pytest.fixture
def planner(person: Any, enter: Any) -> Browser:
    browser: Browser = enter(person("pia", role="planner"))
    return browser


def test_a_planner_keeps_offices_and_their_people(planner: Browser, session: Session, person: Any) -> None:
    form = planner.form(f"{DESK}/offices/new", "/offices/new")
    assert planner.send(form, **{"name-it": "", "name-en": ""}).status_code == 422
    wrong = planner.send(
        form, **{"name-it": "Ufficio strade", "deadline_days": "12", "email": "not an address"}
    )
    assert "Write an address such as" in wrong.text
    page = planner.send(
        form, **{"name-it": "Ufficio strade", "name-en": "Roads", "deadline_days": "12", "four_eyes": "y"}
    )
    made = session.scalars(select(Office).where(Office.slug == "ufficio-strade")).one()
    assert (made.deadline_days, made.four_eyes, made.mail_cases) == (12, True, True)
    dario = person("dario")
    planner.send(form_in(planner.get(f"{DESK}/offices/{made.id}").text, "/people"), person=str(dario.id))
    assert session.scalars(
        select(OfficeMember.account_id).where(OfficeMember.office_id == made.id)
    ).all() == [dario.id]
    planner.send(form_in(planner.get(f"{DESK}/offices/{made.id}").text, "/remove"))
    assert session.get(OfficeMember, (made.id, dario.id)) is None
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == "office")).all()
    assert set(actions) == {"office.save", "office.add_member", "office.remove_member"}
    assert page.status_code == 200


def test_the_map_of_gaps_says_what_nobody_answers(
    planner: Browser, office: Any, compete: Any, session: Session
) -> None:
    def gaps() -> dict[str, Any]:
        found: dict[str, Any] = planner.get(f"{DESK}/offices.json").json
        return found

    assert "every topic" in planner.get(f"{DESK}/offices").text
    compete(office("verde-pubblico"), topic="safety")
    (gap,) = gaps()["features"]
    assert "Safety" not in gap["properties"]["label"]
    compete(office(), area=box(13.0, 13.3650))
    (gap,) = gaps()["features"]
    west = min(point[0] for ring in rings(gap["geometry"]) for point in ring)
    assert west == pytest.approx(13.3650, abs=1e-4)
    compete(office())
    assert gaps()["features"] == []
    assert "Every topic has an office" in planner.get(f"{DESK}/offices").text
    office(active=False)
    assert gaps()["features"] != []


def rings(geometry: dict[str, Any]) -> list[Any]:
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [ring for part in parts for ring in part]


def test_a_competence_takes_a_quarter_or_an_outline_of_ones_own(
    planner: Browser, office: Any, session: Session
) -> None:
    number = office().id
    form = planner.form(f"{DESK}/offices/{number}/competences/new", "/competences")
    code = session.execute(
        text("SELECT code FROM context_feature WHERE kind = 'quarter' ORDER BY code LIMIT 1")
    ).scalar_one()
    planner.send(form, area=f"context:{code}", priority="2")
    square = {
        "type": "Polygon",
        "coordinates": [[[13.36, 38.11], [13.37, 38.11], [13.37, 38.12], [13.36, 38.12], [13.36, 38.11]]],
    }
    own = {"area": "shape:", "area_name": "the harbour", "shape": json.dumps(square)}
    assert planner.send(form, **(own | {"area_name": ""})).status_code == 422
    for wrong in (
        "",
        "no json",
        '{"type": "Point", "coordinates": [13, 38]}',
        json.dumps(shifted(square)),
        json.dumps(swapped(square)),
    ):
        assert planner.send(form, **(own | {"shape": wrong})).status_code == 422
    planner.send(form, **own)
    found = session.scalars(select(Competence).order_by(Competence.id)).all()
    assert [(each.priority, each.area is not None) for each in found] == [(2, True), (0, True)]
    assert found[1].area_name["en"] == "the harbour"
    page = planner.get(f"{DESK}/offices/{number}").text
    assert "has ended" in planner.send(form_in(page, "/end")).text
    running = select(Competence.id).where(Competence.ended_at.is_(None))
    assert len(session.scalars(running).all()) == 1


def swapped(square: dict[str, Any]) -> dict[str, Any]:
    """The same with latitude first, as some programs write it."""
    return {"type": "Polygon", "coordinates": [[[y, x] for x, y in square["coordinates"][0]]]}


def shifted(square: dict[str, Any]) -> dict[str, Any]:
    """The same in metres, as a file in another system would have it."""
    ring = [[x * 26_000, y * 110_000] for x, y in square["coordinates"][0]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_cases_are_in_what_a_person_gets_and_go_with_the_person(
    clerk: Browser, ask: Any, session: Session, now: datetime, case: Any
) -> None:
    from mobility.accounts.models import Participant
    from mobility.answers import notes, reopening
    from mobility.personal.records import collect
    from mobility.personal.services import erase_participant

    comment = ask(email="a@example.org")
    clerk.send(form_in(draft(clerk, comment, "It is done.").text, "/publish"))
    reopening.reopen_case(session, comment_id=comment.id, reason="My door is number 4", now=now)
    notes.add_note(session, comment_id=comment.id, text="He called", account_id=None, now=now)  # type: ignore[arg-type]
    person = session.get_one(Participant, comment.participant_id)
    found = collect(session, participant=person, now=now)["cases"]
    assert [(each["state"], each["asked_again"]) for each in found] == [
        ("in_progress", "My door is number 4")
    ]
    erase_participant(session, participant_id=person.id, now=now)
    assert case(comment).reopen_reason is None
    assert case(comment).state == "closed"
    assert session.scalars(select(InternalNote)).all() == []
    assert session.scalars(select(Answer.text)).all() == ["It is done."]


def test_what_is_published_is_a_line_of_the_audit_log(clerk: Browser, ask: Any, session: Session) -> None:
    clerk.send(form_in(draft(clerk, ask(), "It is done.").text, "/publish"))
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "answer.publish")).one()
    assert entry.details["comments"] == 1
    answered = services.comments_of(session, answer_id=entry.subject_id or 0)
    assert answered == [session.scalars(select(Case.comment_id)).one()]
