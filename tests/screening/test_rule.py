"""Whether a screening is whole is a rule of its own, without database or clock."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.screening.rule import (
    DIRECTIONS,
    EXTENTS,
    Attribute,
    Touched,
    judge,
    needs_mitigation,
    required,
    worst,
)

SETTING, MOSAICS, DOMES = Attribute("setting"), Attribute("mosaics", 3), Attribute("domes", 2)
ALL = (SETTING, MOSAICS, DOMES)


def test_without_a_protected_zone_nothing_is_needed() -> None:
    zones = [Touched("setting", 3), Touched("planning")]
    assert judge(ALL, zones, (), waived=False).state == "not_needed"


@pytest.mark.parametrize("kind", ["property", "buffer"])
def test_general_attributes_and_those_of_the_part_that_is_touched(kind: str) -> None:
    found = judge(ALL, [Touched(kind, 3)], {"setting"}, waived=False)
    assert (found.state, found.required, found.missing) == ("missing", ("setting", "mosaics"), ("mosaics",))
    assert judge(ALL, [Touched(kind, 3)], {"setting", "mosaics"}, waived=False).state == "complete"


def test_a_signed_statement_stands_for_all_grades() -> None:
    found = judge(ALL, [Touched("buffer", 3)], (), waived=True)
    assert (found.state, found.clear) == ("waived", True)


def test_a_city_without_attributes_cannot_be_complete() -> None:
    assert judge((), [Touched("buffer", 3)], (), waived=False).state == "missing"


def test_harm_from_moderate_on_needs_a_word_on_mitigation() -> None:
    asked = {(e, d) for e, d in itertools.product(EXTENTS, DIRECTIONS) if needs_mitigation(e, d)}
    assert asked == {("moderate", "negative"), ("major", "negative")}


def test_the_gravest_is_the_worst_harm_else_the_greatest_gain() -> None:
    assert worst([]) is None
    assert worst([("major", "positive"), ("minor", "negative"), ("neutral", None)]) == ("minor", "negative")
    assert worst([("minor", "positive"), ("major", "positive")]) == ("major", "positive")
    assert worst([("neutral", None)]) == ("neutral", None)


zones = st.lists(
    st.builds(
        Touched,
        st.sampled_from(["property", "buffer", "setting", "planning"]),
        st.sampled_from([None, 1, 2, 3]),
    ),
    max_size=5,
)
codes = st.sets(st.sampled_from([one.code for one in ALL]))


@given(zones=zones, graded=codes, waived=st.booleans())
def test_only_a_whole_screening_or_a_statement_clears(
    zones: list[Touched], graded: set[str], waived: bool
) -> None:
    found = judge(ALL, zones, graded, waived=waived)
    touches = any(zone.kind in ("property", "buffer") for zone in zones)
    whole = set(required(ALL, zones)) <= graded
    assert found.clear == (not touches or waived or whole)
    assert set(found.missing).isdisjoint(graded)
