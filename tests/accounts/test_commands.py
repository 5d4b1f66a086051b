"""``mobility user``: what an operator does for accounts without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from mobility.cli import main
from mobility.extensions import db
from mobility.settings import load_settings

EMAIL, PASSWORD = "olga@example.org", "seven lemons on a tram"


@pytest.fixture
def town(committed: Flask, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Settings that point to the tests' database; emptied afterwards."""
    monkeypatch.setenv("MOBILITY_DATABASE_URL", database_url)
    load_settings.cache_clear()
    yield committed
    monkeypatch.undo()
    load_settings.cache_clear()


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["user", *words], catch_exceptions=False)
    return done.exit_code, done.output


def one(app: Flask, query: str) -> object:
    with app.app_context(), db.engine.connect() as connection:
        return connection.execute(text(query)).scalar()


def test_the_life_of_an_account(town: Flask) -> None:
    assert (
        run("add", EMAIL, "--name", "Olga Greco", "--role", "administrator", "--password", PASSWORD)[0] == 0
    )
    assert f"{EMAIL}\tadministrator" in run("list")[1]
    code, said = run("deactivate", EMAIL)
    assert (code, "last administrator" in said) == (1, True)
    assert run("add", EMAIL, "--name", "Olga Greco", "--role", "planner", "--password", PASSWORD)[0] == 1

    other = "rosa@example.org"
    assert run("add", other, "--name", "Rosa Sala", "--password", PASSWORD)[0] == 0
    assert run("roles", other, "--give", "moderator", "--plan", "palermo-centro")[0] == 0
    assert "moderator (palermo-centro)" in run("list")[1]
    assert run("roles", other, "--end", "moderator")[0] == 1, "it is held in one plan, not in all"
    assert run("roles", other, "--end", "moderator", "--plan", "palermo-centro")[0] == 0
    assert run("roles", other, "--give", "clerk", "--plan", "atlantis")[0] == 1

    assert run("deactivate", other)[0] == 0
    assert re.search(rf"{other}\tmember\tclosed", run("list")[1])
    assert run("reactivate", other)[0] == 0
    assert run("deactivate", "nobody@example.org")[0] == 1
    acts = "SELECT string_agg(action, ' ' ORDER BY id) FROM audit_log WHERE details ->> 'through' = 'command'"
    assert str(one(town, acts)).split()[-4:] == [
        "account.give_role", "account.end_role", "account.close", "account.open",
    ]  # fmt: skip


def test_resets(town: Flask) -> None:
    run("add", EMAIL, "--name", "Olga Greco", "--password", PASSWORD)
    assert run("reset-password", EMAIL)[0] == 0
    body = str(one(town, "SELECT body FROM mail_message ORDER BY id DESC LIMIT 1"))
    sent = re.search(r"/password/\S+", body)
    assert sent
    assert town.test_client().get(sent[0]).status_code == 200
    shown = run("reset-password", EMAIL, "--show")[1].strip()
    assert town.test_client().get(sent[0]).status_code == 404
    assert town.test_client().get(f"/password/{shown.rpartition('/')[2]}").status_code == 200
    code, said = run("reset-second-factor", EMAIL, "--yes")
    assert (code, "has no second factor" in said) == (1, True)


def test_a_password_that_is_guessed_is_refused(town: Flask) -> None:
    code, said = run("add", EMAIL, "--name", "Olga Greco", "--password", "password1234")
    assert code == 1
    assert "among the first" in said
