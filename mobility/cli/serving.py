"""``mobility serve``: run the platform on this machine."""

from __future__ import annotations

import os
import socket
import sys

import click

from mobility.cli.context import reachable_database
from mobility.settings import ROOT


def require_free(host: str, port: int) -> None:
    """Raises a clear refusal when something already listens on the port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} on {host} cannot be used ({error.strerror}). "
                f"Stop the other program, or choose another port: PORT={port + 1} make demo"
            ) from error


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), envvar="PORT")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option(
    "--threads", default=8, show_default=True, type=click.IntRange(1, 64), help="Threads a process."
)
@click.option("--reload", is_flag=True, help="Start again when the code changes (for development).")
def serve(host: str, port: int, workers: int, threads: int, reload: bool) -> None:
    """Serve the platform with gunicorn until interrupted."""
    require_free(host, port)
    os.environ["MOBILITY_DATABASE_URL"] = reachable_database()
    os.environ.setdefault("MOBILITY_BASE_URL", f"http://{host}:{port}")
    arguments = [sys.executable, "-m", "gunicorn", "wsgi:app", "--chdir", str(ROOT)]
    arguments += ["--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
    arguments += ["--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)]
    arguments += ["--no-control-socket", "--graceful-timeout", "5", "--log-level", "warning"]
    arguments += ["--reload"] if reload else []
    os.execv(sys.executable, arguments)  # noqa: S606 (this process becomes gunicorn)
