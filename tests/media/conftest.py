"""A real S3 server on this machine, for the tests of the bucket."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mobility.settings import ROOT

SCRIPT = ROOT / "node_modules" / "s3rver" / "bin" / "s3rver.js"
PATIENCE = 20.0


@pytest.fixture(scope="session")
def s3_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an S3 server that keeps its buckets in a directory of this run."""
    node = shutil.which("node")
    assert node, "node is needed to run the S3 server"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        node,
        str(SCRIPT),
        "-d",
        str(tmp_path_factory.mktemp("s3")),
        "-a",
        "127.0.0.1",
        "-p",
        str(port),
        "-s",
    ]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=Path("/")
    ) as server:
        try:
            wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)


def wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < end, "the S3 server did not start"
            time.sleep(0.1)
        else:
            return
