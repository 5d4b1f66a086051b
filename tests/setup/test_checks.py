"""A plan opens only when nothing needed is missing; what is merely good to have does not hold it up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mobility.consultation.phases import Step
from mobility.setup.checks import Found, checks, may_open
from mobility.setup.templates import templates

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def step(actions: str, first: int, last: int) -> Step:
    begins, ends = NOW + timedelta(days=first), NOW + timedelta(days=last)
    return Step(1, "step", frozenset(actions.split()), begins, ends)


READY = Found(
    measures=3,
    empty_measures=[],
    outside=[],
    steps=[step("inform comment", 1, 20), step("inform answer", 20, 40)],
    missing_texts={},
    contact=True,
    privacy=True,
    unscreened=[],
    uncovered=[],
    documents=1,
)


def missing(found: Found) -> set[str]:
    return {line.key for line in checks(found, NOW) if not line.done}


def test_nothing_is_missing() -> None:
    assert missing(READY) == set()
    assert may_open(checks(READY, NOW))


@pytest.mark.parametrize(
    ("changes", "key", "blocks"),
    [
        ({"measures": 0}, "measures", True),
        ({"empty_measures": ["P1"]}, "segments", True),
        ({"outside": ["P1-01"]}, "inside", False),
        ({"steps": [step("inform", 1, 20), step("inform answer", 20, 40)]}, "phases", True),
        ({"steps": [step("comment", -20, -1), step("answer", -1, 40)]}, "phases", True),
        ({"steps": [step("inform vote", 1, 20)]}, "answers", False),
        ({"steps": [step("answer", 1, 5), step("comment", 5, 20)]}, "answers", False),
        ({"missing_texts": {"measure": 2}}, "texts", True),
        ({"contact": False}, "contact", True),
        ({"privacy": False}, "privacy", True),
        ({"unscreened": ["P1"]}, "screening", True),
        ({"uncovered": [{"en": "Cycling"}]}, "offices", True),
        ({"documents": 0}, "documents", False),
    ],
)
def test_each_line_says_what_is_missing(changes: dict[str, object], key: str, blocks: bool) -> None:
    found = replace(READY, **changes)  # type: ignore[arg-type]
    assert key in missing(found)
    assert may_open(checks(found, NOW)) != blocks


def test_templates_speak_both_languages_and_let_people_take_part() -> None:
    assert len(templates()) >= 4
    for template in templates():
        texts = [template.title, template.about, *(s.title for s in template.steps)]
        texts += [*(s.summary for s in template.steps), *(label for _slug, label in template.topics)]
        assert all(text.get("it") and text.get("en") for text in texts), template.key
        actions = [set(step.actions) for step in template.steps]
        assert any(each & {"comment", "vote"} for each in actions)
        assert any("answer" in each for each in actions)
        assert all(step.days > 0 for step in template.steps)
