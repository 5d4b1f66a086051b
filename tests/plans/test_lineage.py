"""Segments divided, joined, moved and replaced: what people said is taken along, and counted once."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mobility.consultation.counting import recount
from mobility.errors import Invalid
from mobility.plans.lineage import Carried, ancestors_of, apply_lineage
from tests.plans.test_bundle_feedback import City

NOW = datetime(2026, 4, 21, 10, tzinfo=UTC)
HALVES = {"P1-02a": (0.0, 0.5), "P1-02b": (0.5, 1.0)}


class Town(City):
    """The small city, whose segments can be cut."""

    def cut(self, code, parts):
        """Parts of a line as segments of their own, by their shares; their ids."""
        sql = """INSERT INTO segment
            (plan_id, measure_id, code, street, span, geom, side, direction, position)
          SELECT plan_id, measure_id, :part, street, span, ST_LineSubstring(geom, :a, :b), side, direction,
            position FROM segment WHERE plan_id = :plan AND code = :code RETURNING id"""
        return [self.one(sql, code=code, part=part, a=a, b=b) for part, (a, b) in parts.items()]

    def trace(self, code, new_ids, kind, now=NOW, **more):
        """Applies a lineage to the segment with this code."""
        values = {"old_id": self.segment(code), "new_ids": new_ids, "kind": kind, "now": now}
        return apply_lineage(self.session, plan_id=self.plan, **values, **more)

    def say(self, code, share):
        """A comment at a share of the way along a line."""
        said = self.comment(self.person(), code)
        sql = """UPDATE comment c SET geom = ST_LineInterpolatePoint(s.geom, :share)
          FROM segment s WHERE s.id = c.segment_id AND c.id = :c RETURNING c.id"""
        return self.one(sql, share=share, c=said)

    def about(self, comment):
        sql = "SELECT s.code FROM comment c JOIN segment s ON s.id = c.segment_id WHERE c.id = :c"
        return self.one(sql, c=comment)

    def retired(self, code):
        return self.one("SELECT retired_at FROM segment WHERE plan_id = :plan AND code = :code", code=code)


@pytest.fixture
def town(session, files):
    return Town(session, files)


def test_a_divided_segment_keeps_its_votes_and_hands_on_its_comments(town):
    who = town.person()
    town.vote(who, "P1-02", 2)
    near, far = town.say("P1-02", 0.1), town.say("P1-02", 0.9)
    parts = town.cut("P1-02", HALVES)
    assert town.trace("P1-02", parts, "split") == Carried(votes=0, comments=2)
    assert town.retired("P1-02") == NOW
    assert town.votes("P1-02") == [(who, 2)]
    assert (town.votes("P1-02a"), town.votes("P1-02b")) == ([], [])
    assert (town.about(near), town.about(far)) == ("P1-02a", "P1-02b")
    assert recount(town.session) == []


def test_a_part_knows_the_whole_it_was_a_part_of(town):
    parts = town.cut("P1-02", HALVES)
    town.trace("P1-02", parts, "split")
    (whole,) = ancestors_of(town.session, parts[0])
    assert (whole.code, whole.divided_at) == ("P1-02", NOW)
    assert ancestors_of(town.session, town.segment("P1-02")) == []
    later = NOW + timedelta(days=1)
    quarters = town.cut("P1-02a", {"P1-02c": (0, 0.5), "P1-02d": (0.5, 1)})
    town.trace("P1-02a", quarters, "split", now=later)
    assert [each.code for each in ancestors_of(town.session, quarters[1])] == ["P1-02a", "P1-02"]


def test_joined_segments_take_votes_and_comments_with_the_latest_vote_live(town):
    both, one = town.person(), town.person()
    town.vote(both, "P1-02", -2, hours=1)
    town.vote(both, "P1-01", 2, hours=2)
    town.vote(one, "P1-02", 1)
    said = town.comment(one, "P1-02")
    carried = town.trace("P1-02", [town.segment("P1-01")], "merged")
    assert carried == Carried(votes=1, comments=1)
    assert town.votes("P1-01") == [(both, 2), (one, 1)]
    assert town.votes("P1-02") == []
    assert town.about(said) == "P1-01"
    assert town.retired("P1-02") == NOW
    assert town.retired("P1-01") is None
    assert ancestors_of(town.session, town.segment("P1-01")) == []
    assert recount(town.session) == []


def test_who_follows_a_stretch_follows_its_parts(town):
    who = town.person()
    follow = """INSERT INTO follow (participant_id, kind, plan_id, segment_id)
      VALUES (:who, 'segment', :plan, :s) RETURNING id"""
    parts = town.cut("P1-02", HALVES)
    for segment in (town.segment("P1-02"), parts[0]):
        town.one(follow, who=who, s=segment)
    town.trace("P1-02", parts, "split")
    followed = town.all("SELECT segment_id FROM follow WHERE participant_id = :who ORDER BY id", who=who)
    assert {segment for (segment,) in followed} == {town.segment("P1-02"), *parts}


def test_a_moved_segment_stays_itself(town):
    who = town.person()
    town.vote(who, "P1-02", 2)
    assert town.trace("P1-02", [town.segment("P1-02")], "moved", moved_m=3.5) == Carried()
    assert town.votes("P1-02") == [(who, 2)]
    assert town.retired("P1-02") is None
    assert town.all("SELECT kind, moved_m FROM segment_lineage WHERE plan_id = :plan") == [("moved", 3.5)]


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("split", ["P1-01"]),
        ("merged", ["P1-01", "P2-01"]),
        ("merged", ["P1-02"]),
        ("moved", ["P1-01"]),
        ("lost", ["P1-01"]),
        ("split", []),
    ],
)
def test_what_cannot_be_is_refused(town, kind, codes):
    with pytest.raises(Invalid):
        town.trace("P1-02", [town.segment(code) for code in codes], kind)
    assert town.all("SELECT 1 FROM segment_lineage WHERE plan_id = :plan") == []


def test_a_segment_of_another_plan_is_refused(town):
    foreign = town.one("SELECT id FROM segment WHERE plan_id <> :plan LIMIT 1")
    with pytest.raises(Invalid):
        town.trace("P1-02", [foreign], "replaced")


STEP = st.tuples(
    st.sampled_from(["vote", "comment", "split", "merged"]), st.integers(0, 9), st.integers(-2, 2)
)


@hypothesis_settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, min_size=4, max_size=14))
def test_whatever_happens_counts_equal_a_recount_and_nothing_is_lost(town, steps):
    """Nobody has two live votes on one segment, and no vote or comment disappears."""
    nested = town.session.begin_nested()
    people = [town.person() for _ in range(3)]
    names = (f"X-{number}" for number in itertools.count())
    comments = voted = 0
    for hours, (step, chosen, position) in enumerate(steps):
        codes = [code for (code,) in town.all(
            "SELECT code FROM segment WHERE plan_id = :plan AND retired_at IS NULL "
            "AND GeometryType(geom) = 'LINESTRING' ORDER BY code"
        )]  # fmt: skip
        code, other = codes[chosen % len(codes)], codes[(chosen + 1) % len(codes)]
        if step == "vote":
            who = people[chosen % 3]
            if who not in dict(town.votes(code)):
                town.vote(who, code, position, hours=hours)
                voted += 1
        elif step == "comment":
            town.say(code, 0.5)
            comments += 1
        elif step == "split":
            parts = town.cut(code, {next(names): (0, 0.4), next(names): (0.4, 1)})
            town.trace(code, parts, "split", now=NOW + timedelta(hours=hours))
        elif code != other:
            town.trace(code, [town.segment(other)], "merged", now=NOW + timedelta(hours=hours))
    assert recount(town.session) == []
    sql = "SELECT count(*) FROM vote WHERE plan_id = :plan"
    ended = """SELECT count(DISTINCT vote_id) FROM vote_history
      WHERE plan_id = :plan AND vote_id NOT IN (SELECT id FROM vote)"""
    assert town.one(sql) + town.one(ended) == voted
    assert town.one("SELECT count(*) FROM comment WHERE plan_id = :plan") == comments
    nested.rollback()
