"""Colleagues and roles: invited, given, ended, closed; never the last administrator."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts import services, staff
from mobility.accounts.models import Account, Delegation, StakeholderGroup
from mobility.accounts.roles import roles_of
from mobility.errors import Conflict
from mobility.plans.models import Plan
from tests.accounts.conftest import PASSWORD, Make, Person, form_to, link_in
from tests.conftest import QueryCount
from tests.consultation.browser import PLAN, Browser

Letters = Callable[[str], list[str]]
Acts = Callable[[], list[str]]
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
NEW = "seven lemons on a tram"


def held(session: Session, person: Person, plan_id: int | None) -> set[str]:
    return set(roles_of(session, account=session.get_one(Account, person.account.id)).of(plan_id))


def page_of(person: Person) -> str:
    return f"/staff/{person.account.id}"


def test_an_invited_colleague_comes_in(
    app: Flask, boss: Person, session: Session, letters: Letters, plan: Plan, acts: Acts
) -> None:
    email = "new.colleague@example.org"
    answer = boss.send(
        "/staff/invite", "/staff/invite", email=email, role="moderator", plan=str(plan.id), follow=True
    )
    assert f"on its way to {email}" in answer.text
    path, visitor = link_in(letters(email)[0]), Browser(app.test_client())
    form = form_to(visitor.get(path).text, path, "name")
    assert visitor.send(form, follow=False, name="", password=NEW).status_code == 422
    assert visitor.send(form, follow=False, name="Pia Costa", password=NEW).status_code == 303
    account = session.scalars(select(Account).where(Account.email == email)).one()
    assert (account.name, account.invited) == ("Pia Costa", False)
    newcomer = Person(account, visitor)
    newcomer.sign_in(password=NEW)
    assert visitor.get(f"{PLAN}/desk").status_code == 200
    assert visitor.get("/staff").status_code == 403
    assert [act for act in acts() if act in ("account.invite", "account.give_role", "account.accept")] == [
        "account.invite", "account.give_role", "account.accept",
    ]  # fmt: skip


def test_nobody_signs_in_before_accepting(session: Session) -> None:
    account = staff.invite(
        session, email="x@example.org", language="en", by=None, now=NOW, base_url="http://here"
    )
    for password in ("!", "", PASSWORD):
        assert services.authenticate(session, email=account.email, password=password, now=NOW) is None


def test_an_address_is_invited_once(boss: Person, make: Make) -> None:
    known = make()
    answer = boss.send("/staff/invite", "/staff/invite", email=known.account.email.upper(), role="planner")
    assert answer.status_code == 422
    assert "has an account already" in answer.text


@pytest.mark.parametrize("everywhere", [True, False])
def test_a_role_is_given_and_ended(
    boss: Person, make: Make, session: Session, plan: Plan, acts: Acts, everywhere: bool
) -> None:
    person, where = make(), "" if everywhere else str(plan.id)
    boss.send(page_of(person), "/roles", role="planner", plan=where)
    assert held(session, person, plan.id) == {"planner"}
    assert held(session, person, 999_999) == ({"planner"} if everywhere else set())
    person.sign_in()
    assert person.browser.get(f"{PLAN}/desk").status_code == 200
    page = boss.send(page_of(person), "/roles/end", follow=True)
    assert "The role has ended." in page.text
    assert held(session, person, plan.id) == set()
    assert person.browser.get(f"{PLAN}/desk").status_code == 403
    assert acts()[-1] == "account.end_role"


def test_every_role_is_explained(boss: Person) -> None:
    page = boss.browser.get("/staff").text
    for words in (
        "Administrator",
        "Planner",
        "Moderator",
        "Office clerk",
        "Facilitator",
        "decides on appeals",
    ):
        assert words in page


def test_closing_ends_sessions_and_delegations(
    boss: Person, make: Make, session: Session, letters: Letters
) -> None:
    person = make()
    group = session.scalars(select(StakeholderGroup)).first()
    assert group
    services.delegate(session, account=session.get_one(Account, person.account.id), group=group)
    session.commit()
    person.sign_in()
    boss.send(page_of(person), "/close")
    assert person.browser.get("/account").status_code == 302
    assert person.sign_in().status_code == 422
    ended = select(Delegation.until).where(Delegation.account_id == person.account.id)
    assert session.scalar(ended) is not None
    boss.send(page_of(person), "/open")
    assert person.sign_in().status_code == 303
    assert person.browser.get("/account").status_code == 200


def test_the_last_administrator_stays(make: Make, session: Session) -> None:
    account = make("administrator").account
    for act in (
        lambda: staff.close_account(session, account=account, by=None, now=NOW),
        lambda: staff.end_role(
            session, account=account, role="administrator", plan_id=None, by=None, now=NOW
        ),
    ):
        with pytest.raises(Conflict):
            act()


def test_an_invited_or_closed_administrator_is_no_other(make: Make, session: Session) -> None:
    account = make("administrator").account
    invited = staff.invite(
        session, email="y@example.org", language="en", by=None, now=NOW, base_url="http://here"
    )
    staff.give_role(session, account=invited, role="administrator", plan_id=None, by=None)
    with pytest.raises(Conflict):
        staff.close_account(session, account=account, by=None, now=NOW)
    other = make("administrator", name="Rosa Sala").account
    staff.close_account(session, account=account, by=None, now=NOW)
    with pytest.raises(Conflict):
        staff.close_account(session, account=other, by=None, now=NOW)


def test_nobody_closes_the_own_account(boss: Person, make: Make, session: Session) -> None:
    make("administrator", name="Rosa Sala")
    form = form_to(boss.browser.get(page_of(boss)).text, "/roles/end")
    assert "own account" in boss.browser.send(form).text
    assert held(session, boss, None) == {"administrator"}


def test_sensitive_pages_ask_again_after_a_while(boss: Person) -> None:
    with boss.browser.client.session_transaction() as kept:
        kept["proved"] = [int(time.time()) - 16 * 60, "app"]
    answer = boss.browser.get("/staff/invite")
    assert answer.headers["Location"] == "/account/prove?next=/staff/invite"
    assert boss.browser.get("/account").status_code == 200
    wrong = boss.send(answer.headers["Location"], "/account/prove", code="000000")
    assert wrong.status_code == 422
    right = boss.send(answer.headers["Location"], "/account/prove", code=boss.codes[0])
    assert right.headers["Location"] == "/staff/invite"
    assert boss.browser.get("/staff/invite").status_code == 200


def test_a_lost_second_factor_is_removed_by_a_colleague(
    boss: Person, make: Make, letters: Letters, acts: Acts
) -> None:
    person = make("planner", factor=True)
    boss.send(page_of(person), "/reset-second-factor")
    assert not person.has_factor()
    assert "was removed" in letters(person.account.email)[-1]
    assert acts()[-1] == "account.reset_second_factor"
    assert person.sign_in().headers["Location"] == "/account"


def test_only_with_a_second_factor_of_ones_own(make: Make) -> None:
    boss, person = make("administrator", name="Olga Greco"), make("planner", factor=True)
    boss.sign_in()
    page = boss.browser.get(page_of(person)).text
    assert "you need a second factor yourself" in page
    form = form_to(page, "/close")
    answer = boss.browser.send(form, follow=False, to=f"{page_of(person)}/reset-second-factor")
    assert answer.status_code == 403
    assert person.has_factor()


def test_not_ones_own(boss: Person) -> None:
    form = form_to(boss.browser.get("/staff/invite").text, "/staff/invite")
    answer = boss.browser.send(form, follow=False, to=f"{page_of(boss)}/reset-second-factor")
    assert answer.status_code == 403
    assert boss.has_factor()


@pytest.mark.parametrize("role", ["member", "planner", "moderator", "clerk", "facilitator"])
def test_others_are_refused(make: Make, role: str) -> None:
    person, other = make(role), make(name="Rosa Sala")
    person.sign_in()
    for path in ("/staff", "/staff/invite", page_of(other), "/staff/audit", "/staff/audit.csv"):
        assert person.browser.get(path).status_code == 403
    form = form_to(person.browser.get("/account/security").text, "/account/end-sessions")
    for act in ("roles", "roles/end", "close", "open", "send-link", "reset-second-factor"):
        answer = person.browser.send(form, follow=False, to=f"{page_of(other)}/{act}", role="administrator")
        assert answer.status_code == 403


def test_the_list_is_found_through(boss: Person, make: Make) -> None:
    make("planner", name="Pia Costa")
    make(name="Dora Delegate")
    assert "Pia Costa" in boss.browser.get("/staff").text
    assert "Dora Delegate" not in boss.browser.get("/staff").text
    assert "Dora Delegate" in boss.browser.get("/staff?show=members").text
    assert "Pia Costa" not in boss.browser.get("/staff?q=olga").text
    assert "No account fits" in boss.browser.get("/staff?q=%25").text
    assert boss.browser.get("/staff/999999999").status_code == 404
    assert boss.browser.get("/staff/99999999999999999999999").status_code == 404


def test_queries_do_not_grow_with_the_people(
    boss: Person, make: Make, session: Session, count_queries: QueryCount
) -> None:
    boss.browser.get("/staff")
    with count_queries as first:
        boss.browser.get("/staff")
    before = len(first)
    for number in range(12):
        account = Account(email=f"n{number}@example.org", name=f"N {number}", password_hash="none")
        session.add(account)
        session.flush()
        staff.give_role(session, account=account, role="clerk", plan_id=None, by=None)
    session.commit()
    first.statements.clear()
    with count_queries as second:
        boss.browser.get("/staff")
    assert len(second) == before
