"""Support with its interval, and what counts as contested."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.spatial import stats

votes = st.dictionaries(st.sampled_from(stats.POSITIONS), st.integers(0, 500))
some_votes = votes.filter(lambda d: sum(d.values()) > 0)


@given(some_votes)
def test_the_interval_holds_the_mean_and_stays_on_the_scale(distribution):
    found = stats.support(distribution)
    assert -2 <= found.low <= found.mean <= found.high <= 2
    assert found.n == sum(distribution.values())


@given(some_votes)
def test_more_votes_of_the_same_kind_narrow_the_interval(distribution):
    one = stats.support(distribution)
    four = stats.support({position: 4 * n for position, n in distribution.items()})
    assert four.mean == pytest.approx(one.mean)
    assert four.high - four.low < one.high - one.low


def test_yes_or_no_votes_give_wilsons_own_interval():
    found = stats.support({2: 81, -2: 263 - 81})
    assert ((found.low + 2) / 4, (found.high + 2) / 4) == pytest.approx((0.2553, 0.3662), abs=1e-4)


def test_three_who_agree_prove_little():
    found = stats.support({2: 3})
    assert found.few
    assert found.low < 0.0
    assert not stats.support({2: 10}).few


def test_no_votes_no_support():
    assert stats.support({}) is None
    assert stats.support({1: 0}) is None


@pytest.mark.parametrize("distribution", [{3: 1}, {1: -1}])
def test_impossible_votes(distribution):
    with pytest.raises(ValueError, match="votes at"):
        stats.support(distribution)


@pytest.mark.parametrize(
    ("distribution", "score"),
    [
        ({2: 50, -2: 50}, 1.0),
        ({0: 100}, 0.0),
        ({1: 50, -1: 50}, 0.5),
        ({2: 75, -2: 25}, 0.5),
        ({2: 90, -2: 10}, 0.2),
        ({}, 0.0),
    ],
)
def test_worked_examples_within(distribution, score):
    assert stats.within_score(distribution) == pytest.approx(score)


def test_a_divided_crowd_is_contested_and_a_handful_is_not():
    assert stats.contested({2: 50, -2: 50}).contested
    assert not stats.contested({2: 100, -2: 5}).contested
    handful = stats.contested({2: 2, -2: 2})
    assert not handful.contested
    assert handful.few
    assert handful.within == 1.0


@given(some_votes)
def test_scores_run_from_0_to_1_and_do_not_care_which_way(distribution):
    turned = {-position: n for position, n in distribution.items()}
    assert 0 <= stats.within_score(distribution) <= 1
    assert stats.within_score(turned) == pytest.approx(stats.within_score(distribution))
    assert stats.contested(distribution).contested == stats.contested(turned).contested
