"""People of moderation: moderators, planners, authors with their own browsers."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from mobility.accounts.models import Participant
from mobility.consultation.models import Comment
from tests.consultation.browser import Browser
from tests.consultation.conftest import neighbour, resident
from tests.insight.conftest import CENTRE, cast, groups, make_account, now, phase, plan, planner, say, visit

__all__ = [
    "CENTRE", "author", "cast", "groups", "make_account", "moderator", "neighbour", "now", "phase", "plan",
    "planner", "resident", "say", "second", "visit",
]  # fmt: skip


@pytest.fixture
def moderator(visit: Callable[..., Browser]) -> Browser:
    return visit("moderator")


@pytest.fixture
def second(visit: Callable[..., Browser]) -> Browser:
    """Another person who may decide on appeals."""
    return visit("administrator")


@pytest.fixture
def author(session: Session, say: Callable[..., Comment]) -> Callable[..., Comment]:
    """`author("Text")`: a comment by somebody new; `author("More", of=comment)` by the same person."""
    texts = itertools.count(1)

    def write(text: str = "", *, of: Comment | None = None, **values: Any) -> Comment:
        person = of.participant_id if of else values.pop("participant_id", None)
        if person is None:
            made = Participant(identity_level=0)
            session.add(made)
            session.flush()
            person = made.id
        return say(text=text or f"Something said {next(texts)}", participant_id=person, **values)

    return write
