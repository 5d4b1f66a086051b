"""Features of a million comments: our OGC API against tipg on the same table in the same run.

tipg is installed into a directory of its own (see `install`) and is no part of the project.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bench.reports import ROOT, Report
from bench.scratch import PLAN, fill, plain, scratch
from bench.servers import WORKERS, serve

COMMENTS, LIMIT = 200_000, 1_000
CLIENTS, SECONDS, ROUNDS = 4, 6.0, 3
WANTED = 5.0
PEER = ROOT / "var" / "peers" / "tipg"
OURS = f"/plans/{PLAN}/ogc/collections/comments/items?f=json&lang=en&limit={LIMIT}"
COLUMNS = (
    "id,text,scope,stance,topic_id,phase_id,measure_id,segment_id,snap_distance_m,measure_version,"
    "perceived_effect,channel,language,created_at"
)
THEIRS = f"/collections/public.comment/items?f=geojson&limit={LIMIT}&geom-column=geom&properties={COLUMNS}"
"""The same columns as far as the table has them; tipg joins nothing."""


def install() -> Path:
    """The peer's Python, made when it is not there yet."""
    python = PEER / "bin" / "python"
    if not python.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "-q", str(PEER)], check=True)
        subprocess.run([uv, "pip", "install", "-q", "--python", str(python), "tipg", "uvicorn"], check=True)
    return python


def _with_host(url: str) -> str:
    """The address with the socket's directory as its host, since tipg takes none without one."""
    head, _query, directory = url.partition("?host=")
    return head.replace("@/", f"@{directory}/") if directory else url


@contextmanager
def peer(url: str) -> Iterator[int]:
    """tipg over the database, with as many processes as ours; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = os.environ | {
        "DATABASE_URL": _with_host(plain(url)),
        "TIPG_DB_SCHEMAS": '["public"]',
        "TIPG_DB_TABLES": '["public.comment"]',
        "TIPG_TABLE_CONFIG__public_comment__geomcol": "geom",
    }
    command = [str(install()), "-m", "uvicorn", "tipg.main:app", "--port", str(port)]
    command += ["--workers", str(WORKERS), "--log-level", "error"]
    process = subprocess.Popen(command, env=environment)
    try:
        for _ in range(150):
            try:
                _read(http.client.HTTPConnection("127.0.0.1", port, timeout=30), f"{THEIRS}&limit=1")
                break
            except (OSError, RuntimeError):
                time.sleep(0.2)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _read(connection: http.client.HTTPConnection, path: str) -> int:
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}: {body[:200]!r}")
    return len(body)


def rate(port: int, path: str) -> tuple[float, int]:
    """Answers a second that several clients get, and the bytes of one."""
    end = time.perf_counter() + SECONDS

    def client(_number: int) -> tuple[int, int]:
        connection, done, size = http.client.HTTPConnection("127.0.0.1", port, timeout=60), 0, 0
        while time.perf_counter() < end:
            size = _read(connection, path)
            done += 1
        return done, size

    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        found = list(pool.map(client, range(CLIENTS)))
    took = time.perf_counter() - start
    return sum(done for done, _size in found) / took, max(size for _done, size in found)


def run() -> list[Report]:
    rows: list[tuple[str, ...]] = []
    ratios = []
    with scratch("features") as url:
        fill(url, comments=COMMENTS)
        with serve("bench.real:app", url) as server, peer(url) as port:
            for path, where in ((OURS, server.port), (THEIRS, port)):
                _read(http.client.HTTPConnection("127.0.0.1", where, timeout=60), path)
            for number in range(1, ROUNDS + 1):
                ours, size = rate(server.port, OURS)
                theirs, peer_size = rate(port, THEIRS)
                ratios.append(ours / theirs)
                sizes = (f"{size / 1e3:.0f} kB", f"{peer_size / 1e3:.0f} kB")
                answered = (f"{ours:.1f}/s", sizes[0], f"{theirs:.1f}/s", sizes[1])
                rows.append((str(number), *answered, f"{ratios[-1]:.1f}"))
    ratio = statistics.median(ratios)
    return [
        Report(
            "features",
            f"OGC API – Features, pages of {LIMIT:,} comments",
            f"At least {WANTED:.0f} times the requests a second of tipg on the same table, in turn.",
            ("round", "ours", "bytes", "tipg", "bytes", "ratio"),
            list(rows),
            f"median ratio {ratio:.1f}, wanted at least {WANTED:.0f}",
            ratio >= WANTED,
            [
                f"{COMMENTS:,} comments; {CLIENTS} clients, {SECONDS:.0f} s a round, {WORKERS} processes.",
                "tipg gives the columns of the table; ours also names topic, phase, measure and place.",
            ],
        )
    ]
