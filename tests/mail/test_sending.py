"""Every queued message reaches the mail server, with the headers that readers and their programs need."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from mobility.db import unit_of_work
from mobility.extensions import db
from mobility.mail.composing import Unsendable, compose, message_id, without_addresses
from mobility.mail.models import MailMessage
from mobility.mail.post import Delayed, SmtpPost, open_post
from mobility.mail.sending import GIVE_UP, KEEP, claim, send_due, tidy_mail
from mobility.mail.services import queue_mail
from tests.mail.conftest import Sink, free_port

pytestmark = pytest.mark.concurrency
FROM = "Città in consultazione <consult@city.example>"
SOON = timedelta(minutes=2)


def queue(app: Flask, *keys: str, **values: Any) -> None:
    with app.app_context(), unit_of_work() as session:
        for key in keys:
            queue_mail(
                session,
                **{
                    "key": key,
                    "recipient": f"{key}@people.example",
                    "subject": "Perché no?",
                    "body": f"Leggi qui:\nhttp://city.example/{key}\n",
                    "language": "it",
                    **values,
                },
            )


def send(app: Flask, url: str, *, after: timedelta = timedelta(0), **options: Any) -> int:
    with app.app_context():
        return send_due(open_post(url, Path()), sender=FROM, now=datetime.now(UTC) + after, **options)


def row(app: Flask, key: str) -> MailMessage:
    with app.app_context():
        found = db.session.scalars(select(MailMessage).where(MailMessage.key == key)).one()
        db.session.expunge(found)
        return found


def test_a_message_arrives_whole_and_leaves_nothing_behind(committed: Flask, sink: Any) -> None:
    queue(committed, "one", stop_url="http://city.example/stop/abc")
    assert send(committed, sink.url) == 1
    [(to, message)] = sink.taken
    assert to == "one@people.example"
    assert message["Subject"] == "Perché no?"
    assert message.get_content().replace("\r\n", "\n") == "Leggi qui:\nhttp://city.example/one\n"
    assert message.get_content_type() == "text/plain"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "it"
    assert message["List-Unsubscribe"] == "<http://city.example/stop/abc>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Date"]
    assert message["Message-ID"].endswith("@city.example>")
    kept = row(committed, "one")
    assert (kept.state, kept.recipient, kept.body, kept.stop_url) == ("sent", "", "", None)
    assert send(committed, sink.url, after=SOON) == 0


def test_what_was_asked_for_one_by_one_offers_no_button_to_stop(committed: Flask, sink: Any) -> None:
    queue(committed, "link")
    send(committed, sink.url)
    assert sink.taken[0][1]["List-Unsubscribe"] is None


def test_queued_twice_is_sent_once_and_rolled_back_never(committed: Flask, sink: Any) -> None:
    queue(committed, "same")
    queue(committed, "same")
    with committed.app_context():
        queue_mail(db.session, key="gone", recipient="a@b.example", subject="", body="", language="it")
        db.session.rollback()
    assert send(committed, sink.url) == 1
    assert len(sink.taken) == 1


def test_refused_for_a_while_is_sent_later_refused_for_good_is_given_up(
    committed: Flask, sink: Any, caplog: pytest.LogCaptureFixture
) -> None:
    queue(committed, "later")
    sink.answers = ["451 4.7.1 try later, later@people.example"]
    send(committed, sink.url)
    waits = row(committed, "later")
    assert (waits.state, waits.attempts) == ("waiting", 1)
    assert waits.due_at > datetime.now(UTC)
    assert waits.fault == "451 4.7.1 try later, …"
    assert send(committed, sink.url) == 0, "not before its pause is over"
    assert send(committed, sink.url, after=SOON) == 1
    assert row(committed, "later").state == "sent"

    queue(committed, "nobody")
    sink.answers = ["rcpt 550 5.1.1 <nobody@people.example> is unknown here"]
    send(committed, sink.url)
    lost = row(committed, "nobody")
    assert (lost.state, lost.recipient, lost.body) == ("failed", "", "")
    assert lost.fault == "550 5.1.1 <…> is unknown here"
    assert "people.example" not in caplog.text


def test_a_server_that_is_down_delays_everything_and_loses_nothing(committed: Flask, sink: Any) -> None:
    keys = [f"m{n}" for n in range(6)]
    queue(committed, *keys)
    nowhere = f"smtp://127.0.0.1:{free_port()}"
    assert send(committed, nowhere) == 1, "one attempt shows that nobody answers"
    sink.down = True
    send(committed, sink.url, after=SOON)
    sink.down = False
    after = timedelta(0)
    while any(row(committed, key).state != "sent" for key in keys):
        after += timedelta(minutes=10)
        assert after < GIVE_UP
        send(committed, sink.url, after=after)
    assert sorted(to for to, _ in sink.taken) == sorted(f"{key}@people.example" for key in keys)


def test_after_some_days_a_message_is_given_up_with_the_reason(committed: Flask) -> None:
    queue(committed, "old")
    nowhere = f"smtp://127.0.0.1:{free_port()}"
    send(committed, nowhere)
    send(committed, nowhere, after=GIVE_UP + SOON)
    given_up = row(committed, "old")
    assert (given_up.state, given_up.recipient) == ("failed", "")
    assert "did not answer" in str(given_up.fault)
    with committed.app_context(), unit_of_work() as session:
        tidy_mail(session, now=datetime.now(UTC) + KEEP + SOON)
    with committed.app_context():
        assert db.session.scalar(select(MailMessage.id)) is None


def test_a_sender_that_died_is_taken_over_with_the_same_message_id(committed: Flask, sink: Any) -> None:
    """Between the server's yes and the commit: the copy can be recognised, and nothing is lost."""
    queue(committed, "twice")
    with committed.app_context():
        number = claim(db.session, now=datetime.now(UTC))
        db.session.commit()
        kept = db.session.get_one(MailMessage, number)
        line = SmtpPost(sink.url)
        line.send(
            compose(
                key=kept.key, sender=FROM, recipient=kept.recipient, subject=kept.subject, body=kept.body,
                language="it", stop_url=None, written_at=kept.created_at,
            ),
            number=kept.id,
        )  # fmt: skip
        line.close()
        db.session.rollback()
    assert send(committed, sink.url) == 0, "still in the hands of the first sender"
    assert send(committed, sink.url, after=SOON) == 1
    assert len(set(sink.ids())) == 1
    assert len(sink.taken) == 2


def test_many_senders_at_once_send_each_message_once(committed: Flask, sink: Any) -> None:
    queue(committed, *(f"n{n}" for n in range(60)))
    senders = [threading.Thread(target=send, args=(committed, sink.url)) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(sink.taken) == 60
    assert len(set(sink.ids())) == 60


def test_sign_in_at_the_mail_server(committed: Flask) -> None:
    found = Sink()
    controller = Controller(
        found,
        hostname="127.0.0.1",
        port=free_port(),
        auth_require_tls=False,
        authenticator=found.authenticate,
    )
    controller.start()
    try:
        queue(committed, "secret")
        send(committed, f"smtp://us%40er:wrong@127.0.0.1:{controller.port}")
        assert "refused the sign-in" in str(row(committed, "secret").fault)
        send(committed, f"smtp://us%40er:p%40ss@127.0.0.1:{controller.port}", after=SOON)
        assert len(found.taken) == 1
        assert found.signed_in[-1] == (b"us@er", b"p@ss")
    finally:
        controller.stop()


def test_a_promised_encryption_that_is_missing_stops_the_message(committed: Flask, sink: Any) -> None:
    queue(committed, "private")
    send(committed, sink.url.replace("smtp://", "smtp+starttls://"))
    assert sink.taken == []
    assert row(committed, "private").state == "waiting"


def test_a_password_travels_in_clear_to_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    class Line:
        def __init__(self, *_: Any, **__: Any) -> None: ...
        def login(self, *_: Any) -> None:
            raise AssertionError

        def close(self) -> None: ...

    monkeypatch.setattr("mobility.mail.post.smtplib.SMTP", Line)
    with pytest.raises(Delayed, match="without encryption"):
        SmtpPost("smtp://user:secret@mail.city.example")._ready()


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "nobody",
        "a@b.example, c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        "a b@c.example",
        "@c.example",
    ],
)
def test_only_one_plain_address_can_be_written_to(recipient: str) -> None:
    with pytest.raises(Unsendable):
        compose(
            key="k", sender=FROM, recipient=recipient, subject="s", body="b", language="en", stop_url=None,
            written_at=datetime.now(UTC),
        )  # fmt: skip


def test_no_header_can_be_smuggled_in() -> None:
    message = compose(
        key="k", sender=FROM, recipient="a@b.example", subject="Hi\r\nBcc: c@d.example", body="b",
        language="en", stop_url=None, written_at=datetime.now(UTC),
    )  # fmt: skip
    assert message["Bcc"] is None
    assert b"\nBcc:" not in message.as_bytes()


def test_message_ids_tell_nothing_and_differ() -> None:
    assert message_id("sign-in:anna", FROM) == message_id("sign-in:anna", FROM)
    assert message_id("sign-in:anna", FROM) != message_id("sign-in:berta", FROM)
    assert "anna" not in message_id("sign-in:anna", FROM)
    assert without_addresses("no <x.y+z@a.example>,\r\n sorry") == "no <…>, sorry"
