"""The queue: what waits, how it is found, and how moderators decide on one or many."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts.models import AuditEntry
from mobility.consultation.conversation.models import AbuseReport
from mobility.consultation.counting import recount
from mobility.consultation.models import Comment, Moderation, Phase
from mobility.moderation.decisions import decide, hide_comment
from mobility.moderation.models import CommentReview
from mobility.plans.models import Plan
from tests.conftest import QueryCount
from tests.consultation.browser import PLAN, Browser, read_forms
from tests.insight.conftest import make_account

QUEUE = f"{PLAN}/desk/comments"
Write = Callable[..., Comment]


def shown(page: str) -> list[int]:
    """The comments of a page of the queue, in order."""
    return [int(key) for key in re.findall(r'data-comment="(\d+)"', page)]


def bulk(visitor: Browser, path: str, **typed: str) -> str:
    """Sends the form of the queue with these buttons and fields; the page that follows."""
    form = next(each for each in read_forms(visitor.get(path).text) if each.action.endswith("/decide"))
    return visitor.send(form, **typed).text


def notice(session: Session, comment: Comment, score: int, *found: str) -> None:
    stored = [{"code": code, "points": score, "detail": 3} for code in found]
    session.add(CommentReview(comment_id=comment.id, plan_id=comment.plan_id, score=score, signals=stored))
    session.commit()


def test_what_needs_a_look_comes_first(moderator: Browser, author: Write, session: Session) -> None:
    quiet, waiting, loud, reported = (author(f"Said {n}") for n in range(4))
    waiting.status = "pending"
    notice(session, loud, 30, "links")
    session.add(AbuseReport(plan_id=reported.plan_id, comment_id=reported.id, reason="abuse"))
    session.commit()
    assert shown(moderator.get(QUEUE).text) == [loud.id, reported.id, waiting.id]
    assert shown(moderator.get(f"{QUEUE}?state=pending").text) == [waiting.id]
    assert shown(moderator.get(f"{QUEUE}?state=reported").text) == [reported.id]
    assert shown(moderator.get(f"{QUEUE}?state=signalled").text) == [loud.id]
    assert shown(moderator.get(f"{QUEUE}?signal=links&state=all").text) == [loud.id]
    assert set(shown(moderator.get(f"{QUEUE}?state=all").text)) == {
        quiet.id,
        waiting.id,
        loud.id,
        reported.id,
    }
    assert "3 links" in moderator.get(QUEUE).text


def test_an_author_is_shown_in_figures_only(moderator: Browser, author: Write, session: Session) -> None:
    first = author("The first one")
    author("The second one", of=first, status="hidden", hidden_reason="spam")
    author("By somebody else")
    page = moderator.get(f"{QUEUE}/{first.id}").text
    assert "2 comments" in page
    assert "1 hidden" in page
    assert str(first.receipt) not in page
    assert len(shown(moderator.get(f"{QUEUE}?state=all&author={first.id}").text)) == 2


def test_many_ticked_are_decided_together(moderator: Browser, author: Write, session: Session) -> None:
    items = [author() for _ in range(5)]
    ids = [item.id for item in items]
    who = make_account(session, "moderator").id
    done = decide(
        session, plan_id=items[0].plan_id, ids=ids, action="hide", account_id=who,
        reason="spam", note="Please no advertising.", now=datetime.now(UTC),
    )  # fmt: skip
    session.commit()
    assert done.ids == tuple(ids)
    notes = session.execute(
        select(Moderation.action, Moderation.reason).where(Moderation.comment_id.in_(ids))
    )
    assert [tuple(row) for row in notes] == [("hide", "spam")] * 5
    lines = select(func.count()).where(AuditEntry.action == "comment.hide", AuditEntry.subject_id.in_(ids))
    assert session.scalar(lines) == 5
    assert recount(session) == []
    assert moderator.get(f"{PLAN}/comments/{ids[0]}").text.count("it is advertising") == 1


def test_bulk_by_the_form_needs_a_reason(moderator: Browser, author: Write, session: Session) -> None:
    item = author("Buy this")
    path = f"{QUEUE}?state=all"
    assert "Tick at least one comment." in bulk(moderator, path, action="hide", reason="spam")
    assert "Choose a reason" in bulk(moderator, path, action="hide", item=str(item.id))
    assert "1 comment is hidden." in bulk(moderator, path, action="hide", item=str(item.id), reason="spam")
    session.refresh(item)
    assert item.status == "hidden"
    assert "1 comment is public again." in bulk(moderator, path, only=f"{item.id}.restore")


def test_everything_that_matches_asks_first(moderator: Browser, author: Write, session: Session) -> None:
    meant = [author("Zebra stripes") for _ in range(3)]
    other = author("Something else")
    path = f"{QUEUE}?state=all&q=zebra"
    page = bulk(moderator, path, action="hide", scope="all", reason="duplicate")
    assert "3 comments will be hidden." in page
    form = next(each for each in read_forms(page) if each.action.endswith("/decide"))
    assert "3 comments are hidden." in moderator.send(form).text
    session.expire_all()
    assert {item.status for item in meant} == {"hidden"}
    assert other.status == "published"


def test_a_decision_settles_reports(author: Write, session: Session) -> None:
    item = author()
    session.add(AbuseReport(plan_id=item.plan_id, comment_id=item.id, reason="abuse"))
    session.flush()
    who = make_account(session, "moderator").id
    decide(
        session, plan_id=item.plan_id, ids=[item.id], action="approve", account_id=who, now=datetime.now(UTC)
    )
    report = session.scalars(select(AbuseReport)).one()
    session.refresh(report)
    assert (report.outcome, report.settled_by) == ("kept", who)


@pytest.mark.parametrize(("role", "may"), [("clerk", False), ("facilitator", False), ("moderator", True)])
def test_who_may_decide(visit: Callable[..., Browser], author: Write, role: str, may: bool) -> None:
    item, visitor = author(), visit(role)
    page = visitor.get(f"{QUEUE}?state=all").text
    assert ('name="action"' in page) is may
    form = visitor.form(f"{PLAN}/comments/new", "/comments/new")
    answer = visitor.send(form, to=f"{QUEUE}/decide", only=f"{item.id}.approve", follow=False)
    assert answer.status_code == (303 if may else 403)


def test_items_of_another_plan_are_left_alone(author: Write, session: Session) -> None:
    item = author()
    here = {"plan_id": item.plan_id + 1, "account_id": None, "now": datetime.now(UTC)}
    done = decide(session, ids=[item.id], action="hide", reason="spam", **here)
    assert (done.ids, done.left) == ((), 1)


def test_pages_of_the_queue_go_on_where_they_stopped(
    moderator: Browser, author: Write, session: Session
) -> None:
    items = [author() for _ in range(23)]
    for number, item in enumerate(items):
        notice(session, item, 5 + number % 3, "links")
    first = moderator.get(QUEUE).text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    rest = moderator.get(following[1].replace("&amp;", "&")).text
    assert len(shown(first)) == 20
    assert sorted(shown(first) + shown(rest)) == sorted(item.id for item in items)


def test_queries_do_not_grow_with_the_list(
    moderator: Browser, author: Write, count_queries: QueryCount, session: Session
) -> None:
    def statements() -> int:
        with QueryCount(session.get_bind()) as seen:
            moderator.get(f"{QUEUE}?state=all")
        return len(seen)

    author()
    before = statements()
    for _ in range(12):
        author()
    assert statements() == before


def test_waiting_comments_are_public_nowhere(
    moderator: Browser, resident: Browser, author: Write, session: Session, plan: Plan
) -> None:
    words = "Nobody may read this yet"
    item = author(words, status="pending", created_at=datetime.now(UTC) - timedelta(days=3))
    places = [
        f"{PLAN}/comments", f"{PLAN}/comments?view=columns", f"{PLAN}/comments/{item.id}", PLAN,
        f"{PLAN}/exports/comments.geojson", f"{PLAN}/exports/comments.geojson?status=pending",
        f"{PLAN}/comments?q=nobody",
    ]  # fmt: skip
    for place in places:
        assert words not in resident.get(place).text, place
    assert resident.get(f"{PLAN}/comments/{item.id}").status_code == 404
    assert "Waiting to be read" in moderator.get(f"{PLAN}/comments/{item.id}").text
    cells = resident.get(f"{PLAN}/exports/cells.geojson").text
    assert '"features":[]' in cells.replace(" ", "").replace("\n", "")
    assert recount(session) == []

    heard: list[int] = []

    def listen(_session: object, *, comment: Comment, now: datetime) -> None:
        heard.append(comment.id)

    signals.comment_published.connect(listen)
    created = item.created_at
    bulk(moderator, QUEUE, only=f"{item.id}.approve")
    session.refresh(item)
    assert (item.status, item.created_at, heard) == ("published", created, [item.id])
    assert words in resident.get(f"{PLAN}/comments").text
    assert session.scalars(select(Phase.id).where(Phase.plan_id == plan.id)).first()


def test_the_oldest_waiting_comment_is_named(moderator: Browser, author: Write) -> None:
    author(status="pending", created_at=datetime.now(UTC) - timedelta(days=3))
    assert "The oldest waiting comment is 3 days old." in moderator.get(QUEUE).text


def test_hiding_tells_others_once(author: Write, session: Session) -> None:
    item, heard = author(), []

    def listen(_session: object, *, comments: list[Comment], action: str, **_rest: object) -> None:
        heard.extend((comment.id, action, comment.status) for comment in comments)

    signals.comments_decided.connect(listen)
    who = make_account(session, "moderator").id
    hide_comment(session, comment_id=item.id, account_id=who, reason="abuse", now=datetime.now(UTC))
    assert heard == [(item.id, "hide", "hidden")]
