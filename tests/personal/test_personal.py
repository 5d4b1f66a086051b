"""One's own contributions: seen by oneself alone, taken away as data, erased without changing a count."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from mobility.accounts.models import AuditEntry, Participant, ParticipantToken
from mobility.accounts.services import token_participant
from mobility.consultation.counting import recount
from mobility.consultation.models import Comment, CommentCell, Vote, VoteHistory, VoteTally
from mobility.personal.services import erase_participant
from mobility.web import TOKEN_COOKIE
from tests.consultation.browser import read_forms
from tests.personal.conftest import TOKEN, WORDS, speak

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def mine(client: FlaskClient, said: Comment) -> FlaskClient:
    """The browser of the person who spoke."""
    client.set_cookie(TOKEN_COOKIE, TOKEN)
    return client


def counts(session: Session) -> tuple[int, int]:
    """All kept counts of comments and votes."""
    return (
        session.scalar(select(func.sum(CommentCell.n))) or 0,
        session.scalar(select(func.sum(VoteTally.n))) or 0,
    )


def test_the_page_shows_what_i_said(mine: FlaskClient) -> None:
    page = mine.get("/mine")
    assert page.headers["Cache-Control"] == "no-store"
    assert WORDS in page.text
    assert "if my benches stay" in page.text
    assert "1</" in page.text


def test_others_see_nothing_of_mine(client: FlaskClient, said: Comment, session: Session) -> None:
    assert WORDS not in client.get("/mine").text
    token_participant(session, token="somebody-else", create=True)
    client.set_cookie(TOKEN_COOKIE, "somebody-else")
    assert WORDS not in client.get("/mine").text
    assert client.get("/mine/data.json").json["comments"] == []


def test_without_a_word_there_is_nothing_to_take(client: FlaskClient) -> None:
    assert client.get("/mine").status_code == 200
    assert client.get("/mine/data.json").status_code == 403
    assert client.get("/mine/erase").status_code == 200


def test_the_file_holds_everything(mine: FlaskClient) -> None:
    answer = mine.get("/mine/data.json")
    assert "attachment" in answer.headers["Content-Disposition"]
    data = json.loads(answer.data)
    assert data["participant"]["email"] == "ada@example.org"
    (comment,), (vote,), (earlier,) = data["comments"], data["votes"], data["earlier_votes"]
    assert comment["text"] == WORDS
    assert comment["relation"] == ["lives"]
    assert comment["geometry"]["coordinates"] == pytest.approx([13.361424, 38.115672], abs=1e-6)
    assert (vote["position"], vote["condition"]) == (2, "if my benches stay")
    assert (earlier["position"], earlier["condition"]) == (1, "if the benches stay")


def test_the_readable_page_holds_the_same(mine: FlaskClient) -> None:
    page = mine.get("/mine/data").text
    for words in (WORDS, "ada@example.org", "if my benches stay", "if the benches stay"):
        assert words in page


def test_pages_of_long_lists(mine: FlaskClient, session: Session, me: Participant) -> None:
    for number in range(22):
        speak_again(session, me, number)
    page = mine.get("/mine?lang=en").text
    assert "Older comments" in page
    assert "number 0." not in page
    before = page.split("before=")[1].split("#")[0].split('"')[0]
    assert "number 0." in mine.get(f"/mine?before={before}").text
    assert mine.get("/mine?before=99999999999999999999&votes_before=x").status_code == 200


def speak_again(session: Session, person: Participant, number: int) -> None:
    first = session.scalars(select(Comment).where(Comment.participant_id == person.id)).first()
    assert first is not None
    copied = ("plan_id", "participant_id", "phase_id", "topic_id", "stance", "geom", "place", "language")
    values = {name: getattr(first, name) for name in copied}
    key = f"10000000-0000-0000-0000-{number:012d}"
    session.add(
        Comment(**values, text=f"This is number {number}.", receipt=f"MORE{number:08d}", idempotency_key=key)
    )
    session.commit()


def test_erasing_asks_first(mine: FlaskClient, session: Session) -> None:
    page = mine.get("/mine/erase")
    (form,) = [each for each in read_forms(page.text) if each.action == "/mine/erase"]
    refused = mine.post("/mine/erase", data=form.fields)
    assert refused.status_code == 422
    assert session.scalar(select(func.count()).where(Comment.text == WORDS)) == 1


def test_erasing_takes_words_and_leaves_counts(mine: FlaskClient, said: Comment, session: Session) -> None:
    before, number = counts(session), said.participant_id
    with mine.session_transaction() as kept:
        kept["participant"] = TOKEN
    (form,) = [e for e in read_forms(mine.get("/mine/erase").text) if e.action == "/mine/erase"]
    receipt = said.receipt
    done = mine.post("/mine/erase", data=form.fields | {"sure": "y"})
    assert (done.status_code, done.location) == (303, "/mine/erased")
    session.expire_all()
    comment = session.get_one(Comment, said.id)
    assert (comment.text, comment.participant_id, comment.relation) == ("", None, [])
    assert comment.status == "published"
    assert comment.erased_at is not None
    assert comment.receipt != receipt
    assert mine.get(f"/receipts/{receipt}").status_code == 404
    vote = session.scalars(select(Vote).where(Vote.participant_id == number)).one()
    assert (vote.position, vote.condition, vote.reason) == (2, None, None)
    kept = session.scalars(select(VoteHistory).where(VoteHistory.participant_id == number)).all()
    assert kept
    assert all(row.condition is None for row in kept)
    person = session.get_one(Participant, number)
    assert (person.email, person.account_id, person.verified_key) == (None, None, None)
    assert session.scalar(select(func.count()).where(ParticipantToken.participant_id == number)) == 0
    assert counts(session) == before
    assert recount(session) == []
    with mine.session_transaction() as kept:
        assert kept.get("participant") != TOKEN
    assert "This browser has not said anything yet" in mine.get("/mine?lang=en").text


def test_the_exact_place_goes_but_not_its_square(session: Session, said: Comment) -> None:
    cell = (said.cell_x, said.cell_y)
    erase_participant(session, participant_id=said.participant_id or 0, now=NOW)
    session.expire_all()
    again = session.get_one(Comment, said.id)
    lon, lat = session.execute(
        select(func.ST_X(Comment.geom), func.ST_Y(Comment.geom)).where(Comment.id == said.id)
    ).one()
    assert (again.cell_x, again.cell_y) == cell
    assert (lon, lat) != (13.361424, 38.115672)
    assert abs(lon - 13.361424) < 0.001
    assert abs(lat - 38.115672) < 0.001


@pytest.mark.parametrize(("status", "reason"), [("hidden", "abuse"), ("pending", None), ("withdrawn", None)])
def test_what_was_not_public_never_becomes_so(
    session: Session, me: Participant, status: str, reason: str | None
) -> None:
    comment = speak(session, me, status=status, hidden_reason=reason)
    before = counts(session)
    erase_participant(session, participant_id=me.id, now=NOW)
    session.expire_all()
    again = session.get_one(Comment, comment.id)
    assert (again.status, again.text, again.hidden_reason) == ("withdrawn", "", None)
    assert counts(session) == before


def test_a_vote_for_a_group_stays_the_groups(session: Session, me: Participant, said: Comment) -> None:
    group = session.execute(text("SELECT group_id FROM plan_group LIMIT 1")).scalar_one()
    vote = session.scalars(select(Vote).where(Vote.participant_id == me.id)).one()
    vote.group_id, vote.reason = group, "Our members asked for it."
    session.commit()
    erase_participant(session, participant_id=me.id, now=NOW)
    session.expire_all()
    assert session.get_one(Vote, vote.id).reason == "Our members asked for it."


def test_the_record_keeps_a_number_only(session: Session, me: Participant, said: Comment) -> None:
    erase_participant(session, participant_id=me.id, now=NOW)
    line = session.scalars(select(AuditEntry).where(AuditEntry.action == "participant.erase")).one()
    assert (line.participant_id, line.details) == (me.id, {})


def test_those_merged_into_the_person_are_erased_too(session: Session, me: Participant) -> None:
    other = token_participant(session, token="an-older-browser", create=True)
    assert other is not None
    comment = speak(session, other)
    other.merged_into = me.id
    session.commit()
    erase_participant(session, participant_id=me.id, now=NOW)
    session.expire_all()
    assert session.get_one(Comment, comment.id).text == ""
    assert session.get_one(Participant, other.id).erased_at is not None
