"""Reading comments by filter and page; filters read from a URL."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from mobility.consultation.filters import CommentFilter, read_bbox, read_filter
from mobility.consultation.models import STANCES, Comment, Phase, Topic
from mobility.consultation.queries import comment_page, count_comments
from mobility.errors import Invalid
from mobility.plans.models import Plan, Segment
from mobility.text import new_receipt
from tests.consultation.browser import PLAN, Browser

START = datetime(2026, 11, 1, 22, 30, tzinfo=UTC)


@pytest.fixture
def many(session: Session, plan: Plan) -> Callable[[int], list[int]]:
    """Makes comments: one an hour, stances and topics in turn, every third on P1-03."""

    def make(n: int) -> list[int]:
        topics = list(
            session.scalars(
                select(Topic.id)
                .where(Topic.plan_id == plan.id, Topic.sensitive.is_(False))
                .order_by(Topic.position)
            )
        )
        phase = session.scalars(select(Phase.id).where(Phase.plan_id == plan.id)).first()
        segment = session.scalars(select(Segment).where(Segment.code == "P1-03")).one()
        rows = [
            {
                "plan_id": plan.id, "phase_id": phase, "topic_id": topics[i % len(topics)],
                "stance": STANCES[i % 4], "text": f"Comment {i} about trees", "language": "en",
                "geom": f"SRID=4326;POINT({13.355 + i * 1e-5} 38.115)", "place": {"en": "Somewhere"},
                "segment_id": None if i % 3 else segment.id,
                "measure_id": None if i % 3 else segment.measure_id,
                "receipt": new_receipt(), "idempotency_key": uuid.uuid4(),
                "created_at": START + timedelta(hours=i),
            }
            for i in range(n)
        ]  # fmt: skip
        ids = list(session.scalars(insert(Comment).returning(Comment.id, sort_by_parameter_order=True), rows))
        session.commit()
        return ids

    return make


def texts(session: Session, plan: Plan, **wanted: Any) -> set[int]:
    page = comment_page(session, plan_id=plan.id, wanted=CommentFilter(**wanted), limit=100)
    return {int(row.text.split()[1]) for row in page.rows}


def test_pages_meet_without_gap_or_overlap(
    many: Callable[[int], list[int]], session: Session, plan: Plan
) -> None:
    ids = many(47)
    seen: list[int] = []
    before: int | None = None
    while True:
        page = comment_page(session, plan_id=plan.id, wanted=CommentFilter(), before=before, limit=20)
        seen += [row.id for row in page.rows]
        before = page.before
        if before is None:
            break
    assert seen == ids[::-1]


def test_the_list_in_pages(many: Callable[[int], list[int]], resident: Browser) -> None:
    many(25)
    first = resident.get(f"{PLAN}/comments?stance=for")
    assert first.text.count("<article") == 7
    whole = resident.get(f"{PLAN}/comments")
    assert whole.text.count("<article") == 20
    assert "Older comments" in whole.text
    older = whole.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert resident.get(older).text.count("<article") == 5


@pytest.mark.parametrize("n", [3, 40])
def test_a_list_costs_the_same_however_long(
    many: Callable[[int], list[int]], resident: Browser, count_queries: Any, n: int
) -> None:
    many(n)
    resident.get(f"{PLAN}/comments")
    with count_queries as seen:
        resident.get(f"{PLAN}/comments")
    assert len(seen) <= 12, seen.statements


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("", 17),
        ("/results", 17),
        ("/heritage", 17),
        ("/measures/P1", 19),  # with its outcome and the zones it touches
        ("/segments/P1-03", 17),
        ("/search", 17),
    ],
)
def test_pages_cost_few_statements(resident: Browser, count_queries: Any, path: str, most: int) -> None:
    resident.get(PLAN + path)
    with count_queries as seen:
        resident.get(PLAN + path)
    assert len(seen) <= most, seen.statements


def test_filters(many: Callable[[int], list[int]], session: Session, plan: Plan) -> None:
    many(24)
    topic = session.scalars(
        select(Topic.slug).where(Topic.plan_id == plan.id).order_by(Topic.position)
    ).first()
    phase = session.scalars(select(Phase.slug).where(Phase.plan_id == plan.id)).first()
    everything = set(range(24))
    assert texts(session, plan) == everything
    assert texts(session, plan, stance="against") == {i for i in everything if i % 4 == 1}
    assert 0 in texts(session, plan, topic=topic)
    assert texts(session, plan, topic="nothing") == set()
    assert texts(session, plan, segment="P1-03") == {i for i in everything if i % 3 == 0}
    assert texts(session, plan, measure="P1") == {i for i in everything if i % 3 == 0}
    assert texts(session, plan, phase=phase) == everything
    assert texts(session, plan, q="tree") == everything
    assert texts(session, plan, q='"comment 7"') == {7}
    assert texts(session, plan, q="nobody wrote this") == set()
    assert texts(session, plan, bbox=(13.35495, 38.11, 13.355035, 38.12)) == {0, 1, 2, 3}
    assert texts(session, plan, status="hidden") == set()


def test_days_are_the_city_s(many: Callable[[int], list[int]], session: Session, plan: Plan) -> None:
    many(4)
    assert texts(session, plan, until=date(2026, 11, 1)) == {0}
    assert texts(session, plan, since=date(2026, 11, 2)) == {1, 2, 3}
    assert texts(session, plan, since=date(2026, 11, 2), until=date(2026, 11, 2)) == {1, 2, 3}


def test_a_group_s_comments_for_staff_only(
    delegate: Browser, resident: Browser, session: Session, plan: Plan, groups: list[Any]
) -> None:
    delegate.comment(text="Comment 1")
    resident.comment(text="Comment 2")
    assert texts(session, plan, group=groups[0].slug) == {1}
    assert read_filter({"group": groups[0].slug}).group == ""
    assert read_filter({"group": groups[0].slug, "status": "all"}, staff=True).group == groups[0].slug
    assert read_filter({"status": "hidden"}).status == "published"


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ({"stance": "maybe"}, "stance"),
        ({"since": "tomorrow"}, "since"),
        ({"until": "2026-13-01"}, "until"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "until"),
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "nan,38,14,39"}, "bbox"),
        ({"bbox": "14,38,13,39"}, "bbox"),
        ({"status": "secret"}, "status"),
    ],
)
def test_filters_that_make_no_sense(args: dict[str, str], field: str, session: Session) -> None:
    with pytest.raises(Invalid) as caught:
        read_filter(args, staff=True)
    assert caught.value.field == field


def test_a_filter_survives_its_url() -> None:
    wanted = CommentFilter(
        topic="a", stance="for", measure="P1", segment="P1-03", phase="x", q="più alberi",
        since=date(2026, 1, 2), until=date(2026, 3, 4), group="g", bbox=(13.3, 38.0, 13.4, 38.2),
    )  # fmt: skip
    assert read_filter(wanted.arguments(), staff=True) == wanted
    assert CommentFilter().arguments() == {}
    assert CommentFilter().empty
    assert CommentFilter(topic="a").from_cells
    assert not CommentFilter(q="a").from_cells
    assert read_bbox("") is None


def test_a_bad_filter_on_the_page_says_so_and_shows_all(
    many: Callable[[int], list[int]], resident: Browser
) -> None:
    many(2)
    page = resident.get(f"{PLAN}/comments?stance=%3Cscript%3E")
    assert page.status_code == 422
    assert "Unknown stance" in page.text
    assert page.text.count("<article") == 2


@pytest.mark.parametrize(
    "words", ["{{7*7}}", "<script>x</script>", "' OR 1=1 --", "%00", "!&|:*()", "a" * 5000]
)
def test_search_words_are_only_words(resident: Browser, words: str) -> None:
    page = resident.client.get(f"{PLAN}/comments", query_string={"q": words}, headers=resident.headers)
    assert page.status_code == 200
    assert "<script>x" not in page.text
    assert ">49<" not in page.text


@pytest.mark.parametrize("before", ["0", "-1", "abc", "99999999999999999999", "1e3"])
def test_page_keys_that_make_no_sense(resident: Browser, before: str) -> None:
    assert resident.get(f"{PLAN}/comments?before={before}").status_code == 200


def test_for_and_against_side_by_side(many: Callable[[int], list[int]], resident: Browser) -> None:
    many(48)
    page = resident.get(f"{PLAN}/comments?view=columns")
    assert page.text.count("<article") == 20
    assert page.text.count("All of these") == 2
    assert "comment--idea" not in page.text


def test_counts_are_capped(many: Callable[[int], list[int]], session: Session, plan: Plan) -> None:
    many(5)
    assert count_comments(session, plan_id=plan.id, wanted=CommentFilter()) == 5
    assert count_comments(session, plan_id=plan.id, wanted=CommentFilter(stance="for")) == 2


@pytest.mark.parametrize("comment_id", ["0", "1", "99999999999999999999999", "-1", "abc"])
def test_comments_that_do_not_exist(resident: Browser, comment_id: str) -> None:
    assert resident.get(f"{PLAN}/comments/{comment_id}").status_code == 404


def test_nobody_has_written_yet(resident: Browser) -> None:
    page = resident.get(f"{PLAN}/comments")
    assert "No comment yet" in page.text
    assert "Write a comment" in page.text


def test_the_panel_alone(resident: Browser) -> None:
    for path in (
        "",
        "/comments",
        "/results",
        "/heritage",
        "/measures/P1",
        "/segments/P1-03",
        "/comments/new",
    ):
        whole = resident.get(PLAN + path)
        alone = resident.get(PLAN + path, **{"X-Fragment": "panel"})
        assert alone.status_code == 200
        assert "<html" in whole.text
        assert "<html" not in alone.text
        assert "data-fragment" in alone.text
        assert "data-map-shown" in alone.text
        assert "X-Fragment" in whole.headers["Vary"]


def test_results_in_the_wanted_order(resident: Browser, neighbour: Browser) -> None:
    resident.vote("P1-05", 2)
    neighbour.vote("P1-05", 1)
    resident.vote("P2-02", -2)
    resident.vote("P1", 2)

    def order(name: str) -> list[str]:
        page = resident.get(f"{PLAN}/results?order={name}").text
        return re.findall(r'data-segment="([^"]+)"', page)

    assert order("plan")[0] == order("nonsense")[0] == "P1-01"
    assert order("most")[:2] == ["P1-05", "P2-02"]
    assert order("support")[:2] == ["P1-05", "P2-02"]
    assert order("oppose")[:2] == ["P2-02", "P1-05"]
    assert len(order("contested")) == 40
    assert "Votes on measures as a whole" in resident.get(f"{PLAN}/results").text
