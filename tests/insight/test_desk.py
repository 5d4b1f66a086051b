"""The desk at work: hexagons in a table, lists with filters, hiding with a reason, showing again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from mobility.accounts.models import StakeholderGroup
from mobility.consultation.filters import read_filter
from mobility.consultation.models import Comment, Moderation
from mobility.insight.queries import place_words
from mobility.plans.models import Plan
from mobility.plans.queries import find_plan
from tests.consultation.browser import PLAN, Browser, form_in

DESK = f"{PLAN}/desk"
Say = Callable[..., Comment]


def decide(planner: Browser, comment: Comment, **typed: str) -> str:
    """Opens the comment on the desk, fills in the form, sends; the page that follows."""
    return planner.send(planner.form(f"{DESK}/comments/{comment.id}", "/hide"), **typed).text


def test_hide_and_restore(
    planner: Browser, visit: Callable[..., Browser], say: Say, session: Session
) -> None:
    comment = say(text="Buy cheap watches")
    page = decide(planner, comment, reason="spam", note="Please write about the plan.")
    assert "The comment is hidden." in page
    session.refresh(comment)
    assert (comment.status, comment.hidden_reason) == ("hidden", "spam")
    visitor = visit(None)
    assert "Buy cheap watches" not in visitor.get(f"{PLAN}/comments").text
    receipt = visitor.get(f"/receipts/{comment.receipt}").text
    assert "Hidden by the city because it is advertising." in receipt
    assert "Please write about the plan." in receipt
    listed = planner.get(f"{DESK}/comments?status=hidden").text
    assert "Buy cheap watches" in listed
    assert "Please write about the plan." in listed
    shown = planner.send(form_in(listed, "/decide"), only=f"{comment.id}.restore").text
    assert "1 comment is public again." in shown
    assert "Buy cheap watches" in visitor.get(f"{PLAN}/comments").text
    history = planner.get(f"{DESK}/comments/{comment.id}").text
    assert history.index("Shown again") < history.index("Please write about the plan.")
    assert session.query(Moderation).filter_by(comment_id=comment.id).count() == 2


@pytest.mark.parametrize("reason", ["", "I do not like it"])
def test_a_reason_is_needed_and_the_note_is_kept(
    planner: Browser, say: Say, session: Session, reason: str
) -> None:
    comment = say()
    form = planner.form(f"{DESK}/comments/{comment.id}", "/hide")
    answer = planner.send(form, reason=reason, note="A note <b>typed</b>")
    assert answer.status_code == 422
    assert "Choose a reason from the list." in answer.text
    assert "A note &lt;b&gt;typed&lt;/b&gt;" in answer.text
    session.refresh(comment)
    assert comment.status == "published"


def test_withdrawn_comments_are_left_alone(planner: Browser, say: Say, session: Session) -> None:
    comment = say()
    form = planner.form(f"{DESK}/comments/{comment.id}", "/hide")
    comment.status = "withdrawn"
    session.commit()
    answer = planner.send(form, reason="spam")
    assert answer.status_code == 409
    assert "nothing left to hide" in answer.text


def test_the_way_back_stays_on_this_site(planner: Browser, say: Say) -> None:
    for back, expected in (
        (f"{DESK}/comments?topic=safety", f"{DESK}/comments?topic=safety"),
        ("https://elsewhere.example/", f"{DESK}/comments"),
    ):
        form = planner.form(f"{DESK}/comments/{say().id}", "/hide")
        answer = planner.send(form, follow=False, reason="abuse", back=back)
        assert (answer.status_code, answer.headers["Location"]) == (303, expected)


def test_the_list_filters_and_pages(planner: Browser, say: Say) -> None:
    for i in range(23):
        say(stance="against" if i < 3 else "for", topic="safety" if i == 0 else "walking")
    first = planner.get(f"{DESK}/comments?state=all").text
    assert first.count("data-comment=") == 20
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    assert planner.get(older[1].replace("&amp;", "&")).text.count("data-comment=") == 3
    against = planner.get(f"{DESK}/comments?state=all&stance=against&topic=safety")
    assert against.text.count("data-comment=") == 1
    wrong = planner.get(f"{DESK}/comments?since=yesterday")
    assert wrong.status_code == 422
    assert "year-month-day" in wrong.text


def test_hexagons_as_a_table(planner: Browser, say: Say) -> None:
    for stance in ("for", "for", "against", "question"):
        say(stance=stance)
    page = planner.get(f"{DESK}/feedback").text
    assert "4 public comments in 1 hexagon." in page
    cells = re.findall(r'<td class="number"[^>]*>(?:<strong>)?(\d+)', page)
    assert cells == ["4", "2", "1", "0", "1"]
    link = re.search(r'href="([^"]*bbox=[^"]+)"', page)
    assert link
    assert planner.get(link[1].replace("&amp;", "&")).text.count("data-comment=") == 4
    assert "1 public comment in 1 hexagon." in planner.get(f"{DESK}/feedback?stance=against").text
    assert "No comment fits" in planner.get(f"{DESK}/feedback?q=zeppelin").text


def test_the_map_and_the_files_follow_the_filter(planner: Browser, say: Say) -> None:
    say()
    page = planner.get(f"{DESK}/feedback?stance=for&since=2026-01-01").text
    assert 'src="/maps/palermo-centro/feedback.en.js"' in page
    assert "exports/cells.geojson?lang=en&amp;stance=for&amp;since=2026-01-01" in page


def test_places_have_names(session: Session, plan: Plan) -> None:
    city = find_plan(session, slug=plan.slug)[1]
    points = [(13.3615, 38.1157), (13.0, 37.0)]
    words = place_words(session, plan=plan, city=city, points=points, language="en")
    assert len(words) == 2
    assert words[0].startswith(("Via Maqueda", "Corso Vittorio Emanuele", "Piazza Vigliena", "Quattro Canti"))
    assert words[1] == "In the area of the plan"
    assert place_words(session, plan=plan, city=city, points=[], language="en") == []


def test_comments_of_a_group(
    planner: Browser, say: Say, groups: list[StakeholderGroup], session: Session
) -> None:
    say(text="By somebody")
    assert "By somebody" not in planner.get(f"{DESK}/comments?state=all&group={groups[0].slug}").text


def test_braces_and_markup_stay_text(planner: Browser, say: Say) -> None:
    say(text="{{7*7}} <script>alert(1)</script>")
    for page in (DESK, f"{DESK}/comments?state=all"):
        shown = planner.get(page).text
        assert "{{7*7}}" in shown
        assert "<script>alert(1)" not in shown


def test_the_box_of_a_hexagon_stays_whole_from_page_to_page() -> None:
    box = "13.361424,38.115672,13.363721,38.117333"
    assert read_filter({"bbox": box}).arguments()["bbox"] == box
