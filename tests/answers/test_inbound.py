"""What a clerk writes in a mail program arrives as it was meant: without quotes and signatures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.answers.addresses import VALID_DAYS, Ticket, read_address, reply_address
from mobility.answers.inbound import html_text, new_words, read_message

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
SECRET = "secret of the tests"
BASE = "answers@city.example"


def message(body: str = "We mend it.", *, html: str = "", **headers: str) -> bytes:
    made = EmailMessage()
    given = {"From": "Bea <bea@example.org>", "To": BASE, "Message-ID": "<1@office>", "Subject": "Re: Case"}
    for name, value in (given | {key.replace("_", "-"): value for key, value in headers.items()}).items():
        made[name] = value
    if html:
        made.set_content(html, subtype="html")
    else:
        made.set_content(body)
    return made.as_bytes()


@given(st.integers(1, 2**62), st.integers(1, 2**62))
def test_an_address_says_which_case_and_person_whatever_case_its_letters_have(case: int, person: int) -> None:
    made = reply_address(BASE, Ticket(case, person), secret=SECRET, now=NOW)
    assert len(made.partition("@")[0]) <= 64 + 8
    assert read_address(made.upper(), secret=SECRET, now=NOW) == Ticket(case, person)
    assert read_address(f"Office <{made}>", secret=SECRET, now=NOW + timedelta(days=1)) is not None


def test_addresses_of_real_sizes_fit_into_the_64_letters_that_mail_allows() -> None:
    made = reply_address(BASE, Ticket(10**9, 10**6), secret=SECRET, now=NOW)
    assert len(made.partition("@")[0]) <= 64


def test_a_forged_or_old_address_is_none() -> None:
    made = reply_address(BASE, Ticket(7, 3), secret=SECRET, now=NOW)
    assert read_address(made.replace("+7-", "+8-"), secret=SECRET, now=NOW) is None
    assert read_address(made, secret="another secret", now=NOW) is None
    assert read_address(made, secret=SECRET, now=NOW + timedelta(days=VALID_DAYS + 1)) is None
    assert read_address(BASE, secret=SECRET, now=NOW) is None


@pytest.mark.parametrize(
    "tail",
    [
        "\n\nOn Fri, 20 Nov 2026 at 10:00, Consultation <x@y.example> wrote:\n> The kerb is too high",
        "\n\nIl giorno ven 20 nov 2026 alle ore 10:00 Comune <x@y.example> ha\nscritto:\n> Il marciapiede",
        "\n\n-----Original Message-----\nFrom: x@y.example\nThe kerb",
        "\n\n________________________________\nDa: x@y.example\nInviato: venerdì",
        "\n\nFrom: Consultation <x@y.example>\nSent: Friday\n\nThe kerb",
        "\n-- \nBea, office of mobility\n+39 091 000",
        "\n> The kerb is too high\n",
        "\n\nSent from my phone",
        "\n\nInviato da iPhone\n\nIl 20/11/2026 10:00, Consultazione <x@y.example> ha scritto:\n> Il",
    ],
)
def test_only_new_words_are_kept(tail: str) -> None:
    assert new_words("We mend it.\n\nBy spring." + tail) == "We mend it.\n\nBy spring."


def test_words_that_look_like_quotes_inside_a_sentence_stay() -> None:
    said = "On Monday we wrote: to everybody.\nFrom here on it is simple."
    assert new_words(said) == said


def test_html_is_read_as_text_without_what_it_quotes() -> None:
    page = (
        "<html><head><style>p {color: red}</style></head><body><p>We mend&nbsp;it.</p>"
        "<div>By <b>spring</b>.</div><ul><li>One</li><li>Two</li></ul>"
        '<div class="gmail_quote">On Friday<blockquote>old</blockquote></div>'
        "<script>alert(1)</script></body></html>"
    )
    assert html_text(page) == "We mend it.\n\nBy spring.\n\nOne\nTwo"
    assert read_message(message(html=page)).text.startswith("We mend it.")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<list.example>"},
        {"Return_Path": "<>"},
    ],
)
def test_what_programs_write_is_known(headers: dict[str, str]) -> None:
    assert read_message(message(**headers)).automatic
    assert not read_message(message(Auto_Submitted="no")).automatic


@given(st.binary(max_size=400))
def test_no_message_breaks_the_reader(raw: bytes) -> None:
    read_message(b"From: a@b\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" + raw)
    read_message(raw)


def test_only_pdf_files_come_along() -> None:
    made = EmailMessage()
    made["From"], made["To"], made["Message-ID"] = "bea@example.org", BASE, "<2@office>"
    made.set_content("See the drawing.")
    made.add_attachment(b"%PDF-1.4 %%EOF", maintype="application", subtype="pdf", filename="drawing.pdf")
    made.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="tool.exe")
    found = read_message(made.as_bytes())
    assert [name for name, _data in found.papers] == ["drawing.pdf"]
    assert found.text == "See the drawing."
