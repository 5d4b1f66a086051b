"""Requests to addresses that somebody typed in: never to the inside of our own network.

Only https, unless the operator names the host in `MOBILITY_OUTGOING_HOSTS`. The name is resolved once, every
address it has must be public, and the connection goes to the address that was looked at: a name that changes
its mind in between gains nothing. Redirects are not followed, an answer may take only so long and be only so
large, and the proxies and cookies of the environment play no part.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

URL_LIMIT = 2000
ANSWER_LIMIT = 64 * 1024
TIMEOUT = 10.0
"""Seconds for the whole exchange, reading included."""
TRIED_ADDRESSES = 3
AGENT = "mobility-platform"
_TUNNELS = tuple(
    ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
"""IPv6 networks that lead to an IPv4 address which we have not looked at."""


class OutgoingError(Exception):
    """No answer; `code` says why: url, scheme, unresolved, address, tls, timeout, connection or size."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class OutgoingRefused(OutgoingError):
    """The address is one that must not be asked. Trying again later helps only when the name moves."""


@dataclass(frozen=True)
class Answer:
    """What came back; any status counts as an answer, redirects too."""

    status: int
    body: bytes
    milliseconds: int
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Target:
    """An address taken apart: `path` with its query, `listed` when the operator named the host."""

    scheme: str
    host: str
    port: int
    path: str
    listed: bool

    @property
    def authority(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == {"http": 80, "https": 443}[self.scheme] else f"{name}:{self.port}"


def read_hosts(typed: str) -> frozenset[str]:
    """Hosts from a setting such as ``sink.example, localhost:8025``; a port narrows a host to it."""
    return frozenset(part.strip().lower() for part in typed.split(",") if part.strip())


def check_url(url: str, *, hosts: Collection[str] = ()) -> Target:
    """The address taken apart, before anything is resolved. Raises OutgoingRefused ("url" or "scheme")."""
    if len(url) > URL_LIMIT or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise OutgoingRefused("url")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise OutgoingRefused("url") from None
    host = (parts.hostname or "").rstrip(".")
    if not host or parts.username is not None or parts.password is not None or parts.fragment or port == 0:
        raise OutgoingRefused("url")
    if parts.scheme not in ("http", "https"):
        raise OutgoingRefused("scheme")
    port = port or (443 if parts.scheme == "https" else 80)
    listed = host in hosts or f"{host}:{port}" in hosts
    if parts.scheme == "http" and not listed:
        raise OutgoingRefused("scheme")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, listed)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, however it is wrapped."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    if mapped is not None:
        ip = mapped
    return ip.is_global and not ip.is_multicast and not any(ip in net for net in _TUNNELS)


def resolve(target: Target) -> list[str]:
    """The addresses of the host. Raises OutgoingError ("unresolved") or OutgoingRefused ("address")."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise OutgoingError("unresolved") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not target.listed and not all(is_public(address) for address in addresses):
        raise OutgoingRefused("address")
    return addresses[:TRIED_ADDRESSES]


def send(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    hosts: Collection[str] = (),
    timeout: float = TIMEOUT,
    limit: int = ANSWER_LIMIT,
) -> Answer:
    """One request and its answer. Raises OutgoingError, of which OutgoingRefused is the guard's own no.

    `hosts` are those the operator named: they may be asked without TLS and inside the network.
    """
    target = check_url(url, hosts=hosts)
    started = time.monotonic()
    addresses = resolve(target)
    for left, address in enumerate(addresses, start=1 - len(addresses)):
        try:
            return _exchange(
                target,
                address,
                method,
                body,
                dict(headers or {}),
                started=started,
                timeout=timeout,
                limit=limit,
            )
        except OutgoingError as error:
            if error.code != "connection" or left == 0:
                raise
    raise OutgoingError("unresolved")


def _exchange(
    target: Target,
    address: str,
    method: str,
    body: bytes | None,
    headers: dict[str, str],
    *,
    started: float,
    timeout: float,
    limit: int,
) -> Answer:
    given = {"User-Agent": AGENT, **headers, "Host": target.authority}
    left = max(started + timeout - time.monotonic(), 0.1)
    late = threading.Event()
    try:
        with _connect(target, address, left) as wire, _alarm(wire, left, late):
            asking = http.client.HTTPConnection(target.host, target.port)
            asking.sock, asking.auto_open = wire, 0
            asking.request(method, target.path, body=body, headers=given)
            response = asking.getresponse()
            content = response.read(limit + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise OutgoingError("timeout" if late.is_set() else _reason(error)) from error
    if late.is_set():
        raise OutgoingError("timeout")
    if len(content) > limit:
        raise OutgoingError("size")
    taken = int((time.monotonic() - started) * 1000)
    return Answer(response.status, content, taken, {key.lower(): text for key, text in response.getheaders()})


def _connect(target: Target, address: str, timeout: float) -> socket.socket:
    """A connection to the address that was looked at; the certificate must be that of the name."""
    wire = socket.create_connection((address, target.port), timeout=timeout)
    if target.scheme == "http":
        return wire
    try:
        return ssl.create_default_context().wrap_socket(wire, server_hostname=target.host)
    except BaseException:
        wire.close()
        raise


@contextmanager
def _alarm(wire: socket.socket, seconds: float, late: threading.Event) -> Iterator[None]:
    """Ends the connection after so many seconds, however slowly something still trickles in."""

    def end() -> None:
        late.set()
        with suppress(OSError):
            wire.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    return "tls" if isinstance(error, ssl.SSLError) else "connection"
