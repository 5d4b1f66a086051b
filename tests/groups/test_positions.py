"""Positions on measures: drafted, agreed where two must, published in versions, withdrawn; documents."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.models import AuditEntry, StakeholderGroup
from mobility.consultation.models import Phase
from mobility.groups.models import GroupDocument, GroupPosition
from mobility.mail.models import MailMessage
from mobility.media.models import FileRemoval
from mobility.plans.models import Measure
from tests.consultation.browser import PLAN, Browser, form_in
from tests.groups.conftest import PDF, post_files

CODE, SEGMENT = "P1", "P1-03"
WORDS = "We want the street to be for people. <b>All</b> of it."


def editor(group: StakeholderGroup, code: str = CODE) -> str:
    return f"{PLAN}/groups/{group.slug}/positions/{code}"


def write(
    browser: Browser, group: StakeholderGroup, text: str = WORDS, act: str = "publish", **typed: str
) -> str:
    form = browser.form(editor(group), f"/positions/{CODE}")
    return browser.send(form, text_en=text, act=act, **typed).text


def states(session: Session) -> list[tuple[str, int | None]]:
    session.expire_all()
    return [(p.state, p.version) for p in session.scalars(select(GroupPosition).order_by(GroupPosition.id))]


def two(session: Session, group: StakeholderGroup) -> None:
    group.rule = "two"
    session.commit()


def test_published_in_the_groups_own_words(
    ada: Browser, resident: Browser, session: Session, group: StakeholderGroup
) -> None:
    assert "The position is public now." in write(ada, group)
    assert states(session) == [("published", 1)]
    page = resident.get(f"{PLAN}/groups/{group.slug}").text
    assert "We want the street to be for people. &lt;b&gt;All&lt;/b&gt; of it." in page
    assert "about version 1 of the measure" in page
    card = resident.get(f"{PLAN}/measures/{CODE}").text
    assert "What groups say" in card
    assert group.name["en"] in card
    assert "We want the street" in card


def test_a_draft_is_for_delegates_only(
    ada: Browser,
    ben: Browser,
    resident: Browser,
    stranger: Browser,
    session: Session,
    group: StakeholderGroup,
) -> None:
    assert "The draft is kept." in write(ada, group, act="save")
    assert "We want the street" in ben.get(editor(group)).text
    for path in (f"{PLAN}/groups/{group.slug}", f"{PLAN}/measures/{CODE}"):
        assert "We want the street" not in resident.get(path).text
    assert stranger.get(editor(group)).status_code == 403
    assert resident.get(editor(group)).status_code == 302


def test_versions_are_kept_with_their_dates(
    ada: Browser, resident: Browser, session: Session, group: StakeholderGroup
) -> None:
    write(ada, group, "First words.")
    write(ada, group, "Second words.")
    assert states(session) == [("replaced", 1), ("published", 2)]
    page = resident.get(f"{PLAN}/groups/{group.slug}").text
    assert "1 earlier version" in page
    assert "First words." in page
    assert "First words." not in resident.get(f"{PLAN}/measures/{CODE}").text


def test_says_that_the_measure_has_changed_since(
    ada: Browser, resident: Browser, session: Session, group: StakeholderGroup
) -> None:
    write(ada, group)
    measure = session.scalars(select(Measure).where(Measure.code == CODE)).one()
    measure.version += 1
    session.commit()
    assert "which has changed since" in resident.get(f"{PLAN}/groups/{group.slug}").text


def test_two_must_agree(
    ada: Browser, ben: Browser, resident: Browser, session: Session, group: StakeholderGroup
) -> None:
    two(session, group)
    ben.get(editor(group))
    assert "Your proposal waits" in write(ada, group)
    assert states(session) == [("proposed", None)]
    assert "We want the street" not in resident.get(f"{PLAN}/groups/{group.slug}").text
    told = session.scalars(select(MailMessage.recipient).where(MailMessage.key.like("group-position:%")))
    assert list(told) == ["ben@example.org"]
    with pytest.raises(AssertionError):
        form_in(ada.get(editor(group)).text, "/publish")
    assert "The position is public now." in ben.send(form_in(ben.get(editor(group)).text, "/publish")).text
    assert states(session) == [("published", 1)]


def test_who_proposed_cannot_confirm(ada: Browser, session: Session, group: StakeholderGroup) -> None:
    two(session, group)
    write(ada, group)
    form = form_in(ada.get(editor(group)).text, "/decline")
    ada.send(form, to=form.action.replace("decline", "publish"))
    assert states(session) == [("proposed", None)]


def test_what_changed_meanwhile_is_not_confirmed(
    ada: Browser, ben: Browser, session: Session, group: StakeholderGroup
) -> None:
    two(session, group)
    write(ada, group, "First words.")
    read = form_in(ben.get(editor(group)).text, "/publish")
    write(ada, group, "Other words.")
    assert "Somebody changed this position meanwhile." in ben.send(read).text
    assert states(session) == [("proposed", None)]


def test_two_delegates_writing_at_once_lose_nothing(
    ada: Browser, ben: Browser, session: Session, group: StakeholderGroup
) -> None:
    late = ben.form(editor(group), f"/positions/{CODE}")
    write(ada, group, "Ada's words.", act="save")
    answer = ben.send(late, text_en="Ben's words.", act="save", follow=False)
    assert answer.status_code == 409
    assert "Ben&#39;s words." in answer.text
    assert session.scalars(select(GroupPosition)).one().text == {"en": "Ada's words."}


def test_withdrawn_by_two(
    ada: Browser, ben: Browser, resident: Browser, session: Session, group: StakeholderGroup
) -> None:
    write(ada, group)
    two(session, group)
    page = ada.get(editor(group)).text
    ada.send(form_in(page, "/withdraw"))
    assert states(session) == [("published", 1)]
    ben.send(form_in(ben.get(editor(group)).text, "/withdraw"))
    assert states(session) == [("withdrawn", 1)]
    page = resident.get(f"{PLAN}/groups/{group.slug}").text
    assert "the group withdrew its position" in page
    assert "We want the street" not in page


def test_long_and_empty_texts(ada: Browser, session: Session, group: StakeholderGroup) -> None:
    form = ada.form(editor(group), f"/positions/{CODE}")
    long = ada.send(form, text_en="x" * 5001, act="publish", follow=False)
    assert long.status_code == 422
    assert "at most 5000 fit" in long.text
    assert "x" * 5001 in long.text
    assert ada.send(form, text_en="", text_it=" ", follow=False).status_code == 422
    assert states(session) == []


def test_documents_travel_with_the_position(
    ada: Browser, resident: Browser, session: Session, group: StakeholderGroup
) -> None:
    fields = {"text_en": WORDS, "act": "save", "revision": "0"}
    post_files(ada, editor(group), fields, documents=[("Study.pdf", PDF)])
    paper = session.scalars(select(GroupDocument)).one()
    path = f"{PLAN}/groups/{group.slug}/documents/{paper.id}"
    assert resident.get(path).status_code == 404, "drafts are for delegates"
    assert ada.get(path).status_code == 200
    ada.send(ada.form(editor(group), f"/positions/{CODE}"), act="publish")
    got = resident.get(path)
    assert got.data == PDF
    assert got.headers["Content-Disposition"] == (
        "attachment; filename=\"document.pdf\"; filename*=UTF-8''Study.pdf"
    )
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"].startswith("sandbox")
    write(ada, group, "Second words.")
    session.expire_all()
    assert len(list(session.scalars(select(GroupDocument)))) == 2, "the next version has it too"
    assert resident.get(path).status_code == 200


def test_at_most_three_documents(ada: Browser, session: Session, group: StakeholderGroup) -> None:
    fields = {"text_en": WORDS, "act": "save", "revision": "0"}
    four = [(f"{number}.pdf", PDF) for number in range(4)]
    assert post_files(ada, editor(group), fields, documents=four).status_code == 422
    assert post_files(ada, editor(group), fields, documents=four[:3]).status_code == 303
    more = post_files(ada, editor(group), fields | {"revision": "1"}, documents=four[:1])
    assert more.status_code == 422
    assert len(list(session.scalars(select(GroupDocument)))) == 3
    session.expire_all()
    ada.send(form_in(ada.get(editor(group)).text, "/remove"))
    assert len(list(session.scalars(select(GroupDocument)))) == 2
    assert session.scalars(select(FileRemoval)).first() is not None


def test_the_city_takes_a_document_down(
    ada: Browser,
    planner: Browser,
    stranger: Browser,
    resident: Browser,
    session: Session,
    group: StakeholderGroup,
) -> None:
    fields = {"text_en": WORDS, "act": "publish", "revision": "0"}
    post_files(ada, editor(group), fields, documents=[("Study.pdf", PDF)])
    page = f"{PLAN}/groups/{group.slug}"
    assert "Take this document down" not in resident.get(page).text
    form = form_in(planner.get(page).text, "/take-down")
    own = stranger.form(f"{PLAN}/groups/new", "/groups/new")
    assert stranger.send(own, to=form.action, reason="x", follow=False).status_code == 403
    planner.send(form, reason=" ")
    paper = session.scalars(select(GroupDocument)).one()
    assert paper.taken_down_at is None
    planner.send(form, reason="It names private people.")
    got = resident.get(f"{page}/documents/{paper.id}")
    assert got.status_code == 404
    assert "It names private people." in resident.get(page).text
    assert "group_document.take_down" in set(session.scalars(select(AuditEntry.action)))


def test_votes_of_the_group_on_its_page_and_map(
    ada: Browser, resident: Browser, session: Session, group: StakeholderGroup
) -> None:
    ada.vote(SEGMENT, -2, voice=group.slug, condition="deliveries stay", reason="Our shops.")
    page = resident.get(f"{PLAN}/groups/{group.slug}").text
    assert "Yes, if deliveries stay" in page
    assert "Our shops." in page
    assert f"group.en.js?group={group.slug}" in page
    shapes = json.loads(resident.get(f"{PLAN}/features/segments.json?group={group.slug}").text)["features"]
    drawn = {each["id"]: each["properties"] for each in shapes}
    assert (drawn[SEGMENT]["n"], drawn[SEGMENT]["mean"], drawn[SEGMENT]["group"]) == (1, -2, True)
    assert [code for code, each in drawn.items() if each["n"]] == [SEGMENT]
    assert resident.get(f"{PLAN}/map.svg?group={group.slug}").status_code == 200
    assert resident.get(f"/maps/palermo-centro/group.en.js?group={group.slug}").status_code == 200
    assert resident.get(f"{PLAN}/features/segments.json?group=nobody").status_code == 404


def test_votes_wait_until_results_are_shown(
    ada: Browser, resident: Browser, session: Session, group: StakeholderGroup
) -> None:
    ada.vote(SEGMENT, -2, voice=group.slug, reason="Our shops.")
    write(ada, group)
    for phase in session.scalars(select(Phase)):
        phase.results = "after_phase"
    session.commit()
    page = resident.get(f"{PLAN}/groups/{group.slug}").text
    assert "Our shops." not in page
    assert "We want the street" in page, "what the group publishes is public"
    shapes = json.loads(resident.get(f"{PLAN}/features/segments.json?group={group.slug}").text)["features"]
    assert not any(each["properties"]["mean"] for each in shapes)


def test_the_list_filters_by_kind(resident: Browser, session: Session, group: StakeholderGroup) -> None:
    page = resident.get(f"{PLAN}/groups?kind={group.kind}").text
    assert f"{PLAN}/groups/{group.slug}" in page
    other = next(kind for kind in ("cycling", "traders") if kind != group.kind)
    assert f'href="{PLAN}/groups/{group.slug}"' not in resident.get(f"{PLAN}/groups?kind={other}").text
    assert resident.get(f"{PLAN}/groups?kind=nonsense&page=99999999").status_code == 200
    assert f"{PLAN}/groups" in resident.get(f"{PLAN}/results").text


def test_lists_take_as_many_queries_whatever_they_hold(
    ada: Browser, resident: Browser, session: Session, group: StakeholderGroup, count_queries: object
) -> None:
    path = f"{PLAN}/groups/{group.slug}"
    write(ada, group)
    resident.get(path)
    with count_queries as few:  # type: ignore[attr-defined]
        resident.get(path)
        before = len(few)
    ada.vote(SEGMENT, 1, voice=group.slug)
    ada.vote("P1-02", 1, voice=group.slug)
    write(ada, group, "More words.")
    with count_queries as many:  # type: ignore[attr-defined]
        resident.get(path)
    assert len(many) - before == before
