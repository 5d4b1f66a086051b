"""A worker that does nothing but tell and send, as fast as it can, until it is killed."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mobility.app import create_app
from mobility.db import unit_of_work
from mobility.jobs import Site
from mobility.mail.post import open_post
from mobility.mail.sending import send_due
from mobility.notices import jobs
from mobility.settings import Settings

SENDER = "City <consult@city.example>"


def work(database_url: str, mail_url: str, var_dir: str) -> None:
    settings = Settings(secret_key="s" * 40, var_dir=Path(var_dir), log_level="error")  # type: ignore[arg-type]
    app = create_app(settings, database_url=database_url)
    site = Site("https://consult.city.example", "secret of the tests")
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    while True:
        with app.test_request_context(base_url=site.base_url), unit_of_work() as session:
            jobs.tell(session, now=datetime.now(UTC), site=site)
        with app.app_context():
            now = datetime.now(UTC)
            send_due(open_post(mail_url, Path()), sender=SENDER, now=now, lease=timedelta(seconds=0.2))
        time.sleep(0.02)


if __name__ == "__main__":
    work(*sys.argv[1:])
