"""Starts the issuer of identities for tests, and passes through it as a person would."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urljoin

import requests

from mobility.settings import ROOT
from tests.e2e.server import free_port

CLIENT, SECRET = "mobility", "a-secret-of-the-issuer-for-tests-only"


@contextmanager
def issuing(callback: str) -> Iterator[str]:
    """The address of a running issuer."""
    port = free_port()
    command = ["node", str(ROOT / "tests" / "identity" / "issuer.mjs"), str(port), callback]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    )
    try:
        assert process.stdout
        while (line := process.stdout.readline()) != "ready\n":
            assert line, "the issuer did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def pass_through(address: str, callback: str, *, person: str) -> str:
    """Where the issuer sends the browser back to; without a `person` one declines."""
    with requests.Session() as browser:
        answer = browser.get(address, timeout=20)
        assert answer.ok, answer.text
        answer = browser.post(answer.url, data={"person": person}, allow_redirects=False, timeout=20)
        for _hop in range(6):
            target = urljoin(answer.url, answer.headers["Location"])
            if target.startswith(callback):
                return target.removeprefix(callback.rpartition("/identity/")[0])
            answer = browser.get(target, allow_redirects=False, timeout=20)
    raise AssertionError("the issuer never sent the browser back")
