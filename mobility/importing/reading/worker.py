"""The process in which a file is opened: `python -m mobility.importing.reading.worker FOLDER`.

It takes `request.json` from the folder, gives itself limits before the file is touched, says its
progress on standard output and leaves the result in the folder.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

REQUEST = "request.json"
ROOM = "unpacked"
NEW_USER, NEW_NETWORK = 0x1000_0000, 0x4000_0000
"""Flags of Linux for `unshare`."""


def confine(limits: dict[str, Any]) -> None:
    """Bounds on memory, time and files for the rest of this process's life."""
    memory, seconds = int(limits["memory_bytes"]), int(limits["cpu_seconds"])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
    size = int(limits["zip_unpacked_bytes"]) + 1_000_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    _leave_network()


def _leave_network() -> None:
    """Cuts the process off from every network where the system lets it; elsewhere the formats must do."""
    apart = NEW_NETWORK if os.geteuid() == 0 else NEW_NETWORK | NEW_USER
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).unshare(apart)


def say(fraction: float, code: str) -> None:
    """Tells the process outside how far it is."""
    sys.stdout.write(f"{fraction:.3f} {code}\n")
    sys.stdout.flush()


def run(folder: Path, request: dict[str, Any]) -> None:
    """Does what is asked and leaves the result in the folder. Raises Refusal."""
    from mobility.importing.reading import checking, gdal, handing, sources, working
    from mobility.importing.reading.model import Columns, Limits

    limits = Limits(**request["limits"])
    room = folder / ROOM
    room.mkdir(exist_ok=True)
    say(0.05, "unpacking")
    source = sources.prepare(Path(request["path"]), request["name"], room, limits)
    say(0.1, "checking")
    checking.check(source, limits)
    say(0.15, "opening")
    if source.driver != "CSV" and (strange := gdal.only(source.driver)):
        _again(folder, strange)
    place = tuple(request["place"])
    choice = working.Choice(request["crs"], Columns(**request["columns"]), request["encoding"])
    if request["task"] == "inspect":
        handing.write_inspection(folder, working.inspect(source, place, limits, say))
    elif request["task"] == "read":
        done = working.read(source, request["layer"], place, limits, choice, say)
        handing.write_reading(folder, done)
    else:
        shapes = working.sketch(source, request["layer"], place, limits, choice)
        handing.write_shapes(folder, shapes)
    say(1.0, "handing")


def _again(folder: Path, strange: list[str]) -> None:
    """Begins anew with drivers switched off that were not known, once."""
    from mobility.importing.reading.gdal import SECOND_TRY
    from mobility.importing.reading.model import Refusal

    if os.environ.get(SECOND_TRY):
        raise Refusal("stopped")
    os.environ[SECOND_TRY] = ",".join(strange)
    os.execv(sys.executable, [sys.executable, "-m", "mobility.importing.reading.worker", str(folder)])  # noqa: S606


def main(folder: Path) -> None:
    request = json.loads((folder / REQUEST).read_text("utf-8"))
    confine(request["limits"])
    from mobility.importing.reading.handing import write_refusal
    from mobility.importing.reading.model import Fault, Refusal

    try:
        run(folder, request)
    except Refusal as refused:
        write_refusal(folder, refused.fault)
    except MemoryError:
        with contextlib.suppress(MemoryError):
            write_refusal(folder, Fault("memory"))
    except RecursionError:
        write_refusal(folder, Fault("too_deep", {"most": request["limits"]["depth"]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
