"""A process of its own for one file: nothing of ours in its environment, watched, and ended on time."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, TypeVar

import mobility
from mobility.importing.reading import handing
from mobility.importing.reading.model import Fault, Limits, Tell
from mobility.importing.reading.wording import Unreadable

BEAT = 0.25
WORKER = "mobility.importing.reading.worker"
PACKAGES = Path(mobility.__file__).resolve().parents[1]
Take = Callable[[Path, handing.Data], "T"]
T = TypeVar("T")


def run(
    request: dict[str, Any], limits: Limits, tell: Tell | None, take: Callable[[Path, handing.Data], T]
) -> T:
    """What `take` makes of the result. Raises Unreadable, or whatever `tell` raises to stop it."""
    with tempfile.TemporaryDirectory(prefix="reading-") as name:
        folder = Path(name)
        asked = {**request, "limits": asdict(limits)}
        (folder / "request.json").write_text(json.dumps(asked), encoding="utf-8")
        with _worker(folder) as process:
            _watch(process, limits, tell)
        return _taken(folder, process.returncode, take)


@contextmanager
def _worker(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603 (our own module, no shell)
        [sys.executable, "-m", WORKER, str(folder)],
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()


def _environment(folder: Path) -> dict[str, str]:
    """Only what Python needs to find itself: no passwords, no proxies, no home."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(PACKAGES),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        "TMPDIR": str(folder),
        "HOME": str(folder),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _watch(process: subprocess.Popen[bytes], limits: Limits, tell: Tell | None) -> None:
    """Waits for the end, passing progress on at every beat. Raises Unreadable when time is up."""
    assert process.stdout is not None
    until = time.monotonic() + limits.wall_seconds
    fraction, code = 0.0, "starting"
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        while True:
            if tell:
                tell(fraction, code)
            if time.monotonic() > until:
                raise Unreadable(Fault("time", {"seconds": int(limits.wall_seconds)}))
            if ready.select(BEAT):
                said = _said(process.stdout)
                if said is None:
                    break
                fraction, code = said
    process.wait(timeout=max(until - time.monotonic(), 1))


def _said(pipe: IO[bytes]) -> tuple[float, str] | None:
    data = os.read(pipe.fileno(), 4096)
    if not data:
        return None
    words = data.decode("ascii", "replace").split()
    try:
        return min(max(float(words[-2]), 0.0), 1.0), words[-1][:40]
    except (IndexError, ValueError):
        return 0.0, "reading"


def _taken(folder: Path, status: int, take: Callable[[Path, handing.Data], T]) -> T:
    try:
        data = handing.result(folder)
        fault = handing.refusal(data)
        if fault is None:
            return take(folder, data)
    except (OSError, ValueError, TypeError, KeyError) as error:
        code = "time" if status == -signal.SIGXCPU else "crashed"
        raise Unreadable(Fault(code, {"seconds": 0} if code == "time" else {})) from error
    raise Unreadable(fault)
