"""Hints on personal data: found where a reader would find it, silent elsewhere."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.consultation.hints import find_hints

PLACES = ("Via Maqueda", "Via Dottor Casimiro Marano", "Piazza Giulio Cesare", "Via Roma")


def kinds(text: str, country: str = "IT") -> list[tuple[str, str]]:
    return [(hint.kind, hint.words) for hint in find_hints(text, country=country, places=PLACES)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Chiamatemi al 347 123 4567 dopo le sei.", ("phone", "347 123 4567")),
        ("Il mio numero è +39 091 7401111", ("phone", "+39 091 7401111")),
        ("Call me: +44 20 7946 0958, please", ("phone", "+44 20 7946 0958")),
        ("Tel. 091/6512345 per informazioni", ("phone", "091/6512345")),
        ("Scrivete a mario.rossi@example.org!", ("email", "mario.rossi@example.org")),
        ("maria (at) example.org", ("email", "maria (at) example.org")),
        (
            "mario chiocciola non vale, mario [at] example [dot] com sì",
            ("email", "mario [at] example [dot] com"),
        ),
        ("La macchina AB 123 CD è sempre in doppia fila", ("plate", "AB 123 CD")),
        ("targa fk482lp sul marciapiede", ("plate", "fk482lp")),
        ("La vecchia Fiat PA 612345", ("plate", "PA 612345")),
        ("The van B-MW 1234 parks here", ("plate", "B-MW 1234")),
        ("A Spanish car, 4821 BCD, every night", ("plate", "4821 BCD")),
        ("Il signor Rossi del bar mette i tavoli fuori", ("name", "signor Rossi")),
        ("La Dott.ssa Maria Bianchi dice di no", ("name", "Dott.ssa Maria Bianchi")),
        ("Lo sa anche l'avv. Salvatore Lo Bue", ("name", "avv. Salvatore Lo Bue")),
        ("My neighbour Mr Brown blocks the ramp", ("name", "Mr Brown")),
        ("Ask Dr. Anna D'Angelo", ("name", "Dr. Anna D'Angelo")),
        ("Mi chiamo Giulia Ferro e abito qui", ("name", "Giulia Ferro")),
        ("My name is John Smith.", ("name", "John Smith")),
    ],
)
def test_found(text: str, wanted: tuple[str, str]) -> None:
    assert kinds(text) == [wanted]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Via Maqueda dal 2015 è una strada pedonale, e Via Roma no.",
        "Dalle 7:30 alle 20:00, dal 1 gennaio 2026 al 31 dicembre 2027.",
        "Nel 2026 ZTL e nel 2030 BRT, 30 km/h in Corso Tukory.",
        "Il tratto P1-03 e la misura P12 costano 1.250.000 euro, 90133 Palermo.",
        "La linea 101 passa ogni 12-15 minuti, biglietto 1,40 euro.",
        "In via Dottor Casimiro Marano mancano le strisce.",
        "Piazza Prof. Giuseppe Turrisi è piena di auto.",
        "Alla scuola Dott. Luigi Rossi servono rastrelliere.",
        "Signori, così non va: i professori e gli avvocati parcheggiano ovunque.",
        "The Mayor and the City Council of Palermo should listen. Mr. or Mrs. does not matter.",
        "Teatro Massimo, Quattro Canti, Ballarò, Capo, Vucciria, Cattedrale",
        "UNESCO 1487-001 and 1487-009 are parts of one property.",
        "Coordinates 38.1157, 13.3615; 18 % slope; 2,048 px",
        "Larghezza 3,50 m + 2,00 m, ISO 21542:2021, D.Lgs. 285/1992",
        "Cammino con il deambulatore: i 12345 gradini del 1900 sono troppi",
    ],
)
def test_silent(text: str) -> None:
    assert kinds(text) == []


def test_several_in_the_order_of_the_text() -> None:
    text = "Dott. Neri, AB123CD, 347 1234567, neri@example.org"
    assert [kind for kind, _words in kinds(text)] == ["name", "plate", "phone", "email"]


def test_numbers_belong_to_the_city_s_country() -> None:
    assert kinds("Ring 030 901820 any time", "DE") == [("phone", "030 901820")]
    assert kinds("+39 347 1234567", "DE") == [("phone", "+39 347 1234567")]


@given(st.text(max_size=400))
def test_any_text_is_read_and_hints_stand_where_they_say(text: str) -> None:
    hints = find_hints(text, country="IT", places=PLACES)
    assert all(text[hint.start : hint.end] == hint.words for hint in hints)
    assert all(one.end <= other.start for one, other in pairwise(hints))
