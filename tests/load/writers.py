"""People who vote, change, withdraw and comment, and who send again what was not acknowledged."""

from __future__ import annotations

import http.client
import json
import random
import re
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode

PLAN = "/plans/palermo-centro"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
PASSING = {429, 503}
"""Answers after which one tries again."""


@dataclass
class Ledger:
    """What one writer was told is kept."""

    votes: dict[str, int | None] = field(default_factory=dict)
    """Subject → position of the last acknowledged vote; None once it was withdrawn."""
    receipts: dict[str, str] = field(default_factory=dict)
    """Key of a comment → address of its receipt."""
    acknowledged: Counter[str] = field(default_factory=Counter)
    retries: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


class Writer(threading.Thread):
    """One person with one browser, who does one thing after the other until told to stop."""

    def __init__(
        self, number: int, port: int, subjects: list[str], stop: threading.Event, pace: float
    ) -> None:
        super().__init__(daemon=True)
        self.number, self.port, self.subjects, self.stop, self.pace = number, port, subjects, stop, pace
        self.rng = random.Random(number)
        self.ledger = Ledger()
        self.cookies: dict[str, str] = {}
        self.token = ""

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self.act()
                time.sleep(self.rng.uniform(0.2, 1.8) * self.pace)
        except Exception as error:  # noqa: BLE001 (told at the end, by the test)
            self.ledger.faults.append(repr(error))

    def act(self) -> None:
        chance, subject = self.rng.random(), self.rng.choice(self.subjects)
        if chance < 0.15:
            self.comment(subject)
        elif chance < 0.3 and self.ledger.votes.get(subject) is not None:
            self.send("withdraw", f"{PLAN}/segments/{subject}/vote/withdraw", {})
            self.ledger.votes[subject] = None
        else:
            position = self.rng.randint(-2, 2)
            self.send("vote", f"{PLAN}/segments/{subject}/vote", {"position": str(position)})
            self.ledger.votes[subject] = position

    def comment(self, subject: str) -> None:
        key = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        form = {
            "key": key,
            "place": f"segment:{subject}",
            "topic": "walking",
            "stance": self.rng.choice(("for", "against", "idea", "question")),
            "language": "en",
            "text": f"Writer {self.number} says {key}",
        }
        self.ledger.receipts[key] = self.send("comment", f"{PLAN}/comments", form)

    def send(self, kind: str, path: str, form: dict[str, str]) -> str:
        """Sends until it is acknowledged, always the same; returns where the answer leads."""
        while True:
            try:
                if not self.token:
                    self.token = self.fresh_token()
                status, told = self.request("POST", path, form | {"csrf_token": self.token})
            except (OSError, http.client.HTTPException) as error:
                status, told = 0, repr(error)
            if status == 200 and told.startswith("{"):
                self.ledger.acknowledged[kind] += 1
                return str(json.loads(told)["location"])
            self.ledger.retries[f"{kind} {status}"] += 1
            if status == 400:
                self.token = ""
            elif status and status not in PASSING:
                raise AssertionError(f"{kind} was answered {status}: {told[:600]}")
            time.sleep(self.rng.uniform(0.1, 0.5) if status != 429 else 2.0)

    def fresh_token(self) -> str:
        status, told = self.request("GET", "/outbox/token")
        if status != 200:
            raise OSError(f"token {status}")
        return str(json.loads(told)["token"])

    def request(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {
            "Accept": "text/html, application/json;q=0.9",
            "X-Answer": "location",
            "X-Fragment": "panel",
            "X-Forwarded-For": f"10.1.{self.number}.1",
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        try:
            connection.request(method, path, urlencode(form) if form else None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            for line in answer.headers.get_all("Set-Cookie", []):
                name, _, rest = line.partition("=")
                self.cookies[name] = rest.split(";")[0]
            return answer.status, text
        finally:
            connection.close()
