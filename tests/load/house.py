"""A whole installation of its own that can be killed: a private cluster, and gunicorn with two processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

from mobility import embedded
from mobility.app import create_app
from mobility.db import unit_of_work
from mobility.extensions import alembic, db
from mobility.plans.bundles import load_bundle, read_bundle
from mobility.settings import ROOT, Settings
from tests.e2e.server import free_port

SECRET = "load-tests-load-tests-load-tests-load-tests"
WORKERS, THREADS = 2, 16
PATIENCE = 90.0


class House:
    """Server and database; both can be killed and come back at the same addresses."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.url = embedded.start(directory / "pg")
        self.port = free_port()
        self.log = directory / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    def load(self) -> None:
        """Palermo with its voting step open today."""
        settings = Settings(secret_key=SECRET, rate_limits=False, var_dir=self.directory, log_level="error")  # type: ignore[arg-type]
        app = create_app(settings, database_url=self.url)
        with app.app_context():
            alembic.upgrade()
            with unit_of_work() as session:
                load_bundle(
                    session, read_bundle(ROOT / "data" / "palermo"), now=datetime.now(UTC), open_now=True
                )
            db.session.close()
            db.engine.dispose()

    def start_server(self) -> None:
        """gunicorn as in production, with the limits of every day; each writer has a network of its own."""
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MOBILITY_")},
            "MOBILITY_DATABASE_URL": self.url,
            "MOBILITY_SECRET_KEY": SECRET,
            "MOBILITY_TRUSTED_PROXIES": "1",
            "MOBILITY_VAR_DIR": str(self.directory),
            "MOBILITY_LOG_LEVEL": "warning",
        }
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--chdir", str(ROOT), "--no-control-socket"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread", "--preload"]
        command += ["--workers", str(WORKERS), "--threads", str(THREADS), "--log-level", "warning"]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command, env=environment, stdout=output, stderr=output, start_new_session=True
            )

    def kill_server(self) -> None:
        """SIGKILL for the leader and its workers at once."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    def kill_database(self) -> None:
        """The immediate stop: every backend ends where it stands; the next start recovers from the log."""
        home = embedded.home(self.directory / "pg")
        major = embedded._existing_major(home)
        program = embedded.find_binaries(major).path("pg_ctl")
        embedded._run(home, [program, "stop", "-D", str(home.data), "-m", "immediate", "-w", "-t", "60"])

    def start_database(self) -> None:
        embedded.start(self.directory / "pg")

    def wait(self) -> None:
        """Returns once server and database answer."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(OSError), urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=10) as answer:
                if answer.status == 200:
                    return
            time.sleep(0.1)
        raise RuntimeError(self.said())

    def said(self) -> str:
        """The end of the server's log."""
        return self.log.read_text("utf-8", "replace")[-6000:]

    def close(self) -> None:
        self.kill_server()
        embedded.remove(self.directory / "pg")
