"""Support in five steps; results as properties; kinds of measures that all have a colour."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mobility.consultation.tallies import Tally
from mobility.maps.styles import KINDS, SUPPORT, result_properties, step
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
    assert result_properties(None) == {"n": None, "mean": None, "contested": None}


def test_no_votes_have_no_mean() -> None:
    assert result_properties(Tally()) == {"n": 0, "mean": None, "contested": False}


def test_every_kind_has_a_colour_here_and_in_the_style_sheet(root: Path) -> None:
    assert set(KINDS) == set(MEASURE_KINDS)
    sheet = (root / "mobility/static/src/css/map/measures.css").read_text("utf-8")
    named = set(re.findall(r"\.segment--([a-z_]+)", sheet))
    assert set(MEASURE_KINDS) - {"parking"} <= named
    assert set(SUPPORT) == {-2, -1, 0, 1, 2}
