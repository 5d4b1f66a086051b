"""Where messages go: to a mail server, or as files into a directory."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import unquote, urlsplit

from mobility.mail.composing import Unsendable, without_addresses

T = TypeVar("T")
PATIENCE = 20.0
"""Seconds a mail server may take for each of its answers."""
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class Delayed(Exception):
    """Not now, perhaps later. `down`: the server itself did not answer, so other messages can wait too."""

    def __init__(self, why: str, *, down: bool = False) -> None:
        self.down = down
        super().__init__(why)


class Post(Protocol):
    """Somebody who takes messages. Raises Delayed and Unsendable."""

    def send(self, message: EmailMessage, *, number: int) -> None: ...

    def close(self) -> None: ...


def open_post(url: str, directory: Path) -> Post:
    """The mail server at `url`; with an empty one, files in `directory`."""
    return SmtpPost(url) if url else FilePost(directory)


class FilePost:
    """Writes each message as `<number>.eml`, readable by its owner only; the same one again replaces it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def send(self, message: EmailMessage, *, number: int) -> None:
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self.directory / f".{number}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_bytes(message.as_bytes())
        draft.replace(self.directory / f"{number:012d}.eml")

    def close(self) -> None:
        pass


class SmtpPost:
    """One connection, opened at the first message and kept until `close`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.scheme, self.host = parts.scheme, parts.hostname or ""
        self.port = parts.port or PORTS[parts.scheme]
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.line: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, *, number: int) -> None:  # noqa: ARG002 (files are named by it)
        line = self._talk(self._ready)
        try:
            self._talk(lambda: line.send_message(message))
        except (Delayed, Unsendable):
            self.close()
            raise

    def close(self) -> None:
        line, self.line = self.line, None
        if line is None:
            return
        try:
            line.quit()
        except (smtplib.SMTPException, OSError):
            line.close()

    def _ready(self) -> smtplib.SMTP:
        """The open connection; a new one when there is none or the old one has ended."""
        if self.line is not None:
            try:
                if self.line.noop()[0] == 250:
                    return self.line
            except (smtplib.SMTPException, OSError):
                pass
            self.close()
        self.line = self._connect()
        return self.line

    def _connect(self) -> smtplib.SMTP:
        if self.scheme == "smtps":
            secure = ssl.create_default_context()
            line: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=secure)
        else:
            line = smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
        try:
            if self.scheme == "smtp+starttls":
                line.starttls(context=ssl.create_default_context())
            if self.user:
                if self.scheme == "smtp" and self.host not in LOOPBACK:
                    raise Delayed("a password is not sent without encryption", down=True)
                line.login(self.user, self.password)
        except smtplib.SMTPNotSupportedError as error:
            line.close()
            raise Delayed("the mail server offers no encryption, or no sign-in", down=True) from error
        except BaseException:
            line.close()
            raise
        return line

    def _talk(self, work: Callable[[], T]) -> T:
        """What `work` returns; what goes wrong with the server said as Delayed or Unsendable."""
        try:
            return work()
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise _refusal(code, said) from None
        except smtplib.SMTPNotSupportedError:
            raise Unsendable("the mail server cannot write to this address") from None
        except smtplib.SMTPAuthenticationError as error:
            raise Delayed(f"{error.smtp_code} the mail server refused the sign-in", down=True) from None
        except smtplib.SMTPSenderRefused as error:
            raise Delayed(f"{error.smtp_code} the mail server refused the sender", down=True) from None
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error) from None
        except (smtplib.SMTPException, OSError) as error:
            raise Delayed(f"the mail server did not answer ({type(error).__name__})", down=True) from None


def _refusal(code: int, said: bytes | str) -> Exception:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    why = f"{code} {without_addresses(words)}"
    return Unsendable(why) if 500 <= code < 600 else Delayed(why)
