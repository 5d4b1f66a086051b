"""Invitation codes: shown once, used once, withdrawn together."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mobility.accounts import services as accounts
from mobility.accounts.models import INVITATION, AuditEntry, Participant
from mobility.consultation.models import Vote
from mobility.errors import MobilityError
from mobility.identity import codes, keys
from mobility.identity.models import CodeBatch, InvitationCode, SignInEvent
from mobility.plans.models import Plan
from mobility.text import show_receipt
from tests.consultation.browser import PLAN, Browser, form_in
from tests.identity.conftest import PASSWORD

SECRET = "test-secret-test-secret-test-secret"
Make = Callable[..., list[str]]


@pytest.fixture
def make(session: Session, plan: Plan) -> Make:
    """Makes a batch and returns its codes."""
    account = accounts.save_account(
        session, email="maker@example.org", name="Max", password=PASSWORD, role="planner"
    )

    def batch(count: int = 3, days: int = 30) -> list[str]:
        now = datetime.now(UTC)
        _batch, made = codes.make_batch(
            session,
            secret=SECRET,
            key=uuid.uuid4(),
            plan_id=plan.id,
            group_id=None,
            label="Letters to Kalsa",
            count=count,
            expires_at=now + timedelta(days=days),
            account_id=account.id,
            now=now,
        )
        session.commit()
        return made

    return batch


def redeem(browser: Browser, code: str) -> TestResponse:
    return browser.send(form_in(browser.get("/invitation").text, "/invitation"), follow=False, code=code)


def test_a_code_typed_by_hand_raises_and_counts_again(
    resident: Browser, make: Make, session: Session
) -> None:
    code = make()[0]
    resident.vote("P1-03", 1)
    answer = redeem(resident, f" {show_receipt(code).lower()} ")
    assert answer.status_code == 303
    assert "Invited" in resident.get("/").text
    assert session.scalars(select(Vote.identity_level)).all() == [INVITATION]


def test_a_code_from_a_picture_is_used_by_the_button_only(resident: Browser, make: Make) -> None:
    code = make()[0]
    path = f"/invitation/{show_receipt(code)}"
    for _time in range(2):
        page = resident.get(path)
        assert show_receipt(code) in page.text
    assert resident.send(form_in(page.text, "/invitation"), follow=False).status_code == 303


def test_a_code_works_once(resident: Browser, other_device: Browser, make: Make) -> None:
    code = make()[0]
    redeem(resident, code)
    late = redeem(other_device, code)
    assert late.status_code == 422
    assert "used already" in late.text
    assert show_receipt(code) not in resident.get("/invitation").text


def test_who_is_invited_already_keeps_the_second_code(
    resident: Browser, make: Make, session: Session
) -> None:
    first, second = make(2)
    redeem(resident, first)
    assert "Keep this code for somebody else" in redeem(resident, second).text
    used = select(func.count()).where(InvitationCode.used_at.is_not(None))
    assert session.scalar(used) == 1


def test_codes_that_expired_or_were_withdrawn(resident: Browser, make: Make, session: Session) -> None:
    code = make()[0]
    session.execute(update(CodeBatch).values(expires_at=datetime(2020, 1, 1, tzinfo=UTC)))
    session.commit()
    assert "has expired" in redeem(resident, code).text
    session.execute(update(CodeBatch).values(revoked_at=datetime.now(UTC)))
    session.commit()
    assert "withdrawn this code" in redeem(resident, code).text
    assert "none of our codes" in redeem(resident, "AAAA-AAAA-AAAA").text
    outcomes = session.scalars(select(SignInEvent.outcome).order_by(SignInEvent.id)).all()
    assert outcomes == ["expired", "revoked", "unknown"]


def test_only_keyed_hashes_are_kept(make: Make, session: Session) -> None:
    made = make()
    kept = set(session.scalars(select(InvitationCode.code_hash)))
    assert kept == {keys.code_hash(SECRET, code) for code in made}
    assert kept.isdisjoint({keys.code_hash("another secret", code) for code in made})


@pytest.mark.parametrize(("count", "days"), [(0, 1), (5001, 1), (1, -1)])
def test_sizes_and_dates_that_make_no_sense(make: Make, count: int, days: int) -> None:
    with pytest.raises(MobilityError):
        make(count, days)


def test_a_planner_makes_codes_and_sees_them_once(
    planner: Browser, resident: Browser, session: Session
) -> None:
    form = form_in(planner.get(f"{PLAN}/desk/codes").text, "/desk/codes")
    made = planner.send(form, follow=False, label="Kalsa", count="4", expires="2030-06-30")
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    listed = form_in(made.text, "/desk/codes.csv")
    sheet = planner.send(listed, follow=False)
    lines = sheet.text.strip().splitlines()
    assert len(lines) == 5
    code = lines[1].split(",")[0]
    assert code in made.text
    assert redeem(resident, code).status_code == 303
    again = planner.send(form, follow=False, label="Kalsa", count="4", expires="2030-06-30")
    assert code not in again.text
    assert "shown once" in again.text
    assert session.scalar(select(func.count()).select_from(InvitationCode)) == 4
    page = planner.get(f"{PLAN}/desk/codes").text
    assert "1 of 4 used" in page
    assert code not in page


def test_a_planner_withdraws_a_batch(
    planner: Browser, resident: Browser, make: Make, session: Session
) -> None:
    code = make()[0]
    batch = session.scalars(select(CodeBatch.id)).one()
    planner.send(form_in(planner.get(f"{PLAN}/desk/codes").text, f"/codes/{batch}/revoke"))
    assert "withdrawn this code" in redeem(resident, code).text
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == "code_batch")).all()
    assert actions == ["code_batch.make", "code_batch.revoke"]


def test_others_of_the_desk_make_no_codes(
    session: Session, sign_in: Callable[..., Browser], resident: Browser
) -> None:
    account = accounts.save_account(
        session, email="mo@example.org", name="Mo", password=PASSWORD, role="moderator"
    )
    session.commit()
    moderator = sign_in(account)
    assert moderator.get(f"{PLAN}/desk/codes").status_code == 403
    assert "Invitation codes" not in moderator.get(f"{PLAN}/desk").text
    assert resident.get(f"{PLAN}/desk/codes").status_code == 302


def test_the_list_is_not_longer_with_more_codes(make: Make, planner: Browser, session: Session) -> None:
    for _time in range(25):
        make(1)
    assert (
        session.scalar(select(func.count()).select_from(Participant).where(Participant.email.is_not(None)))
        == 0
    )
    page = planner.get(f"{PLAN}/desk/codes").text
    assert page.count("/revoke") == 20
