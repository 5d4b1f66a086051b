"""The second factor: set up, asked for, never twice the same code, and never a way to lock somebody out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from mobility.accounts import second_factor
from mobility.accounts.models import AuditEntry, RecoveryCode
from tests.accounts.conftest import SECRET, Make, Person, form_to
from tests.consultation.browser import PLAN

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def judge(session: Session, person: Person, code: str, now: datetime = NOW) -> str:
    return second_factor.check(session, account=person.account, code=code, secret_key=SECRET, now=now)


def code_at(person: Person, now: datetime) -> str:
    return pyotp.TOTP(person.secret).at(now)


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_a_code_counts_one_step_early_or_late(session: Session, make: Make, seconds: int) -> None:
    person = make(factor=True)
    assert judge(session, person, code_at(person, NOW + timedelta(seconds=seconds))) == "app"


@pytest.mark.parametrize("seconds", [-90, -60, 60, 90])
def test_not_two_steps(session: Session, make: Make, seconds: int) -> None:
    person = make(factor=True)
    assert judge(session, person, code_at(person, NOW + timedelta(seconds=seconds))) == "wrong"


def test_no_code_works_twice_nor_an_older_one(session: Session, make: Make) -> None:
    person = make(factor=True)
    older, now, newer = (code_at(person, NOW + timedelta(seconds=each)) for each in (-30, 0, 30))
    assert [judge(session, person, code) for code in (now, now, older, newer)] == [
        "app", "wrong", "wrong", "app",
    ]  # fmt: skip


def test_codes_may_be_typed_with_spaces(session: Session, make: Make) -> None:
    person = make(factor=True)
    code = code_at(person, NOW)
    assert judge(session, person, f" {code[:3]} {code[3:]} ") == "app"


def test_a_recovery_code_works_once_however_it_is_typed(session: Session, make: Make) -> None:
    person = make(factor=True)
    first, second = person.codes[:2]
    assert len(set(person.codes)) == 10
    assert judge(session, person, f"{first[:4]}-{first[4:8]}-{first[8:]}".lower()) == "recovery"
    assert judge(session, person, first) == "wrong"
    assert judge(session, person, second) == "recovery"
    assert second_factor.recovery_codes_left(session, account=person.account) == 8


def test_recovery_codes_of_another_account_are_worth_nothing(session: Session, make: Make) -> None:
    ada, rosa = make(factor=True), make(name="Rosa Sala", factor=True)
    assert judge(session, ada, rosa.codes[0]) == "wrong"


def test_neither_secret_nor_codes_can_be_read_in_the_database(session: Session, make: Make) -> None:
    person = make(factor=True)
    stored = bytes(person.account.totp_secret or b"")
    assert person.secret.encode() not in stored
    hashes = session.scalars(select(RecoveryCode.code_hash)).all()
    assert not any(code.encode() in bytes(each) for each in hashes for code in person.codes)


def test_another_secret_key_opens_nothing(session: Session, make: Make) -> None:
    person = make(factor=True)
    other = "another-secret-another-secret-another"
    code = code_at(person, NOW)
    check = second_factor.check
    assert check(session, account=person.account, code=code, secret_key=other, now=NOW) == "wrong"


def test_wrong_codes_slow_down_and_end_by_themselves(session: Session, make: Make) -> None:
    person = make(factor=True)
    for _each in range(5):
        assert judge(session, person, "000000") == "wrong"
    assert judge(session, person, code_at(person, NOW)) == "wait"
    later = NOW + timedelta(seconds=61)
    assert judge(session, person, code_at(person, later), later) == "app"


def test_nobody_is_kept_out_by_the_wrong_codes_of_another(session: Session, make: Make) -> None:
    person, now = make(factor=True), NOW
    for _each in range(100):
        judge(session, person, "000000", now)
        now = max(now, person.account.codes_wait_until or now)
    assert (person.account.codes_wait_until or now) - now <= timedelta(minutes=15)
    judge(session, person, "000000", now)
    assert judge(session, person, person.codes[0], now) == "recovery"


def set_up(person: Person) -> str:
    """Goes through the pages of setting up; the page with the recovery codes."""
    person.send("/account/second-factor", "/account/second-factor")
    page = person.browser.get("/account/second-factor/set-up")
    assert page.headers["Cache-Control"] == "no-store"
    found = re.search(r'class="secret"[^>]*>([A-Z2-7 ]+)<', page.text)
    assert found
    person.secret = found[1].replace(" ", "")
    form = form_to(page.text, "/set-up", "code")
    return person.browser.send(form, follow=False, code=person.code()).text


def test_setting_it_up(
    make: Make, letters: Callable[[str], list[str]], acts: Callable[[], list[str]]
) -> None:
    person = make("planner")
    person.sign_in()
    codes = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", set_up(person))
    assert len(set(codes)) == 10
    assert person.has_factor()
    assert "10 recovery codes are left" in person.browser.get("/account/security").text
    assert person.browser.get(f"{PLAN}/desk").status_code == 200
    assert not any(code in person.browser.get("/account/second-factor").text for code in codes)
    assert "second factor of your account was set up" in letters(person.account.email)[-1]
    assert acts()[-1] == "account.second_factor_on"


def test_the_picture_is_drawn_without_style_or_script(make: Make) -> None:
    person = make("planner")
    person.sign_in()
    person.send("/account/second-factor", "/account/second-factor")
    page = person.browser.get("/account/second-factor/set-up").text
    drawn = page.partition('<div class="qr-frame"')[2].partition("</div>")[0]
    assert "<path" in drawn
    assert not re.search(r"style=|<style|<script|\son\w+=", drawn)


def test_a_wrong_first_code_switches_nothing_on(make: Make) -> None:
    person = make("planner")
    person.sign_in()
    person.send("/account/second-factor", "/account/second-factor")
    answer = person.send("/account/second-factor/set-up", "/set-up", code="000000")
    assert answer.status_code == 422
    assert "This code is not right" in answer.text
    assert not person.has_factor()


def test_signing_in_takes_two_steps(make: Make, session: Session) -> None:
    person = make("planner", factor=True)
    answer = person.sign_in(query=f"?next={PLAN}/desk")
    assert answer.headers["Location"] == f"/sign-in/code?next={PLAN}/desk"
    assert person.browser.get(f"{PLAN}/desk").status_code == 302
    page = person.browser.get(answer.headers["Location"]).text
    answer = person.browser.send(form_to(page, "/sign-in/code", "code"), follow=False, code=person.code())
    assert answer.headers["Location"] == f"{PLAN}/desk"
    assert person.browser.get(f"{PLAN}/desk").status_code == 200
    line = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (line.action, line.details) == ("account.sign_in", {"factor": "app"})


def test_a_wrong_code_leads_nowhere(make: Make, acts: Callable[[], list[str]]) -> None:
    person = make("planner", factor=True)
    person.sign_in()
    answer = person.send("/sign-in/code", "/sign-in/code", code="000000")
    assert answer.status_code == 422
    assert "This code is not right" in answer.text
    assert person.browser.get("/account").status_code == 302
    assert acts()[-1] == "account.sign_in_refused"


def test_the_fifth_wrong_code_is_told_to_the_person(make: Make, letters: Callable[[str], list[str]]) -> None:
    person = make("planner", factor=True)
    person.sign_in()
    for _each in range(5):
        person.send("/sign-in/code", "/sign-in/code", code="000000")
    assert "five wrong codes" in letters(person.account.email)[-1]
    answer = person.send("/sign-in/code", "/sign-in/code", code=person.code())
    assert "Wait some minutes" in answer.text
    answer = person.send("/sign-in/code", "/sign-in/code", code=person.codes[3])
    assert answer.status_code == 303
    assert "recovery codes" in letters(person.account.email)[-1]


def test_the_second_step_needs_the_first(make: Make) -> None:
    person = make("planner", factor=True)
    assert person.browser.get("/sign-in/code").headers["Location"] == "/sign-in"


def test_a_new_password_ends_the_second_step_of_others(make: Make, session: Session) -> None:
    person = make("planner", factor=True)
    person.sign_in()
    form = form_to(person.browser.get("/sign-in/code").text, "/sign-in/code", "code")
    person.account.session_version += 1
    session.commit()
    answer = person.browser.send(form, follow=False, code=person.code())
    assert answer.headers["Location"].startswith("/sign-in")
    assert person.browser.get("/account").status_code == 302


def test_removing_it_ends_other_sessions_and_is_told(
    app: Flask, make: Make, letters: Callable[[str], list[str]]
) -> None:
    person = make("planner", factor=True)
    person.sign_in()
    person.send("/sign-in/code", "/sign-in/code", code=person.code())
    assert person.browser.client.get_cookie("session")
    person.send("/account/second-factor", "/remove")
    assert not person.has_factor()
    assert person.browser.get("/account").status_code == 200
    assert "was removed" in letters(person.account.email)[-1]


@pytest.fixture
def required(app: Flask) -> Iterator[None]:
    app.config["SECOND_FACTOR"] = "required"
    yield
    app.config["SECOND_FACTOR"] = "optional"


@pytest.mark.usefixtures("required")
class TestRequired:
    @pytest.mark.parametrize("role", ["planner", "moderator", "administrator"])
    def test_staff_set_it_up_before_any_desk_page(self, make: Make, role: str) -> None:
        person = make(role)
        answer = person.sign_in(query=f"?next={PLAN}/desk")
        assert answer.headers["Location"] == f"/account/second-factor?next={PLAN}/desk"
        for path in (f"{PLAN}/desk", f"{PLAN}/desk/results"):
            answer = person.browser.get(path)
            assert answer.headers["Location"] == f"/account/second-factor?next={path}"
        assert "One step is missing" in person.browser.get("/account/second-factor").text
        set_up(person)
        assert person.browser.get(f"{PLAN}/desk").status_code == 200

    def test_nothing_else_opens_either(self, make: Make) -> None:
        person = make("administrator")
        person.sign_in()
        assert person.browser.get("/staff").headers["Location"].startswith("/account/second-factor")
        assert person.browser.get("/staff/audit.csv").headers["Location"].startswith("/account/second-factor")

    def test_delegates_need_none(self, make: Make) -> None:
        person = make()
        assert person.sign_in().headers["Location"] == "/account"
        assert person.browser.get("/account").status_code == 200


def test_the_log_of_refusals_holds_no_address(
    make: Make, session: Session, acts: Callable[[], list[str]]
) -> None:
    person = make()
    person.sign_in(password="something else entirely")
    assert acts() == ["account.sign_in_refused"]
    whole = session.scalar(text("SELECT string_agg(to_jsonb(a)::text, ' ') FROM audit_log a"))
    assert person.account.email not in str(whole)
    line = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert re.fullmatch(r"[0-9a-f]{16}", line.details["who"])
    assert line.account_id is None
    person.sign_in()
    page = person.browser.get("/account").text
    assert "wrong password" in page
    assert "with the password" in page
