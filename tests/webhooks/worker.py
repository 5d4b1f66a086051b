"""A worker that does nothing but send webhooks, until it is killed."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from mobility.app import create_app
from mobility.settings import Settings
from mobility.webhooks.delivering import send_due
from tests.webhooks.conftest import SITE


def work(database_url: str, var_dir: str) -> None:
    settings = Settings(secret_key="s" * 40, var_dir=Path(var_dir), log_level="error")  # type: ignore[arg-type]
    app = create_app(settings, database_url=database_url)
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    while True:
        with app.test_request_context(base_url=SITE.base_url):
            send_due(SITE, clock=lambda: datetime.now(UTC))
        time.sleep(0.02)


if __name__ == "__main__":
    work(*sys.argv[1:])
