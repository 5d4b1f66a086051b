"""The audit log: read, filtered, taken along; opaque numbers only in files."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from mobility.accounts import audit
from mobility.accounts.models import Account
from mobility.plans.models import Plan
from mobility.staff.queries import LINES
from mobility.staff.words import ACTIONS
from tests.accounts.conftest import Make, Person


def add(session: Session, number: int, *, action: str = "test.act", plan_id: int | None = None) -> None:
    for each in range(number):
        audit.record(session, action=action, plan_id=plan_id, subject="thing", subject_id=each)
    session.commit()


def test_what_was_done_by_whom_to_whom(boss: Person, make: Make) -> None:
    person = make(name="Pia Costa")
    boss.send(f"/staff/{person.account.id}", "/roles", role="planner", plan="")
    page = boss.browser.get("/staff/audit?action=account.give_role").text
    row = page.partition("<tbody>")[2].partition("</tr>")[0]
    for words in ("Olga Greco", "Gave a role", "Pia Costa", "role: Planner"):
        assert words in row


def test_lines_are_read_page_by_page(boss: Person, session: Session) -> None:
    add(session, LINES + 3)
    page = boss.browser.get("/staff/audit?action=test.act").text
    assert page.count("<tr>") == LINES + 1
    older = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = boss.browser.get(older).text
    assert second.count("<tr>") == 3 + 1
    assert 'rel="next"' not in second


def test_filters(boss: Person, session: Session, plan: Plan) -> None:
    add(session, 2, action="test.here", plan_id=plan.id)
    add(session, 1, action="test.nowhere")
    find = boss.browser.get
    here = find("/staff/audit?plan=palermo-centro").text
    assert "test.here" in here
    assert "test.nowhere" not in here
    today = datetime.now(UTC).date().isoformat()
    assert "test.here" in find(f"/staff/audit?since={today}&until={today}&action=test.here").text
    assert "No line fits" in find("/staff/audit?until=2020-01-01").text
    assert find("/staff/audit?since=nonsense&before=-1&plan=%00&action=%00").status_code == 200
    assert find("/staff/audit?before=999999999999999999999999").status_code == 200


def test_files_hold_numbers_and_no_person(boss: Person, session: Session, make: Make) -> None:
    person = make(name="Pia Costa")
    boss.send(f"/staff/{person.account.id}", "/roles", role="planner", plan="")
    person.sign_in(password="wrong password here")
    lines = [json.loads(line) for line in boss.browser.get("/staff/audit.jsonl").text.splitlines()]
    rows = list(csv.DictReader(io.StringIO(boss.browser.get("/staff/audit.csv").text)))
    assert [str(line["id"]) for line in lines] == [row["id"] for row in rows]
    assert [line["id"] for line in lines] == sorted(line["id"] for line in lines)
    assert lines[-1]["action"] == "account.sign_in_refused"
    for body in (json.dumps(lines), json.dumps(rows)):
        for word in ("Olga", "Greco", "Pia", "Costa", "example.org"):
            assert word not in body


def test_a_file_follows_the_filter(boss: Person, session: Session) -> None:
    add(session, 3, action="test.chosen")
    answer = boss.browser.get("/staff/audit.jsonl?action=test.chosen")
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(answer.text.splitlines()) == 3


def test_erasing_an_account_leaves_the_log_whole(boss: Person, session: Session, make: Make) -> None:
    person = make(name="Pia Costa")
    boss.send(f"/staff/{person.account.id}", "/roles", role="planner", plan="")
    before = session.scalar(text("SELECT count(*) FROM audit_log"))
    session.delete(session.get_one(Account, person.account.id))
    session.commit()
    assert session.scalar(text("SELECT count(*) FROM audit_log")) == before
    assert "Pia Costa" not in boss.browser.get("/staff/audit?action=account.give_role").text


@pytest.mark.parametrize("change", ["UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log"])
def test_even_the_owner_meets_the_trigger(session: Session, change: str) -> None:
    add(session, 1)
    with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
        session.execute(text(change))


def test_every_action_of_accounts_has_words() -> None:
    assert all(str(words) and str(words) != action for action, words in ACTIONS.items())
