"""The processes of an embedded cluster: which are alive, and what a killed server leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path


def running_in(data: Path) -> Iterator[int]:
    """The living processes whose working directory is `data`: server and children. Needs /proc."""
    for entry in Path("/proc").glob("[0-9]*"):
        if _is_alive_in(int(entry.name), data):
            yield int(entry.name)


def _is_alive_in(pid: int, data: Path) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
        return state != "Z" and Path(f"/proc/{pid}/cwd").samefile(data)
    except (OSError, IndexError):
        return False


def postmaster(data: Path) -> int | None:
    """The pid of the server of `data`; None when none runs: no zombie, nobody else's process."""
    try:
        pid = int((data / "postmaster.pid").read_text("utf-8").split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    if Path("/proc/self/stat").exists():
        return pid if _is_alive_in(pid, data) else None
    command = ["ps", "-p", str(pid), "-o", "stat=,command="]
    answer = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603
    return pid if "postgres" in answer and not answer.startswith("Z") else None


def clear_remains(data: Path, socket_dir: Path, patience: float = 10.0) -> None:
    """After a killed server: waits for its orphans, ends the stubborn, removes pid file and socket."""
    deadline = time.monotonic() + patience
    while orphans := list(running_in(data)):
        if time.monotonic() > deadline:
            for pid in orphans:
                os.kill(pid, signal.SIGQUIT)
            deadline += patience
        time.sleep(0.05)
    (data / "postmaster.pid").unlink(missing_ok=True)
    for leftover in socket_dir.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)
