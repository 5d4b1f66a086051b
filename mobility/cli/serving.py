"""``mobility serve``: run the platform on this machine."""

from __future__ import annotations

import http.client
import os
import socket
import sys
import time

import click

from mobility.cli.context import served_database
from mobility.settings import ROOT

PATIENCE = 4.0


def answers(host: str, port: int) -> bool:
    """True when the platform itself answers there."""
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def require_free(host: str, port: int) -> None:
    """Raises a clear refusal when the port is taken. Waits for the workers of a killed server."""
    deadline = time.monotonic() + PATIENCE
    while (fault := _why_taken(host, port)) is not None:
        if time.monotonic() > deadline:
            who = "the platform already runs there" if answers(host, port) else fault
            raise click.ClickException(
                f"Port {port} on {host} cannot be used: {who}. "
                f"Stop the other program, or choose another port: PORT={port + 1} make demo"
            )
        time.sleep(0.25)


def _why_taken(host: str, port: int) -> str | None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
    return None


def gunicorn(host: str, port: int, workers: int, threads: int, reload: bool) -> list[str]:
    """The command that serves the platform."""
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--chdir", str(ROOT)]
    command += ["--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
    command += ["--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)]
    command += ["--no-control-socket", "--graceful-timeout", "5", "--log-level", "warning"]
    return [*command, "--reload" if reload else "--preload"]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), envvar="PORT")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option(
    "--threads", default=8, show_default=True, type=click.IntRange(1, 64), help="Threads a process."
)
@click.option("--reload", is_flag=True, help="Start again when the code changes (for development).")
@click.option(
    "--worker/--no-worker", default=True, show_default=True, help="Run a worker for mail and jobs beside it."
)
def serve(host: str, port: int, workers: int, threads: int, reload: bool, worker: bool) -> None:
    """Serve the platform with gunicorn until interrupted."""
    from mobility.cli.working import start_beside

    require_free(host, port)
    os.environ["MOBILITY_DATABASE_URL"] = served_database()
    os.environ.setdefault("MOBILITY_BASE_URL", f"http://{host}:{port}")
    if worker:
        start_beside()
    os.execv(sys.executable, gunicorn(host, port, workers, threads, reload))  # noqa: S606 (this process becomes gunicorn)
