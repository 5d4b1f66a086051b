"""No byte about a person leaves with a file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from mobility.consultation.models import Moderation
from mobility.exports.orders import WHAT
from tests.exports import town as towns
from tests.exports.town import Town, add_comment, add_people, add_vote

HIDDEN, WITHDRAWN = "Words that the editors hid", "Words that their author withdrew"
REASON = "A condition only the city reads"


@pytest.fixture
def secrets(people: Session, town: Town) -> list[bytes]:
    """Everything personal there is in the database, as it might appear in a file."""
    account, participant = add_people(people)
    open_ = add_comment(people, town, "Public words", participant_id=participant.id, segment="M1-01")
    hidden = add_comment(
        people, town, HIDDEN, status="hidden", hidden_reason="abuse", hidden_note=towns.NOTE,
        participant_id=participant.id,
    )  # fmt: skip
    add_comment(people, town, WITHDRAWN, status="withdrawn")
    people.add(Moderation(comment_id=hidden.id, account_id=account.id, action="hide", note=towns.NOTE))
    vote = add_vote(people, town, "M1-01", 1)
    vote.condition = REASON
    people.flush()
    found = [
        towns.EMAIL, towns.ACCOUNT_EMAIL, towns.ACCOUNT_NAME, towns.TOKEN, towns.NOTE, HIDDEN, WITHDRAWN,
        REASON,
        open_.receipt, hidden.receipt, str(open_.idempotency_key),
        hashlib.sha256(towns.TOKEN.encode()).hexdigest(),
    ]  # fmt: skip
    return [secret.encode() for secret in found]


@pytest.mark.parametrize("staff", [False, True])
@pytest.mark.parametrize("what", WHAT)
def test_nothing_personal_is_in_a_file(
    what: str, staff: bool, raw: Callable[..., bytes], secrets: list[bytes]
) -> None:
    data = raw(what, staff=staff)
    assert not [secret for secret in secrets if secret in data]
    for word in (b"participant", b"account", b"email@", b"receipt", b"token", b"idempotency", b"address"):
        assert word not in data


def test_hidden_and_withdrawn_comments_are_only_counted(
    read: Callable[..., dict[str, Any]], secrets: list[bytes]
) -> None:
    found = read("comments")
    assert [feature["properties"]["text"] for feature in found["features"]] == ["Public words"]
    assert found["not_included"] == {"hidden": 1, "withdrawn": 1}
    assert read("comments", stance="idea")["not_included"] == {"hidden": 0, "withdrawn": 0}
    assert read("comments", status="hidden")["count"] == 1


def test_hidden_comments_count_nowhere(
    read: Callable[..., dict[str, Any]], people: Session, town: Town
) -> None:
    add_comment(people, town, HIDDEN, status="hidden", hidden_reason="spam", segment="M1-01", measure="M1")
    assert read("cells")["features"] == []
    assert read("cells", q="words")["features"] == []
    for what in ("segments", "measures"):
        assert [feature["properties"]["comments"] for feature in read(what)["features"]].count(0) == len(
            read(what)["features"]
        )
