"""Everybody is told of what they follow, once, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility import signals
from mobility.consultation.conversation.models import Reply
from mobility.consultation.models import Comment
from mobility.db import unit_of_work
from mobility.extensions import db
from mobility.notices import following, happenings
from mobility.notices.following import circle
from mobility.notices.telling import digest_moment
from mobility.plans.models import Measure
from tests.notices.conftest import People

pytestmark = pytest.mark.concurrency
Run = Callable[..., list[tuple[str, str]]]
ROME = ZoneInfo("Europe/Rome")


def to(waiting: list[tuple[str, str]]) -> list[str]:
    return sorted(address.partition("@")[0] for address, _ in waiting)


def test_followers_of_plan_measure_and_segment_are_told_once(people: People, run: Run) -> None:
    author, everything, measure, segment, other = map(
        people.person, ("author", "everything", "measure", "segment", "other")
    )
    for who in (author, everything):
        people.follow(who)
    people.follow(everything, "measure", measure_id=people.ids("measure", "P1"))
    people.follow(measure, "measure", measure_id=people.ids("measure", "P1"))
    people.follow(segment, "segment", segment_id=people.ids("segment", "P1-03"))
    people.follow(other, "segment", segment_id=people.ids("segment", "P1-04"))
    people.comment(author)
    assert to(run()) == ["everything", "measure", "segment"], "not the author, nobody twice"
    assert to(run()) == ["everything", "measure", "segment"], "a second run adds nothing"


def test_an_area_means_what_lies_inside(people: People, run: Run, committed: Flask) -> None:
    with committed.app_context():
        statement = text(
            "SELECT ST_X(p), ST_Y(p) "
            "FROM (SELECT ST_PointOnSurface(geom) p FROM segment WHERE code = 'P1-03') s"
        )
        lon, lat = db.session.execute(statement).one()
    near, far = people.person("near"), people.person("far")
    people.follow(near, "area", area=circle(lon=lon, lat=lat, radius_m=300, srid=32633), radius_m=300)
    people.follow(far, "area", area=circle(lon=lon + 0.01, lat=lat, radius_m=300, srid=32633), radius_m=300)
    people.comment(None)
    assert to(run()) == ["near"]


def test_a_message_says_where_and_why_and_how_to_stop(
    people: People, run: Run, deliver: Callable[[], list[Any]], committed: Flask
) -> None:
    reader = people.person("reader")
    people.follow(reader, "measure", measure_id=people.ids("measure", "P1"))
    key = people.comment(None)
    run()
    [(_, message)] = deliver()
    words = message.get_content()
    assert message["Subject"] == "New comment (For): Via Prova"
    assert f"https://consult.city.example/plans/palermo-centro/comments/{key}" in words
    assert "you follow: Measure P1" in words
    assert "Shade, please." not in words, "no words of others travel"
    stop = str(message["List-Unsubscribe"]).strip("<>")
    assert stop in words
    browser = committed.test_client()
    path = stop.removeprefix("https://consult.city.example")
    committed.config["SECRET_KEY"], kept = "secret of the tests", committed.config["SECRET_KEY"]
    try:
        assert browser.get(path).status_code == 200
        people.comment(None)
        assert to(run()) == ["reader"], "opening the link stops nothing"
        deliver()
        english = {"Accept-Language": "en"}
        assert "<h1>Stop messages</h1>" in browser.get(path, headers=english).text
        assert browser.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
        again = browser.get(path, headers=english)
        assert "<h1>Stopped</h1>" in again.text, "an old message says what is true now"
        assert "You receive no more messages about: Measure P1" in again.text
    finally:
        committed.config["SECRET_KEY"] = kept
    people.comment(None)
    assert run() == []


def test_own_comments_are_followed_from_the_start(people: People, run: Run, committed: Flask) -> None:
    author, friend, silent = people.person("author"), people.person("friend"), people.person("silent")
    mine, theirs = people.comment(author), people.comment(silent)
    with committed.app_context(), unit_of_work() as session:
        following.stop_all(session, participant_id=silent, now=datetime.now(UTC))
    for key in (mine, theirs):
        reply_to(committed, key, friend)
        with committed.app_context(), unit_of_work() as session:
            comment = session.get_one(Comment, key)
            now = datetime.now(UTC)
            signals.comments_decided.send(
                session, comments=[comment], action="restore", account_id=1, now=now
            )
    waiting = run()
    assert to(waiting) == ["author", "author"]
    assert {subject.partition(":")[0] for _, subject in waiting} == {
        "Somebody replied to your comment, for it", "Your comment is public again"
    }  # fmt: skip


def reply_to(app: Flask, comment_id: int, who: int) -> None:
    with app.app_context(), unit_of_work() as session:
        statement = text("""
            INSERT INTO comment_reply (plan_id, comment_id, participant_id, phase_id, side, text, language,
                                       idempotency_key)
            SELECT plan_id, id, :who, phase_id, 'for', 'Yes.', 'en', gen_random_uuid()
            FROM comment WHERE id = :id RETURNING id
        """)
        key = session.execute(statement, {"who": who, "id": comment_id}).scalar_one()
        comment, reply = session.get_one(Comment, comment_id), session.get_one(Reply, key)
        signals.reply_published.send(session, reply=reply, comment=comment, now=datetime.now(UTC))


def test_a_changed_measure_is_told_to_all_whom_it_touches(people: People, run: Run, committed: Flask) -> None:
    for name, kind, what in (
        ("plan", "plan", {}),
        ("measure", "measure", {"measure_id": people.ids("measure", "P1")}),
        ("segment", "segment", {"segment_id": people.ids("segment", "P1-03")}),
        ("other", "measure", {"measure_id": people.ids("measure", "P2")}),
    ):
        people.follow(people.person(name), kind, **what)
    with committed.app_context(), unit_of_work() as session:
        measure = session.get_one(Measure, people.ids("measure", "P1"))
        signals.version_published.send(session, measure=measure, version=2, now=datetime.now(UTC))
    assert to(run()) == ["measure", "plan", "segment"]


def test_what_is_hidden_or_stopped_before_it_is_told_is_not_told(
    people: People, run: Run, committed: Flask
) -> None:
    daily = people.person("daily")
    follow = people.follow(daily, rhythm="daily")
    hidden = people.comment(None)
    run()
    with committed.app_context(), unit_of_work() as session:
        session.execute(
            text("UPDATE comment SET status = 'hidden', hidden_reason = 'spam' WHERE id = :id"),
            {"id": hidden},
        )
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert run("digest", now=tomorrow) == []
    people.comment(None)
    run()
    with committed.app_context(), unit_of_work() as session:
        following.stop(session, follow_id=follow, participant_id=daily, now=datetime.now(UTC))
    assert run("digest", now=tomorrow) == []


def test_people_without_an_address_are_not_told_and_make_no_fuss(
    people: People, run: Run, committed: Flask
) -> None:
    lost = people.person("lost")
    people.follow(lost)
    with committed.app_context(), unit_of_work() as session:
        session.execute(text("UPDATE participant SET email = NULL WHERE id = :id"), {"id": lost})
    people.comment(None)
    assert run() == []


def test_a_digest_comes_once_a_day_with_everything_in_it(
    people: People, run: Run, deliver: Callable[[], list[Any]]
) -> None:
    people.follow(people.person("daily"), rhythm="daily")
    for _ in range(3):
        people.comment(None)
    now = datetime.now(UTC)
    assert run() == []
    assert run("digest", now=now) == [], "what happened after seven waits until tomorrow"
    tomorrow = digest_moment(now, ROME) + timedelta(days=1, minutes=3)
    assert [subject.partition(": ")[2] for _, subject in run("digest", now=tomorrow)] == ["3 pieces of news"]
    run("digest", now=tomorrow + timedelta(minutes=5))
    [(_, message)] = deliver()
    assert message.get_content().count("New comment (For): Via Prova") == 3
    for _ in range(21):
        people.comment(None)
    run()
    run("digest", now=tomorrow + timedelta(days=1))
    long = deliver()[-1][1].get_content()
    assert "21 new comments" in long
    assert long.count("https://consult.city.example/plans/") == 1, "a long one says how many"


def test_a_late_commit_is_told_all_the_same(people: People, run: Run, committed: Flask) -> None:
    """A transaction that began first and ends last falls between no two windows."""
    people.follow(people.person("reader"))
    key = people.comment(None, tell=False)
    with committed.app_context(), db.engine.connect() as late:
        late.begin()
        with Session(bind=late, join_transaction_mode="create_savepoint") as session:
            happenings.comment_happened(session, comment_id=key, now=datetime.now(UTC))
            session.commit()
        people.comment(None)
        early = len(run())
        late.commit()
    assert early == 0, "everything from the open transaction on waits"
    assert len(run()) == 2


def test_a_restored_database_begins_anew(people: People, run: Run, committed: Flask) -> None:
    people.follow(people.person("reader"))
    people.comment(None)
    run()
    with committed.app_context(), unit_of_work() as session:
        session.execute(text("UPDATE notice_coverage SET xid = xid + 1000000000"))
    people.comment(None)
    assert len(run()) == 2


def test_two_who_prove_to_be_one_are_told_once(people: People, run: Run, committed: Flask) -> None:
    kept, gone = people.person("kept"), people.person("gone")
    for who in (kept, gone):
        people.follow(who)
        people.follow(who, "segment", segment_id=people.ids("segment", "P1-03"), rhythm="daily")
    people.comment(None)
    with committed.app_context(), unit_of_work() as session:
        signals.participants_merged.send(session, kept_id=kept, gone_id=gone, now=datetime.now(UTC))
        rows = session.execute(text("SELECT participant_id, kind FROM follow ORDER BY kind")).all()
        assert [tuple(row) for row in rows] == [(kept, "plan"), (kept, "segment")]
    assert to(run()) == ["kept"]


def test_the_erased_are_told_nothing(people: People, run: Run, committed: Flask) -> None:
    who = people.person("erased")
    people.follow(who)
    people.comment(None)
    run()
    with committed.app_context(), unit_of_work() as session:
        signals.participant_erased.send(session, participant_id=who, now=datetime.now(UTC))
        assert session.execute(text("SELECT count(*) FROM follow")).scalar_one() == 0
        assert session.execute(text("SELECT count(*) FROM notice")).scalar_one() == 0


@given(st.integers(0, 2 * 365 * 24 * 60))
def test_seven_in_the_morning_is_seven_whatever_the_clocks_do(minutes: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    moment = digest_moment(now, ROME)
    assert (moment.astimezone(ROME).hour, moment.astimezone(ROME).minute) == (7, 0)
    assert timedelta(0) <= now - moment < timedelta(hours=25)
    assert digest_moment(now + timedelta(hours=25), ROME) > moment
