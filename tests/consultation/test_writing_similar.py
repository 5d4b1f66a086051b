"""Comments that say much the same at the same place, languages, waiting comments, blocked people, editing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts.models import Participant
from mobility.consultation import comments as services
from mobility.consultation.duplicates import similar_comments
from mobility.consultation.languages import detect, language_name
from mobility.consultation.models import Comment, Moderation, Topic
from mobility.consultation.places import Subject
from mobility.consultation.translation import Off, make_translator
from mobility.errors import Conflict, Forbidden
from mobility.extensions import db
from mobility.plans.models import Measure, Plan
from tests.consultation.browser import PLAN, Browser, form_in
from tests.consultation.test_comments import comments

BENCHES = "Mancano le panchine all'ombra: d'estate gli anziani non sanno dove sedersi."
ALIKE = "Servono panchine all'ombra, gli anziani d'estate non sanno dove sedersi!"
OTHER = "La corsia per le biciclette è troppo stretta vicino al mercato."


def offered(page: Any) -> int:
    return len(re.findall(r'data-comment="\d+"', page.text.partition('id="similar-title"')[2]))


def test_one_s_neighbour_said_it_before(resident: Browser, neighbour: Browser) -> None:
    neighbour.comment(text=BENCHES)
    neighbour.comment(text=OTHER)
    page = resident.write(text=ALIKE)
    assert "Somebody already says something like this here" in page.text
    assert BENCHES.replace("'", "&#39;") in page.text
    assert OTHER not in page.text
    assert offered(page) == 1
    assert "Mine is different: send it" in page.text
    assert "published" in resident.send(form_in(page.text, "/comments")).text


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (
            "Too many cars park on the pavement near the school.",
            "Cars are parking on the pavements near the school",
        ),
        (BENCHES, BENCHES),
        (BENCHES, ALIKE.upper()),
    ],
)
def test_alike(said: str, written: str, resident: Browser, neighbour: Browser) -> None:
    neighbour.comment(text=said)
    assert offered(resident.write(text=written)) == 1


@pytest.mark.parametrize(
    ("said", "written", "place"),
    [
        (BENCHES, OTHER, "segment:P1-03"),
        (BENCHES, ALIKE, "segment:Z3-01"),
        (BENCHES, ALIKE, "plan:"),
        ("Yes.", "No, not at all.", "segment:P1-03"),
    ],
)
def test_not_alike(said: str, written: str, place: str, resident: Browser, neighbour: Browser) -> None:
    neighbour.comment(text=said)
    assert "similar-title" not in resident.write(text=written, place=place).text


def test_three_at_most_and_how_many_there_are(app: Any, resident: Browser, neighbour: Browser) -> None:
    for number in range(5):
        neighbour.comment(text=f"{BENCHES} {number}")
    page = resident.write(text=ALIKE)
    assert offered(page) == 3
    assert "5 people already say something like this here" in page.text


@pytest.mark.parametrize("place", ["plan:", "zone:buffer-1487-005"])
def test_alike_about_the_same_area(place: str, resident: Browser, neighbour: Browser) -> None:
    neighbour.comment(text=BENCHES, place=place)
    assert offered(resident.write(text=ALIKE, place=place)) == 1


def test_one_s_own_words_and_hidden_ones_are_not_offered(
    resident: Browser, neighbour: Browser, session: Session
) -> None:
    resident.comment(text=BENCHES)
    assert "similar-title" not in resident.write(text=ALIKE).text
    db.session.execute(update(Comment).values(status="hidden", hidden_reason="spam"))
    db.session.commit()
    assert "similar-title" not in neighbour.write(text=ALIKE).text


@pytest.mark.parametrize("words", ["' | & ! <->", "\\", "%_", "a" * 3000, "🚲🚲🚲", "il la di che", "(((:*"])
def test_any_words_can_be_compared(words: str, resident: Browser, neighbour: Browser) -> None:
    neighbour.comment(text=BENCHES)
    assert resident.write(text=words).status_code == 200


def test_the_comparison_is_one_statement_on_indexes(session: Session, plan: Plan, count_queries: Any) -> None:
    here = Subject(scope="point", words={}, lon=13.36, lat=38.11)
    asked: dict[str, Any] = {"plan_id": plan.id, "srid": 32633, "subject": here, "words": BENCHES}
    with count_queries as seen:
        assert similar_comments(session, **asked, language="it", participant_id=None) == ([], 0)
    assert len(seen) == 1
    indexes = text("SELECT indexdef FROM pg_indexes WHERE tablename = 'comment'")
    assert any("gin_trgm_ops" in made for made in session.scalars(indexes))


@pytest.mark.parametrize(
    ("text_", "page", "tag", "sure"),
    [
        (BENCHES, "en", "it", True),
        ("There are not enough benches in the shade of this square.", "it", "en", True),
        ("Il faut plus de bancs à l'ombre sur cette place.", "it", "fr", True),
        ("আরও বেঞ্চ দরকার এই চত্বরে", "it", "bn", True),
        ("Ok!", "it", "it", False),
        ("Ok!", "en", "en", False),
        ("", "en", "en", False),
        ("12345 +++ 30 km/h", "it", "it", False),
    ],
)
def test_languages_are_recognised(text_: str, page: str, tag: str, sure: bool) -> None:
    found = detect(text_, page=page, plan=["it", "en"])
    assert (found.tag, found.sure) == (tag, sure)


def test_the_language_is_shown_and_can_be_corrected(resident: Browser, session: Session) -> None:
    page = resident.write(text=BENCHES)
    form = form_in(page.text, "/comments")
    assert form.fields["language"] == "it"
    assert 'lang="it">Mancano' in page.text
    assert "in Italian" in page.text
    back = resident.send(form, to=f"{PLAN}/comments/new", step="edit")
    assert form_in(back.text, "/comments/new").fields["language"] == ""
    resident.send(form, language="fr")
    made = comments(session)[0]
    assert made.language == "fr"
    assert "in French" in resident.get(f"{PLAN}/comments/{made.id}").text
    assert language_name("fr", "it") == "francese"


def test_a_language_that_nobody_offers_is_not_kept(resident: Browser, session: Session) -> None:
    resident.send(form_in(resident.write(text=BENCHES).text, "/comments"), language="<script>")
    assert comments(session)[0].language == "it"


def test_translation_is_off_unless_a_city_names_a_translator() -> None:
    assert isinstance(make_translator(""), Off)
    assert make_translator("").translate("ciao", source="it", target="en") is None
    assert isinstance(make_translator("mobility.consultation.translation:Off"), Off)
    for name in ("nothing", "mobility.nothing:Off", "mobility.consultation.translation:Guess", "os:getpid"):
        with pytest.raises(ValueError, match="translator"):
            make_translator(name)


class Mirror:
    """A translator for the test: it writes backwards."""

    def translate(self, text: str, *, source: str, target: str) -> str | None:
        return text[::-1] if (source, target) == ("it", "en") else None


def test_a_translator_that_a_city_set_up(
    app: Flask, resident: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident.comment(text=OTHER)
    address = f"{PLAN}/comments/{comments(session)[0].id}"
    assert "Translated by a machine" not in resident.get(address).text
    monkeypatch.setitem(app.extensions, "translator", Mirror())
    page = resident.get(address).text
    assert "Translated by a machine" in page
    assert OTHER[::-1] in page
    assert "Translated by a machine" not in resident.get(f"{address}?lang=it").text


@pytest.fixture
def heard() -> Iterator[list[str]]:
    told: list[str] = []

    def sent(_session: Session, *, comment: Comment, now: datetime) -> None:
        told.append(f"sent {comment.status}")

    def published(_session: Session, *, comment: Comment, now: datetime) -> None:
        told.append(f"published {comment.status}")

    with signals.comment_sent.connected_to(sent), signals.comment_published.connected_to(published):
        yield told


def test_others_hear_of_a_comment_once(resident: Browser, heard: list[str]) -> None:
    form = form_in(resident.write().text, "/comments")
    for _turn in range(2):
        resident.send(form)
    assert heard == ["sent published", "published published"]


def test_comments_that_are_read_first(
    resident: Browser, neighbour: Browser, session: Session, set_phases: Callable[..., None], heard: list[str]
) -> None:
    set_phases(-1, 1, moderation="pre")
    page = resident.write()
    assert "public after somebody has read them" in page.text
    receipt = resident.send(form_in(page.text, "/comments"))
    assert "will be public after somebody has read it" in receipt.text
    assert heard == ["sent pending"]
    assert "More benches, please." not in neighbour.get(f"{PLAN}/comments").text
    assert comments(session)[0].status == "pending"


def test_somebody_who_is_blocked_is_told_whom_to_write_to(resident: Browser, session: Session) -> None:
    resident.comment()
    form = form_in(resident.write(text="Once more.").text, "/comments")
    db.session.execute(update(Participant).values(blocked_at=datetime.now(UTC)))
    db.session.commit()
    for answer in (resident.send(form), resident.write(text="Once more.")):
        assert answer.status_code == 403
        assert "blocked" in answer.text
        assert "consultazione@palermo.example" in answer.text
        assert "Once more." in answer.text
    assert len(comments(session)) == 1


def test_the_version_of_the_measure_is_kept(resident: Browser, session: Session) -> None:
    session.execute(update(Measure).where(Measure.code == "P1").values(version=4))
    session.commit()
    resident.comment(place="segment:P1-03")
    resident.comment(place="plan:", text="All of it.")
    assert [made.measure_version for made in comments(session)] == [4, None]


def test_the_effect_on_heritage_and_who_one_is(resident: Browser, session: Session) -> None:
    page = resident.write(effect="harms", heritage_place="1487-005", relation="lives")
    assert "Its author thinks: this harms" in page.text
    assert "I live here" not in page.text
    resident.send(form_in(page.text, "/comments"))
    made = comments(session)[0]
    assert (made.perceived_effect, made.relation) == ("harms", ["lives"])
    assert made.heritage_place_id is not None
    card = resident.get(f"{PLAN}/comments/{made.id}").text
    assert "Its author thinks: this harms" in card
    assert "lives" not in card


@pytest.mark.parametrize(
    "typed", [{"effect": "harms", "heritage_place": ""}, {"effect": "maybe", "heritage_place": "1487-005"}]
)
def test_half_an_effect_is_no_answer(typed: dict[str, str], resident: Browser, session: Session) -> None:
    assert resident.write(**typed).status_code == 422
    assert comments(session) == []


def test_a_place_near_heritage_is_offered(resident: Browser) -> None:
    page = resident.get(f"{PLAN}/comments/new?place=heritage:1487-005").text
    assert form_in(page, "/comments/new").fields["heritage_place"] == "1487-005"
    assert resident.write(heritage_place="1487-005").status_code == 200, "a place alone says nothing"


def test_hints_leave_the_decision_to_the_writer(resident: Browser, session: Session) -> None:
    page = resident.write(text="Il signor Rossi, 347 1234567, parcheggia AB 123 CD in Via Maqueda.")
    for words in ("signor Rossi", "347 1234567", "AB 123 CD"):
        assert f'translate="no">{words}</q>' in page.text
    assert 'translate="no">Via Maqueda' not in page.text
    resident.send(form_in(page.text, "/comments"))
    assert "347 1234567" in comments(session)[0].text


def test_editing_a_moment_later(resident: Browser, session: Session) -> None:
    resident.comment()
    code = comments(session)[0].receipt
    form = form_in(resident.get(f"/receipts/{code}/edit").text, "/edit")
    assert form.fields["text"] == "More benches, please."
    page = resident.send(form, text="Fewer benches: 347 1234567.", stance="against", topic="safety")
    assert "a telephone number" in page.text
    again = form_in(resident.send(form_in(page.text, "/edit"), step="edit").text, "/edit")
    page = resident.send(again, text="Fewer benches, please.")
    done = resident.send(form_in(page.text, "/edit"), step="save")
    assert "Your comment is changed." in done.text
    made = comments(session)[0]
    assert (made.text, made.stance) == ("Fewer benches, please.", "against")
    assert made.edited_at is not None
    assert "edited" in resident.get(f"{PLAN}/comments/{made.id}").text
    assert resident.send(form, text=" ").status_code == 422


@pytest.mark.parametrize("late", ["time", "decided", "hidden"])
def test_editing_too_late(late: str, resident: Browser, session: Session) -> None:
    resident.comment()
    made = comments(session)[0]
    form = form_in(resident.get(f"/receipts/{made.receipt}/edit").text, "/edit")
    page = resident.send(form, text="Other words.")
    if late == "time":
        db.session.execute(update(Comment).values(created_at=datetime.now(UTC) - timedelta(minutes=15)))
    elif late == "hidden":
        db.session.execute(update(Comment).values(status="hidden", hidden_reason="spam"))
    else:
        db.session.add(Moderation(comment_id=made.id, action="restore", created_at=datetime.now(UTC)))
    db.session.commit()
    answer = resident.send(form_in(page.text, "/edit"), step="save")
    assert "can no longer be edited" in answer.text
    assert "Edit the comment" not in answer.text
    assert comments(session)[0].text == "More benches, please."
    assert "Your comment" in resident.get(f"/receipts/{made.receipt}").text


def test_editing_to_the_same_words_changes_nothing(resident: Browser, session: Session) -> None:
    resident.comment()
    made = comments(session)[0]
    topic = db.session.get_one(Topic, made.topic_id)
    same = {"text": made.text, "topic": topic, "stance": made.stance, "language": made.language}
    now = made.created_at + timedelta(minutes=14, seconds=59)
    assert services.edit_comment(db.session, comment=made, **same, now=now).edited_at is None
    with pytest.raises(Conflict):
        services.edit_comment(db.session, comment=made, **same, now=made.created_at + timedelta(minutes=15))


def test_the_service_refuses_blocked_people_too(session: Session) -> None:
    person = Participant(blocked_at=datetime.now(UTC))
    with pytest.raises(Forbidden):
        services.check_free(person)
    services.check_free(None)
    assert session.scalar(select(Comment.id)) is None
