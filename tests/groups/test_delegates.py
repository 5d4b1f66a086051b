"""Delegates: invited by e-mail, accepted once, ended; and the rule by which they decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mobility.accounts import services as accounts
from mobility.accounts.models import Account, AuditEntry, Delegation, StakeholderGroup
from mobility.consultation.models import Vote
from mobility.consultation.models_proposals import VoteProposal
from mobility.groups.models import GroupInvitation
from tests.consultation.browser import PLAN, Browser, form_in
from tests.groups.conftest import PASSWORD, link_to

CODE = "P1-03"


def manage(group: StakeholderGroup) -> str:
    return f"{PLAN}/groups/{group.slug}/manage"


def invite(browser: Browser, group: StakeholderGroup, email: str) -> object:
    return browser.send(browser.form(manage(group), "/delegates"), email=email)


def test_a_delegate_invites_another(
    app: Flask, ada: Browser, session: Session, group: StakeholderGroup
) -> None:
    assert "The invitation is on its way." in invite(ada, group, "carla@example.org").text
    newcomer = Browser(app.test_client())
    page = newcomer.get(link_to(session, "carla@example.org"))
    form = form_in(page.text, page.request.path)
    assert newcomer.send(form, name="", password=PASSWORD, follow=False).status_code == 422
    assert newcomer.send(form, name="Carla", password="short", follow=False).status_code == 422
    assert newcomer.send(form, name="Carla", password=PASSWORD, follow=False).status_code == 303
    assert newcomer.get(page.request.path).status_code == 404, "the link works once"
    assert newcomer.send(form, name="Carla", password=PASSWORD, follow=False).status_code == 404
    assert "Carla" in ada.get(manage(group)).text


def test_an_account_that_is_there_only_accepts(
    app: Flask, ada: Browser, session: Session, group: StakeholderGroup
) -> None:
    known = accounts.save_account(session, email="dario@example.org", name="Dario", password=PASSWORD)
    session.commit()
    before = known.password_hash
    invite(ada, group, "Dario@Example.org")
    page = Browser(app.test_client()).get(link_to(session, "Dario@Example.org"))
    assert "You have an account with this address already" in page.text
    form = form_in(page.text, page.request.path)
    assert "password" not in form.fields
    answer = Browser(app.test_client())
    token = form_in(answer.get(page.request.path).text, page.request.path)
    answer.send(token, name="Somebody", password="another long password")
    session.expire_all()
    assert (known.name, known.password_hash) == ("Dario", before)
    assert session.get(Delegation, (group.id, known.id)) is not None


def test_a_new_link_ends_the_old_one(ada: Browser, session: Session, group: StakeholderGroup) -> None:
    invite(ada, group, "carla@example.org")
    old = link_to(session, "carla@example.org")
    invite(ada, group, "carla@example.org")
    new = link_to(session, "carla@example.org")
    assert ada.get(old).status_code == 404
    assert ada.get(new).status_code == 200
    ada.send(form_in(ada.get(manage(group)).text, "/take-back"))
    assert ada.get(new).status_code == 404


def test_links_grow_old(ada: Browser, session: Session, group: StakeholderGroup) -> None:
    invite(ada, group, "carla@example.org")
    session.execute(update(GroupInvitation).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    session.commit()
    assert ada.get(link_to(session, "carla@example.org")).status_code == 404
    assert "the link has become too old" in ada.get(manage(group)).text


def test_who_speaks_already_is_not_invited(ada: Browser, group: StakeholderGroup) -> None:
    answer = invite(ada, group, "ADA@example.org")
    assert answer.status_code == 422
    assert "This person speaks for the group already." in answer.text


def test_only_delegates_and_planners_manage(
    resident: Browser, stranger: Browser, planner: Browser, group: StakeholderGroup
) -> None:
    assert resident.get(manage(group)).status_code == 302
    assert stranger.get(manage(group)).status_code == 403
    assert planner.get(manage(group)).status_code == 200
    assert "The invitation is on its way." in invite(planner, group, "erika@example.org").text


def test_addresses_are_for_the_group_only(
    ada: Browser, resident: Browser, session: Session, group: StakeholderGroup
) -> None:
    invite(ada, group, "carla@example.org")
    assert "ada@example.org" in ada.get(manage(group)).text
    for path in (f"{PLAN}/groups", f"{PLAN}/groups/{group.slug}", f"{PLAN}/segments/{CODE}"):
        page = resident.get(path).text
        assert "ada@example.org" not in page
        assert "carla@example.org" not in page
        assert ">Ada<" not in page


def test_an_ended_delegation_leaves_the_votes(
    ada: Browser, ben: Browser, session: Session, group: StakeholderGroup
) -> None:
    ada.vote(CODE, 2, voice=group.slug)
    adas = session.scalars(select(Account.id).where(Account.name == "Ada")).one()
    form = form_in(ben.get(manage(group)).text, f"/delegates/{adas}/end")
    assert "no longer speaks for the group" in ben.send(form).text
    assert session.scalars(select(Vote)).one().group_id == group.id
    assert ada.get(manage(group)).status_code == 403
    assert ada.vote(CODE, -2).status_code == 200
    assert "delegation.end" in set(session.scalars(select(AuditEntry.action)))


def test_what_an_ended_delegate_proposed_is_taken_back(
    ada: Browser, ben: Browser, session: Session, group: StakeholderGroup
) -> None:
    group.rule = "two"
    session.commit()
    ada.vote(CODE, 2, voice=group.slug)
    adas = session.scalars(select(Account.id).where(Account.name == "Ada")).one()
    ben.send(form_in(ben.get(manage(group)).text, f"/delegates/{adas}/end"))
    assert session.scalars(select(VoteProposal)).one().outcome == "withdrawn"


def test_delegates_change_the_rule_by_two(
    ada: Browser, ben: Browser, session: Session, group: StakeholderGroup
) -> None:
    form = ada.form(manage(group), "/rule")
    assert "another delegate must want the same" in ada.send(form, rule="two").text
    ada.send(form, rule="two")
    session.expire_all()
    assert group.rule == "one", "one delegate alone changes nothing, however often"
    assert "Ada wants to change" in ben.get(manage(group)).text
    assert "The rule is changed." in ben.send(ben.form(manage(group), "/rule"), rule="two").text
    session.expire_all()
    assert group.rule == "two"
    assert "group.rule" in set(session.scalars(select(AuditEntry.action)))


def test_a_planner_changes_the_rule_alone(
    planner: Browser, session: Session, group: StakeholderGroup
) -> None:
    assert "The rule is changed." in planner.send(planner.form(manage(group), "/rule"), rule="two").text
    assert "unknown" not in planner.send(planner.form(manage(group), "/rule"), rule="unknown").text
    session.expire_all()
    assert group.rule == "two"


def test_the_account_page_shows_what_waits(
    ada: Browser, ben: Browser, session: Session, group: StakeholderGroup, person: Callable[[str], Browser]
) -> None:
    group.rule = "two"
    session.commit()
    ada.vote(CODE, 2, voice=group.slug)
    page = ben.get("/account").text
    assert "proposed by Ada" in page
    answer = ben.send(form_in(page, "/confirm"), follow=False)
    assert answer.headers["Location"].endswith("/account")
    assert session.scalars(select(Vote)).one().position == 2
