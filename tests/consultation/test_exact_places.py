"""On a sensitive topic everybody reads the area only; the author and staff read the exact place."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from mobility.accounts.models import Participant, StaffRole
from mobility.accounts.services import save_account, token_participant
from mobility.answers.clusters import suggest
from mobility.answers.models import Case
from mobility.consultation import duplicates, exact
from mobility.consultation.comments import edit_comment
from mobility.consultation.erasing import erase_words
from mobility.consultation.models import Comment, Topic
from mobility.consultation.places import Subject
from mobility.plans.lineage import apply_lineage
from mobility.plans.models import Plan, Segment
from mobility.spatial.grid import cell_of
from tests.consultation.browser import Browser
from tests.maps.conftest import say as say

SLUG = "palermo-centro"
HOME = (13.361424, 38.115672)
CENTRE = exact.coarse_centre(*HOME)
NOW = datetime.now(UTC)
MAY_KNOW = {
    "consultation/cards.py", "consultation/erasing.py", "consultation/exact.py",
    "consultation/models.py", "consultation/sql_places.py", "editing/writing.py", "answers/queries.py",
    "personal/records.py", "plans/bundles/load_missing.py", "plans/bundles/load_moves.py", "plans/lineage.py",
    "importing/journal.py", "importing/known.py", "importing/undo_preview.py", "importing/undo_voices.py",
}  # fmt: skip
"""Modules that name the columns of the exact place: for the author, for staff, or to carry it along."""


@pytest.fixture
def topic(session: Session, plan: Plan) -> Topic:
    found = session.scalars(select(Topic).where(Topic.plan_id == plan.id, Topic.slug == "walking")).one()
    found.sensitive = True
    session.flush()
    return found


@pytest.fixture
def segment(session: Session) -> Segment:
    return session.scalars(select(Segment).where(Segment.code == "P1-03")).one()


@pytest.fixture
def told(session: Session, topic: Topic, segment: Segment, say: Callable[..., Comment]) -> Comment:
    """A comment on a sensitive topic, drawn on a stretch."""
    comment = say(
        *HOME,
        scope="drawing",
        drawing=f"SRID=4326;LINESTRING({HOME[0]} {HOME[1]}, 13.3617 38.1159)",
        segment_id=segment.id,
        measure_id=segment.measure_id,
        snap_distance_m=3.0,
        place={"en": "At number 40", "it": "At number 40"},
    )
    session.refresh(comment)
    return comment


def point_of(session: Session, column: Any, comment: Comment) -> tuple[float, float]:
    row = session.execute(select(func.ST_X(column), func.ST_Y(column)).where(Comment.id == comment.id)).one()
    return round(row[0], 6), round(row[1], 6)


def test_whoever_writes_a_comment_the_public_columns_hold_the_area(
    session: Session, told: Comment, segment: Segment
) -> None:
    assert point_of(session, Comment.geom, told) == tuple(round(each, 6) for each in CENTRE)
    public = (told.drawing, told.segment_id, told.context_id, told.zone_id, told.snap_distance_m, told.place)
    assert public == (None, None, None, None, None, {})
    assert told.measure_id == segment.measure_id
    assert point_of(session, Comment.exact_geom, told) == HOME
    assert (told.exact_segment_id, told.exact_snap_m) == (segment.id, 3.0)
    assert told.exact_drawing is not None
    assert told.exact_place["en"] == "At number 40"


def test_the_mark_of_a_topic_acts_on_what_was_said_before_and_back(
    session: Session, topic: Topic, told: Comment, segment: Segment
) -> None:
    session.execute(update(Topic).where(Topic.id == topic.id).values(sensitive=False))
    session.refresh(told)
    assert point_of(session, Comment.geom, told) == HOME
    assert (told.segment_id, told.place["en"], told.exact_geom) == (segment.id, "At number 40", None)
    session.execute(update(Topic).where(Topic.id == topic.id).values(sensitive=True))
    session.refresh(told)
    assert point_of(session, Comment.geom, told) != HOME
    assert told.segment_id is None


def test_an_edited_topic_hides_and_shows_the_place(session: Session, topic: Topic, told: Comment) -> None:
    other = session.scalars(
        select(Topic).where(Topic.plan_id == topic.plan_id, Topic.slug == "cycling")
    ).one()
    words = {"text": told.text, "stance": "for", "language": "en", "now": NOW}
    told.created_at = NOW
    session.flush()
    changed = edit_comment(session, comment=told, topic=other, **words)
    assert changed.place["en"] == "At number 40"
    assert edit_comment(session, comment=told, topic=topic, **words).place == {}


def test_a_comment_on_the_whole_plan_has_no_place_to_hide(
    session: Session, topic: Topic, say: Callable[..., Comment]
) -> None:
    comment = say(geom=None, scope="plan", place={"en": "The whole plan"})
    session.refresh(comment)
    assert (comment.place, comment.exact_geom) == ({"en": "The whole plan"}, None)


def test_kept_counts_know_the_area_alone(session: Session, told: Comment) -> None:
    session.commit()
    cells = session.execute(
        text("SELECT z, x, y FROM comment_cell WHERE topic_id = :topic AND n > 0"), {"topic": told.topic_id}
    ).all()
    (finest,) = [(x, y) for z, x, y in cells if z == 18]
    home = cell_of(*HOME, 18)
    assert finest != home
    assert (finest[0] >> 3, finest[1] >> 3) == (home[0] >> 3, home[1] >> 3)


PUBLIC = (
    "comments", "comments?q=number", "comments?measure=P1", "comments/{id}", "comments/{id}/outline.json",
    "features/comments.json?bbox=13.2,38.0,13.5,38.3", "features/cells.json?bbox=13.2,38.0,13.5,38.3&z=18",
    "measures/P1", "answers", "map.svg",
)  # fmt: skip


def test_no_public_answer_tells_the_exact_place(client: FlaskClient, session: Session, told: Comment) -> None:
    session.commit()
    exact_bytes = re.compile(rb"At number 40|13\.36142\d*|38\.11567\d*")
    for path in PUBLIC:
        answer = client.get(f"/plans/{SLUG}/{path.format(id=told.id)}")
        assert answer.status_code == 200, path
        assert not exact_bytes.search(answer.data), path
    page = client.get(f"/plans/{SLUG}/comments/{told.id}", headers={"Accept-Language": "en"}).text
    assert "shown roughly" in page
    assert "P1-03" not in page


def test_no_filter_of_the_screens_finds_out_the_place(
    client: FlaskClient, session: Session, told: Comment
) -> None:
    session.commit()
    around = "13.3613,38.1156,13.3615,38.1158"
    for asked in (f"bbox={around}", "segment=P1-03"):
        assert f'data-comment="{told.id}"' not in client.get(f"/plans/{SLUG}/comments?{asked}").text
    pins = json.loads(client.get(f"/plans/{SLUG}/features/comments.json?bbox={around}").data)
    assert told.id not in [each["id"] for each in pins["features"]]
    assert f'data-comment="{told.id}"' in client.get(f"/plans/{SLUG}/comments?measure=P1").text


def test_the_outline_is_the_square_in_which_it_lies(
    client: FlaskClient, session: Session, told: Comment
) -> None:
    session.commit()
    drawn = json.loads(client.get(f"/plans/{SLUG}/comments/{told.id}/outline.json").data)["geometry"]
    assert drawn["type"] == "Polygon"
    lons = [lon for lon, _lat in drawn["coordinates"][0]]
    assert min(lons) < HOME[0] < max(lons)
    assert max(lons) - min(lons) == pytest.approx(360 / 2**15, abs=1e-5)


def test_looking_for_similar_comments_does_not_probe_the_place(
    session: Session, plan: Plan, told: Comment, segment: Segment
) -> None:
    subject = Subject(
        scope="point", words={}, lon=HOME[0], lat=HOME[1], measure_id=told.measure_id, segment_id=segment.id
    )
    found, total = duplicates.similar_comments(
        session, plan_id=plan.id, srid=32633, subject=subject, words=told.text, language="en",
        participant_id=None,
    )  # fmt: skip
    assert (found, total) == ([], 0)


def test_the_author_and_staff_read_the_exact_place(
    resident: Browser, app: Any, session: Session, told: Comment, sign_in: Callable[..., Browser]
) -> None:

    with resident.client.session_transaction() as kept:
        kept["participant"] = "the-token-of-this-person"
    person = token_participant(session, token="the-token-of-this-person", create=True)
    assert person
    told.participant_id, told.receipt = person.id, "ABCDEFGHJKLM"
    account = save_account(
        session, email="planner@example.org", name="Pia", password="a long enough password"
    )
    session.add(StaffRole(account_id=account.id, role="planner", plan_id=told.plan_id))
    session.commit()
    assert "At number 40" in resident.client.get(f"/receipts/{told.receipt}").text
    staff = sign_in(account).client
    assert "At number 40" in staff.get(f"/plans/{SLUG}/comments/{told.id}").text


def test_the_writer_is_told_before_sending(resident: Browser, session: Session, topic: Topic) -> None:
    session.commit()
    form = resident.get(f"/plans/{SLUG}/comments/new?segment=P1-03").text
    assert re.search(r"others will see only the area of your comment, not its exact place: .*Walking", form)
    preview = resident.write(topic="walking").text
    assert "Your exact place stays hidden" in preview
    assert "Your exact place stays hidden" not in resident.write(topic="cycling").text
    shown = json.loads(html.unescape(re.findall(r'data-map-shown="([^"]*)"', preview)[-1]))
    assert (shown["lon"], shown["lat"]) == exact.coarse_centre(shown["lon"], shown["lat"])
    assert shown["segment"] is None


def test_the_edited_comment_is_previewed_as_others_will_see_it(
    resident: Browser, session: Session, topic: Topic
) -> None:
    session.commit()
    receipt = resident.comment(topic="cycling")
    form = resident.form(f"{receipt.request.path}/edit", "/edit")
    preview = resident.send(form, topic="walking").text
    assert "A place shown roughly" in preview
    assert "Your exact place stays hidden" in preview


def test_erasing_leaves_the_area_alone(session: Session, told: Comment) -> None:
    person = Participant(identity_level=0)
    session.add(person)
    session.flush()
    told.participant_id = person.id
    session.flush()
    erase_words(session, participant_id=person.id, now=NOW)
    session.refresh(told)
    for column in (Comment.geom, Comment.exact_geom):
        assert point_of(session, column, told) == tuple(round(each, 6) for each in CENTRE)
    assert (told.exact_place, told.exact_segment_id, told.exact_drawing) == ({}, None, None)


def test_a_divided_stretch_takes_the_exact_place_along(
    session: Session, plan: Plan, told: Comment, segment: Segment
) -> None:
    parts = list(
        session.scalars(
            select(Segment.id)
            .where(Segment.measure_id == segment.measure_id, Segment.id != segment.id)
            .limit(2)
        )
    )
    apply_lineage(session, plan_id=plan.id, old_id=segment.id, new_ids=parts, kind="split", now=NOW)
    session.refresh(told)
    assert told.segment_id is None
    assert told.exact_segment_id in parts


def test_offices_find_comments_near_by_with_their_exact_place(
    session: Session, told: Comment, say: Callable[..., Comment]
) -> None:
    near = say(HOME[0] + 0.0003, HOME[1], text=told.text)
    far = say(HOME[0] + 0.003, HOME[1], text=told.text)
    for comment in (told, near, far):
        session.add(Case(comment_id=comment.id, plan_id=told.plan_id, received_at=NOW))
    session.flush()
    assert suggest(session, comment_id=told.id, office_id=None) == [near.id]


def test_only_few_modules_know_of_exact_places() -> None:
    root = Path(exact.__file__).parents[1]
    naming = re.compile(r"exact_(geom|drawing|segment_id|place|context_id|zone_id|snap_m)")
    found = {
        str(each.relative_to(root)) for each in root.rglob("*.py") if naming.search(each.read_text("utf-8"))
    }
    assert found == MAY_KNOW
