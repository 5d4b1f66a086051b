"""Loading a bundle that no longer holds what people spoke about: refused, retired, moved. Nothing is lost."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from mobility.errors import Invalid
from mobility.plans.bundles import LoadRefused, load_bundle, read_bundle

NOW = datetime(2026, 4, 20, 10, tzinfo=UTC)


class City:
    """A loaded small bundle, with people who speak."""

    def __init__(self, session, files):
        self.session, self.files = session, files
        self.load()
        self.plan = self.one("SELECT id FROM plan WHERE slug = 'testville-centre'")
        self.phase = self.one("SELECT id FROM phase WHERE plan_id = :plan AND slug = 'voting'")
        self.group = self.one(
            "SELECT id FROM stakeholder_group WHERE slug = 'residents' ORDER BY id DESC LIMIT 1"
        )

    def load(self, **options):
        return load_bundle(self.session, read_bundle(self.files.write()), now=NOW, **options)

    def one(self, sql, **values):
        return self.session.execute(text(sql), {"plan": getattr(self, "plan", None), **values}).scalar()

    def all(self, sql, **values):
        found = self.session.execute(text(sql), {"plan": self.plan, **values})
        return [tuple(row) for row in found]

    def person(self):
        return self.one("INSERT INTO participant (identity_level) VALUES (0) RETURNING id")

    def segment(self, code):
        return self.one("SELECT id FROM segment WHERE plan_id = :plan AND code = :code", code=code)

    def vote(self, who, code, position, hours=0, group=None, measure=None):
        subject = {"s": None if measure else self.segment(code), "m": measure}
        values = {"who": who, "g": group, "p": position, "phase": self.phase, **subject}
        return self.one(
            """INSERT INTO vote (plan_id, segment_id, measure_id, participant_id, group_id, position,
                 phase_id, identity_level, channel, cast_at, changed_at)
               VALUES (:plan, :s, :m, :who, :g, :p, :phase, 0, 'web', :t, :t) RETURNING id""",
            t=NOW + timedelta(hours=hours),
            **values,
        )

    def comment(self, who, code=None, topic="walking", measure=None):
        return self.one(
            """INSERT INTO comment (plan_id, participant_id, phase_id, topic_id, segment_id, measure_id,
                 stance, text, geom, place, channel, status, language, receipt, idempotency_key)
               VALUES (:plan, :who, :phase,
                 (SELECT id FROM topic WHERE plan_id = :plan AND slug = :topic), :s,
                 coalesce(:m, (SELECT measure_id FROM segment WHERE id = :s)), 'for', 'Yes',
                 ST_SetSRID(ST_MakePoint(13.36, 38.111), 4326), '{}', 'web', 'published', 'it',
                 CAST(:key AS text), CAST(:key AS uuid))
               RETURNING id""",
            who=who,
            phase=self.phase,
            topic=topic,
            s=self.segment(code) if code else None,
            m=measure,
            key=str(uuid.uuid4()),
        )

    def drop(self, *codes):
        """Takes segments out of the files."""
        layer = self.files.layers["segments"]
        layer["features"] = [f for f in layer["features"] if f["properties"]["code"] not in codes]

    def votes(self, code):
        sql = "SELECT participant_id, position FROM vote WHERE segment_id = :s ORDER BY participant_id"
        return self.all(sql, s=self.segment(code))

    def tally(self, code):
        sql = "SELECT coalesce(sum(n), 0) FROM vote_tally WHERE segment_id = :s"
        return int(self.one(sql, s=self.segment(code)))


@pytest.fixture
def city(session, files):
    return City(session, files)


def test_a_segment_with_votes_is_not_dropped(city):
    city.vote(city.person(), "P1-02", 2)
    city.comment(city.person(), "P1-02")
    city.drop("P1-02")
    with pytest.raises(LoadRefused) as caught:
        city.load()
    (spoken,) = caught.value.spoken
    assert (spoken.kind, spoken.code, spoken.votes, spoken.comments) == ("segment", "P1-02", 1, 1)
    assert "P1-02" in caught.value.message


def test_all_losses_are_named_at_once(city):
    city.vote(city.person(), "P1-02", 2)
    city.comment(city.person(), "P2-01", topic="noise")
    city.drop("P1-02", "P2-01", "P2-02")
    del city.files.measures["measure"][1]
    city.files.city["topic"].pop()
    city.files.city["phase"][1]["slug"] = "ballot"
    with pytest.raises(LoadRefused) as caught:
        city.load()
    assert {(each.kind, each.code) for each in caught.value.spoken} == {
        ("phase", "voting"),
        ("topic", "noise"),
        ("segment", "P1-02"),
        ("segment", "P2-01"),
        ("measure", "P2"),
    }


def test_a_loaded_update_keeps_votes_and_comments(city):
    who = city.person()
    city.vote(who, "P1-01", 1)
    said = city.comment(who, "P1-01")
    city.files.features("segments")[0]["geometry"]["coordinates"][1] = [13.36, 38.1118]
    city.load()
    assert city.votes("P1-01") == [(who, 1)]
    assert city.one("SELECT segment_id FROM comment WHERE id = :c", c=said) == city.segment("P1-01")
    assert city.all("SELECT * FROM vote_history") == []


def test_a_retired_segment_keeps_its_votes(city):
    who = city.person()
    city.vote(who, "P1-02", 2)
    city.drop("P1-02", "P2-02")
    report = city.load(retire_missing=True)
    assert report.retired == ["P1-02"]
    assert city.votes("P1-02") == [(who, 2)]
    assert city.one("SELECT retired_at FROM segment WHERE plan_id = :plan AND code = 'P1-02'") == NOW
    assert city.segment("P2-02") is None
    assert not city.load().changed


def test_a_retired_segment_may_come_back(city):
    features = list(city.files.features("segments"))
    city.vote(city.person(), "P1-02", 2)
    identity = city.segment("P1-02")
    city.drop("P1-02")
    city.load(retire_missing=True)
    city.files.layers["segments"]["features"] = features
    city.load()
    assert city.segment("P1-02") == identity
    assert city.one("SELECT retired_at FROM segment WHERE id = :s", s=identity) is None


def test_a_retired_measure_keeps_its_votes_and_segments(city):
    measure = city.one("SELECT id FROM measure WHERE plan_id = :plan AND code = 'P2'")
    city.vote(city.person(), None, 1, measure=measure)
    city.vote(city.person(), "P2-01", 1)
    city.drop("P2-01", "P2-02")
    del city.files.measures["measure"][1]
    assert city.load(retire_missing=True).retired == ["P2", "P2-01"]
    assert city.one("SELECT measure_id FROM segment WHERE id = :s", s=city.segment("P2-01")) == measure


def test_votes_and_comments_move(city):
    who = city.person()
    city.vote(who, "P1-02", -1)
    said = city.comment(who, "P1-02")
    city.drop("P1-02")
    report = city.load(moves={"P1-02": "P2-01"})
    assert (report.moved_votes, report.moved_comments) == (1, 1)
    assert city.votes("P2-01") == [(who, -1)]
    assert city.segment("P1-02") is None
    assert city.tally("P2-01") == 1
    place = city.all(
        "SELECT s.code, m.code FROM comment c JOIN segment s ON s.id = c.segment_id "
        "JOIN measure m ON m.id = c.measure_id WHERE c.id = :c",
        c=said,
    )
    assert place == [("P2-01", "P2")]


@pytest.mark.parametrize(("hours_old", "hours_new", "kept"), [(1, 5, 2), (5, 1, -2)])
def test_one_live_vote_stays_and_the_other_goes_to_the_history(city, hours_old, hours_new, kept):
    who = city.person()
    city.vote(who, "P1-02", -2, hours=hours_old)
    city.vote(who, "P1-01", 2, hours=hours_new)
    city.drop("P1-02")
    city.load(moves={"P1-02": "P1-01"})
    assert city.votes("P1-01") == [(who, kept)]
    assert city.tally("P1-01") == 1
    history = city.all("SELECT position, ending FROM vote_history WHERE participant_id = :w", w=who)
    assert (-kept, "changed") in history
    assert "withdrawn" not in {ending for _, ending in history}


def test_a_groups_vote_is_merged_apart_from_its_delegates_own(city):
    delegate, other = city.person(), city.person()
    city.vote(delegate, "P1-02", 1)
    city.vote(other, "P1-02", -1, group=city.group)
    city.vote(delegate, "P1-01", 2, hours=2, group=city.group)
    city.drop("P1-02")
    city.load(moves={"P1-02": "P1-01"})
    sql = "SELECT group_id IS NOT NULL, participant_id, position FROM vote WHERE segment_id = :s ORDER BY 1"
    assert city.all(sql, s=city.segment("P1-01")) == [(False, delegate, 1), (True, delegate, 2)]


def test_votes_of_several_segments_move_to_one(city):
    who = city.person()
    for hours, code in enumerate(("P1-02", "P2-02", "P1-01")):
        city.vote(who, code, hours - 1, hours=hours)
    city.drop("P1-02", "P2-02")
    city.load(moves={"P1-02": "P1-01", "P2-02": "P1-01"})
    assert city.votes("P1-01") == [(who, 1)]


def test_loading_again_with_the_same_moves_changes_nothing(city):
    city.vote(city.person(), "P1-02", 1)
    city.drop("P1-02")
    city.load(moves={"P1-02": "P1-01"})
    report = city.load(moves={"P1-02": "P1-01"})
    assert not report.changed


def test_moving_the_comments_of_a_removed_measure_is_enough(city):
    city.comment(city.person(), "P2-01")
    city.drop("P2-01", "P2-02")
    del city.files.measures["measure"][1]
    city.load(moves={"P2-01": "P1-01"})
    assert city.one("SELECT count(*) FROM measure WHERE plan_id = :plan") == 1


@pytest.mark.parametrize("moves", [{"P1-01": "P1-02"}, {"P1-09": "P9-01"}])
def test_impossible_moves(city, moves):
    with pytest.raises(Invalid):
        city.load(moves=moves)
