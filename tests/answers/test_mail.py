"""Mail goes out to the people of an office and comes back as an answer, over real SMTP."""

from __future__ import annotations

import smtplib
import socket
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select, text

from mobility import signals
from mobility.accounts.models import Participant
from mobility.accounts.services import save_account
from mobility.answers import jobs
from mobility.answers.mailbox import read_mailbox
from mobility.answers.models import Answer, Case, InboundMail
from mobility.answers.receiving import receive_message
from mobility.consultation.models import Comment
from mobility.db import unit_of_work
from mobility.extensions import db
from mobility.jobs import Site
from mobility.mail.models import MailMessage
from mobility.mail.post import SmtpPost
from mobility.mail.sending import send_due
from mobility.offices.models import Competence, Office, OfficeMember
from tests.mail.conftest import Sink, free_port, sink

__all__ = ["sink"]
SITE = Site("https://consult.city.example", "secret of the tests", frozenset(), "answers@city.example")
SENDER = "Consultation <no-reply@city.example>"


class Pipe:
    """A mail server that hands each message to the platform, as a pipe of Postfix would."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.verdicts: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        with self.app.app_context(), self.app.test_request_context(base_url=SITE.base_url):
            self.verdicts.append(receive_message(envelope.content, site=SITE, now=datetime.now(UTC)))
        return "250 OK"


@pytest.fixture
def town(committed: Flask) -> Iterator[dict[str, int]]:
    """A clerk of an office that answers everything, and a comment that was sent."""
    now = datetime.now(UTC)
    with committed.app_context():
        with unit_of_work() as session:
            office = session.scalars(select(Office).where(Office.slug == "mobilita-urbana")).one()
            plan = session.execute(text("SELECT id FROM plan WHERE slug = 'palermo-centro'")).scalar_one()
            session.add(Competence(plan_id=plan, office_id=office.id))
            clerk = save_account(
                session, email="bea@example.org", name="Bea", password="a long enough password", role="clerk"
            )
            clerk.language = "en"
            session.add(OfficeMember(office_id=office.id, account_id=clerk.id))
            person = Participant(identity_level=0)
            session.add(person)
            session.flush()
            comment = make_comment(session, plan, person.id)
            signals.comment_sent.send(session, comment=comment, now=now)
            found = {"office": office.id, "comment": comment.id, "clerk": clerk.id}
        yield found
        db.session.close()


def make_comment(session: Any, plan: int, person: int) -> Comment:
    row = session.execute(
        text(
            "SELECT (SELECT id FROM phase WHERE plan_id = :plan LIMIT 1) AS phase, "
            "(SELECT id FROM topic WHERE plan_id = :plan LIMIT 1) AS topic"
        ),
        {"plan": plan},
    ).one()
    made = Comment(
        plan_id=plan, participant_id=person, phase_id=row.phase, topic_id=row.topic, stance="against",
        text="The kerb is too high", scope="plan", place={"it": "Tutto", "en": "All of it"}, language="en",
        receipt="MAXLTEST2345", idempotency_key=uuid.uuid4(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def run(app: Flask, work: Any, now: datetime | None = None) -> None:
    with app.test_request_context(base_url=SITE.base_url), unit_of_work() as session:
        work(session, now=now or datetime.now(UTC), site=SITE)


def reply(
    original: EmailMessage, body: str, *, sender: str = "bea@example.org", name: str = ""
) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"] = f"Bea <{sender}>", str(original["Reply-To"])
    made["Message-ID"], made["In-Reply-To"] = (
        name or f"<{uuid.uuid4()}@office.example>",
        original["Message-ID"],
    )
    made["Subject"] = f"Re: {original['Subject']}"
    quoted = "".join(f"> {line}\n" for line in original.get_content().splitlines())
    made.set_content(f"{body}\n\n-- \nBea\n\nOn Friday, the consultation wrote:\n{quoted}")
    return made


def out(app: Flask, sink: Sink) -> EmailMessage:
    """The message about the case, over SMTP."""
    run(app, jobs.tell)
    post = SmtpPost(sink.url)  # type: ignore[attr-defined]
    send_due(post, sender=SENDER, now=datetime.now(UTC) + timedelta(seconds=5))
    (found,) = [message for address, message in sink.taken if address == "bea@example.org"]
    return found


def send_back(app: Flask, message: EmailMessage, *, to: str = "") -> list[str]:
    """Sends a reply over SMTP to the server that hands it to the platform; what became of it."""
    pipe = Pipe(app)
    controller = Controller(pipe, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        with smtplib.SMTP("127.0.0.1", controller.port) as line:
            line.send_message(message, to_addrs=[to or str(message["To"])])
    finally:
        controller.stop()
    return pipe.verdicts


def test_a_reply_to_the_message_becomes_a_draft_and_counts_once(
    committed: Flask, town: dict[str, int], sink: Sink
) -> None:
    message = out(committed, sink)
    assert "The kerb is too high" in message.get_content()
    assert str(message["Reply-To"]).startswith("answers+")
    answer = reply(message, "We lower the kerb in May.")
    assert send_back(committed, answer) == ["draft"]
    assert send_back(committed, answer) == ["repeated"]
    found = db.session.scalars(select(Answer)).one()
    assert (found.text, found.state, found.channel) == ("We lower the kerb in May.", "draft", "email")
    assert found.author_id == town["clerk"]


def test_an_office_may_have_replies_published_at_once(
    committed: Flask, town: dict[str, int], sink: Sink
) -> None:
    with unit_of_work() as session:
        session.get_one(Office, town["office"]).mail_publishes = True
    assert send_back(committed, reply(out(committed, sink), "Done.")) == ["published"]
    assert db.session.get_one(Case, town["comment"], populate_existing=True).state == "answered"


def test_with_four_eyes_a_reply_is_a_draft_whatever_the_office_wants(
    committed: Flask, town: dict[str, int], sink: Sink
) -> None:
    with unit_of_work() as session:
        office = session.get_one(Office, town["office"])
        office.mail_publishes = office.four_eyes = True
    assert send_back(committed, reply(out(committed, sink), "Done.")) == ["draft"]


def test_nobody_else_answers_at_that_address(committed: Flask, town: dict[str, int], sink: Sink) -> None:
    message = out(committed, sink)
    assert send_back(committed, reply(message, "Hi", sender="eve@example.org")) == ["refused_sender"]
    away = reply(message, "I am away")
    away["Auto-Submitted"] = "auto-replied"
    assert send_back(committed, away) == ["automatic"]
    assert send_back(committed, reply(message, "")) == ["empty"]
    other = reply(message, "Hi")
    other.replace_header("To", "answers+1-1-1-aaaaaaaaaaaaaaaaaaaaaaaaaa@city.example")
    assert send_back(committed, other) == ["refused_address"]
    with unit_of_work() as session:
        session.execute(text("DELETE FROM office_member"))
    assert send_back(committed, reply(message, "Hi again")) == ["refused_sender"]
    assert db.session.scalars(select(Answer)).all() == []
    kept = db.session.scalars(select(InboundMail.verdict).order_by(InboundMail.id)).all()
    assert len(kept) == 5


def test_a_new_case_is_told_once_and_reminders_come_before_and_on_the_day(
    committed: Flask, town: dict[str, int]
) -> None:
    run(committed, jobs.tell)
    run(committed, jobs.tell)
    with unit_of_work() as session:
        due = session.get_one(Case, town["comment"]).due_at
        save_account(
            session, email="pia@example.org", name="Pia", password="a long enough password", role="planner"
        )
    assert due is not None
    days = (
        due - timedelta(days=9),
        due - timedelta(days=3),
        due - timedelta(days=2),
        due,
        due + timedelta(hours=9),
    )
    for moment in days:
        run(committed, jobs.remind, moment - timedelta(hours=6))
        run(committed, jobs.remind, moment - timedelta(hours=6))
    keys = db.session.scalars(select(MailMessage.key).order_by(MailMessage.id)).all()
    kinds = [key.partition(":")[0] for key in keys]
    assert kinds == ["case", "case-reminder", "case-reminder", "case-overdue"]
    people = db.session.scalars(select(MailMessage.recipient).order_by(MailMessage.id)).all()
    assert people == ["bea@example.org"] * 3 + ["pia@example.org"]


class Mailbox(threading.Thread):
    """The few words of IMAP that reading new messages needs; a stand-in for a real server."""

    def __init__(self, messages: list[bytes]) -> None:
        super().__init__(daemon=True)
        self.unseen = dict(enumerate(messages, start=1))
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.signed_in = ""

    def run(self) -> None:
        line, _address = self.server.accept()
        with line, line.makefile("rwb") as talk:
            talk.write(b"* OK ready\r\n")
            talk.flush()
            while command := talk.readline():
                tag, _space, words = command.decode().strip().partition(" ")
                for part in self.answer(words):
                    talk.write(part)
                talk.write(f"{tag} OK done\r\n".encode())
                talk.flush()
                if words.upper() == "LOGOUT":
                    return

    def answer(self, words: str) -> list[bytes]:
        verb, _space, rest = words.partition(" ")
        verb = verb.upper()
        if verb == "LOGIN":
            self.signed_in = rest
        if verb == "CAPABILITY":
            return [b"* CAPABILITY IMAP4rev1\r\n"]
        if verb == "SELECT":
            return [b"* 2 EXISTS\r\n"]
        if verb == "SEARCH":
            return [b"* SEARCH " + b" ".join(str(n).encode() for n in self.unseen) + b"\r\n"]
        if verb == "FETCH":
            number = int(rest.partition(" ")[0])
            raw = self.unseen[number]
            return [f"* {number} FETCH (BODY[] {{{len(raw)}}}\r\n".encode(), raw, b")\r\n"]
        if verb == "STORE":
            self.unseen.pop(int(rest.partition(" ")[0]))
        return []


def test_a_mailbox_is_read_and_a_message_is_marked_only_when_it_was_taken() -> None:
    server = Mailbox([b"Subject: one\r\n\r\nFirst", b"Subject: two\r\n\r\nSecond"])
    server.start()
    taken: list[bytes] = []

    def take(raw: bytes) -> None:
        if b"Second" in raw:
            raise RuntimeError("the database is away")
        taken.append(raw)

    with pytest.raises(RuntimeError):
        read_mailbox(f"imap://bea%40city:p%40ss@127.0.0.1:{server.port}/INBOX", take)
    assert [b"First" in raw for raw in taken] == [True]
    assert list(server.unseen) == [2]
    assert "bea@city" in server.signed_in
