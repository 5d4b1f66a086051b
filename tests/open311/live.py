"""A second installation with its own database, served on a free port: another city's system."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from mobility import embedded
from mobility.app import create_app
from mobility.db import unit_of_work
from mobility.extensions import alembic, db
from mobility.plans.bundles import load_bundle, read_bundle
from mobility.settings import ROOT, Settings


@contextmanager
def other_town(name: str, var_dir: Path) -> Iterator[tuple[Flask, str]]:
    """The application and the root address of its interface; both are gone at the end."""
    embedded.start()
    settings = Settings(
        secret_key="other-secret-other-secret-other-secret",  # type: ignore[arg-type]
        rate_limits=False,
        second_factor="optional",
        var_dir=var_dir,
        log_level="error",
    )
    app = create_app(settings, database_url=embedded.create_database(name))
    try:
        with app.app_context():
            alembic.upgrade()
            with unit_of_work() as session:
                load_bundle(
                    session, read_bundle(ROOT / "data" / "palermo"), now=datetime.now(UTC), open_now=True
                )
            db.session.close()
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield app, f"http://127.0.0.1:{server.server_port}/open311/v2"
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
    finally:
        with app.app_context():
            db.engine.dispose()
        embedded.drop_database(name)
