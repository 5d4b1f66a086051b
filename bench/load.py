"""A small load generator: a bounded number of ready-made requests over kept connections."""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

CONNECTIONS = 8
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Person:
    """A browser's cookies, and the token of the form that it was shown."""

    cookies: str
    csrf: str


def visit(port: int, path: str) -> Person:
    """Opens the panel with a form as a new person."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Accept-Language": "en", "X-Fragment": "panel"})
    answer = connection.getresponse()
    page = answer.read().decode()
    found = TOKEN.search(page)
    if answer.status != 200 or not found:
        raise RuntimeError(f"{path} answered {answer.status} without a form")
    cookies = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    connection.close()
    return Person("; ".join(cookies), found[1])


def post(path: str, form: dict[str, str], cookies: str = "") -> bytes:
    """A POST request as it goes over the wire."""
    body = urlencode(form)
    head = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept: text/html",
        "Accept-Language: en",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        *([f"Cookie: {cookies}"] if cookies else []),
    ]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


def fire(port: int, requests: Sequence[bytes], expected: int, connections: int = CONNECTIONS) -> float:
    """Requests a second when all are sent over a few connections. Raises when one is answered otherwise."""
    faults: list[str] = []

    def work(share: Sequence[bytes]) -> None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=60) as link:
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for request in share:
                    link.sendall(request)
                    status, answer = _read(link)
                    if status != expected:
                        faults.append(f"status {status}: {answer[:400]!r}")
                        return
        except OSError as error:
            faults.append(repr(error))

    threads = [threading.Thread(target=work, args=(requests[i::connections],)) for i in range(connections)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(faults[0])
    return len(requests) / (time.perf_counter() - start)


def _read(link: socket.socket) -> tuple[int, bytes]:
    """Status and bytes of one answer; it names its length."""
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        part = link.recv(65_536)
        if not part:
            raise OSError("the server closed the connection")
        data += part
    found = LENGTH.search(data, 0, end)
    if not found:
        raise OSError("an answer without a length")
    missing = end + 4 + int(found[1]) - len(data)
    while missing > 0:
        part = link.recv(missing)
        if not part:
            raise OSError("the server closed the connection")
        data += part
        missing -= len(part)
    return int(data[9:12]), data
