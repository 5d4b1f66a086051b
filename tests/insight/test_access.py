"""Who may enter the desk, and what its pages say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from mobility.accounts import services as accounts
from mobility.accounts.models import StakeholderGroup
from mobility.consultation.models import Comment, Vote
from tests.conftest import QueryCount
from tests.consultation.browser import PLAN, Browser
from tests.insight.conftest import make_account

DESK = f"{PLAN}/desk"
PAGES = [DESK, f"{DESK}/results", f"{DESK}/feedback", f"{DESK}/comments"]
Start = Callable[..., Browser]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("role", "status"), [(None, 302), ("member", 403), ("planner", 200), ("administrator", 200)]
)
def test_who_may_enter(visit: Start, path: str, role: str | None, status: int) -> None:
    answer = visit(role).get(path)
    assert answer.status_code == status
    if role is None:
        assert answer.headers["Location"] == f"/sign-in?next={path}"


def test_the_way_back_keeps_the_filter(visit: Start) -> None:
    answer = visit(None).get(f"{DESK}/results?sort=n&level=1")
    assert answer.headers["Location"].endswith("next=/plans/palermo-centro/desk/results?sort%3Dn%26level%3D1")


@pytest.mark.parametrize(("role", "status"), [(None, 302), ("member", 403)])
@pytest.mark.parametrize("action", ["hide", "restore"])
def test_only_staff_decide(
    app: object, visit: Start, say: Callable[..., Comment], role: str | None, status: int, action: str
) -> None:
    comment = say()
    visitor = visit(role)
    token = visitor.form(f"{PLAN}/comments/new", "/comments/new").fields["csrf_token"]
    answer = visitor.client.post(
        f"{DESK}/comments/{comment.id}/{action}", data={"csrf_token": token, "reason": "spam"}
    )
    assert answer.status_code == status
    assert comment.status == "published"


def test_a_decision_needs_the_form(planner: Browser, say: Callable[..., Comment]) -> None:
    comment = say()
    answer = planner.client.post(f"{DESK}/comments/{comment.id}/hide", data={"reason": "spam"})
    assert answer.status_code == 400
    assert comment.status == "published"


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_neither_kept_nor_indexed(planner: Browser, path: str) -> None:
    answer = planner.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_unknown_plans_and_comments(planner: Browser) -> None:
    assert planner.get("/plans/atlantis/desk").status_code == 404
    assert planner.get(f"{DESK}/comments/999999999").status_code == 404


def test_invented_feedback_is_called_so(
    planner: Browser, say: Callable[..., Comment], cast: Callable[..., Vote]
) -> None:
    assert "sample data" not in planner.get(DESK).text
    say(channel="sample")
    say()
    cast("P1-03", 2, channel="sample")
    page = planner.get(DESK).text
    assert "Part of this is sample data" in page
    assert "About 50% of the comments and 100% of the votes" in page


@pytest.mark.parametrize("path", PAGES)
def test_queries_do_not_grow_with_the_data(
    planner: Browser,
    say: Callable[..., Comment],
    cast: Callable[..., Vote],
    groups: list[StakeholderGroup],
    count_queries: QueryCount,
    path: str,
) -> None:
    say()
    cast("P1-03", 2)
    planner.get(path)
    with count_queries as first:
        planner.get(path)
    before = len(first)
    for i in range(12):
        say(13.35 + 0.002 * i, 38.11 + 0.001 * i)
        cast(f"P1-0{1 + i % 5}", i % 5 - 2)
    for group in groups[:3]:
        cast("P1-01", 1, group_id=group.id, reason="Because.")
    first.statements.clear()
    with count_queries as second:
        planner.get(path)
    assert len(second) == before
    assert before <= 20


def test_a_delegate_sees_groups_and_votes(
    visit: Start, session: Session, groups: list[StakeholderGroup], cast: Callable[..., Vote]
) -> None:
    account = make_account(session, "member")
    accounts.delegate(session, account=account, group=groups[0])
    cast("P1-03", -2, group_id=groups[0].id, reason="Our members deliver at noon.")
    cast("P1", 1, group_id=groups[0].id, condition="loading bays stay")
    cast("P1-04", 2, group_id=groups[1].id, reason="Not ours.")
    page = visit("member").get("/account").text
    assert groups[0].name["en"] in page
    assert "Our members deliver at noon." in page
    assert "Yes, if loading bays stay" in page
    assert "Not ours." not in page
    assert "Voting is open." in page


def test_the_account_page_of_others(visit: Start) -> None:
    assert visit(None).get("/account").headers["Location"] == "/sign-in?next=/account"
    assert "You speak for no group" in visit("member").get("/account").text
    assert f'href="{DESK}/today"' in visit("planner").get("/account").text
