"""gunicorn as in production: two processes of eight threads, on a free port, stopped at the end."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.reports import ROOT
from bench.scratch import SECRET

WORKERS, THREADS = 2, 8


@dataclass(frozen=True)
class Server:
    """Where a server listens and which process leads it."""

    port: int
    pid: int

    def workers(self) -> list[int]:
        return [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and _parent(entry) == self.pid
        ]

    def peak_memory(self) -> int:
        """The largest resident memory any worker ever had, in bytes (Linux)."""
        return max(peak_memory(pid) for pid in self.workers())


def peak_memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text("ascii", errors="replace").rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0


@contextmanager
def serve(target: str, url: str, *, health: str = "/healthz", workers: int = WORKERS) -> Iterator[Server]:
    """Serves a WSGI application such as ``bench.real:app`` over a database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "MOBILITY_DATABASE_URL": url.replace("postgresql+psycopg://", "postgresql://"),
        "MOBILITY_SECRET_KEY": SECRET,
        "MOBILITY_BASE_URL": f"http://127.0.0.1:{port}",
        "MOBILITY_LOG_LEVEL": "error",
        "MOBILITY_SECOND_FACTOR": "optional",
    }
    command = [
        sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--workers", str(workers), "--threads", str(THREADS), "--keep-alive", "30", "--no-control-socket",
        "--log-level", "warning",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait(port, health, process)
        yield Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(port: int, path: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(150):
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status < 500:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise RuntimeError("the server does not answer")
