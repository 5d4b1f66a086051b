"""Servers and connections that break on purpose: answers that get lost, processes that are killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

from mobility.settings import ROOT
from tests.e2e.server import PATIENCE, free_port

SECRET = "browser-tests-browser-tests-browser-tests"


class Mortal:
    """gunicorn that can be killed with all its processes, and started again at the same address."""

    def __init__(self, database_url: str, var_dir: Path) -> None:
        self.port = free_port()
        self.log = var_dir / f"mortal-{self.port}.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MOBILITY_")},
            "MOBILITY_DATABASE_URL": database_url,
            "MOBILITY_SECRET_KEY": SECRET,
            "MOBILITY_RATE_LIMITS": "false",
            "MOBILITY_VAR_DIR": str(var_dir),
            "MOBILITY_LOG_LEVEL": "warning",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--chdir", str(ROOT), "--no-control-socket"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread", "--threads", "8"]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=output, stderr=output, start_new_session=True
            )
        deadline = time.monotonic() + PATIENCE
        while not self._ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(self.log.read_text("utf-8", "replace"))
            time.sleep(0.1)

    def _ready(self) -> bool:
        with suppress(OSError), urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    def kill(self) -> None:
        """SIGKILL for the leader and its workers: nothing is tidied up."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)


class Wire:
    """A connection between browser and server that loses the answers to one request, on demand."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.lose: str | None = None
        """Start of the request lines whose answers are lost; browsers try some again by themselves."""
        self.meanwhile: Callable[[], None] = lambda: None
        """What happens once that request has reached the server."""
        self._door = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._welcome, daemon=True).start()

    def close(self) -> None:
        self._door.close()

    def _welcome(self) -> None:
        with suppress(OSError):
            while True:
                browser, _address = self._door.accept()
                threading.Thread(target=self._serve, args=(browser,), daemon=True).start()

    def _serve(self, browser: socket.socket) -> None:
        """Passes bytes both ways; a connection that carried the lost request ends without an answer."""
        with browser, suppress(OSError), socket.create_connection(("127.0.0.1", self.target)) as server:
            doomed = threading.Event()
            back = threading.Thread(target=self._answers, args=(server, browser, doomed), daemon=True)
            back.start()
            while chunk := browser.recv(65536):
                if self.lose and chunk.decode("latin-1").startswith(self.lose):
                    doomed.set()
                server.sendall(chunk)
                if doomed.is_set() and self._whole(chunk, browser, server):
                    self.meanwhile()
                    back.join(PATIENCE)
                    return
            with suppress(OSError):
                server.shutdown(socket.SHUT_WR)
            back.join(PATIENCE)

    def _whole(self, chunk: bytes, browser: socket.socket, server: socket.socket) -> bool:
        """Passes the rest of the request on; True when the server has all of it."""
        head, _, body = chunk.partition(b"\r\n\r\n")
        fields = (line.split(b":", 1) for line in head.lower().split(b"\r\n") if b":" in line)
        wanted = int(dict(fields).get(b"content-length", b"0"))
        had = len(body)
        while had < wanted and (more := browser.recv(65536)):
            server.sendall(more)
            had += len(more)
        return True

    def _answers(self, server: socket.socket, browser: socket.socket, doomed: threading.Event) -> None:
        with suppress(OSError):
            while chunk := server.recv(65536):
                if doomed.is_set():
                    break
                browser.sendall(chunk)
        with suppress(OSError):
            browser.shutdown(socket.SHUT_RDWR)


@contextmanager
def breaking(database_url: str, var_dir: Path) -> Iterator[tuple[Mortal, Wire]]:
    """A server that can be killed, behind a wire that can lose an answer."""
    server = Mortal(database_url, var_dir)
    server.start()
    wire = Wire(server.port)
    try:
        yield server, wire
    finally:
        wire.close()
        server.kill()
