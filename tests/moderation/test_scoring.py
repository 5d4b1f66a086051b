"""Signals: what is noticed, how it is explained, and that it never decides anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from mobility.consultation.models import Comment
from mobility.errors import Invalid
from mobility.moderation.models import CommentReview
from mobility.moderation.noticing import notice_comment, save_words, words_for
from mobility.moderation.scoring import Facts, fold, text_key, total, weigh
from tests.consultation.browser import PLAN, Browser

Write = Callable[..., Comment]


def codes(**facts: object) -> list[str]:
    return [signal.code for signal in weigh(Facts(**facts))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("An idiot wrote this", True),
        ("ÍDIÖT!", True),
        ("idiotic", False),
        ("vid iota", False),
    ],
)
def test_whole_words_without_accents(text: str, found: bool) -> None:
    assert ("words" in codes(text=text, words=["idiot"])) is found


def test_every_signal_explains_itself() -> None:
    facts = Facts(
        text="BUY HERE BUY NOW BUY FAST AND MORE www.watches.example",
        words=["watches"],
        by_author=6,
        by_network=9,
        same_text=2,
    )
    found = {signal.code: signal.detail for signal in weigh(facts)}
    assert found.pop("shouting") >= 60
    assert found == {"words": ["watches"], "rate": 7, "network": 10, "same_text": 2, "links": 1}


def test_ordinary_comments_raise_nothing() -> None:
    text = "More benches in Via Maqueda, please. My mother cannot walk from ZTL to ZTL without a rest."
    assert codes(text=text, words=["idiot"], by_author=1, by_network=3) == []


@given(st.text(max_size=300))
def test_any_text_can_be_weighed(text: str) -> None:
    found = weigh(Facts(text=text, words=["idiot"]))
    assert total(found) >= 0
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(categories=["Ll"], max_codepoint=0x17F), min_size=12, max_size=40))
def test_the_same_text_has_the_same_key(text: str) -> None:
    assert text_key(f"  {text.upper()}!! ") == text_key(text.upper().casefold())


def test_signals_are_kept_and_hide_nothing(author: Write, session: Session) -> None:
    first = author("Only idiots go by car, see http://a.example http://b.example")
    save_words(session, plan_id=first.plan_id, language="en", typed="Idiots\nfools")
    copies = [author(first.text.upper()) for _ in range(3)]
    for comment in (first, *copies):
        notice_comment(session, comment=comment, now=datetime.now(UTC))
    review = session.get_one(CommentReview, copies[-1].id)
    assert {signal["code"] for signal in review.signals} >= {"words", "links", "same_text", "shouting"}
    assert review.score > session.get_one(CommentReview, first.id).score
    session.expire_all()
    assert {comment.status for comment in (first, *copies)} == {"published"}


def test_a_sent_comment_is_weighed(resident: Browser, session: Session) -> None:
    resident.comment(text="See http://somewhere.example for my idea about benches")
    comment = session.query(Comment).one()
    assert comment.status == "published"
    assert [signal["code"] for signal in session.get_one(CommentReview, comment.id).signals] == ["links"]


def test_staff_keep_the_lists(moderator: Browser, session: Session, plan: object) -> None:
    form = moderator.form(f"{PLAN}/desk/words", "/desk/words")
    page = moderator.send(form, en="Città\nidiot IDIOT", it="scemo")
    assert "The word lists are saved." in page.text
    plan_id = plan.id  # type: ignore[attr-defined]
    assert words_for(session, plan_id=plan_id, language="en") == ["citta", "idiot"]
    assert words_for(session, plan_id=plan_id, language="it") == ["scemo"]


def test_lists_have_an_end(session: Session, plan: object) -> None:
    words = " ".join(f"word{n}" for n in range(501))
    with pytest.raises(Invalid):
        save_words(session, plan_id=plan.id, language="en", typed=words)  # type: ignore[attr-defined]
