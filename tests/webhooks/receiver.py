"""A receiver of webhooks on loopback, which checks signatures by a few lines of its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What arrived, in order; `answers` are the next statuses, 200 when there are none left."""

    url: str = ""
    got: list[dict[str, Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [each["headers"]["webhook-id"] for each in self.got]

    @property
    def kinds(self) -> list[str]:
        return [each["said"]["type"] for each in self.got]


def signed_by(secret: str, message: dict[str, Any]) -> bool:
    """Whether somebody who knows the secret has signed this message: as the manual shows it."""
    headers = message["headers"]
    key = base64.b64decode(secret[len("whsec_") :])
    said = (
        headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + message["body"]
    )
    wanted = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    return any(
        hmac.compare_digest(f"v1,{wanted}", given) for given in headers["webhook-signature"].split(" ")
    )


@contextmanager
def receiving() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            found.got.append({"headers": headers, "body": body, "said": json.loads(body)})
            self.send_response(found.answers.pop(0) if found.answers else 200)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
