"""What we ask of another Open311 system, in XML, the form that every one has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from mobility.open311.formats import read
from mobility.outgoing import Answer, OutgoingError, OutgoingRefused, send

ANSWER_LIMIT = 1_000_000
AGAIN = {408, 425, 429}
NOTES = 2000


class Fault(Exception):
    """No use of an answer: `code` says why, `final` that trying again will not help."""

    def __init__(self, code: str, *, status: int | None = None, final: bool = False) -> None:
        self.code, self.status, self.final = code, status, final
        super().__init__(code)


@dataclass(frozen=True)
class System:
    """Another system: its root address, what it calls itself, our key there."""

    url: str
    jurisdiction: str = ""
    key: str = ""
    hosts: Collection[str] = ()
    """Hosts inside the network that the operator allows."""


@dataclass(frozen=True)
class Taken:
    """A report was taken: under a number, or under a token that leads to it later."""

    number: str = ""
    token: str = ""


@dataclass(frozen=True)
class Standing:
    """Where a report stands there: `open` or `closed`, with the system's own words."""

    status: str
    notes: str


def submit(system: System, fields: Mapping[str, str]) -> Taken:
    """Sends a report. Raises Fault."""
    given = {**fields, **_jurisdiction(system), **({"api_key": system.key} if system.key else {})}
    body = urlencode({name: value for name, value in given.items() if value}).encode()
    entry = _entry(_ask(system, "POST", "requests.xml", body))
    taken = Taken(_text(entry, "service_request_id"), _text(entry, "token"))
    if not taken.number and not taken.token:
        raise Fault("no_number", final=True)
    return taken


def number_of(system: System, token: str) -> str:
    """The number of a report; empty while there is none. Raises Fault."""
    return _text(_entry(_ask(system, "GET", f"tokens/{quote(token, safe='')}.xml")), "service_request_id")


def standing_of(system: System, number: str) -> Standing:
    """Where a report stands. Raises Fault."""
    entry = _entry(_ask(system, "GET", f"requests/{quote(number, safe='')}.xml"))
    status = _text(entry, "status").lower()
    if status not in ("open", "closed"):
        raise Fault("no_status")
    return Standing(status, _text(entry, "status_notes"))


def _jurisdiction(system: System) -> dict[str, str]:
    return {"jurisdiction_id": system.jurisdiction} if system.jurisdiction else {}


def _ask(system: System, method: str, path: str, body: bytes | None = None) -> Any:
    """The tree of the answer. Raises Fault."""
    query = "" if body is not None else urlencode(_jurisdiction(system))
    url = f"{system.url.rstrip('/')}/{path}" + (f"?{query}" if query else "")
    headers = {"Accept": "text/xml"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
    try:
        got = send(method, url, body=body, headers=headers, hosts=system.hosts, limit=ANSWER_LIMIT)
    except OutgoingRefused as error:
        raise Fault(error.code, final=True) from error
    except OutgoingError as error:
        raise Fault(error.code) from error
    return _tree(got)


def _tree(got: Answer) -> Any:
    if not got.accepted:
        final = 400 <= got.status < 500 and got.status not in AGAIN
        raise Fault("refused" if final else "status", status=got.status, final=final)
    try:
        return read("xml", got.body)
    except ValueError as error:
        raise Fault("not_xml", status=got.status) from error


def _entry(tree: Any) -> dict[str, Any]:
    """The one request of an answer. Raises Fault."""
    found = tree[0] if isinstance(tree, list) and len(tree) == 1 else tree
    if not isinstance(found, dict):
        raise Fault("no_request")
    return found


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value.strip()[:NOTES] if isinstance(value, str) else ""
