"""A real mail server on a free port, which keeps what it takes and can be told to refuse."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


class Sink:
    """What arrived, in order. `answers` are given to the next messages; then everything is taken."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []
        self.answers: list[str] = []
        self.down = False
        self.signed_in: list[tuple[bytes, bytes]] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _o: Any) -> str:  # noqa: N802
        if self.answers and self.answers[0].startswith("rcpt "):
            return self.answers.pop(0).removeprefix("rcpt ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.down:
            return "421 4.3.2 closing for maintenance"
        if self.answers:
            answer = self.answers.pop(0)
            if not answer.startswith("2"):
                return answer
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken += [(address, message) for address in envelope.rcpt_tos]
        return "250 OK"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> Any:
        assert isinstance(data, LoginPassword)
        self.signed_in.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss", handled=False)

    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for _, message in self.taken]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def sink() -> Iterator[Sink]:
    found = Sink()
    controller = Controller(found, hostname="127.0.0.1", port=free_port())
    controller.start()
    found.url = f"smtp://127.0.0.1:{controller.port}"  # type: ignore[attr-defined]
    yield found
    controller.stop()
