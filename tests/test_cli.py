"""The console script, run as an operator would."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import text

from mobility import embedded
from mobility.cli import main, serving
from mobility.extensions import db
from mobility.settings import ROOT, load_settings

PLAN = "palermo-centro"


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=given, catch_exceptions=False)


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Settings that point to a private cluster of its own, not made yet."""
    monkeypatch.delenv("MOBILITY_DATABASE_URL", raising=False)
    monkeypatch.setenv("MOBILITY_CLUSTER_DIR", str(tmp_path / "pg"))
    load_settings.cache_clear()
    yield tmp_path / "pg"
    embedded.remove()
    monkeypatch.undo()
    load_settings.cache_clear()


@pytest.fixture
def plan(committed: Flask, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Settings that point to the tests' database with Palermo's plan; emptied afterwards."""
    monkeypatch.setenv("MOBILITY_DATABASE_URL", database_url)
    load_settings.cache_clear()
    yield committed
    monkeypatch.undo()
    load_settings.cache_clear()


def count(app: Flask, table: str) -> int:
    with app.app_context(), db.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_help_lists_every_command() -> None:
    shown = run("--help").output
    for command in ("db", "migrate", "validate", "load", "sample", "recount", "export", "serve", "user"):
        assert f"\n  {command} " in shown


def test_the_private_cluster_from_start_to_removal(private: Path) -> None:
    down = run("db", "status")
    assert (down.exit_code, "not running" in down.output) == (3, True)
    started = run("db", "start")
    assert started.exit_code == 0
    assert str(private) in started.output
    assert run("db", "status").exit_code == 0
    assert run("migrate").output.endswith("already.\n") is False
    assert run("migrate").output.endswith("already.\n") is True
    assert run("db", "stop").output == "The database is stopped.\n"
    assert run("db", "stop").output == "The database was not running.\n"
    assert run("db", "remove", given="n\n").exit_code == 1
    assert embedded.home().data.exists()
    assert run("db", "remove", "--yes").exit_code == 0
    assert not embedded.home().data.exists()


@pytest.mark.parametrize("command", ["start", "stop", "status", "remove"])
def test_a_citys_own_server_is_left_alone(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("MOBILITY_DATABASE_URL", "postgresql://city.example/mobility")
    load_settings.cache_clear()
    refused = run("db", command)
    load_settings.cache_clear()
    assert refused.exit_code == 1
    assert "does not manage" in refused.output


def test_a_wrong_setting_is_named_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOBILITY_POOL_SIZE", "many")
    load_settings.cache_clear()
    refused = run("db", "status")
    monkeypatch.undo()
    load_settings.cache_clear()
    assert refused.exit_code == 1
    assert "MOBILITY_POOL_SIZE" in refused.output


def test_palermo_is_a_valid_bundle() -> None:
    checked = run("validate", str(ROOT / "data" / "palermo"))
    assert checked.exit_code == 0, checked.output


def test_every_fault_of_a_bundle_is_printed(tmp_path: Path) -> None:
    checked = run("validate", str(tmp_path))
    assert checked.exit_code == 1
    for name in ("bundle.toml", "measures.toml", "segments.geojson"):
        assert name in checked.output
    assert "Nothing was written" in checked.output


def test_loading_again_changes_nothing(plan: Flask) -> None:
    before = {table: count(plan, table) for table in ("plan", "measure", "segment", "phase", "topic")}
    assert run("load", str(ROOT / "data" / "palermo"), "--open-now").exit_code == 0
    assert {table: count(plan, table) for table in before} == before


def test_a_move_needs_two_names(plan: Flask) -> None:
    refused = run("load", str(ROOT / "data" / "palermo"), "--move", "P1-01")
    assert refused.exit_code == 2
    assert "OLD=NEW" in refused.output


def test_sample_recount_and_export(plan: Flask, tmp_path: Path) -> None:
    made = run("sample", PLAN, "--comments", "60", "--votes", "200", "--seed", "3")
    assert made.exit_code == 0, made.output
    assert count(plan, "comment") == 60
    assert "nothing was added" in run("sample", PLAN, "--if-empty").output
    assert "exact" in run("recount", PLAN).output
    out = tmp_path / "comments.geojson"
    assert run("export", "comments", PLAN, "-o", str(out)).exit_code == 0
    assert len(json.loads(out.read_text("utf-8"))["features"]) == 60


def test_recount_finds_and_mends_a_wrong_count(plan: Flask) -> None:
    run("sample", PLAN, "--comments", "20", "--votes", "0")
    with plan.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE comment_cell SET n = n + 1 WHERE z = 12"))
    wrong = run("recount", "--all")
    assert wrong.exit_code == 1
    assert "kept" in wrong.output
    assert "mended" in run("recount", "--all", "--repair").output
    assert run("recount", PLAN).exit_code == 0


def test_recount_wants_one_plan_or_all() -> None:
    assert run("recount").exit_code == 2
    assert run("recount", PLAN, "--all").exit_code == 2


def test_an_unknown_plan_is_a_sentence(plan: Flask) -> None:
    for arguments in (
        ("sample", "atlantis"),
        ("recount", "atlantis"),
        ("export", "cells", "atlantis", "-o", "x"),
    ):
        refused = run(*arguments)
        assert refused.exit_code == 1
        assert "Traceback" not in refused.output


def test_a_user_is_made_and_changed(plan: Flask) -> None:
    arguments = ("user", "add", "Planner@city.example", "--name", "P", "--role", "planner", "--password")
    assert run(*arguments, "a long enough one").exit_code == 0
    assert run(*arguments, "another long one").exit_code == 0
    assert count(plan, "account") == 1
    refused = run(*arguments, "short")
    assert refused.exit_code == 1
    assert "password" in refused.output


def test_a_delegate_needs_a_known_group(plan: Flask) -> None:
    arguments = ("user", "add", "d@city.example", "--name", "D", "--password", "a long enough one", "--group")
    assert "no-such-group" in run(*arguments, "no-such-group").output
    assert count(plan, "account") == 0


def test_a_taken_port_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "PATIENCE", 0.0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = run("serve", "--port", str(port))
    assert refused.exit_code == 1
    assert f"Port {port}" in refused.output
    assert f"PORT={port + 1}" in refused.output


def test_the_server_command_names_threads_and_address() -> None:
    command = serving.gunicorn("::1", 8000, 3, 4, reload=False)
    assert command[command.index("--bind") + 1] == "[::1]:8000"
    assert command[command.index("--workers") + 1] == "3"
    assert "--no-control-socket" in command
