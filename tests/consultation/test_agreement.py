"""Agreement and conflict between voices: worked examples, and what must always hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.consultation.agreement import CONTESTED_FROM, KINDS, weigh
from mobility.consultation.tallies import OWN, Tally, TallyRow

position = st.floats(-2, 2, allow_nan=False).map(lambda value: round(value, 3))
voices = st.lists(position, min_size=2, max_size=12)

PEOPLE_FOR = TallyRow(OWN, 0, (0, 0, 0, 0, 10))


def group(number: int, position: int) -> TallyRow:
    counts = tuple(int(place == position) for place in range(-2, 3))
    return TallyRow(number, 2, counts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given_voices", "agreement", "conflict", "kind"),
    [
        ((2, -2), 0.0, 1.0, "contested"),
        ((0, 0), 1.0, 0.0, "neutral"),
        ((2, 2), 1.0, 0.0, "agreed_for"),
        ((-2, -1), 0.75, 0.0, "agreed_against"),
        ((2, 2, 2, -2), 0.25, 0.5, "contested"),
        ((1, -1), 0.5, 0.5, "contested"),
        ((2, 0), 0.5, 0.0, "mixed"),
        ((2, 2, 2, 2, 2, 2, 2, 2, -2), 0.6, pytest.approx(2 / 9), "mixed"),
        ((0.4, -0.4), 0.8, pytest.approx(0.2), "neutral"),
    ],
)
def test_worked_examples(given_voices, agreement, conflict, kind) -> None:
    found = weigh(given_voices)
    assert found.agreement == pytest.approx(agreement)
    assert found.conflict == conflict
    assert found.kind == kind


def test_one_voice_says_nothing_about_agreement() -> None:
    for single in ((), (2,)):
        found = weigh(single)
        assert (found.agreement, found.conflict, found.kind) == (None, None, "few")


def test_two_groups_at_both_ends_are_contested_not_neutral() -> None:
    found = Tally((group(1, 2), group(2, -2))).accord
    assert found.kind == "contested"
    assert found.conflict == 1


def test_ten_residents_and_one_group_are_two_voices_not_eleven() -> None:
    tally = Tally((PEOPLE_FOR, group(1, -2)))
    assert tally.voices == {OWN: 2.0, 1: -2.0}
    assert tally.accord.voices == 2
    assert tally.accord.conflict == 1
    alone = Tally((PEOPLE_FOR,))
    assert alone.accord.kind == "few"


def test_four_people_are_no_voice_yet() -> None:
    few = TallyRow(OWN, 0, (0, 0, 0, 0, 4))
    assert Tally((few, group(1, -2))).voices == {1: -2.0}
    five = TallyRow(OWN, 0, (0, 0, 0, 0, 5))
    assert Tally((five, group(1, -2))).voices == {OWN: 2.0, 1: -2.0}


def test_people_of_all_levels_are_one_voice() -> None:
    rows = (TallyRow(OWN, 0, (0, 0, 0, 0, 3)), TallyRow(OWN, 3, (3, 0, 0, 0, 0)), group(1, 1))
    assert Tally(rows).voices == {OWN: 0.0, 1: 1.0}


def test_a_voice_outside_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        weigh([2.1, 0])


@given(voices)
def test_scores_stay_between_0_and_1(some) -> None:
    found = weigh(some)
    assert found.agreement is not None
    assert found.conflict is not None
    assert 0 <= found.agreement <= 1
    assert 0 <= found.conflict <= 1
    assert found.kind in KINDS
    assert found.contested == (found.conflict >= CONTESTED_FROM)


@given(voices)
def test_turning_all_opinions_round_changes_only_the_side(some) -> None:
    found, turned = weigh(some), weigh([-voice for voice in some])
    assert turned.agreement == pytest.approx(found.agreement)
    assert turned.conflict == pytest.approx(found.conflict)
    mirror = {"agreed_for": "agreed_against", "agreed_against": "agreed_for"}
    if abs(sum(some) / len(some)) != pytest.approx(0.5) and found.agreement != pytest.approx(0.6):
        assert turned.kind == mirror.get(found.kind, found.kind)


@given(voices, st.randoms(use_true_random=False))
def test_the_order_of_voices_does_not_matter(some, dice) -> None:
    mixed = list(some)
    dice.shuffle(mixed)
    assert weigh(mixed) == weigh(some)


@given(voices)
def test_each_voice_twice_is_the_same_conflict(some) -> None:
    assert weigh(some + some).conflict == pytest.approx(weigh(some).conflict)


@given(voices, st.floats(0, 2))
def test_another_voice_on_the_stronger_side_never_raises_conflict(some, strength) -> None:
    above, below = sum(v for v in some if v > 0), -sum(v for v in some if v < 0)
    agreeing = strength if above >= below else -strength
    before, after = weigh(some).conflict, weigh([*some, agreeing]).conflict
    assert before is not None
    assert after is not None
    assert after <= before + 1e-9
