"""Support in five steps; results as properties; kinds of measures that all have a colour."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mobility.consultation.agreement import KINDS as AGREEMENT_KINDS
from mobility.consultation.tallies import Tally, TallyRow
from mobility.maps.styles import KINDS, RESULTS, SUPPORT, result_properties, step
from mobility.plans.models import MEASURE_KINDS


@pytest.mark.parametrize(
    ("mean", "expected"),
    [
        (-2, -2),
        (-1.2, -2),
        (-1.19, -1),
        (-0.4, -1),
        (-0.39, 0),
        (0, 0),
        (0.39, 0),
        (0.4, 1),
        (1.2, 2),
        (2, 2),
    ],
)
def test_a_mean_has_one_of_five_steps(mean: float, expected: int) -> None:
    assert step(mean) == expected


def test_the_bundle_has_the_same_thresholds(root: Path) -> None:
    source = (root / "mobility/static/src/js/map/styles.js").read_text("utf-8")
    assert "reach < 0.4 ? 0 : reach < 1.2 ? 1 : 2" in source


def test_results_that_are_not_shown_are_null() -> None:
    assert result_properties(None) == dict.fromkeys(RESULTS)


def test_no_votes_have_no_mean() -> None:
    found = result_properties(Tally())
    assert (found["n"], found["mean"], found["contested"]) == (0, None, False)
    assert (found["voices"], found["agreement"], found["conflict"], found["accord"]) == (0, None, None, "few")


def test_voices_at_both_ends_are_contested_on_the_map_too() -> None:
    found = result_properties(Tally((TallyRow(1, 2, (1, 0, 0, 0, 0)), TallyRow(2, 2, (0, 0, 0, 0, 1)))))
    assert (found["voices"], found["agreement"], found["conflict"]) == (2, 0, 1)
    assert found["accord"] == "contested"


def test_every_outcome_is_drawn_and_named(root: Path) -> None:
    sheet = (root / "mobility/static/src/css/map/measures.css").read_text("utf-8")
    named = set(re.findall(r"\.segment--accord-([a-z_]+)", sheet))
    assert named == set(AGREEMENT_KINDS)


def test_every_kind_has_a_colour_here_and_in_the_style_sheet(root: Path) -> None:
    assert set(KINDS) == set(MEASURE_KINDS)
    sheet = (root / "mobility/static/src/css/map/measures.css").read_text("utf-8")
    named = set(re.findall(r"\.segment--([a-z_]+)", sheet))
    assert set(MEASURE_KINDS) - {"parking"} <= named
    assert set(SUPPORT) == {-2, -1, 0, 1, 2}
