"""The words of faults: complete, fillable, all in use."""

import re
from pathlib import Path

import pytest

from mobility.plans import bundles
from mobility.plans.bundles.messages import MESSAGES
from mobility.spatial import geometry

SOURCES = "".join(
    path.read_text()
    for path in Path(bundles.__file__).parent.glob("*.py")
    if not path.name.startswith("messages")
)


@pytest.mark.parametrize("key", MESSAGES)
def test_every_message_says_what_is_wrong_and_how_to_mend_it(key):
    message = MESSAGES[key]
    for said in (str(message.problem), str(message.remedy)):
        assert said.endswith((".", "?"))
        assert not re.search(r"%(?!\(\w+\)s)", said)
    assert message.severity in {"error", "warning"}


@pytest.mark.parametrize("key", MESSAGES)
def test_every_message_is_used(key):
    assert f'"{key}"' in SOURCES or key in geometry.CODES


def test_every_flaw_a_shape_can_have_has_words():
    told_otherwise = {"empty", "not_finite", "out_of_range", "too_few"}
    assert set(geometry.CODES) - told_otherwise <= MESSAGES.keys()


def test_every_rule_is_documented(root):
    page = (root / "docs" / "bundle.md").read_text()
    assert all(f"`{message.rule}`" in page for message in MESSAGES.values())
