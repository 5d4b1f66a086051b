"""From "speak for a group" to a recognised group with its first delegate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mobility.accounts.models import Account, AuditEntry, Delegation, PlanGroup, StakeholderGroup
from mobility.groups.jobs import tidy
from mobility.groups.models import GroupDocument, GroupInvitation, GroupRegistration
from mobility.groups.names import alike, make_slug
from mobility.groups.pdf import NotTaken, check_pdf, title_of
from mobility.mail.models import MailMessage
from mobility.media.models import FileRemoval
from mobility.plans.models import Plan
from tests.consultation.browser import PLAN, Browser, form_in
from tests.groups.conftest import GOOD, PASSWORD, PDF, link_to, post_files, register

DESK = f"{PLAN}/desk/groups"


def asked(session: Session) -> GroupRegistration:
    session.expire_all()
    return session.scalars(select(GroupRegistration)).one()


def confirm(browser: Browser, session: Session) -> object:
    page = browser.get(link_to(session, GOOD["email"]))
    return browser.send(form_in(page.text, page.request.path))


def recognise(planner: Browser, session: Session, rule: str = "one") -> object:
    form = planner.form(f"{DESK}/{asked(session).id}", "/recognise")
    return planner.send(form, rule=rule)


def test_the_whole_way(app: Flask, resident: Browser, planner: Browser, session: Session, plan: Plan) -> None:
    assert "Look into your mailbox" in register(resident).text
    assert asked(session).state == "unconfirmed"
    assert "The city has your registration" in confirm(resident, session).text
    assert asked(session).state == "requested"
    assert "Friends of the Cala" in planner.get(DESK).text
    assert "The group is recognised" in recognise(planner, session, "two").text
    group = session.scalars(select(StakeholderGroup).where(StakeholderGroup.slug == "amici-cala")).one()
    assert (group.rule, group.members, group.website) == ("two", 120, "https://cala.example")
    assert session.get(PlanGroup, (plan.id, group.id)) is not None
    assert asked(session).email is None, "the address is not kept longer than needed"

    newcomer = Browser(app.test_client())
    page = newcomer.get(link_to(session, GOOD["email"]))
    assert "Friends of the Cala" in page.text
    answer = newcomer.send(form_in(page.text, page.request.path), name="Nino Russo", password=PASSWORD)
    assert "You speak for the group now." in answer.text
    account = session.scalars(select(Account).where(Account.email == GOOD["email"])).one()
    assert (account.name, account.role) == ("Nino Russo", "member")
    assert session.get(Delegation, (group.id, account.id)) is not None
    assert "Friends of the Cala" in resident.get(f"{PLAN}/groups").text
    actions = set(session.scalars(select(AuditEntry.action)))
    assert {"group.recognise", "delegation.begin"} <= actions


def test_nothing_is_public_before_recognition(resident: Browser, planner: Browser, session: Session) -> None:
    register(resident)
    confirm(resident, session)
    for path in (PLAN, f"{PLAN}/groups", f"{PLAN}/results"):
        assert "Friends of the Cala" not in resident.get(path).text
    assert resident.get(f"{PLAN}/groups/amici-cala").status_code == 404


def test_the_link_works_once_and_not_for_ever(resident: Browser, session: Session) -> None:
    register(resident)
    path = link_to(session, GOOD["email"])
    session.execute(update(GroupRegistration).values(expires_at=datetime.now(UTC) - timedelta(days=1)))
    session.commit()
    assert resident.get(path).status_code == 404
    session.execute(update(GroupRegistration).values(expires_at=datetime.now(UTC) + timedelta(days=1)))
    session.commit()
    page = resident.get(path)
    assert page.status_code == 200
    assert asked(session).state == "unconfirmed", "opening the link confirms nothing by itself"
    confirm(resident, session)
    assert resident.get(path).status_code == 404


def test_an_unconfirmed_group_cannot_be_recognised(
    resident: Browser, planner: Browser, session: Session
) -> None:
    register(resident)
    page = planner.get(f"{DESK}/{asked(session).id}").text
    with pytest.raises(AssertionError):
        form_in(page, "/recognise")
    form = form_in(page, "/decline")
    answer = planner.send(form, to=form.action.replace("decline", "recognise"), rule="one", follow=False)
    assert answer.status_code == 422
    assert asked(session).state == "unconfirmed"


def test_declined_with_a_reason_that_the_contact_reads(
    resident: Browser, planner: Browser, session: Session
) -> None:
    register(resident)
    confirm(resident, session)
    form = planner.form(f"{DESK}/{asked(session).id}", "/decline")
    assert planner.send(form, follow=False).status_code == 422
    planner.send(form, reason="The statute is missing.")
    assert (asked(session).state, asked(session).reason, asked(session).email) == (
        "declined",
        "The statute is missing.",
        None,
    )
    newest = session.scalars(select(MailMessage).order_by(MailMessage.id.desc())).first()
    assert newest is not None
    assert newest.recipient == GOOD["email"]
    assert "The statute is missing." in newest.body
    assert "group.decline" in set(session.scalars(select(AuditEntry.action)))


def test_a_decision_is_made_once(resident: Browser, planner: Browser, session: Session) -> None:
    register(resident)
    confirm(resident, session)
    page = planner.get(f"{DESK}/{asked(session).id}").text
    recognise(planner, session)
    again = planner.send(form_in(page, "/decline"), reason="No.", follow=False)
    assert again.status_code == 409
    assert asked(session).state == "recognised"
    assert len(list(session.scalars(select(GroupInvitation)))) == 1


def test_residents_and_members_decide_nothing(resident: Browser, stranger: Browser, session: Session) -> None:
    register(resident)
    confirm(resident, session)
    assert stranger.get(DESK).status_code == 403
    form = stranger.form(f"{PLAN}/groups/new", "/groups/new")
    answer = stranger.send(form, to=f"{DESK}/{asked(session).id}/recognise", rule="one", follow=False)
    assert answer.status_code == 403
    assert resident.get(DESK).status_code == 302


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name_en": "", "name_it": ""}, "Write the name in at least one language."),
        ({"kind": ""}, "Choose a kind."),
        ({"email": "not an address"}, "Write an e-mail address"),
        ({"members": "many"}, "Not a valid integer value"),
        ({"about": ""}, "Say in some words what the group does."),
    ],
)
def test_mistakes_are_said_and_nothing_typed_is_lost(
    resident: Browser, session: Session, typed: dict[str, str], said: str
) -> None:
    answer = register(resident, **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="The old harbour"' in answer.text
    assert session.scalars(select(GroupRegistration)).first() is None


def test_a_name_like_another_is_pointed_out(
    resident: Browser, session: Session, group: StakeholderGroup
) -> None:
    name = next(iter(group.name.values()))
    answer = register(resident, name_it=name.upper(), name_en="")
    assert answer.status_code == 422
    assert f"{PLAN}/groups/{group.slug}" in answer.text
    again = resident.send(form_in(answer.text, "/groups/new"), other="y")
    assert "Look into your mailbox" in again.text


def test_the_statute_is_for_the_city_only(
    resident: Browser, planner: Browser, stranger: Browser, session: Session
) -> None:
    answer = post_files(resident, f"{PLAN}/groups/new", GOOD, statute=[("our statute.pdf", PDF)])
    assert answer.status_code == 303
    paper = session.scalars(select(GroupDocument)).one()
    assert (paper.title, paper.size) == ("our statute", len(PDF))
    assert session.scalars(select(FileRemoval)).first() is None
    path = f"{DESK}/{asked(session).id}/statute"
    got = planner.get(path)
    assert got.data == PDF
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert stranger.get(path).status_code == 403


def test_only_whole_pdfs_are_taken(resident: Browser, session: Session) -> None:
    answer = post_files(resident, f"{PLAN}/groups/new", GOOD, statute=[("x.pdf", b"<html>%PDF-</html>")])
    assert answer.status_code == 422
    assert "not a whole PDF" in answer.text
    assert session.scalars(select(GroupRegistration)).first() is None


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (PDF + b" " * 200, "large"),
        (b"MZ" + PDF, "not_pdf"),
        (PDF.replace(b"%%EOF", b""), "not_pdf"),
        (PDF.replace(b"<<>>", b"<</JavaScript 1>>", 1), "active"),
    ],
)
def test_what_is_no_plain_pdf(data: bytes, code: str) -> None:
    with pytest.raises(NotTaken) as refused:
        check_pdf(data, limit=len(PDF) + 100)
    assert refused.value.code == code


def test_titles_of_files() -> None:
    assert title_of("C:\\papers\\Our_statute 2020.PDF") == "Our statute 2020"
    assert title_of("../../etc/\u202epasswd.pdf") == "passwd"
    assert title_of(None) == "PDF"


def test_names() -> None:
    assert alike({"it": "Associazione Amici della Cala"}, {"en": "x", "it": "AMICI DELLA CALÀ"})
    assert alike({"it": "Palermo in bici"}, {"it": "Palermo in bicì!"})
    assert not alike({"it": "Amici della Cala"}, {"it": "Commercianti di Via Roma"})
    assert make_slug("Società Élite & Co.", set()) == "societa-elite-co"
    assert make_slug("New", set()) == "new-2"
    assert make_slug("鉄道", {"group"}) == "group-2"


def test_what_was_never_confirmed_is_forgotten(
    resident: Browser, planner: Browser, session: Session, group: StakeholderGroup
) -> None:
    post_files(resident, f"{PLAN}/groups/new", GOOD, statute=[("statute.pdf", PDF)])
    invite_form = planner.form(f"{PLAN}/groups/{group.slug}/manage", "/delegates")
    planner.send(invite_form, email="late@example.org")
    tidy(session, now=datetime.now(UTC) + timedelta(days=6), site=None)
    assert asked(session).state == "unconfirmed"
    tidy(session, now=datetime.now(UTC) + timedelta(days=40), site=None)
    assert session.scalars(select(GroupRegistration)).first() is None
    assert session.scalars(select(FileRemoval)).first() is not None
    assert session.scalars(select(GroupInvitation)).one().email is None
